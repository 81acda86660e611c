import type { HeldListener } from '../groups/tracks.ts';

/** Longest stretches of one watch that are told one by one. */
export const MOST_STRETCHES = 20;

/** A time in which the condition of a rule held, in microseconds, and the value that was farthest beyond its limit. */
export interface Stretch {
  readonly sinceUs: number;
  readonly untilUs: number;
  readonly worst: number;
}

/** What a watch saw. */
export interface Watched {
  readonly count: number;
  readonly totalUs: number;
  /** The longest ones, in order of time. */
  readonly longest: readonly Stretch[];
  /** For how long there was anything to measure. */
  readonly measuredUs: number;
}

/**
 * Watches a value that changes in steps: whenever it stays beyond a limit for at least a window, without a break, that is
 * an alert from the instant at which it went there. Exact, whatever the window; nothing is sampled. Where there is nothing
 * to be a part of, the value is not beyond. O(1) a step, bounded memory.
 */
export class AlertWatch implements HeldListener {
  readonly #valueAt: number;
  readonly #wholeAt: number;
  readonly #isAbove: boolean;
  readonly #limit: number;
  readonly #windowUs: number;
  /** Start of the stretch under way; -1: none. */
  #sinceUs = -1;
  #untilUs = -1;
  #worst = 0;
  #count = 0;
  #totalUs = 0;
  #measuredUs = 0;
  #longest: Stretch[] = [];

  /**
   * @param valueAt column of the value
   * @param wholeAt column of what it is a part of; -1: of nothing
   * @param windowUs least length of an alert; 0: any
   */
  constructor(valueAt: number, wholeAt: number, isAbove: boolean, limit: number, windowUs: number) {
    this.#valueAt = valueAt;
    this.#wholeAt = wholeAt;
    this.#isAbove = isAbove;
    this.#limit = limit;
    this.#windowUs = windowUs;
  }

  held(sinceUs: number, untilUs: number, row: Float64Array, base: number): void {
    const whole = this.#wholeAt < 0 ? 1 : (row[base + this.#wholeAt] as number);
    if (whole > 0) this.#measuredUs += untilUs - sinceUs;
    const value = (row[base + this.#valueAt] as number) / whole;
    const isBeyond = whole > 0 && (this.#isAbove ? value > this.#limit : value < this.#limit);
    if (!isBeyond) {
      if (this.#sinceUs >= 0) this.#close();
      return;
    }
    if (this.#sinceUs < 0) {
      this.#sinceUs = sinceUs;
      this.#worst = value;
    } else if (this.#isAbove ? value > this.#worst : value < this.#worst) this.#worst = value;
    this.#untilUs = untilUs;
  }

  reset(): void {
    this.#sinceUs = -1;
    this.#count = 0;
    this.#totalUs = 0;
    this.#measuredUs = 0;
    this.#longest = [];
  }

  /** Ends the stretch under way: to be called once, at the end of the run. */
  read(): Watched {
    if (this.#sinceUs >= 0) this.#close();
    return {
      count: this.#count,
      totalUs: this.#totalUs,
      longest: this.#longest.toSorted((a, b) => a.sinceUs - b.sinceUs),
      measuredUs: this.#measuredUs,
    };
  }

  #close(): void {
    const stretch = { sinceUs: this.#sinceUs, untilUs: this.#untilUs, worst: this.#worst };
    this.#sinceUs = -1;
    const lengthUs = stretch.untilUs - stretch.sinceUs;
    if (lengthUs < this.#windowUs) return;
    this.#count += 1;
    this.#totalUs += lengthUs;
    if (this.#longest.length < MOST_STRETCHES) {
      this.#longest.push(stretch);
      return;
    }
    // Of equal ones the earlier stays.
    let shortest = 0;
    for (let i = 1; i < MOST_STRETCHES; i++) {
      if (lengthOf(this.#longest[i] as Stretch) <= lengthOf(this.#longest[shortest] as Stretch)) shortest = i;
    }
    if (lengthUs > lengthOf(this.#longest[shortest] as Stretch)) this.#longest[shortest] = stretch;
  }
}

const lengthOf = ({ sinceUs, untilUs }: Stretch) => untilUs - sinceUs;
