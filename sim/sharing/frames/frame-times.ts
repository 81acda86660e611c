import { type Spread, spreadOf } from './quantile-function.ts';

/** How frames of one class go on a card in one state. Times in milliseconds. */
export interface FrameTimes {
  /** From the begin of a frame to the begin of the next, on average: 1000 / this is the frame rate. */
  readonly cycleMs: number;
  /** From the arrival of a frame's work at the GPU to its end; never less than its time alone. */
  readonly gpuMs: Spread;
  /** From the begin of a frame, when input is read, until the user sees it. */
  readonly seenMs: Spread;
  /** From a click at any instant until the user sees the first frame that begins after it. */
  readonly clickMs: Spread;
  /** Share of frames seen within the deadline. */
  readonly inTimeShare: number;
}

/** Gathers frames of one class; times in microseconds. */
export class FrameTally {
  frames = 0;
  readonly #deadlineUs: number;
  readonly #gpuUs = new Observations();
  readonly #seenUs = new Observations();
  readonly #clickUs = new Observations();
  #cyclesUs = 0;
  #inTime = 0;

  constructor(deadlineUs: number) {
    this.#deadlineUs = deadlineUs;
  }

  /** Whether there is no distribution to speak of yet. */
  get isEmpty(): boolean {
    return this.frames === 0 || this.#clickUs.count === 0;
  }

  addFrame(gpuUs: number, seenUs: number, cycleUs: number): void {
    this.frames += 1;
    this.#gpuUs.add(gpuUs);
    this.#seenUs.add(seenUs);
    this.#cyclesUs += cycleUs;
    if (seenUs <= this.#deadlineUs) this.#inTime += 1;
  }

  addClick(clickUs: number): void {
    this.#clickUs.add(clickUs);
  }

  /** Must not be empty. */
  times(): FrameTimes {
    return {
      cycleMs: this.#cyclesUs / this.frames / 1000,
      gpuMs: spreadOf(this.#gpuUs.sorted(), 0.001),
      seenMs: spreadOf(this.#seenUs.sorted(), 0.001),
      clickMs: spreadOf(this.#clickUs.sorted(), 0.001),
      inTimeShare: this.#inTime / this.frames,
    };
  }
}

/** A list of numbers that grows. */
class Observations {
  count = 0;
  #values = new Float64Array(1024);

  add(value: number): void {
    if (this.count === this.#values.length) {
      const wider = new Float64Array(this.count * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.count++] = value;
  }

  sorted(): Float64Array {
    return this.#values.slice(0, this.count).sort();
  }
}
