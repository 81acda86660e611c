import type { Distribution, UniformSource } from './distribution.ts';
import { cdfWithin, quantileWithin, requireField, requireFinite, requireWeights } from './distribution.ts';
import { countUpTo } from './empirical.ts';

/** A few values with given weights: GPU counts per job, sizes of a mix. */
export interface DiscreteSpec {
  readonly kind: 'discrete';
  /** One or more, in any order. */
  readonly values: readonly number[];
  /** As many as values, >= 0, not all 0; need not sum to 1. */
  readonly weights: readonly number[];
}

/**
 * Sampled in constant time by the alias method: one uniform number a variate, but not its quantile, so variates of two
 * differently weighted distributions do not rise and fall together.
 */
export function createDiscrete({ values, weights }: DiscreteSpec): Distribution {
  const count = values.length;
  requireField('discrete', 'number of values', count, '1 or more', count >= 1);
  requireField(
    'discrete',
    'number of weights',
    weights.length,
    `${count}, one per value`,
    weights.length === count,
  );
  for (const [index, value] of values.entries()) requireFinite('discrete', `values[${index}]`, value);
  const total = requireWeights('discrete', (index) => `weights[${index}]`, weights);

  const ascending = values
    .map((value, index) => ({ value, share: weights[index]! / total }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => a.value - b.value);
  const sorted = ascending.map(({ value }) => value);
  const upTo: number[] = [];
  let [sum, mean, variance] = [0, 0, 0];
  for (const { value, share } of ascending) {
    sum += share;
    upTo.push(sum);
    mean += share * value;
  }
  for (const { value, share } of ascending) variance += share * (value - mean) * (value - mean);

  const last = sorted.length - 1;
  const form = {
    min: sorted[0]!,
    max: sorted[last]!,
    cdf: (x: number) => upTo[countUpTo(sorted, x) - 1]!,
    quantile: (p: number) => sorted[Math.min(last, firstAtLeast(upTo, p))]!,
  };
  const pick = aliasPicker(ascending.map(({ share }) => share));
  return {
    min: form.min,
    max: form.max,
    isInverseTransform: false,
    sample: (source) => sorted[pick(source)]!,
    mean: () => mean,
    variance: () => variance,
    cdf: (x) => cdfWithin(form, x),
    quantile: (p) => quantileWithin(form, p),
  };
}

/** Index of the first of the ascending numbers that is >= p, or their count. */
function firstAtLeast(ascending: readonly number[], p: number): number {
  let index = countUpTo(ascending, p);
  while (index > 0 && ascending[index - 1]! >= p) index--;
  return index;
}

/**
 * Draws an index with probability `shares[index]`: column and coin come from one uniform number.
 *
 * @param shares > 0, sum 1
 * @see Vose, A linear algorithm for generating random numbers with a given distribution, IEEE Transactions on Software
 *   Engineering 17 (1991), 972-975
 */
function aliasPicker(shares: readonly number[]): (source: UniformSource) => number {
  const count = shares.length;
  const keep = Float64Array.from(shares, (share) => share * count);
  const alias = Int32Array.from(shares, (_, index) => index);
  const small: number[] = [];
  const large: number[] = [];
  for (const [index, height] of keep.entries()) (height < 1 ? small : large).push(index);
  while (small.length > 0 && large.length > 0) {
    const low = small.pop()!;
    const high = large[large.length - 1]!;
    alias[low] = high;
    keep[high] = keep[high]! - (1 - keep[low]!);
    if (keep[high]! < 1) small.push(large.pop()!);
  }
  // The rest would all be 1 but for rounding: what is left of the shares equals the columns left.
  for (const index of [...small, ...large]) keep[index] = 1;
  return (source) => {
    const scaled = source.nextOpen() * count;
    const column = Math.min(count - 1, Math.floor(scaled));
    return scaled - column < keep[column]! ? column : alias[column]!;
  };
}
