import { formatPath, isMapping, type Path } from '../../scenario/path.ts';
import { quoteValue } from '../../scenario/problem.ts';

/** One difference between two scenario documents. */
export interface DocumentChange {
  /** As the command line writes it: `fleet.hosts.train.count`. */
  readonly path: string;
  /** As JSON, cut at 60 characters; null where there is nothing. */
  readonly from: string | null;
  readonly to: string | null;
}

/** Sections that say nothing about what is simulated. */
const BESIDES: readonly string[] = ['whatIf', 'objectives', 'description', 'sources'];

/**
 * What differs between two canonical documents, in the order of their keys. Items of lists are told by their names where
 * all have one, so that an item in another place is no difference of all behind it.
 */
export function documentChanges(base: unknown, variant: unknown): readonly DocumentChange[] {
  const left = isMapping(base) ? besides(base) : base;
  const right = isMapping(variant) ? besides(variant) : variant;
  return between(left, right, []);
}

const besides = (document: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(document).filter(([key]) => !BESIDES.includes(key)));

function between(from: unknown, to: unknown, path: Path): readonly DocumentChange[] {
  const [left, right] = [membersOf(from, to), membersOf(to, from)];
  if (left !== undefined && right !== undefined) {
    const keys = [...new Set([...left.keys(), ...right.keys()])];
    return keys.flatMap((key) => between(left.get(key), right.get(key), [...path, key]));
  }
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  const text = (value: unknown) => (value === undefined ? null : quoteValue(value));
  return [{ path: formatPath(path), from: text(from), to: text(to) }];
}

/** What is inside a value, if the same can be said of the other; undefined where the two are compared as they are. */
function membersOf(value: unknown, other: unknown): ReadonlyMap<string | number, unknown> | undefined {
  if (isMapping(value) && isMapping(other)) return new Map(Object.entries(value));
  if (!Array.isArray(value) || !Array.isArray(other)) return undefined;
  const names = namesOf(value);
  if (names !== undefined && namesOf(other) !== undefined)
    return new Map(names.map((name, i) => [name, value[i] as unknown]));
  return value.length === other.length ? new Map(value.map((item, i) => [i, item as unknown])) : undefined;
}

function namesOf(items: readonly unknown[]): readonly string[] | undefined {
  const names = items.map((item) => (isMapping(item) ? (item.name ?? item.model) : undefined));
  const isNamed = names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
  return isNamed ? (names as readonly string[]) : undefined;
}
