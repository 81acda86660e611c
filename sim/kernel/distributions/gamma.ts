import { gammaP, gammaPInverse, log, normalQuantile, pow } from '../math.ts';
import type { Distribution, UniformSource } from './distribution.ts';
import { cdfWithin, quantileWithin, requirePositive } from './distribution.ts';

/** Sums of exponential times (Erlang) and everything between: coefficient of variation 1 / sqrt(shape). */
export interface GammaSpec {
  readonly kind: 'gamma';
  /** > 0. */
  readonly shape: number;
  /** > 0; mean over shape. */
  readonly scale: number;
}

/**
 * Sampled by rejection, two uniform numbers a try and about 1.02 to 1.05 tries a variate (one more uniform number for a
 * shape below 1): the quantile has no closed form and costs a hundred times more. `quantile` bisects.
 */
export function createGamma({ shape, scale }: GammaSpec): Distribution {
  requirePositive('gamma', 'shape', shape);
  requirePositive('gamma', 'scale', scale);
  const form = {
    min: 0,
    max: Infinity,
    cdf: (x: number) => gammaP(shape, x / scale),
    quantile: (p: number) => scale * gammaPInverse(shape, p),
  };
  return {
    min: form.min,
    max: form.max,
    isInverseTransform: false,
    sample: (source) => scale * sampleStandardGamma(shape, source),
    mean: () => shape * scale,
    variance: () => shape * scale * scale,
    cdf: (x) => cdfWithin(form, x),
    quantile: (p) => quantileWithin(form, p),
  };
}

/**
 * @see Marsaglia and Tsang, A simple method for generating gamma variables, ACM Transactions on Mathematical Software
 *   26 (2000), 363-372; for a shape below 1 their section 6: gamma(a) = gamma(a + 1) U^(1/a)
 */
function sampleStandardGamma(shape: number, source: UniformSource): number {
  const boost = shape < 1 ? pow(source.nextOpen(), 1 / shape) : 1;
  const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normalQuantile(source.nextOpen());
    const u = source.nextOpen();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    if (log(u) < 0.5 * x * x + d * (1 - v + log(v))) return d * v * boost;
  }
}
