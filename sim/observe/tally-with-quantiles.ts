import { QuantileSketch } from '../kernel/stats/quantile-sketch.ts';
import { Tally } from '../kernel/stats/tally.ts';
import type { Readings } from './metric.ts';

const QUANTILES = [0.5, 0.95, 0.99] as const;
/** Values that wait to be taken in. */
const MOST_WAITING = 32;

/**
 * Mean, extremes and quantiles of a time in seconds, or of a ratio. Values are taken in some at a time, in their order: a
 * large run has a hundred of these, each of which is used so seldom that its counts would be far away each time.
 */
export class TallyWithQuantiles {
  readonly #waiting = new Float64Array(MOST_WAITING);
  #waitingCount = 0;
  readonly #tally = new Tally();
  /** Given up where there are too many of them to keep. */
  #sketch: QuantileSketch | undefined = new QuantileSketch();

  /** @throws {RangeError} for a value that is not finite, now or when what is waiting is taken in */
  add(value: number): void {
    this.#waiting[this.#waitingCount++] = value;
    if (this.#waitingCount === MOST_WAITING) this.#takeIn();
  }

  get count(): number {
    return this.tally.count;
  }

  /** Of what was added: to be read, not added to. */
  get tally(): Tally {
    this.#takeIn();
    return this.#tally;
  }

  /** The same; undefined where it was given up. */
  get sketch(): QuantileSketch | undefined {
    this.#takeIn();
    return this.#sketch;
  }

  /** Adds what `other` has seen, as if both had been one; without quantiles where either has none. */
  merge(other: TallyWithQuantiles): void {
    this.tally.merge(other.tally);
    const { sketch } = other;
    if (sketch === undefined) this.#sketch = undefined;
    else this.#sketch?.merge(sketch);
  }

  /** Keeps mean and extremes alone from now on. */
  forgetQuantiles(): void {
    this.#sketch = undefined;
  }

  read(into: Readings, name: string, unit: 'seconds' | 'ratio' = 'seconds'): void {
    const { tally, sketch } = this;
    const isEmpty = tally.count === 0;
    const set = (suffix: string, value: number) =>
      into.set(`${name}.${suffix}`, { value: isEmpty ? null : value, unit });
    set('mean', tally.mean);
    if (sketch !== undefined)
      for (const p of QUANTILES) set(`p${Math.round(p * 100)}`, isEmpty ? 0 : sketch.quantile(p));
    set('max', tally.max);
  }

  #takeIn(): void {
    for (let i = 0; i < this.#waitingCount; i++) {
      const value = this.#waiting[i] as number;
      this.#tally.add(value);
      this.#sketch?.add(value);
    }
    this.#waitingCount = 0;
  }
}
