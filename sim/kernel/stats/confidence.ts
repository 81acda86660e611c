import { studentTQuantile } from '../math.ts';
import { Tally } from './tally.ts';

/** Where the true mean lies, with the given confidence. */
export interface ConfidenceInterval {
  readonly mean: number;
  readonly lo: number;
  readonly hi: number;
  /** Independent observations behind it: replications, batches or pairs. */
  readonly n: number;
  /** In (0, 1), for example 0.95. */
  readonly confidence: number;
}

/**
 * Student's interval for the mean of independent observations of about normal shape. With fewer than two observations
 * nothing is known of their spread and the interval is the whole line, -Infinity to Infinity.
 *
 * @param confidence in (0, 1)
 * @throws {RangeError} if `confidence` is out of range or there is no observation
 */
export function studentInterval(
  tally: Pick<Tally, 'count' | 'mean' | 'stdDev'>,
  confidence = 0.95,
): ConfidenceInterval {
  const { count: n, mean, stdDev } = tally;
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`Cannot make an interval: confidence must be in (0, 1), got ${confidence}`);
  }
  if (n < 1) throw new RangeError('Cannot make an interval: need 1 or more observations, got 0');
  if (n < 2) return { mean, lo: -Infinity, hi: Infinity, n, confidence };
  const halfWidth = (quantileOf(confidence, n) * stdDev) / Math.sqrt(n);
  return { mean, lo: mean - halfWidth, hi: mean + halfWidth, n, confidence };
}

/** Student's quantiles by confidence and observations: a sweep has as many intervals as metrics and points, all of one kind. */
const quantiles = new Map<number, Map<number, number>>();

function quantileOf(confidence: number, n: number): number {
  const known = quantiles.get(confidence) ?? new Map<number, number>();
  quantiles.set(confidence, known);
  const found = known.get(n) ?? studentTQuantile(0.5 + confidence / 2, n - 1);
  known.set(n, found);
  return found;
}

/**
 * Interval for the mean difference b - a of observations made in pairs, as two systems run under the same random
 * numbers. What both share cancels, so this is narrower than the difference of two separate intervals.
 *
 * @param a one observation a pair
 * @param b same length and order as `a`
 * @throws {RangeError} if the lengths differ
 */
export function pairedInterval(
  a: readonly number[],
  b: readonly number[],
  confidence = 0.95,
): ConfidenceInterval {
  if (a.length !== b.length) {
    throw new RangeError(`Cannot pair observations: need equally many, got ${a.length} and ${b.length}`);
  }
  const differences = a.map((value, index) => b[index]! - value);
  return studentInterval(Tally.of(differences), confidence);
}

/** Whether the interval leaves out zero: only then is a difference called one. */
export function excludesZero(interval: Pick<ConfidenceInterval, 'lo' | 'hi'>): boolean {
  return interval.lo > 0 || interval.hi < 0;
}
