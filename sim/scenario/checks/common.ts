import { isMapping, type Path, valueAt } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';

/** Whether the document states something at `path`, valid or not. */
export function isStated(document: unknown, path: Path): boolean {
  return valueAt(document, path) !== undefined;
}

/** A finding unless exactly one of the keys is stated in the mapping at `path`. */
export function exactlyOne(document: unknown, path: Path, keys: readonly string[]): readonly Finding[] {
  if (!isMapping(valueAt(document, path))) return [];
  const stated = keys.filter((key) => isStated(document, [...path, key]));
  if (stated.length === 1) return [];
  const got = stated.length === 0 ? 'none' : stated.join(' and ');
  return [{ path, message: `must have exactly one of ${keys.join(' and ')}, got ${got}` }];
}

/** One finding for each name that stood earlier in the list. */
export function repeats(
  names: readonly (string | undefined)[],
  pathOf: (index: number) => Path,
): readonly Finding[] {
  const first = new Map<string, number>();
  return names.flatMap((name, index) => {
    if (name === undefined) return [];
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, index);
      return [];
    }
    return [
      {
        path: pathOf(index),
        message: `must be a name of its own, got ${quoteValue(name)} as at position ${earlier}`,
      },
    ];
  });
}

/** A finding where every weight is known and 0. */
export function someWeight(path: Path, weights: readonly (number | undefined)[]): readonly Finding[] {
  if (weights.length === 0 || weights.some((weight) => weight !== 0)) return [];
  return [{ path, message: 'must hold at least one weight above 0, got only 0' }];
}
