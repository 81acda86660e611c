/** Width of a first bucket, in microseconds: a millisecond. */
const FIRST_WIDTH_US = 1000;

/**
 * Means of a step function over equal stretches of time from 0 on, in bounded memory: when `2 * buckets` of them are
 * full, neighbours are joined and the width doubles. What batch means and MSER need of a queue length or of GPUs in use.
 */
export class TimeBuckets {
  readonly #most: number;
  #widthUs = FIRST_WIDTH_US;
  readonly #sums: number[] = [];
  /** Integral over the bucket under way. */
  #open = 0;
  #atUs = 0;
  #value: number;

  /**
   * @param buckets fewest buckets once the run is that long; whole, 10 or more
   * @param value held from 0 on
   */
  constructor(buckets = 256, value = 0) {
    if (!(Number.isSafeInteger(buckets) && buckets >= 10)) {
      throw new RangeError(`Cannot make buckets of time: need a whole number >= 10, got ${buckets}`);
    }
    this.#most = 2 * buckets;
    this.#value = value;
  }

  /** The value held now. */
  get value(): number {
    return this.#value;
  }

  /** Width of a bucket in microseconds. */
  get widthUs(): number {
    return this.#widthUs;
  }

  /** The value becomes `value` at `atUs`, which must not be before the last change. */
  set(atUs: number, value: number): void {
    if (atUs > this.#atUs) this.#hold(atUs);
    this.#value = value;
  }

  /** Means of the full buckets up to `atUs`; the last one, where it is not full, is left out. */
  means(atUs: number): number[] {
    if (atUs > this.#atUs) this.#hold(atUs);
    return this.#sums.map((sum) => sum / this.#widthUs);
  }

  #hold(untilUs: number): void {
    while (this.#atUs < untilUs) {
      const bucketEnd = (this.#sums.length + 1) * this.#widthUs;
      const upTo = Math.min(untilUs, bucketEnd);
      this.#open += this.#value * (upTo - this.#atUs);
      this.#atUs = upTo;
      if (upTo < bucketEnd) return;
      this.#sums.push(this.#open);
      this.#open = 0;
      if (this.#sums.length === this.#most) this.#join();
    }
  }

  #join(): void {
    const half = this.#most / 2;
    for (let i = 0; i < half; i++) this.#sums[i] = this.#sums[2 * i]! + this.#sums[2 * i + 1]!;
    this.#sums.length = half;
    this.#widthUs *= 2;
  }
}
