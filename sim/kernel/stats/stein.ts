import { studentTQuantile } from '../math.ts';
import type { ConfidenceInterval } from './confidence.ts';
import type { Tally } from './tally.ts';

/**
 * Stein's two-stage interval: the spread comes from the pilot alone, the mean from all observations. However the pilot's
 * spread settled how many there are, (mean - true mean) sqrt(n) / s is Student's t with pilot - 1 degrees of freedom, so
 * stopping costs no coverage, for observations of normal shape.
 *
 * @param pilot of the first observations, two or more
 * @param all of all, the pilot included
 * @throws {RangeError} if the pilot has fewer than two
 * @see Stein, A two-sample test for a linear hypothesis whose power is independent of the variance, Annals of
 *   Mathematical Statistics 16 (1945), 243-258
 */
export function steinInterval(
  pilot: Pick<Tally, 'count' | 'stdDev'>,
  all: Pick<Tally, 'count' | 'mean'>,
  confidence = 0.95,
): ConfidenceInterval {
  if (pilot.count < 2)
    throw new RangeError(`Cannot make an interval: the pilot has ${pilot.count} observations`);
  const halfWidth = (steinT(pilot.count, confidence) * pilot.stdDev) / Math.sqrt(all.count);
  return { mean: all.mean, lo: all.mean - halfWidth, hi: all.mean + halfWidth, n: all.count, confidence };
}

/** Observations needed, those of the pilot included, for a half-width of at most `halfWidth`; Infinity where that is 0. */
export function steinSampleSize(
  pilot: Pick<Tally, 'count' | 'stdDev'>,
  halfWidth: number,
  confidence = 0.95,
): number {
  if (pilot.stdDev === 0) return pilot.count;
  if (!(halfWidth > 0)) return Infinity;
  const root = (steinT(pilot.count, confidence) * pilot.stdDev) / halfWidth;
  return Math.max(pilot.count, Math.ceil(root * root));
}

function steinT(pilot: number, confidence: number): number {
  return studentTQuantile(0.5 + confidence / 2, pilot - 1);
}
