import type { Distribution } from './distribution.ts';
import { fromQuantile, requireFinite } from './distribution.ts';

/** Always the same value. */
export interface ConstantSpec {
  readonly kind: 'constant';
  readonly value: number;
}

/** Draws a uniform number for nothing, so that swapping it for another kind leaves later draws where they were. */
export function createConstant({ value }: ConstantSpec): Distribution {
  requireFinite('constant', 'value', value);
  return fromQuantile({
    min: value,
    max: value,
    mean: value,
    variance: 0,
    cdf: () => 1,
    quantile: () => value,
  });
}
