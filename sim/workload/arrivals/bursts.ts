import { createDistribution, type DistributionSpec } from '../../kernel/distributions/index.ts';
import { log } from '../../kernel/math.ts';
import type { RandomStream } from '../../kernel/random.ts';
import { US_PER_SECOND } from '../../kernel/time.ts';
import { durationUsOf } from '../task.ts';
import { type ArrivalProcess, checkRate } from './process.ts';

/** Groups of arrivals: array jobs, retries, a script that submits one job after the other. */
export interface BurstsSpec {
  readonly process: 'bursts';
  readonly burstsPerSecond: number;
  /** Arrivals of a burst, rounded to a whole number; a burst of less than one does not happen. */
  readonly size: DistributionSpec;
  /** Gap between the arrivals of one burst, in seconds; a draw below 0 counts as 0. */
  readonly gapSec: DistributionSpec;
}

/** A burst without arrivals must not be the rule: the share of others that is asked for at least. */
const SMALLEST_SHARE = 1e-6;

/**
 * Bursts at Poisson instants; the first arrival of a burst is at its instant, the others follow by `gapSec`. Bursts may
 * overlap, and are not told apart then. None has begun before 0. Memory grows with the bursts that overlap.
 *
 * @param starts two draws a burst: its instant and its size
 * @param gaps one draw for each arrival but a burst's first
 * @throws {RangeError} if the rate is not above 0, or sizes round to 1 or more too seldom
 * @see Lewis, "A branching Poisson process model for the analysis of computer failure patterns", Journal of the Royal
 *   Statistical Society B 26 (1964): bursts of independent gaps at Poisson instants
 */
export function bursts(spec: BurstsSpec, starts: RandomStream, gaps: RandomStream): ArrivalProcess {
  checkRate(spec.burstsPerSecond);
  const size = createDistribution(spec.size);
  const gap = createDistribution(spec.gapSec);
  if (!(size.quantile(1 - SMALLEST_SHARE) >= 0.5)) {
    throw new RangeError(
      `Cannot start arrivals: at least one burst in ${1 / SMALLEST_SHARE} must have a size of 1 or more`,
    );
  }
  const meanUs = US_PER_SECOND / spec.burstsPerSecond;
  const running = new RunningBursts();
  let startUs = 0;
  const nextBurst = () => {
    startUs -= log(starts.nextOpen()) * meanUs;
    return Math.round(startUs);
  };
  let burstUs = nextBurst();
  return {
    nextUs() {
      // A burst that begins at the instant of another's arrival goes first; which one cannot be seen from outside.
      while (burstUs <= running.firstUs) {
        const arrivals = Math.round(size.sample(starts));
        const atUs = burstUs;
        burstUs = nextBurst();
        if (arrivals < 1) continue;
        if (arrivals > 1) running.push(atUs + durationUsOf(gap.sample(gaps)), arrivals - 1);
        return atUs;
      }
      const atUs = running.firstUs;
      const left = running.pop() - 1;
      if (left > 0) running.push(atUs + durationUsOf(gap.sample(gaps)), left);
      return atUs;
    },
  };
}

/** The bursts that go on, by their next arrival: a binary heap. Equal instants come out in any, but always the same, order. */
class RunningBursts {
  readonly #atUs: number[] = [];
  readonly #left: number[] = [];

  /** Infinity when there is none. */
  get firstUs(): number {
    return this.#atUs[0] ?? Infinity;
  }

  /** @param left arrivals of the burst that are still to come, the one at `atUs` included */
  push(atUs: number, left: number): void {
    let place = this.#atUs.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if ((this.#atUs[parent] as number) <= atUs) break;
      this.#move(parent, place);
      place = parent;
    }
    this.#atUs[place] = atUs;
    this.#left[place] = left;
  }

  /** Takes the first one out; returns its arrivals to come. */
  pop(): number {
    const first = this.#left[0] as number;
    const atUs = this.#atUs.pop() as number;
    const left = this.#left.pop() as number;
    const count = this.#atUs.length;
    if (count === 0) return first;
    let place = 0;
    for (;;) {
      let child = place * 2 + 1;
      if (child >= count) break;
      if (child + 1 < count && (this.#atUs[child + 1] as number) < (this.#atUs[child] as number)) child += 1;
      if ((this.#atUs[child] as number) >= atUs) break;
      this.#move(child, place);
      place = child;
    }
    this.#atUs[place] = atUs;
    this.#left[place] = left;
    return first;
  }

  #move(from: number, to: number): void {
    this.#atUs[to] = this.#atUs[from] as number;
    this.#left[to] = this.#left[from] as number;
  }
}
