import type { HeldListener } from '../groups/tracks.ts';
import { type SeriesData, SeriesRecorder } from './series-recorder.ts';

/** Records a column of a row, as a part of another one or by itself. */
export class ColumnRecorder implements HeldListener {
  readonly #recorder = new SeriesRecorder(0);
  readonly #valueAt: number;
  readonly #wholeAt: number;

  /** @param wholeAt -1: the value is no part of anything */
  constructor(valueAt: number, wholeAt: number) {
    this.#valueAt = valueAt;
    this.#wholeAt = wholeAt;
  }

  held(_sinceUs: number, untilUs: number, row: Float64Array, base: number): void {
    const whole = this.#wholeAt < 0 ? 1 : (row[base + this.#wholeAt] as number);
    this.#recorder.hold(untilUs, row[base + this.#valueAt] as number, whole);
  }

  reset(atUs: number): void {
    this.#recorder.reset(atUs);
  }

  read(): SeriesData {
    return this.#recorder.read();
  }
}
