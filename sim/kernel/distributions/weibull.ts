import { expm1, gamma, log1p, pow } from '../math.ts';
import type { Distribution } from './distribution.ts';
import { fromQuantile, requirePositive } from './distribution.ts';

/** Times to failure: hazard falls with age for a shape below 1, is constant at 1, grows above 1. */
export interface WeibullSpec {
  readonly kind: 'weibull';
  /** > 0. */
  readonly shape: number;
  /** > 0; the 63.2 % quantile. */
  readonly scale: number;
}

export function createWeibull({ shape, scale }: WeibullSpec): Distribution {
  requirePositive('weibull', 'shape', shape);
  requirePositive('weibull', 'scale', scale);
  const mean = scale * gamma(1 + 1 / shape);
  return fromQuantile({
    min: 0,
    max: Infinity,
    mean,
    variance: scale * scale * gamma(1 + 2 / shape) - mean * mean,
    cdf: (x) => -expm1(-pow(x / scale, shape)),
    quantile: (p) => scale * pow(-log1p(-p), 1 / shape),
  });
}
