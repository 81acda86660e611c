import { highWord, withHighWord } from '../math/float-bits.ts';

/** Leading mantissa bits that choose the bucket within an octave: 64 buckets per factor of two. */
const MANTISSA_BITS = 6;
const BUCKETS_PER_OCTAVE = 1 << MANTISSA_BITS;
const DROPPED_BITS = 20 - MANTISSA_BITS;

/** Buckets of normal doubles: the first starts at 2^-1022, the last ends at 2^1024. */
const FIRST_BUCKET = BUCKETS_PER_OCTAVE;
const LAST_BUCKET = 2047 * BUCKETS_PER_OCTAVE - 1;

/** Counts of positive normal doubles in buckets of the leading bits of the number itself. */
export class LogLinearCounts {
  /** Index of the first bucket held; whole octaves are held. */
  #base = 0;
  #counts = new Float64Array(0);

  /** @param x at least 2^-1022 and finite */
  add(x: number, count: number): void {
    this.#addToBucket(highWord(x) >> DROPPED_BITS, count);
  }

  merge(other: LogLinearCounts): void {
    for (const [offset, count] of other.#counts.entries()) {
      if (count > 0) this.#addToBucket(other.#base + offset, count);
    }
  }

  /**
   * The bucket holding observation number `rank`, from the smallest, as its middle: off by at most 1/128 of the number.
   *
   * @param rank 1 to the count of all
   */
  valueAtRank(rank: number): number {
    let seen = 0;
    let offset = 0;
    for (; offset < this.#counts.length - 1; offset++) {
      seen += this.#counts[offset]!;
      if (seen >= rank) break;
    }
    const half = 1 << (DROPPED_BITS - 1);
    return withHighWord(0, ((this.#base + offset) << DROPPED_BITS) | half);
  }

  /** Observations in the buckets up to that of `x`, its own included. @param x at least 2^-1022 and finite */
  countUpTo(x: number): number {
    const end = Math.min(this.#counts.length, (highWord(x) >> DROPPED_BITS) - this.#base + 1);
    let count = 0;
    for (let offset = 0; offset < end; offset++) count += this.#counts[offset]!;
    return count;
  }

  /** Bucket, count, bucket, count, ... with buckets ascending and counts above 0. */
  toPairs(): number[] {
    const pairs: number[] = [];
    for (const [offset, count] of this.#counts.entries()) {
      if (count > 0) pairs.push(this.#base + offset, count);
    }
    return pairs;
  }

  /** Undoes `toPairs`. Throws RangeError for anything `toPairs` cannot have made. */
  static fromPairs(pairs: readonly number[]): LogLinearCounts {
    const counts = new LogLinearCounts();
    for (let i = 0, previous = FIRST_BUCKET - 1; i < pairs.length; i += 2) {
      const bucket = pairs[i]!;
      const count = pairs[i + 1] ?? 0;
      if (!(Number.isInteger(bucket) && bucket > previous && bucket <= LAST_BUCKET)) {
        throw new RangeError(
          `Cannot read sketch: bucket must be ${previous + 1} to ${LAST_BUCKET}, got ${bucket}`,
        );
      }
      if (!(Number.isSafeInteger(count) && count > 0)) {
        throw new RangeError(
          `Cannot read sketch: count of bucket ${bucket} must be whole and > 0, got ${count}`,
        );
      }
      counts.#addToBucket(bucket, count);
      previous = bucket;
    }
    return counts;
  }

  #addToBucket(bucket: number, count: number): void {
    let offset = bucket - this.#base;
    if (offset < 0 || offset >= this.#counts.length) {
      this.#makeRoom(bucket);
      offset = bucket - this.#base;
    }
    this.#counts[offset] = this.#counts[offset]! + count;
  }

  #makeRoom(bucket: number): void {
    const octave = bucket - (bucket % BUCKETS_PER_OCTAVE);
    const isFirst = this.#counts.length === 0;
    const base = isFirst ? octave : Math.min(this.#base, octave);
    const end = Math.max(isFirst ? 0 : this.#base + this.#counts.length, octave + BUCKETS_PER_OCTAVE);
    const counts = new Float64Array(end - base);
    counts.set(this.#counts, isFirst ? 0 : this.#base - base);
    this.#base = base;
    this.#counts = counts;
  }
}
