import type { Distribution } from './distribution.ts';
import { fromQuantile, requireField, requireFinite } from './distribution.ts';

/** Every value between two ends equally likely. */
export interface UniformSpec {
  readonly kind: 'uniform';
  readonly min: number;
  /** > min. */
  readonly max: number;
}

export function createUniform({ min, max }: UniformSpec): Distribution {
  requireFinite('uniform', 'min', min);
  requireField('uniform', 'max', max, `a finite number > min (${min})`, max > min);
  const width = max - min;
  requireFinite('uniform', 'max - min', width);
  return fromQuantile({
    min,
    max,
    mean: min + width / 2,
    variance: (width * width) / 12,
    cdf: (x) => (x - min) / width,
    quantile: (p) => Math.min(max, min + p * width),
  });
}
