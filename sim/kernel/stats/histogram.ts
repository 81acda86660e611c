/** A histogram as plain data. */
export interface HistogramData {
  readonly edges: readonly number[];
  /** One count per bin, edges[i] <= x < edges[i + 1]. */
  readonly counts: readonly number[];
  /** Observations below the first edge. */
  readonly below: number;
  /** Observations at or above the last edge. */
  readonly above: number;
}

/** Counts observations between fixed edges. Bins are closed on the left and open on the right. */
export class Histogram {
  readonly #edges: Float64Array;
  /** Below the first edge, the bins, from the last edge on. */
  readonly #counts: Float64Array;

  /**
   * @param edges two or more finite numbers, strictly ascending
   * @throws {RangeError} otherwise
   */
  constructor(edges: readonly number[]) {
    if (edges.length < 2) {
      throw new RangeError(`Cannot create histogram: need 2 or more edges, got ${edges.length}`);
    }
    for (const [index, edge] of edges.entries()) {
      if (!Number.isFinite(edge) || (index > 0 && edge <= edges[index - 1]!)) {
        throw new RangeError(
          `Cannot create histogram: edges[${index}] must be finite and ascending, got ${edge}`,
        );
      }
    }
    this.#edges = Float64Array.from(edges);
    this.#counts = new Float64Array(edges.length + 1);
  }

  static fromData(data: HistogramData): Histogram {
    const histogram = new Histogram(data.edges);
    if (data.counts.length !== data.edges.length - 1) {
      throw new RangeError(
        `Cannot read histogram: need ${data.edges.length - 1} counts, got ${data.counts.length}`,
      );
    }
    histogram.#counts.set([data.below, ...data.counts, data.above]);
    return histogram;
  }

  /**
   * Counts `x`, `weight` times: a weight may be a duration, and whole weights are summed exactly up to 2^53.
   *
   * @throws {RangeError} if `x` is NaN or `weight` negative or not finite
   */
  add(x: number, weight = 1): void {
    if (Number.isNaN(x) || !(weight >= 0 && weight < Infinity)) {
      throw new RangeError(`Cannot count: need a number and a finite weight >= 0, got ${x} and ${weight}`);
    }
    let low = 0;
    let high = this.#edges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#edges[middle]! <= x) low = middle + 1;
      else high = middle;
    }
    this.#counts[low] = this.#counts[low]! + weight;
  }

  /** Adds the counts of `other`. Throws RangeError if its edges differ. */
  merge(other: Histogram): void {
    const isSame =
      other.#edges.length === this.#edges.length && this.#edges.every((e, i) => e === other.#edges[i]);
    if (!isSame) throw new RangeError('Cannot merge histograms: their edges differ');
    for (const [index, count] of other.#counts.entries()) this.#counts[index] = this.#counts[index]! + count;
  }

  get total(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  toJSON(): HistogramData {
    return {
      edges: [...this.#edges],
      counts: [...this.#counts.subarray(1, -1)],
      below: this.#counts[0]!,
      above: this.#counts[this.#edges.length]!,
    };
  }
}
