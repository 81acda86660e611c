import { type Draft, enablePatches, type Patch, produceWithPatches } from 'immer';
import { applyOverlay } from './overlay.ts';
import { isMapping, type Path, UNSAFE_KEY } from './path.ts';
import { presetMember } from './preset-members.ts';
import type { Finding } from './problem.ts';
import type { VariantDocument } from './schema/what-if.ts';

enablePatches();

export type VariantResult =
  | {
      readonly ok: true;
      /** The document with the changes, without variants of its own and without a plan; not yet validated. Frozen. */
      readonly document: unknown;
      /** What differs, with paths from the root. */
      readonly patches: readonly Patch[];
      /** Places that `set` changed, with the key that says so. */
      readonly places: readonly { readonly key: string; readonly path: Path }[];
    }
  /** Paths within the variant. */
  | { readonly ok: false; readonly problems: readonly Finding[] };

type Container = Record<string | number, unknown>;

/** A change that cannot be made. */
class PatchError extends Error {}

/**
 * Makes the changes of a variant: `merge`, then `patch`, then `set`. What an item has from its preset can be changed as if
 * it were written there.
 *
 * @param document a scenario document; left as it is
 */
export function applyVariant(
  document: unknown,
  { merge, patch = [], set = {} }: VariantDocument,
): VariantResult {
  const problems: Finding[] = [];
  const [merged, patches] = produceWithPatches({ root: document }, (holder: Draft<{ root: unknown }>) => {
    if (merge !== undefined) mergeInto(holder, 'root', merge);
    if (isMapping(holder.root)) {
      delete holder.root.whatIf;
      delete holder.root.plan;
    }
    for (const [index, change] of patch.entries()) {
      try {
        applyChange(holder, change);
      } catch (error) {
        if (!(error instanceof PatchError)) throw error;
        problems.push({ path: ['patch', index], message: error.message });
      }
    }
  });
  const texts = Object.entries(set).map(([path, value]) => ({
    path,
    text: `${path}=${JSON.stringify(value)}`,
  }));
  const overlaid = applyOverlay(
    merged.root,
    texts.map(({ text }) => text),
  );
  if (!overlaid.ok) {
    for (const { value, message, hint } of overlaid.problems) {
      const key = texts.find(({ text }) => text === value)?.path ?? '';
      problems.push({ path: ['set', key], message, hint });
    }
  }
  if (!overlaid.ok || problems.length > 0) return { ok: false, problems };
  const fromRoot = patches.map((each) => ({ ...each, path: each.path.slice(1) }));
  return {
    ok: true,
    document: overlaid.document,
    patches: [...fromRoot, ...overlaid.patches],
    places: overlaid.settings.map(({ text, path }) => ({
      key: texts.find((each) => each.text === text)?.path ?? '',
      path,
    })),
  };
}

/** Lays a value over a member: mappings key by key, null removes, anything else takes its place. */
function mergeInto(container: Container, key: string | number, overlay: unknown): void {
  if (!isMapping(overlay)) {
    if (overlay === null) delete container[key];
    else container[key] = overlay;
    return;
  }
  if (!isMapping(container[key])) container[key] = {};
  for (const [inner, value] of Object.entries(overlay)) {
    if (inner !== UNSAFE_KEY) mergeInto(container[key] as Container, inner, value);
  }
}

type Change = NonNullable<VariantDocument['patch']>[number];

/** @see RFC 6902, sections 4.1 to 4.3 */
function applyChange(holder: { root: unknown }, { op, path: pointer, value }: Change): void {
  const path = pathOf(pointer);
  if (op !== 'remove' && value === undefined) throw new PatchError(`${op} needs a value`);
  const last = path.at(-1) as string;
  let container: unknown = holder.root;
  for (const [depth, key] of path.slice(0, -1).entries()) {
    const ofPreset = presetMember(holder.root, path.slice(0, depth), key);
    if (ofPreset !== undefined) (container as Container)[key] = ofPreset;
    container = memberAt(container, key, pointer);
  }
  if (Array.isArray(container)) {
    const at = op === 'add' && last === '-' ? container.length : Number(last);
    const most = op === 'add' ? container.length : container.length - 1;
    if (!/^(0|[1-9]\d*|-)$/.test(last) || !(at <= most)) {
      throw new PatchError(`${pointer} must end in a position from 0 to ${most}, got ${last}`);
    }
    if (op === 'replace') container[at] = value;
    else container.splice(at, op === 'remove' ? 1 : 0, ...(op === 'remove' ? [] : [value]));
    return;
  }
  if (!isMapping(container)) throw new PatchError(`${pointer} leads into a single value`);
  const isThere =
    Object.hasOwn(container, last) ||
    (op === 'replace' && presetMember(holder.root, path.slice(0, -1), last) !== undefined);
  if (op !== 'add' && !isThere) {
    throw new PatchError(`nothing is at ${pointer}, so that it cannot be ${op}d`);
  }
  if (op === 'remove') delete container[last];
  else container[last] = value;
}

function memberAt(container: unknown, key: string, pointer: string): unknown {
  const isThere = typeof container === 'object' && container !== null && Object.hasOwn(container, key);
  if (!isThere) throw new PatchError(`${pointer} leads to nothing: there is no "${key}" on the way`);
  return (container as Container)[key];
}

/** @see RFC 6901, section 4 */
function pathOf(pointer: string): readonly string[] {
  if (!pointer.startsWith('/'))
    throw new PatchError(`must begin with /, such as /policy/placement, got ${pointer}`);
  const path = pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (path.includes(UNSAFE_KEY)) throw new PatchError(`${pointer} leads to nothing that a scenario has`);
  return path;
}

/** Which part of a variant a path of the document comes from; empty where none says it. */
export function placeInVariant(
  { merge }: VariantDocument,
  places: Extract<VariantResult, { ok: true }>['places'],
  path: Path,
): Path {
  const setting = places.findLast((place) => place.path.every((key, i) => key === path[i]));
  if (setting !== undefined) return ['set', setting.key];
  let value: unknown = merge;
  let depth = 0;
  while (depth < path.length && isMapping(value) && Object.hasOwn(value, path[depth] as string)) {
    value = value[path[depth] as string];
    depth += 1;
  }
  return depth === 0 ? [] : ['merge', ...path.slice(0, depth)];
}
