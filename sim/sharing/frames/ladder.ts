import { log } from '../../kernel/math.ts';

/**
 * Ladders of numbers of tenants at which frame times are computed, from every number to few; between two rungs quantiles
 * are interpolated. Rungs are one tenant apart at first and grow by a factor later: one tenant more makes the less of a
 * difference the more there are.
 */
export const LADDER_GROWTH: readonly number[] = [1, 1.1, 1.2, 1.5, 2, 4];

/** A number between two rungs. */
export interface Bracket {
  readonly low: number;
  readonly high: number;
  /** Where between them, [0, 1): 0 = on the lower one; by ratios, since a loaded card's times grow in proportion. */
  readonly part: number;
}

/**
 * The rungs around a number of tenants. Rungs: 0, 1, then each the product of the one before and the growth, rounded,
 * at least one more, and at most `most`.
 *
 * @param count 0 to `most`
 */
export function bracket(count: number, most: number, growth: number): Bracket {
  let low = 0;
  let high = 0;
  while (high < count) {
    low = high;
    high = Math.min(most, Math.max(low + 1, Math.round(low * growth)));
  }
  if (high === count) return { low: count, high: count, part: 0 };
  return { low, high, part: log(count / low) / log(high / low) };
}
