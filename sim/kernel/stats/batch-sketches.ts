import { QuantileSketch } from './quantile-sketch.ts';

/**
 * Sketches of successive batches of one long, correlated series: what the uncertainty of a quantile is seen from. When
 * `2 * batches` are full, neighbours are joined and the batch size doubles, as in `BatchMeans`. Memory is that of
 * `2 * batches` sketches.
 */
export class BatchSketches {
  readonly #most: number;
  #batchSize = 1;
  #full: QuantileSketch[] = [];
  #open = new QuantileSketch();

  /** @param batches fewest batches once the series is that long; whole, 10 or more */
  constructor(batches = 20) {
    if (!(Number.isSafeInteger(batches) && batches >= 10)) {
      throw new RangeError(`Cannot make batches: need a whole number >= 10, got ${batches}`);
    }
    this.#most = 2 * batches;
  }

  /** Throws RangeError unless `x` is finite. */
  add(x: number): void {
    this.#open.add(x);
    if (this.#open.count < this.#batchSize) return;
    this.#full.push(this.#open);
    this.#open = new QuantileSketch();
    if (this.#full.length === this.#most) this.#join();
  }

  /** By full batch, in order, the part of its observations that is no larger than `x`. @param x 0 or more */
  partsUpTo(x: number): number[] {
    return this.#full.map((batch) => batch.countUpTo(x) / this.#batchSize);
  }

  #join(): void {
    const joined: QuantileSketch[] = [];
    for (let i = 0; i < this.#most; i += 2) {
      const batch = this.#full[i] as QuantileSketch;
      batch.merge(this.#full[i + 1] as QuantileSketch);
      joined.push(batch);
    }
    this.#full = joined;
    this.#batchSize *= 2;
  }
}
