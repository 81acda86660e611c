import { log } from '../../kernel/math.ts';
import type { RandomStream } from '../../kernel/random.ts';
import { US_PER_HOUR, US_PER_SECOND } from '../../kernel/time.ts';
import { type ArrivalProcess, checkRate } from './process.ts';
import { weekProfile } from './week-profile.ts';

/** Independent arrivals, at a rate that may vary over the week. */
export interface PoissonSpec {
  readonly process: 'poisson';
  /** Mean rate over a whole week. */
  readonly ratePerSecond: number;
  /** 24 relative weights; hour 0 begins with the run. Null: flat. */
  readonly hourFactors: readonly number[] | null;
  /** 7 relative weights; day 0 begins with the run. Null: flat. */
  readonly dayFactors: readonly number[] | null;
}

/**
 * Poisson arrivals. A rate that varies is made by thinning: candidates at the peak rate, each kept with the
 * probability that the rate of its hour has of the peak.
 *
 * @param thinning drawn from under a profile only
 * @see Lewis and Shedler, "Simulation of nonhomogeneous Poisson processes by thinning", Naval Research Logistics
 *   Quarterly 26 (1979)
 */
export function poisson(
  { ratePerSecond, hourFactors, dayFactors }: PoissonSpec,
  gaps: RandomStream,
  thinning: () => RandomStream,
): ArrivalProcess {
  const profile = weekProfile(hourFactors, dayFactors);
  checkRate(ratePerSecond);
  return profile === undefined
    ? flat(ratePerSecond, gaps)
    : varying(ratePerSecond, profile, gaps, thinning());
}

function flat(ratePerSecond: number, gaps: RandomStream): ArrivalProcess {
  const meanUs = US_PER_SECOND / ratePerSecond;
  let atUs = 0;
  return {
    nextUs() {
      atUs -= log(gaps.nextOpen()) * meanUs;
      return Math.round(atUs);
    },
  };
}

function varying(
  ratePerSecond: number,
  profile: Float64Array,
  gaps: RandomStream,
  thinning: RandomStream,
): ArrivalProcess {
  const peak = profile.reduce((a, b) => Math.max(a, b), 0);
  const meanUs = US_PER_SECOND / (ratePerSecond * peak);
  let atUs = 0;
  return {
    nextUs() {
      for (;;) {
        atUs -= log(gaps.nextOpen()) * meanUs;
        const hour = Math.floor(atUs / US_PER_HOUR) % profile.length;
        if (thinning.next() * peak < (profile[hour] as number)) return Math.round(atUs);
      }
    },
  };
}
