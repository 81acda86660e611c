import { enablePatches, type Patch, produceWithPatches } from 'immer';
import { parseDocument } from 'yaml';
import { nameHint } from './nearest-name.ts';
import { formatPath, isMapping, type Path, parsePath, UNSAFE_KEY } from './path.ts';
import { presetMember } from './preset-members.ts';
import type { Problem } from './problem.ts';
import { scenarioSchema } from './schema/scenario.ts';
import { membersAt } from './schema/walk.ts';

enablePatches();

export type OverlayResult =
  | {
      readonly ok: true;
      /** The document with every setting applied, not yet validated. Shares what is untouched; frozen. */
      readonly document: unknown;
      /** What differs in the end: `add`, `replace` and `remove` with paths from the root. */
      readonly patches: readonly Patch[];
      readonly settings: readonly AppliedSetting[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A setting and the place it changed. */
export interface AppliedSetting {
  /** As written: `fleet.hosts.g2.count=3`. */
  readonly text: string;
  /** Names in lists resolved to positions. */
  readonly path: Path;
  /** Whether it took the value away; the items of a list after it move up. */
  readonly isRemoval: boolean;
}

/** A setting that cannot be applied. */
class SettingError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * Applies settings `path=value` one after another: `policy.placement=fgd`, `fleet.hosts[0].count=3`,
 * `fleet.hosts.g2.count=3` (a named item of a list), `experiment={kind: fill}`. The value is YAML; null removes
 * the key or the list item. A key of the format that is not there yet is created, with the mappings above it;
 * an item at the position after the last is appended. Below a key that only a preset says, the rest stays the preset's.
 *
 * @param document a scenario document, valid or not; left as it is
 * @param settings in the order in which they apply; all problems are reported, not the first alone
 */
export function applyOverlay(document: unknown, settings: readonly string[]): OverlayResult {
  const problems: Problem[] = [];
  const applied: AppliedSetting[] = [];
  const [result, patches] = produceWithPatches({ root: document }, (draft: { root: unknown }) => {
    for (const text of settings) {
      try {
        applied.push(applySetting(draft.root, text));
      } catch (error) {
        if (!(error instanceof SettingError)) throw error;
        const hint = error.hint === undefined ? {} : { hint: error.hint };
        problems.push({ path: `--set ${text}`, value: text, message: error.message, ...hint });
      }
    }
  });
  if (problems.length > 0) return { ok: false, problems };
  const fromRoot = patches.map((patch) => ({ ...patch, path: patch.path.slice(1) }));
  return { ok: true, document: result.root, patches: fromRoot, settings: applied };
}

/** Changes the draft and says where. */
function applySetting(root: unknown, text: string): AppliedSetting {
  const { path: written, value } = splitSetting(text);
  if (!isMapping(root)) throw new SettingError('the document is not a mapping');
  const path: (string | number)[] = [];
  let container: unknown = root;
  for (const [depth, key] of written.entries()) {
    if (isOneItem(container, key)) {
      // A list of one item stands for the item, as the short form of the document does: gpus: {model: L40S, count: 2}.
      path.push(0);
      container = container[0];
    }
    const here = resolveKey(root, path, container, key);
    path.push(here);
    if (depth === written.length - 1) {
      setMember(container as Container, here, value);
      break;
    }
    const existing = (container as Container)[here];
    if (existing === undefined || existing === null) {
      const ofPreset = existing === null ? undefined : presetMember(root, path.slice(0, -1), here);
      if (value === null && ofPreset === undefined) break; // nothing to remove
      (container as Container)[here] = ofPreset ?? {};
    }
    container = (container as Container)[here];
  }
  return { text, path, isRemoval: value === null };
}

type Container = Record<string | number, unknown>;

/** The end of the path: up to the first `=` outside quotes. */
const SETTING = /^((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^='"])*)=(.*)$/s;

function splitSetting(text: string): { readonly path: Path; readonly value: unknown } {
  const match = SETTING.exec(text);
  if (match === null) throw new SettingError('must be path=value, such as policy.placement=fgd');
  const path = parsePath(match[1]!.trim());
  if (path === undefined || path.includes(UNSAFE_KEY)) {
    throw new SettingError('must start with a path such as policy.placement or fleet.hosts[0].count');
  }
  return { path, value: parseValue(match[2]!) };
}

function parseValue(text: string): unknown {
  if (text.trim() === '') {
    throw new SettingError('has no value', 'write null to remove the key, "" for an empty text');
  }
  let fault: string | undefined;
  try {
    const parsed = parseDocument(text, { prettyErrors: false, stringKeys: true });
    fault = [...parsed.errors, ...parsed.warnings][0]?.message;
    if (fault === undefined) return parsed.toJS({ maxAliasCount: 0 });
  } catch (error) {
    fault = error instanceof Error ? error.message : String(error);
  }
  throw new SettingError(`has a value that is not YAML: ${fault}`, 'quote it if it is text');
}

/** Whether a key that no item of a list has as its name must be a key of the only item. */
function isOneItem(container: unknown, key: string | number): container is readonly [Container] {
  if (!Array.isArray(container) || container.length !== 1 || typeof key !== 'string') return false;
  const [item] = container as readonly unknown[];
  return isMapping(item) && nameOf(item) !== key && Object.hasOwn(item, key);
}

/** What an item of a list is called. */
const nameOf = (item: unknown) => (isMapping(item) ? (item.name ?? item.model) : undefined);

/** The key as the container knows it: a name inside a list becomes the position of the item of that name. */
function resolveKey(root: unknown, above: Path, container: unknown, key: string | number): string | number {
  const place = above.length === 0 ? 'the document' : formatPath(above);
  if (Array.isArray(container)) return resolveItem(place, container, key);
  if (!isMapping(container)) throw new SettingError(`${place} is not a mapping or a list`);
  const members = membersAt(scenarioSchema, root, above);
  if (members.kind === 'positions') {
    throw new SettingError(`${place} is a list that is not there yet`, `set the whole list: ${place}=[...]`);
  }
  if (typeof key === 'number') throw new SettingError(`${place} is not a list`);
  if (members.kind === 'keys' && !members.keys.includes(key) && !Object.hasOwn(container, key)) {
    throw new SettingError(`${place} has no key "${key}"`, nameHint(key, members.keys));
  }
  if (members.kind === 'none') throw new SettingError(`${place} is a single value, without keys`);
  return key;
}

function resolveItem(place: string, items: readonly unknown[], key: string | number): number {
  if (typeof key === 'number') {
    if (key <= items.length) return key;
    throw new SettingError(`${place} has ${items.length} items, numbered from 0; got position ${key}`);
  }
  const names = items.map(nameOf);
  const index = names.indexOf(key);
  if (index >= 0) return index;
  const known = names.filter((name) => typeof name === 'string');
  throw new SettingError(`${place} has no item named "${key}"`, nameHint(key, known));
}

function setMember(container: Container, key: string | number, value: unknown): void {
  if (value !== null) container[key] = value;
  else if (Array.isArray(container)) container.splice(Number(key), 1);
  else delete container[key];
}
