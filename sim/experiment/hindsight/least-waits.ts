import type { StartsInTime } from '../bound/peak.ts';

/** Quantiles are found within so many parts of the run's own. */
const STEPS = 256;
/** Multiples of the run's mean at which it is asked how many can have started. */
const LEVELS = [0.125, 0.25, 0.375, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8];
/** Of the jobs: the solver's tolerance. */
const TOLERANCE = 1e-6;

/**
 * How little jobs could have waited at the least, whatever the policy, from how many can start within a limit. Policies that
 * leave more jobs without a start than the run did are no part of it: who never starts has no wait that counts.
 */
export class LeastWaits {
  readonly #startsWithin: (limitSec: number) => StartsInTime;
  readonly #left: number;
  readonly #known = new Map<number, StartsInTime>();

  /**
   * @param startsWithin how many can start within so many seconds
   * @param left jobs that could have started and had not when the run ended
   */
  constructor(startsWithin: (limitSec: number) => StartsInTime, left: number) {
    this.#startsWithin = startsWithin;
    this.#left = left;
  }

  /**
   * A limit that a quantile of the wait cannot be within, in seconds; 0: none is known. Halving between 0 and what the run had:
   * the largest such limit is found within 1/256 of that.
   *
   * @param quantile (0, 1]
   * @param ownSec what the run had
   */
  quantile(quantile: number, ownSec: number): number {
    if (!(ownSec > 0)) return 0;
    let low = 0;
    let high = ownSec;
    const smallest = ownSec / STEPS;
    if (!this.#isTooShort(smallest, quantile)) return 0;
    low = smallest;
    while (high - low > smallest * (1 + TOLERANCE)) {
      const middle = (low + high) / 2;
      if (this.#isTooShort(middle, quantile)) low = middle;
      else high = middle;
    }
    return low;
  }

  /**
   * What the mean wait cannot be below, in seconds: who cannot start within a limit waits for longer, and a mean is the sum over
   * limits of how many do. Takes the limits that were asked about before, too.
   *
   * @param ownSec what the run had
   */
  mean(ownSec: number): number {
    if (!(ownSec > 0)) return 0;
    for (const level of LEVELS) {
      const { jobs, inTime } = this.#at(level * ownSec);
      if (jobs - this.#left <= inTime) break;
    }
    let [before, sum] = [0, 0];
    for (const [limitSec, { jobs, inTime, perhaps }] of [...this.#known].sort(([a], [b]) => a - b)) {
      const late = jobs - this.#left - inTime;
      if (!(late > 0)) continue;
      sum += ((limitSec - before) * late) / (jobs + perhaps - this.#left);
      before = limitSec;
    }
    return sum;
  }

  /** A quantile is the smallest wait that as large a part of all does not exceed (nearest rank). */
  #isTooShort(limitSec: number, quantile: number): boolean {
    const { jobs, inTime, perhaps } = this.#at(limitSec);
    const started = jobs + perhaps - this.#left;
    return inTime + perhaps < quantile * started - TOLERANCE;
  }

  #at(limitSec: number): StartsInTime {
    const known = this.#known.get(limitSec);
    if (known !== undefined) return known;
    const found = this.#startsWithin(limitSec);
    const { jobs, inTime } = found;
    // Those who start in time are so many whole ones.
    const whole = { ...found, inTime: Math.min(jobs, Math.floor(inTime + TOLERANCE * Math.max(1, jobs))) };
    this.#known.set(limitSec, whole);
    return whole;
  }
}
