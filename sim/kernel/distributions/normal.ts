import { normalCdf, normalPdf, normalQuantile } from '../math.ts';
import type { Distribution } from './distribution.ts';
import { fromQuantile, requireField, requireFinite, requirePositive } from './distribution.ts';

/** The bell curve, truncated to [min, max] where given. */
export interface NormalSpec {
  readonly kind: 'normal';
  /** Mean before truncation. */
  readonly mean: number;
  /** Standard deviation before truncation, > 0. */
  readonly stdDev: number;
  readonly min?: number;
  /** > min. */
  readonly max?: number;
}

/** Below this much of the bell, a truncation is taken for a mistake. */
const LEAST_KEPT = 1e-12;

/** Sampled by Wichura's AS 241 quantile, one uniform number a variate, also when truncated. */
export function createNormal({ mean, stdDev, min, max }: NormalSpec): Distribution {
  requireFinite('normal', 'mean', mean);
  requirePositive('normal', 'stdDev', stdDev);
  if (min !== undefined) requireFinite('normal', 'min', min);
  if (max !== undefined)
    requireField('normal', 'max', max, `a finite number > min (${min})`, max > (min ?? -Infinity));

  const from = min === undefined ? -Infinity : (min - mean) / stdDev;
  const to = max === undefined ? Infinity : (max - mean) / stdDev;
  // The left tail of the bell has relative accuracy, the right one has not: a window on the right is mirrored.
  const side = from + to > 0 ? -1 : 1;
  const [low, high] = side === 1 ? [from, to] : [-to, -from];
  const below = normalCdf(low);
  const kept = normalCdf(high) - below;
  requireField('normal', 'share kept by min and max', kept, `>= ${LEAST_KEPT}`, kept >= LEAST_KEPT);

  // Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, 2nd ed., section 13.10.1
  const shift = (normalPdf(low) - normalPdf(high)) / kept;
  const spread = 1 + (edge(low) - edge(high)) / kept - shift * shift;
  return fromQuantile({
    min: min ?? -Infinity,
    max: max ?? Infinity,
    mean: mean + side * stdDev * shift,
    variance: stdDev * stdDev * spread,
    cdf: (x) => {
      const part = (normalCdf((side * (x - mean)) / stdDev) - below) / kept;
      return side === 1 ? part : 1 - part;
    },
    quantile: (p) => {
      const z = normalQuantile(below + (side === 1 ? p : 1 - p) * kept);
      return Math.min(max ?? Infinity, Math.max(min ?? -Infinity, mean + side * stdDev * z));
    },
  });
}

/** z times the density at z, which is 0 at infinity. */
function edge(z: number): number {
  return Number.isFinite(z) ? z * normalPdf(z) : 0;
}
