import { QuantileSketch } from '../kernel/stats/quantile-sketch.ts';
import { Tally } from '../kernel/stats/tally.ts';
import type { Readings } from './metric.ts';

const QUANTILES = [0.5, 0.95, 0.99] as const;

/** Mean, extremes and quantiles of a time in seconds, or of a ratio. */
export class TallyWithQuantiles {
  readonly #tally = new Tally();
  /** Given up where there are too many of them to keep. */
  #sketch: QuantileSketch | undefined = new QuantileSketch();

  add(value: number): void {
    this.#tally.add(value);
    this.#sketch?.add(value);
  }

  get count(): number {
    return this.#tally.count;
  }

  /** Adds what `other` has seen, as if both had been one; without quantiles where either has none. */
  merge(other: TallyWithQuantiles): void {
    this.#tally.merge(other.#tally);
    if (other.#sketch === undefined) this.#sketch = undefined;
    else this.#sketch?.merge(other.#sketch);
  }

  /** Keeps mean and extremes alone from now on. */
  forgetQuantiles(): void {
    this.#sketch = undefined;
  }

  read(into: Readings, name: string, unit: 'seconds' | 'ratio' = 'seconds'): void {
    const isEmpty = this.#tally.count === 0;
    const sketch = this.#sketch;
    const set = (suffix: string, value: number) =>
      into.set(`${name}.${suffix}`, { value: isEmpty ? null : value, unit });
    set('mean', this.#tally.mean);
    if (sketch !== undefined)
      for (const p of QUANTILES) set(`p${Math.round(p * 100)}`, isEmpty ? 0 : sketch.quantile(p));
    set('max', this.#tally.max);
  }
}
