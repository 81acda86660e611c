/** A tally as plain data, for results and for merging across processes. */
export interface TallyData {
  readonly count: number;
  readonly mean: number;
  /** Sum of squared deviations from the mean. */
  readonly squares: number;
  /** null when count is 0. */
  readonly min: number | null;
  readonly max: number | null;
}

/**
 * Count, mean, variance and extremes of observations, in constant memory.
 *
 * @see Welford, Note on a method for calculating corrected sums of squares and products, Technometrics 4 (1962), 419-420
 * @see Chan, Golub and LeVeque, Updating formulae and a pairwise algorithm for computing sample variances (1979), for
 *   `merge`
 */
export class Tally {
  #count = 0;
  #mean = 0;
  #squares = 0;
  #min = Infinity;
  #max = -Infinity;

  static of(values: Iterable<number>): Tally {
    const tally = new Tally();
    for (const value of values) tally.add(value);
    return tally;
  }

  static fromData(data: TallyData): Tally {
    const tally = new Tally();
    tally.#count = data.count;
    tally.#mean = data.mean;
    tally.#squares = data.squares;
    tally.#min = data.min ?? Infinity;
    tally.#max = data.max ?? -Infinity;
    return tally;
  }

  /** Throws RangeError unless `x` is finite. */
  add(x: number): void {
    if (!Number.isFinite(x)) throw new RangeError(`Cannot tally: need a finite number, got ${x}`);
    this.#count++;
    const before = x - this.#mean;
    this.#mean += before / this.#count;
    this.#squares += before * (x - this.#mean);
    if (x < this.#min) this.#min = x;
    if (x > this.#max) this.#max = x;
  }

  /** Adds what `other` has seen, as if both had been one tally. */
  merge(other: Tally): void {
    if (other.#count === 0) return;
    const count = this.#count + other.#count;
    const apart = other.#mean - this.#mean;
    this.#squares += other.#squares + apart * apart * ((this.#count * other.#count) / count);
    this.#mean += apart * (other.#count / count);
    this.#count = count;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  get count(): number {
    return this.#count;
  }

  /** NaN when empty. */
  get mean(): number {
    return this.#count === 0 ? Number.NaN : this.#mean;
  }

  /** Mean times count. */
  get sum(): number {
    return this.#mean * this.#count;
  }

  /** Sample variance (divided by count - 1); NaN below two observations. */
  get variance(): number {
    return this.#count < 2 ? Number.NaN : this.#squares / (this.#count - 1);
  }

  /** Square root of the sample variance. */
  get stdDev(): number {
    return Math.sqrt(this.variance);
  }

  /** Infinity when empty. */
  get min(): number {
    return this.#min;
  }

  /** -Infinity when empty. */
  get max(): number {
    return this.#max;
  }

  toJSON(): TallyData {
    return {
      count: this.#count,
      mean: this.#mean,
      squares: this.#squares,
      min: this.#count === 0 ? null : this.#min,
      max: this.#count === 0 ? null : this.#max,
    };
  }
}
