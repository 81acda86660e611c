import type { Distribution } from './distribution.ts';
import { fromQuantile, requireField, requireFinite } from './distribution.ts';

/** Observed values, each equally likely: the distribution function is a staircase. */
export interface EmpiricalSpec {
  readonly kind: 'empirical';
  /** One or more, in any order. */
  readonly values: readonly number[];
}

export function createEmpirical({ values }: EmpiricalSpec): Distribution {
  requireField('empirical', 'number of values', values.length, '1 or more', values.length >= 1);
  for (const [index, value] of values.entries()) requireFinite('empirical', `values[${index}]`, value);
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  let mean = 0;
  for (const value of sorted) mean += value / n;
  let variance = 0;
  for (const value of sorted) variance += ((value - mean) * (value - mean)) / n;
  return fromQuantile({
    min: sorted[0]!,
    max: sorted[n - 1]!,
    mean,
    variance,
    cdf: (x) => countUpTo(sorted, x) / n,
    quantile: (p) => {
      let rank = Math.ceil(p * n);
      // p * n may round up past a whole number: 0.07 * 100 > 7, yet 7 / 100 >= 0.07.
      if ((rank - 1) / n >= p) rank--;
      return sorted[rank - 1]!;
    },
  });
}

/** How many of the ascending values are at most x. */
export function countUpTo(ascending: ArrayLike<number>, x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}
