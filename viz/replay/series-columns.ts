import type { Curve } from './curve.ts';

/** A value that is held for a time, as a part of something, in columns of equal width; see `SeriesRecorder`. */
export class Columns {
  readonly #fromUs: number;
  readonly #widthUs: number;
  readonly #sum: Float64Array;
  readonly #whole: Float64Array;
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  #atUs: number;

  constructor(fromUs: number, toUs: number, columns: number) {
    this.#fromUs = fromUs;
    this.#atUs = fromUs;
    this.#widthUs = (toUs - fromUs) / columns;
    this.#sum = new Float64Array(columns);
    this.#whole = new Float64Array(columns);
    this.#min = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
    this.#max = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  }

  /** The value was held until then; `whole` is what it is a part of, 1 where it is no part of anything. */
  hold(value: number, whole: number, untilUs: number): void {
    const columns = this.#sum.length;
    while (this.#atUs < untilUs) {
      const at = Math.min(columns - 1, Math.floor((this.#atUs - this.#fromUs) / this.#widthUs));
      const endUs = at === columns - 1 ? untilUs : this.#fromUs + (at + 1) * this.#widthUs;
      // Where doubles round, a column may end where it begins.
      const upToUs = Math.min(untilUs, Math.max(endUs, this.#atUs + this.#widthUs * 1e-9));
      this.#sum[at]! += value * (upToUs - this.#atUs);
      if (whole > 0) {
        this.#whole[at]! += whole * (upToUs - this.#atUs);
        this.#min[at] = Math.min(this.#min[at] as number, value / whole);
        this.#max[at] = Math.max(this.#max[at] as number, value / whole);
      }
      this.#atUs = upToUs;
    }
  }

  read(): Pick<Curve, 'mean' | 'min' | 'max'> {
    const isThere = (i: number) => (this.#whole[i] as number) > 0;
    const finite = (of: Float64Array) => Array.from(of, (value, i) => (isThere(i) ? value : null));
    return {
      mean: Array.from(this.#sum, (sum, i) => (isThere(i) ? sum / (this.#whole[i] as number) : null)),
      min: finite(this.#min),
      max: finite(this.#max),
    };
  }
}
