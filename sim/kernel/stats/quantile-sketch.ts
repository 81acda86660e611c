import { LogLinearCounts } from './log-linear-counts.ts';

/** A sketch as plain data. Two sketches of the same observations, in any order, give equal data. */
export interface QuantileSketchData {
  /** Observations of size below 2^-1022. */
  readonly zeros: number;
  /** null when nothing was observed. */
  readonly min: number | null;
  readonly max: number | null;
  /** Bucket, count, bucket, count, ... ascending; for negative observations, of their absolute value. */
  readonly positive: readonly number[];
  readonly negative: readonly number[];
}

const SMALLEST_NORMAL = 2.2250738585072014e-308;

/**
 * Quantiles of a stream with a guaranteed relative error of at most 1/128 (0.79 %), in bounded memory. A bucket is the
 * exponent and the first six mantissa bits of the double, so the same observations fill the same buckets on every
 * engine, and merging adds counts: exact, and in any order.
 *
 * Negative observations have buckets of their own, with the same relative error. Zero has one too, and takes in what is
 * closer to zero than 2^-1022. Smallest and largest are kept exactly. Memory is 512 bytes for each factor of two
 * between the smallest and the largest size seen (23 KB from a microsecond to a year), at most 1 MiB for each sign.
 *
 * Not a library: DDSketch's JavaScript (`@datadog/sketches-js`) takes its bucket from the engine's `Math.log`, whose
 * last bit ECMA-262 leaves open, so a number near a bucket's edge may fall on either side; t-digest depends on order.
 *
 * @see Masson, Rim and Lee, DDSketch, PVLDB 12 (2019), 2195-2205, for relative-error sketches and their merging
 * @see Tene, HdrHistogram, for buckets linear within a power of two
 */
export class QuantileSketch {
  #zeros = 0;
  #positives = 0;
  #negatives = 0;
  #min = Infinity;
  #max = -Infinity;
  #positive = new LogLinearCounts();
  #negative = new LogLinearCounts();

  /**
   * @param times how often `x` was observed: whole, > 0
   * @throws {RangeError} unless `x` is finite and `times` whole and > 0
   */
  add(x: number, times = 1): void {
    if (!Number.isFinite(x) || !(Number.isSafeInteger(times) && times > 0)) {
      throw new RangeError(
        `Cannot observe: need a finite number, a whole number of times, got ${x}, ${times}`,
      );
    }
    if (x >= SMALLEST_NORMAL) {
      this.#positive.add(x, times);
      this.#positives += times;
    } else if (x <= -SMALLEST_NORMAL) {
      this.#negative.add(-x, times);
      this.#negatives += times;
    } else {
      this.#zeros += times;
    }
    if (x < this.#min) this.#min = x;
    if (x > this.#max) this.#max = x;
  }

  /** Adds what `other` has seen. */
  merge(other: QuantileSketch): void {
    this.#zeros += other.#zeros;
    this.#positives += other.#positives;
    this.#negatives += other.#negatives;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
    this.#positive.merge(other.#positive);
    this.#negative.merge(other.#negative);
  }

  get count(): number {
    return this.#negatives + this.#zeros + this.#positives;
  }

  /** Exact; Infinity when empty. */
  get min(): number {
    return this.#min;
  }

  /** Exact; -Infinity when empty. */
  get max(): number {
    return this.#max;
  }

  /**
   * The p-quantile: the smallest observation that at least p of all do not exceed (nearest rank, no interpolation), with
   * a relative error of at most 1/128; exact at p = 0 and 1. NaN when empty.
   *
   * @throws {RangeError} for p outside [0, 1]
   */
  quantile(p: number): number {
    if (!(p >= 0 && p <= 1)) throw new RangeError(`Cannot take a quantile: p must be in 0 to 1, got ${p}`);
    const count = this.count;
    if (count === 0) return Number.NaN;
    let rank = Math.max(1, Math.ceil(p * count));
    // p * count may round up past a whole number: 0.07 * 100 > 7, yet 7 / 100 >= 0.07.
    if (rank > 1 && (rank - 1) / count >= p) rank--;
    if (rank === 1) return this.#min;
    if (rank === count) return this.#max;
    return Math.min(this.#max, Math.max(this.#min, this.#middleAtRank(rank)));
  }

  /**
   * How many observations are no larger than `x`; those in its bucket count as such, so it may be those up to
   * `x` times 65/64. Throws RangeError below 0: nobody has asked for it.
   */
  countUpTo(x: number): number {
    if (!(x >= 0)) throw new RangeError(`Cannot count observations: need a number >= 0, got ${x}`);
    const above = x >= SMALLEST_NORMAL ? this.#positive.countUpTo(x) : 0;
    return this.#negatives + this.#zeros + above;
  }

  toJSON(): QuantileSketchData {
    const isEmpty = this.count === 0;
    return {
      zeros: this.#zeros,
      min: isEmpty ? null : this.#min,
      max: isEmpty ? null : this.#max,
      positive: this.#positive.toPairs(),
      negative: this.#negative.toPairs(),
    };
  }

  /** Undoes `toJSON`. Throws RangeError for counts or buckets that no sketch has. */
  static fromData(data: QuantileSketchData): QuantileSketch {
    if (!(Number.isSafeInteger(data.zeros) && data.zeros >= 0)) {
      throw new RangeError(`Cannot read sketch: zeros must be whole and >= 0, got ${data.zeros}`);
    }
    const sketch = new QuantileSketch();
    sketch.#zeros = data.zeros;
    sketch.#positive = LogLinearCounts.fromPairs(data.positive);
    sketch.#negative = LogLinearCounts.fromPairs(data.negative);
    sketch.#positives = sumOfCounts(data.positive);
    sketch.#negatives = sumOfCounts(data.negative);
    sketch.#min = data.min ?? Infinity;
    sketch.#max = data.max ?? -Infinity;
    return sketch;
  }

  #middleAtRank(rank: number): number {
    // The largest size comes first among the negative ones.
    if (rank <= this.#negatives) return -this.#negative.valueAtRank(this.#negatives - rank + 1);
    if (rank <= this.#negatives + this.#zeros) return 0;
    return this.#positive.valueAtRank(rank - this.#negatives - this.#zeros);
  }
}

function sumOfCounts(pairs: readonly number[]): number {
  let sum = 0;
  for (let i = 1; i < pairs.length; i += 2) sum += pairs[i]!;
  return sum;
}
