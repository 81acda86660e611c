import { isMapping } from '../../../sim/scenario/path.ts';
import { type Chunks, texts } from '../csv-rows.ts';
import type { ReportBuilder } from '../import-report.ts';
import { Item } from './item.ts';
import { itemLines } from './item-lines.ts';
import { jsonFaultAt } from './json-fault.ts';

/** Longest text taken: half of what an engine's longest string is. */
const MAX_CHARS = 2 ** 28;
/** From here on the report says that the file is held in memory. */
const LARGE_CHARS = 2 ** 26;
const CHARS_SHOWN = 30;

/**
 * The objects of a file as `kubectl get -o json` writes it: the items of a List (NodeList, PodList, ...), or one object.
 * The whole text is held in memory while it is parsed.
 */
export async function readObjects(chunks: Chunks, report: ReportBuilder): Promise<readonly Item[]> {
  const pieces: string[] = [];
  let length = 0;
  for await (const text of texts(chunks)) {
    length += text.length;
    if (length > MAX_CHARS) {
      report.refuse(`must be at most ${MAX_CHARS} characters long: take it apart, by namespace for example`);
      return [];
    }
    pieces.push(text);
  }
  const text = pieces.join('');
  if (text.trim() === '') {
    report.refuse('is empty: need what kubectl get nodes,pods -A -o json writes');
    return [];
  }
  if (length > LARGE_CHARS) report.note(`The file has ${length} characters, all held in memory to be parsed`);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    report.refuse(faultText(text));
    return [];
  }
  return itemsOf(document, text, report);
}

function itemsOf(document: unknown, text: string, report: ReportBuilder): readonly Item[] {
  if (!isMapping(document) || typeof document.kind !== 'string') {
    report.refuse('must be a Kubernetes object or a List of them, with a kind');
    return [];
  }
  if (!document.kind.endsWith('List')) return [new Item(document, [], 1, report)];
  const { items } = document;
  if (!Array.isArray(items)) {
    report.refuse(`must have the list items, as it is a ${document.kind.slice(0, 40)}`);
    return [];
  }
  const lines = itemLines(text);
  // Items that are no mappings have no line; they are told by their paths.
  let next = 0;
  // In a NodeList or PodList the items of some servers do not repeat their kind.
  const kind = document.kind.slice(0, -'List'.length);
  return items.map((item: unknown, index) => {
    const line = typeof item === 'object' && item !== null ? (lines[next++] ?? 0) : 0;
    const isBare = isMapping(item) && item.kind === undefined && kind !== '';
    return new Item(isBare ? { ...item, kind } : item, ['items', index], line, report);
  });
}

function faultText(text: string): string {
  const at = jsonFaultAt(text);
  const before = text.slice(0, Math.max(0, at)).split('\n');
  const place = `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
  const found =
    at >= text.length ? 'the file ends there' : `got ${JSON.stringify(text.slice(at, at + CHARS_SHOWN))}`;
  return `is not JSON: ${place}: ${found}`;
}
