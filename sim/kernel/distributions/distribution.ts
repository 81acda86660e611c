/**
 * Where variates come from: a stream of independent uniform numbers in the open interval (0, 1). `RandomStream` is one.
 * Neither end is ever drawn, so a quantile of an unbounded distribution stays finite.
 */
export interface UniformSource {
  nextOpen(): number;
}

/** A probability distribution of numbers without a unit: they are in the unit of the parameters. */
export interface Distribution {
  /** Ends of the support; -Infinity and Infinity where it has none. */
  readonly min: number;
  readonly max: number;
  /**
   * Whether `sample` is `quantile` of exactly one uniform number. Then equal streams give the same ranks whatever the
   * parameters, which is what common random numbers need to compare two systems.
   */
  readonly isInverseTransform: boolean;
  sample(source: UniformSource): number;
  /** Infinity where the integral diverges. */
  mean(): number;
  /** Infinity where the integral diverges. */
  variance(): number;
  /** P(X <= x). */
  cdf(x: number): number;
  /** The smallest x with P(X <= x) >= p. Throws RangeError for p outside [0, 1]. */
  quantile(p: number): number;
}

/** What a kind must bring so that `fromQuantile` can make a Distribution of it. */
interface QuantileForm {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly variance: number;
  /** P(X <= x) for x in the support. */
  cdf(x: number): number;
  /** Quantile for p in (0, 1). */
  quantile(p: number): number;
}

/** A distribution sampled by its quantile function: one uniform number, one variate. */
export function fromQuantile(form: QuantileForm): Distribution {
  return {
    min: form.min,
    max: form.max,
    isInverseTransform: true,
    sample: (source) => form.quantile(source.nextOpen()),
    mean: () => form.mean,
    variance: () => form.variance,
    cdf: (x) => cdfWithin(form, x),
    quantile: (p) => quantileWithin(form, p),
  };
}

/** Extends a distribution function from the support to all numbers. */
export function cdfWithin(form: Pick<QuantileForm, 'min' | 'max' | 'cdf'>, x: number): number {
  if (x < form.min) return 0;
  if (x >= form.max) return 1;
  return form.cdf(x);
}

/** Extends a quantile function from (0, 1) to [0, 1]. Throws RangeError outside. */
export function quantileWithin(form: Pick<QuantileForm, 'min' | 'max' | 'quantile'>, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`Cannot take a quantile: p must be in 0 to 1, got ${p}`);
  if (p === 0) return form.min;
  if (p === 1) return form.max;
  return form.quantile(p);
}

/** Throws RangeError naming the kind, the field, its value and the accepted range. */
export function requireField(
  kind: string,
  field: string,
  value: number,
  accepted: string,
  isAccepted: boolean,
): void {
  if (isAccepted && Number.isFinite(value)) return;
  throw new RangeError(`Cannot create ${kind} distribution: ${field} must be ${accepted}, got ${value}`);
}

/** Requires a finite number above 0. */
export function requirePositive(kind: string, field: string, value: number): void {
  requireField(kind, field, value, 'a finite number > 0', value > 0);
}

/** Requires a finite number. */
export function requireFinite(kind: string, field: string, value: number): void {
  requireField(kind, field, value, 'a finite number', true);
}

/** Requires weights that are finite, not negative and not all 0, and returns their sum. */
export function requireWeights(
  kind: string,
  field: (index: number) => string,
  weights: readonly number[],
): number {
  let total = 0;
  for (const [index, weight] of weights.entries()) {
    requireField(kind, field(index), weight, 'a finite number >= 0', weight >= 0);
    total += weight;
  }
  requireField(kind, 'sum of weights', total, 'a finite number > 0', total > 0);
  return total;
}
