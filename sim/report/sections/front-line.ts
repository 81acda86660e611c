import { type Criterion, paretoFront } from '../../experiment/compare/pareto.ts';

/** Something on a picture of the first two of its values. */
interface Weighed {
  /** In order of the criteria. */
  readonly values: readonly (number | null)[];
  /** Whether no other beats it in all criteria. */
  readonly isOnFront: boolean;
}

/** What a picture of two criteria shows of a front over more of them. */
export interface FrontLine {
  /** By place: whether it is on the front by the two alone. A line through all of the front would go to and fro. */
  readonly isOnLine: readonly boolean[];
  /**
   * By place: the criteria that have those of the front beside the line on it: better than some of the line that beats
   * them in the two. Empty for all else.
   */
  readonly betterIn: readonly (readonly Criterion[])[];
}

/** @param all what is weighed, on the front or not */
export function frontLine(criteria: readonly Criterion[], all: readonly Weighed[]): FrontLine {
  const two = criteria.slice(0, 2);
  const { points } = paretoFront(two, new Map(all.map(({ values }, i) => [String(i), values.slice(0, 2)])));
  const isOnLine = points.map(
    ({ isComplete, dominatedBy }, i) => isComplete && dominatedBy === null && all[i]?.isOnFront === true,
  );
  const gain = (one: Weighed, other: Weighed, c: number) =>
    ((one.values[c] ?? 0) - (other.values[c] ?? 0)) * (criteria[c]?.better === 'higher' ? 1 : -1);
  const onLine = all.filter((_, i) => isOnLine[i]);
  return {
    isOnLine,
    betterIn: all.map((each, i) => {
      if (!each.isOnFront || isOnLine[i]) return [];
      const beatIt = onLine.filter((other) => two.every((_, c) => gain(other, each, c) >= 0));
      return criteria.filter((_, c) => c > 1 && beatIt.some((other) => gain(each, other, c) > 0));
    }),
  };
}
