import { normalCdf, studentTQuantile } from '../math.ts';
import type { ConfidenceInterval } from './confidence.ts';
import { studentInterval } from './confidence.ts';
import { Tally } from './tally.ts';

/** An interval for the mean of one correlated series, and what says whether to trust it. */
export interface CorrelatedMean extends ConfidenceInterval {
  /** Correlation of neighbouring batch means; NaN below three. */
  readonly lag1: number;
  /** Chance of such a correlation or a larger one between independent batches: below 0.05 the interval is too narrow. */
  readonly pIndependent: number;
}

/**
 * One-sided test that successive values are not positively correlated, by von Neumann's ratio, whose distribution is
 * close to normal from eight values on.
 *
 * @returns p in [0, 1]; 1 below eight values and where all are the same
 * @see von Neumann, Annals of Mathematical Statistics 12 (1941), 367-395; Fishman, Management Science 24 (1978), 510-521
 */
export function independenceTest(values: readonly number[]): number {
  const n = values.length;
  if (n < 8) return 1;
  const { mean } = Tally.of(values);
  let squares = 0;
  let steps = 0;
  values.forEach((value, i) => {
    squares += (value - mean) * (value - mean);
    if (i > 0) steps += (value - values[i - 1]!) * (value - values[i - 1]!);
  });
  if (squares === 0) return 1;
  const c = 1 - steps / (2 * squares);
  return 1 - normalCdf(c / Math.sqrt((n - 2) / (n * n - 1)));
}

/** Correlation of neighbouring values; NaN below three, 0 where all are the same. */
function lag1Correlation(values: readonly number[]): number {
  if (values.length < 3) return Number.NaN;
  const { mean } = Tally.of(values);
  let products = 0;
  let squares = 0;
  values.forEach((value, i) => {
    squares += (value - mean) * (value - mean);
    if (i > 0) products += (value - mean) * (values[i - 1]! - mean);
  });
  return squares === 0 ? 0 : products / squares;
}

/**
 * Joins neighbours so that `batches` to `2 * batches - 1` equal batches are left; what is over is dropped at the start,
 * where the rest of a warm-up would be. As they are where there are fewer.
 */
export function joinedBatches(means: readonly number[], batches: number): number[] {
  const size = Math.max(1, Math.floor(means.length / batches));
  const count = Math.floor(means.length / size);
  const first = means.length - count * size;
  return Array.from({ length: count }, (_, b) => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += means[first + b * size + i]!;
    return sum / size;
  });
}

/** Student's interval over means of equal batches that follow each other. Throws RangeError where there is none. */
export function batchMeansInterval(batches: readonly number[], confidence = 0.95): CorrelatedMean {
  return {
    ...studentInterval(Tally.of(batches), confidence),
    lag1: lag1Correlation(batches),
    pIndependent: independenceTest(batches),
  };
}

/**
 * Interval from overlapping batch means: every run of `window` neighbours is a batch. The variance estimate is that of
 * separate batches of the same length with two thirds of its own variance, which Student's t takes as 1.5 times the
 * degrees of freedom.
 *
 * @param series equal small batches that follow each other, at least `2 * window`
 * @throws {RangeError} if there are fewer, or `window` is not whole and 1 or more
 * @see Meketon and Schmeiser, Overlapping batch means: something for nothing?, Winter Simulation Conference 1984, 227-230
 */
export function overlappingBatchMeans(
  series: readonly number[],
  window: number,
  confidence = 0.95,
): ConfidenceInterval {
  const n = series.length;
  if (!(Number.isSafeInteger(window) && window >= 1 && n >= 2 * window)) {
    throw new RangeError(
      `Cannot overlap batches: need 2 windows or more, got ${n} values and window ${window}`,
    );
  }
  const { mean } = Tally.of(series);
  let sum = 0;
  for (let i = 0; i < window; i++) sum += series[i]! - mean;
  let squares = sum * sum;
  for (let i = window; i < n; i++) {
    sum += series[i]! - series[i - window]!;
    squares += sum * sum;
  }
  // Variance of the mean: n m / ((n - m + 1)(n - m)) times the mean square of the window means, over n.
  const variance = (squares / (window * window)) * (window / ((n - window + 1) * (n - window)));
  const degrees = Math.max(1, 1.5 * (n / window - 1));
  const halfWidth = studentTQuantile(0.5 + confidence / 2, degrees) * Math.sqrt(variance);
  return { mean, lo: mean - halfWidth, hi: mean + halfWidth, n: Math.floor(n / window), confidence };
}
