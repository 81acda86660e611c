import { exp, expm1, log, log1p, normalCdf, normalQuantile } from '../math.ts';
import type { Distribution } from './distribution.ts';
import { fromQuantile, requireFinite, requirePositive } from './distribution.ts';

/** e to the power of a normal variate: service times and job sizes with a long but light tail. */
export interface LognormalSpec {
  readonly kind: 'lognormal';
  /** Mean of the logarithm; e to this power is the median. */
  readonly logMean: number;
  /** Standard deviation of the logarithm, > 0. */
  readonly logStdDev: number;
}

export function createLognormal({ logMean, logStdDev }: LognormalSpec): Distribution {
  requireFinite('lognormal', 'logMean', logMean);
  requirePositive('lognormal', 'logStdDev', logStdDev);
  const logVariance = logStdDev * logStdDev;
  const mean = exp(logMean + logVariance / 2);
  return fromQuantile({
    min: 0,
    max: Infinity,
    mean,
    variance: mean * mean * expm1(logVariance),
    cdf: (x) => (x === 0 ? 0 : normalCdf((log(x) - logMean) / logStdDev)),
    quantile: (p) => exp(logMean + logStdDev * normalQuantile(p)),
  });
}

/**
 * The lognormal distribution with a given mean and coefficient of variation.
 *
 * @param mean > 0
 * @param variation standard deviation over mean, > 0
 * @throws {RangeError} if either is out of range
 */
export function lognormalOfMean(mean: number, variation: number): LognormalSpec {
  requirePositive('lognormal', 'mean', mean);
  requirePositive('lognormal', 'variation', variation);
  const logVariance = log1p(variation * variation);
  return { kind: 'lognormal', logMean: log(mean) - logVariance / 2, logStdDev: Math.sqrt(logVariance) };
}
