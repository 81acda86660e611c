import { type SeriesData, SeriesRecorder } from './series-recorder.ts';

/** The course of a value that somebody sets now and then, from the end of the warm-up on. */
export class LevelRecorder {
  readonly #recorder = new SeriesRecorder(0);
  #value: number;

  constructor(value: number) {
    this.#value = value;
  }

  /** It is this from then on. */
  set(atUs: number, value: number): void {
    if (value === this.#value) return;
    this.#recorder.hold(atUs, this.#value);
    this.#value = value;
  }

  /** Forgets the past, as at the end of a warm-up; the value stays. */
  reset(atUs: number): void {
    this.#recorder.reset(atUs);
  }

  read(endUs: number): SeriesData {
    this.#recorder.hold(endUs, this.#value);
    return this.#recorder.read();
  }
}
