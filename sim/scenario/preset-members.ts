import { isMapping, type Path, valueAt } from './path.ts';
import { type PresetKind, presetOf } from './preset-defaults.ts';
import { presetDocument } from './preset-document.ts';

/** Lists of a document whose items may name a preset. */
const LISTS: readonly { readonly path: Path; readonly kind: PresetKind }[] = [
  { path: ['workload', 'synthetic', 'classes'], kind: 'class' },
  { path: ['workload', 'services'], kind: 'service' },
  { path: ['workload', 'sessions'], kind: 'session' },
];

/**
 * What a preset stands for at a place that the document does not write, so that a change below it changes that one value
 * and leaves the others as they are. Anew each time; undefined where no preset says anything, or the document does.
 *
 * @param container path of the item that names the preset, or of its `use`, which is completed key by key
 */
export function presetMember(document: unknown, container: Path, key: string | number): unknown {
  const list = LISTS.find(({ path }) => path.every((each, i) => each === container[i]));
  if (list === undefined) return undefined;
  const length = list.path.length + 1;
  const item = valueAt(document, container.slice(0, length));
  if (!isMapping(item) || typeof item.preset !== 'string') return undefined;
  const preset = presetOf(item.preset, list.kind);
  if (preset === undefined) return undefined;
  const inside = [...container.slice(length), key];
  if (valueAt(item, inside) !== undefined) return undefined;
  // Its keys are one choice, by size or by profile: what is stated takes the place of all that the preset says.
  if (inside[0] === 'slot') return undefined;
  if (inside.length === 1 && key === 'use') return {};
  if (inside.length > (inside[0] === 'use' ? 2 : 1)) return undefined;
  const value = valueAt(presetDocument(preset), inside);
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
