import { incompleteBeta } from '../math.ts';
import type { QuantileSketch } from './quantile-sketch.ts';

/** Ranks between which a quantile lies, counted from 1; null where the sample is too small to bound that side. */
export interface QuantileRanks {
  readonly low: number | null;
  readonly high: number | null;
}

/** P(B <= k) of a binomial with `n` trials, here also for fractional `n`. */
function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return incompleteBeta(1 - p, p, n - k, k + 1);
}

/**
 * Ranks r and s with P(x(r) <= quantile <= x(s)) of at least `confidence` for independent observations of any
 * distribution: the number of them below the quantile is binomial. Each side may be missed with half of the rest.
 *
 * @param n observations, whole, 1 or more
 * @param p in (0, 1)
 * @see David and Nagaraja, Order Statistics, 3rd ed., section 7.1
 */
export function quantileRanks(n: number, p: number, confidence = 0.95): QuantileRanks {
  if (!(Number.isSafeInteger(n) && n >= 1) || !(p > 0 && p < 1) || !(confidence > 0 && confidence < 1)) {
    throw new RangeError(`Cannot bound a quantile: got n ${n}, p ${p}, confidence ${confidence}`);
  }
  const miss = (1 - confidence) / 2;
  // The largest r with P(B <= r - 1) <= miss, and the smallest s with P(B >= s) <= miss.
  const low = lastWhere(n, (r) => binomialCdf(r - 1, n, p) <= miss);
  const notHigh = lastWhere(n, (s) => 1 - binomialCdf(s - 1, n, p) > miss);
  return { low: low === 0 ? null : low, high: notHigh === n ? null : notHigh + 1 };
}

/** The largest whole number from 1 to n for which a claim holds that holds up to some number; 0 for none. */
function lastWhere(n: number, holds: (k: number) => boolean): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Interval of a quantile from a sketch, by order statistics. Observations that are correlated, as waits of one run are,
 * say less than their number: `effective` is how many independent ones they are worth, and the ranks spread as of so few.
 *
 * @param effective above 0; at most the observations
 * @returns null where the observations cannot bound it on both sides; the ends have the sketch's relative error
 */
export function sketchQuantileInterval(
  sketch: QuantileSketch,
  p: number,
  confidence = 0.95,
  effective: number = sketch.count,
): readonly [number, number] | null {
  const n = sketch.count;
  const worth = Math.max(1, Math.floor(Math.min(n, effective)));
  if (n === 0) return null;
  const { low, high } = quantileRanks(worth, p, confidence);
  if (low === null || high === null) return null;
  // Ranks of few independent ones, as parts of all.
  const below = Math.max(1, Math.floor((low / worth) * n));
  const above = Math.min(n, Math.ceil((high / worth) * n));
  return [sketch.quantile(below / n), sketch.quantile(above / n)];
}
