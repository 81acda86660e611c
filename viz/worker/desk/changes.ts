import { stringify } from 'yaml';
import { shellWord } from '../../../sim/report/document/shell-word.ts';
import { patchBetween } from '../../../sim/scenario/patch-between.ts';
import { formatPath, isMapping, type Path, valueAt } from '../../../sim/scenario/path.ts';
import { flowText } from './edit-text.ts';

/** One difference between two documents. */
export interface Change {
  readonly path: Path;
  /** As `--set` takes it: `fleet.hosts[0].count`. */
  readonly place: string;
  /** In one line of YAML; undefined where there was, or is, nothing. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Key and value in the `set` of a variant, as YAML. */
  readonly setKey: string;
  readonly setValue: string;
}

/** What differs, in the order of the keys; lists of another length differ as a whole. Variants are no part of it. */
export function changesBetween(before: unknown, after: unknown): readonly Change[] {
  return patchBetween(withoutVariants(before), withoutVariants(after)).flatMap((patch) => {
    const path = pathOf(patch.path, before);
    const now = patch.op === 'remove' ? undefined : valueAt(after, path);
    const added = patch.op === 'add' ? leaves(path, now) : [[path, now] as const];
    return added.map(([place, value]) => changeAt(place, valueAt(before, place), value));
  });
}

function changeAt(path: Path, before: unknown, after: unknown): Change {
  const place = formatPath(path);
  const value = after === undefined ? 'null' : flowText(after);
  return {
    path,
    place,
    before: before === undefined ? undefined : flowText(before),
    after: after === undefined ? undefined : value,
    setKey: stringify(place, { lineWidth: 0 }).trimEnd(),
    setValue: value,
  };
}

/** The single values of mappings that are new: `policy.placement` in place of all of `policy`. */
function leaves(path: Path, value: unknown): readonly (readonly [path: Path, value: unknown])[] {
  if (!isMapping(value) || Object.keys(value).length === 0) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves([...path, key], inner));
}

function withoutVariants(document: unknown): unknown {
  if (!isMapping(document)) return document;
  const { whatIf: _variants, ...rest } = document;
  return rest;
}

/** Keys of a JSON Pointer; those that lead into a list as positions. */
function pathOf(pointer: string, document: unknown): Path {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const path: (string | number)[] = [];
  for (const key of keys) path.push(Array.isArray(valueAt(document, path)) ? Number(key) : key);
  return path;
}

/** The settings of the command line that make the one document of the other. */
export function settingsOf(changes: readonly Change[]): readonly string[] {
  return changes.map(({ place, setValue }) => `${place}=${setValue}`);
}

/** What has to be set besides, so that one run is one replication. */
export function settingsForOneRun(document: unknown): readonly string[] {
  const { replications = 1 } = isMapping(document) ? document : {};
  const precision = valueAt(document, ['experiment', 'precision']);
  return [
    ...(replications === 1 ? [] : ['replications=1']),
    ...(precision === undefined || precision === null ? [] : ['experiment.precision=null']),
  ];
}

/** What does the same at a terminal. */
export function commandOf(reference: string, settings: readonly string[], replay: string): string {
  const set = settings.map((setting) => ` --set ${shellWord(setting)}`).join('');
  return `slicewise run ${shellWord(reference)}${set} --replay ${shellWord(replay)}`;
}
