import {
  createDistribution,
  type Distribution,
  type DistributionSpec,
} from '../kernel/distributions/index.ts';
import type { RandomStream } from '../kernel/random.ts';
import { fastExponential } from './fast-exponential.ts';
import { MAX_TIME_US } from './task.ts';

/** Periods with and without work for the GPU, in turn; a draw below 0 counts as 0. */
export interface ActivitySpec {
  readonly onSec: DistributionSpec;
  readonly offSec: DistributionSpec;
}

/**
 * The activity of the sessions that are on, by seat: a small number that whoever runs the sessions gives to each, and
 * uses again when it has gone. Each session draws from a stream of its own, so sessions do not move each other.
 *
 * Made for tens of millions of changes: one costs a few additions and, for exponential periods, no logarithm.
 *
 * Leaves out that people's pauses depend on the hour, on each other and on how slow the machine is.
 */
export class Activity {
  /** Mean share of the time with work, in [0, 1]. */
  readonly share: number;
  readonly #on: Period;
  readonly #off: Period;
  #isOn = new Uint8Array(16);
  readonly #streams: (RandomStream | undefined)[] = [];

  /** @throws {RangeError} if a distribution is wrong, or both means are 0 or infinite */
  constructor(spec: ActivitySpec) {
    const on = createDistribution(spec.onSec);
    const off = createDistribution(spec.offSec);
    const onSec = Math.max(0, on.mean());
    const offSec = Math.max(0, off.mean());
    this.share = onSec / (onSec + offSec);
    if (!(this.share >= 0 && offSec < Infinity)) {
      throw new RangeError(
        `Cannot alternate: mean times with and without work must be finite and not both 0, got ${onSec} s and ${offSec} s`,
      );
    }
    this.#on = new Period(spec.onSec, on);
    this.#off = new Period(spec.offSec, off);
  }

  /**
   * A session begins: with work where somebody has just logged on; where it has gone on for long, by chance.
   *
   * @param isFresh whether it begins with a logon
   * @param stream its own, from which nothing else draws
   * @returns length of its first period, in whole microseconds, >= 1; whether that is one with work says `isOn`
   */
  begin(seat: number, stream: RandomStream, isFresh: boolean): number {
    if (seat >= this.#isOn.length) {
      const wider = new Uint8Array(Math.max(seat + 1, this.#isOn.length * 2));
      wider.set(this.#isOn);
      this.#isOn = wider;
    }
    this.#streams[seat] = stream;
    // The draw is made in either case, so that what follows is the same.
    const draw = stream.next();
    const isOn = isFresh || draw < this.share;
    this.#isOn[seat] = isOn ? 1 : 0;
    return (isOn ? this.#on : this.#off).drawUs(stream);
  }

  isOn(seat: number): boolean {
    return this.#isOn[seat] === 1;
  }

  /** Goes over to the other kind of period. Returns its length in whole microseconds, >= 1. */
  toggle(seat: number): number {
    const stream = this.#streams[seat] as RandomStream;
    if (this.#isOn[seat] === 1) {
      this.#isOn[seat] = 0;
      return this.#off.drawUs(stream);
    }
    this.#isOn[seat] = 1;
    return this.#on.drawUs(stream);
  }

  /** The session is over: its seat is free. */
  end(seat: number): void {
    this.#isOn[seat] = 0;
    this.#streams[seat] = undefined;
  }
}

/** Lengths of one kind of period. */
class Period {
  /** Mean in microseconds where lengths are exponential; 0: draw from the distribution. */
  readonly #exponentialUs: number;
  readonly #distribution: Distribution;

  constructor(spec: DistributionSpec, distribution: Distribution) {
    this.#exponentialUs = spec.kind === 'exponential' ? spec.mean * 1e6 : 0;
    this.#distribution = distribution;
  }

  drawUs(stream: RandomStream): number {
    const lengthUs =
      this.#exponentialUs > 0
        ? fastExponential(stream) * this.#exponentialUs
        : this.#distribution.sample(stream) * 1e6;
    // At least a microsecond, so that time passes. Whole by adding a half and cutting: Math.round is dearer.
    return lengthUs < 1 ? 1 : Math.floor(Math.min(lengthUs, MAX_TIME_US) + 0.5);
  }
}
