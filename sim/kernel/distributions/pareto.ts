import { exp, expm1, log, log1p } from '../math.ts';
import type { Distribution } from './distribution.ts';
import { fromQuantile, requireField, requirePositive } from './distribution.ts';

/** Heavy-tailed sizes: P(X > x) = (min / x)^shape, cut off at max where given. */
export interface ParetoSpec {
  readonly kind: 'pareto';
  /** Tail index, > 0: without `max` the mean is infinite up to 1 and the variance up to 2. */
  readonly shape: number;
  /** Smallest value, > 0. */
  readonly min: number;
  /** Largest value, > min: the bounded Pareto distribution. */
  readonly max?: number;
}

export function createPareto({ shape, min, max }: ParetoSpec): Distribution {
  requirePositive('pareto', 'shape', shape);
  requirePositive('pareto', 'min', min);
  if (max !== undefined) requireField('pareto', 'max', max, `a finite number > min (${min})`, max > min);
  const logSpan = max === undefined ? Infinity : log(max / min);
  // The share of the unbounded distribution that lies below max.
  const kept = -expm1(-shape * logSpan);
  const mean = min * moment(1);
  return fromQuantile({
    min,
    max: max ?? Infinity,
    mean,
    variance: mean === Infinity ? Infinity : Math.max(0, min * min * moment(2) - mean * mean),
    cdf: (x) => -expm1(-shape * log(x / min)) / kept,
    quantile: (p) => Math.min(max ?? Infinity, min * exp(-log1p(-p * kept) / shape)),
  });

  /** Mean of (X / min)^k: the integral of shape x^(k - shape - 1) / kept over 1 to max / min. */
  function moment(k: number): number {
    if (max === undefined) return k < shape ? shape / (shape - k) : Infinity;
    const excess = k - shape;
    return (shape / kept) * (excess === 0 ? logSpan : expm1(excess * logSpan) / excess);
  }
}
