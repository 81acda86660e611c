import { expm1, log1p } from '../math.ts';
import type { Distribution } from './distribution.ts';
import { fromQuantile, requirePositive } from './distribution.ts';

/** Memoryless times: the gaps of a Poisson process. */
export interface ExponentialSpec {
  readonly kind: 'exponential';
  /** > 0; one over the rate. */
  readonly mean: number;
}

export function createExponential({ mean }: ExponentialSpec): Distribution {
  requirePositive('exponential', 'mean', mean);
  return fromQuantile({
    min: 0,
    max: Infinity,
    mean,
    variance: mean * mean,
    cdf: (x) => -expm1(-x / mean),
    quantile: (p) => -mean * log1p(-p),
  });
}
