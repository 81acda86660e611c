import { isMapping, type Path } from '../path.ts';
import type { Finding } from '../problem.ts';
import type { ScenarioDocument } from '../schema/scenario.ts';

type DeepPartial<T> = T extends readonly [infer A, infer B]
  ? readonly [DeepPartial<A> | undefined, DeepPartial<B> | undefined]
  : T extends readonly (infer Item)[]
    ? readonly (DeepPartial<Item> | undefined)[]
    : T extends object
      ? { readonly [Key in keyof T]?: DeepPartial<T[Key]> | undefined }
      : T;

/** What is left of a document when every value with a problem is taken out; list positions stay. */
export type Sound<T> = DeepPartial<T>;

/**
 * Takes out what has been found wrong, so that checks over several values see valid ones only and report
 * nothing twice. A check of what is *missing* must therefore look at the document itself.
 */
export function soundPart(document: unknown, findings: readonly Finding[]): Sound<ScenarioDocument> {
  const owned = new Set<object>();
  let sound: unknown = document;
  for (const { path } of findings) sound = without(sound, path, 0, owned);
  return isMapping(sound) ? (sound as Sound<ScenarioDocument>) : {};
}

/** `value` without what lies at `path`. Containers on the way are copied once; `owned` holds the copies. */
function without(value: unknown, path: Path, depth: number, owned: Set<object>): unknown {
  const key = path[depth];
  if (key === undefined) return undefined;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value;
  const copy = owned.has(value) ? value : copyOf(value);
  owned.add(copy);
  const container = copy as Record<string | number, unknown>;
  const rest = without(container[key], path, depth + 1, owned);
  if (rest === undefined && !Array.isArray(copy)) delete container[key];
  else container[key] = rest;
  return copy;
}

function copyOf(value: object): object {
  if (Array.isArray(value)) return [...(value as unknown[])];
  return Object.fromEntries(Object.entries(value));
}
