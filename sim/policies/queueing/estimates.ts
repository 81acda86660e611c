import { exp, normalQuantile } from '../../kernel/math.ts';
import type { RandomStreams } from '../../kernel/random.ts';
import type { EstimateName } from './names.ts';

/**
 * What the scheduler takes run times to be: `exact` what they are; `stated` what is recorded with the job, or what they
 * are where nothing is; `noise` what they are times a lognormal factor of median 1, so that half the estimates are too
 * low and half too high. Its logarithm has this standard deviation, finite and >= 0; its mean is e^(noise^2 / 2).
 */
export type EstimateRule = EstimateName | { readonly noise: number };

/** What an estimate rests on. Times are whole microseconds. */
export interface Estimated {
  /** Settles the random factor: the same name has the same factor, whatever else is in the run. */
  readonly name: string;
  /** Infinity: it never leaves. */
  readonly durationUs: number;
  /** As recorded. */
  readonly estimateUs?: number | undefined;
}

/**
 * Estimated run time of a task in whole microseconds, at least 1; Infinity of a task that never leaves, unless another
 * one is stated.
 *
 * @throws {RangeError} if the noise is out of range
 */
export function estimatedUs(rule: EstimateRule, task: Estimated, streams: RandomStreams): number {
  if (rule === 'exact') return Math.max(1, task.durationUs);
  if (rule === 'stated') return Math.max(1, task.estimateUs ?? task.durationUs);
  const { noise } = rule;
  if (!(noise >= 0 && noise < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`Cannot estimate with noise ${noise}: need a finite number >= 0`);
  }
  const factor = exp(noise * normalQuantile(streams.once('estimate', task.name).nextOpen()));
  const us = Math.round(task.durationUs * factor);
  // A job that ends is not estimated never to end; zero times anything is zero.
  return task.durationUs === Number.POSITIVE_INFINITY
    ? Number.POSITIVE_INFINITY
    : Math.min(Math.max(1, Number.isNaN(us) ? 1 : us), Number.MAX_SAFE_INTEGER);
}
