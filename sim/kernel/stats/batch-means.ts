import type { ConfidenceInterval } from './confidence.ts';
import { studentInterval } from './confidence.ts';
import { Tally } from './tally.ts';

/**
 * Confidence interval for the mean of one long, correlated series, such as the waits of successive jobs in one run: means
 * of long batches are nearly independent where neighbours are not. Memory is constant: when `2 * batches` batches are
 * full, neighbours are joined and the batch size doubles. The series must be stationary: remove the warm-up first.
 *
 * @see Law, Simulation Modeling and Analysis, 5th ed., section 9.5.3
 * @see Yeh and Schmeiser, Simulation output analysis via dynamic batch means, Winter Simulation Conference 2000, 637-645
 */
export class BatchMeans {
  readonly #batches: number;
  #batchSize = 1;
  #sums: number[] = [];
  #partialSum = 0;
  #partialCount = 0;

  /**
   * @param batches fewest batches an interval rests on once the series is that long; 10 or more, whole. Few and long
   *   batches are the safer choice: 20 to 30
   */
  constructor(batches = 20) {
    if (!(Number.isSafeInteger(batches) && batches >= 10)) {
      throw new RangeError(`Cannot make batches: need a whole number >= 10, got ${batches}`);
    }
    this.#batches = batches;
  }

  /** Throws RangeError unless `x` is finite. */
  add(x: number): void {
    if (!Number.isFinite(x)) throw new RangeError(`Cannot batch: need a finite number, got ${x}`);
    this.#partialSum += x;
    this.#partialCount++;
    if (this.#partialCount < this.#batchSize) return;
    this.#sums.push(this.#partialSum);
    this.#partialSum = 0;
    this.#partialCount = 0;
    if (this.#sums.length >= 2 * this.#batches) this.#doubleBatchSize();
  }

  /**
   * Appends the batches of another series, independent or later. Both are brought to the larger batch size. What does not
   * fill a batch at the end of either series is dropped, for joining ends that were never neighbours makes no batch.
   */
  merge(other: BatchMeans): void {
    const later = other.#copy();
    while (this.#batchSize < later.#batchSize) this.#doubleBatchSize();
    while (later.#batchSize < this.#batchSize) later.#doubleBatchSize();
    this.#partialSum = 0;
    this.#partialCount = 0;
    this.#sums.push(...later.#sums);
    while (this.#sums.length >= 2 * this.#batches) this.#doubleBatchSize();
    // Doubling may leave a last odd batch, which the next observations must not fill up.
    this.#partialSum = 0;
    this.#partialCount = 0;
  }

  /** Observations per batch: a power of two. */
  get batchSize(): number {
    return this.#batchSize;
  }

  /** Means of the full batches, in order. */
  get batchMeans(): number[] {
    return this.#sums.map((sum) => sum / this.#batchSize);
  }

  /**
   * Correlation of neighbouring batch means. Far above 0 (2 / sqrt(n) is two standard errors) the batches are still too
   * short and the interval too narrow. NaN below three batches.
   */
  get lag1Correlation(): number {
    const means = this.batchMeans;
    const { mean, count } = Tally.of(means);
    if (count < 3) return Number.NaN;
    let products = 0;
    let squares = 0;
    for (const [index, value] of means.entries()) {
      squares += (value - mean) * (value - mean);
      if (index > 0) products += (value - mean) * (means[index - 1]! - mean);
    }
    return squares === 0 ? 0 : products / squares;
  }

  /** Student's interval over the full batches; the last, unfilled one is left out. Throws RangeError before the first batch is full. */
  interval(confidence = 0.95): ConfidenceInterval {
    return studentInterval(Tally.of(this.batchMeans), confidence);
  }

  #doubleBatchSize(): void {
    const joined: number[] = [];
    const even = this.#sums.length - (this.#sums.length % 2);
    for (let i = 0; i < even; i += 2) joined.push(this.#sums[i]! + this.#sums[i + 1]!);
    if (even < this.#sums.length) {
      this.#partialSum += this.#sums[even]!;
      this.#partialCount += this.#batchSize;
    }
    this.#sums = joined;
    this.#batchSize *= 2;
  }

  #copy(): BatchMeans {
    const copy = new BatchMeans(this.#batches);
    copy.#batchSize = this.#batchSize;
    copy.#sums = [...this.#sums];
    copy.#partialSum = this.#partialSum;
    copy.#partialCount = this.#partialCount;
    return copy;
  }
}
