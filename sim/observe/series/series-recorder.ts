/** Most buckets of a series. */
export const MOST_BUCKETS = 512;
/** Width of a first bucket: 15 s over 64, so that buckets of 15 s and more are minutes times a power of two. */
export const FIRST_WIDTH_US = 234_375;

/** A series as plain data: buckets of equal width from `startUs` on, the last one perhaps cut short by `endUs`. */
export interface SeriesData {
  readonly startUs: number;
  readonly endUs: number;
  readonly widthUs: number;
  /** By bucket: integral of the value and of what it is a part of, over microseconds. */
  readonly value: readonly number[];
  readonly whole: readonly number[];
  /** By bucket: least and greatest part; null where there was nothing to be a part of. */
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
}

/**
 * The course of a value that changes in steps, as a part of something that may change too (1 where it is no part of
 * anything): integrals and extremes over buckets of time, in bounded memory. Buckets begin narrow; when all are full,
 * neighbours are joined and the width doubles. What is held for no time at all leaves no trace.
 */
export class SeriesRecorder {
  #startUs: number;
  #atUs: number;
  #widthUs = FIRST_WIDTH_US;
  /** The bucket under way, and where it ends. */
  #open = 0;
  #bucketEndUs: number;
  readonly #value = new Float64Array(MOST_BUCKETS);
  readonly #whole = new Float64Array(MOST_BUCKETS);
  readonly #min = new Float64Array(MOST_BUCKETS).fill(Number.POSITIVE_INFINITY);
  readonly #max = new Float64Array(MOST_BUCKETS).fill(Number.NEGATIVE_INFINITY);

  constructor(startUs: number) {
    this.#startUs = startUs;
    this.#atUs = startUs;
    this.#bucketEndUs = startUs + FIRST_WIDTH_US;
  }

  /** The value was held from the last call (or the start) until then. */
  hold(untilUs: number, value: number, whole = 1): void {
    while (this.#atUs < untilUs) {
      const upTo = Math.min(untilUs, this.#bucketEndUs);
      const heldUs = upTo - this.#atUs;
      const at = this.#open;
      this.#value[at]! += value * heldUs;
      this.#atUs = upTo;
      if (whole > 0) {
        this.#whole[at]! += whole * heldUs;
        const part = value / whole;
        if (part < (this.#min[at] as number)) this.#min[at] = part;
        if (part > (this.#max[at] as number)) this.#max[at] = part;
      }
      if (upTo < this.#bucketEndUs) return;
      this.#open += 1;
      if (this.#open === MOST_BUCKETS) this.#join();
      this.#bucketEndUs = this.#startUs + (this.#open + 1) * this.#widthUs;
    }
  }

  /** Forgets the past, as at the end of a warm-up. */
  reset(atUs: number): void {
    this.#startUs = atUs;
    this.#atUs = atUs;
    this.#widthUs = FIRST_WIDTH_US;
    this.#open = 0;
    this.#bucketEndUs = atUs + FIRST_WIDTH_US;
    this.#clear(0);
  }

  read(): SeriesData {
    const buckets = this.#open + (this.#atUs > this.#bucketEndUs - this.#widthUs ? 1 : 0);
    const extremes = (of: Float64Array) =>
      Array.from(of.subarray(0, buckets), (part) => (Number.isFinite(part) ? part : null));
    return {
      startUs: this.#startUs,
      endUs: this.#atUs,
      widthUs: this.#widthUs,
      value: Array.from(this.#value.subarray(0, buckets)),
      whole: Array.from(this.#whole.subarray(0, buckets)),
      min: extremes(this.#min),
      max: extremes(this.#max),
    };
  }

  #join(): void {
    const half = MOST_BUCKETS / 2;
    for (let i = 0; i < half; i++) {
      const [a, b] = [2 * i, 2 * i + 1];
      this.#value[i] = (this.#value[a] as number) + (this.#value[b] as number);
      this.#whole[i] = (this.#whole[a] as number) + (this.#whole[b] as number);
      this.#min[i] = Math.min(this.#min[a] as number, this.#min[b] as number);
      this.#max[i] = Math.max(this.#max[a] as number, this.#max[b] as number);
    }
    this.#open = half;
    this.#widthUs *= 2;
    this.#clear(half);
  }

  #clear(from: number): void {
    this.#value.fill(0, from);
    this.#whole.fill(0, from);
    this.#min.fill(Number.POSITIVE_INFINITY, from);
    this.#max.fill(Number.NEGATIVE_INFINITY, from);
  }
}

/** The same series in buckets twice as wide. */
export function coarser(series: SeriesData): SeriesData {
  const pairs = <T, R>(of: readonly T[], both: (a: T, b: T | undefined) => R): R[] =>
    Array.from({ length: Math.ceil(of.length / 2) }, (_, i) => both(of[2 * i] as T, of[2 * i + 1]));
  const sum = (a: number, b = 0) => a + b;
  const extreme =
    (pick: (a: number, b: number) => number) =>
    (a: number | null, b: number | null = null): number | null =>
      a === null ? b : b === null ? a : pick(a, b);
  return {
    startUs: series.startUs,
    endUs: series.endUs,
    widthUs: series.widthUs * 2,
    value: pairs(series.value, sum),
    whole: pairs(series.whole, sum),
    min: pairs(series.min, extreme(Math.min)),
    max: pairs(series.max, extreme(Math.max)),
  };
}

/** Mean of each bucket; null where there was nothing to be a part of. */
export function bucketMeans({ value, whole }: SeriesData): readonly (number | null)[] {
  return value.map((sum, i) => ((whole[i] as number) > 0 ? sum / (whole[i] as number) : null));
}
