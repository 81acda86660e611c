import { type Document, isMap, isSeq, type Node, visit, Document as YamlDocument } from 'yaml';
import type { CanonicalDocument } from './canonical/scenario.ts';

/**
 * Writes a canonical document as YAML, one host group or task class a line. Reading it gives the document again.
 */
export function formatScenarioYaml(document: CanonicalDocument): string {
  const yaml = new YamlDocument(document, { aliasDuplicateObjects: false });
  visit(yaml, {
    Map: (_, map, path) => {
      if (isItemOfList(path)) map.flow = true;
    },
    Seq: (_, seq) => {
      if (seq.items.every((item) => !isMap(item) && !isSeq(item))) seq.flow = true;
    },
  });
  return yaml.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function isItemOfList(path: readonly (Document | Node | unknown)[]): boolean {
  return isSeq(path.at(-1));
}
