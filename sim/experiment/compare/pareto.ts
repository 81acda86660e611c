import { type Direction, directionOf } from '../statistics/index.ts';

/** A metric to weigh variants by, and which way is better. */
export interface Criterion {
  readonly metric: string;
  readonly better: Exclude<Direction, 'none'>;
}

/** A variant by its means. */
interface ParetoPoint {
  readonly name: string;
  /** By criterion; null where the variant has no value. */
  readonly values: readonly (number | null)[];
  /** A variant that is no worse in anything and better in something; null: it is on the front. */
  readonly dominatedBy: string | null;
  /** Whether it has all values; without them it is neither on the front nor dominates. */
  readonly isComplete: boolean;
}

export interface Pareto {
  readonly criteria: readonly Criterion[];
  readonly points: readonly ParetoPoint[];
}

/** `cost.perMonth`, or `gpu.allocated.mean:higher` where nobody else has said which way is better; undefined where it takes that. */
export function criterionOf(text: string): Criterion | undefined {
  const [, metric = text, stated] = /^(.*):(higher|lower)$/.exec(text) ?? [];
  const better = (stated as Direction | undefined) ?? directionOf(metric);
  return better === 'none' ? undefined : { metric, better };
}

/**
 * The variants that no other is at least as good as in every criterion and better than in one. By means: whether a
 * difference is shown is another question.
 *
 * @param valuesOf by name, values in order of the criteria
 */
export function paretoFront(
  criteria: readonly Criterion[],
  valuesOf: ReadonlyMap<string, readonly (number | null)[]>,
): Pareto {
  const all = [...valuesOf].map(([name, values]) => ({
    name,
    values,
    isComplete: values.every((value) => value !== null),
  }));
  const complete = all.filter(({ isComplete }) => isComplete);
  const gain = (a: readonly (number | null)[], b: readonly (number | null)[], i: number) =>
    ((a[i] as number) - (b[i] as number)) * (criteria[i]?.better === 'higher' ? 1 : -1);
  const dominates = (a: readonly (number | null)[], b: readonly (number | null)[]) =>
    a.every((_, i) => gain(a, b, i) >= 0) && a.some((_, i) => gain(a, b, i) > 0);
  return {
    criteria,
    points: all.map((point) => ({
      ...point,
      dominatedBy: point.isComplete
        ? (complete.find((other) => dominates(other.values, point.values))?.name ?? null)
        : null,
    })),
  };
}
