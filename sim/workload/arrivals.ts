import { createDistribution, type DistributionSpec } from '../kernel/distributions/index.ts';
import { log } from '../kernel/math.ts';
import type { RandomStreams } from '../kernel/random.ts';
import { US_PER_HOUR, US_PER_SECOND } from '../kernel/time.ts';
import { durationUsOf } from './task.ts';

/** When tasks arrive. */
export type ArrivalSpec =
  | {
      readonly process: 'poisson';
      /** Mean rate over a whole week. */
      readonly ratePerSecond: number;
      /** 24 relative weights; hour 0 begins with the run. Null: flat. */
      readonly hourFactors: readonly number[] | null;
      /** 7 relative weights; day 0 begins with the run. Null: flat. */
      readonly dayFactors: readonly number[] | null;
    }
  | { readonly process: 'deterministic'; readonly ratePerSecond: number }
  | {
      readonly process: 'renewal';
      /** Gap between arrivals, in seconds; a draw below 0 counts as 0. */
      readonly gapSec: DistributionSpec;
    };

/** An endless sequence of arrival instants. */
export interface ArrivalProcess {
  /** The next instant in whole microseconds, never before the one before it. */
  nextUs(): number;
}

/**
 * Starts an arrival process. It draws from the streams `arrivals` and, under a profile, `arrival-thinning` alone, so
 * nothing else in a workload moves when it changes.
 *
 * @throws {RangeError} if a rate is not above 0, or weights are not 24 or 7 numbers >= 0 that are not all 0
 */
export function createArrivals(spec: ArrivalSpec, streams: RandomStreams): ArrivalProcess {
  switch (spec.process) {
    case 'poisson':
      return poisson(spec.ratePerSecond, weekProfile(spec.hourFactors, spec.dayFactors), streams);
    case 'deterministic':
      return evenlySpaced(spec.ratePerSecond);
    case 'renewal':
      return renewal(spec.gapSec, streams);
  }
}

/**
 * Relative rate in each of the 168 hours of a week, mean 1: the product of the two profiles, each scaled to mean 1.
 * Nothing when both are null.
 */
export function weekProfile(
  hourFactors: readonly number[] | null,
  dayFactors: readonly number[] | null,
): Float64Array | undefined {
  if (hourFactors === null && dayFactors === null) return undefined;
  const hours = meanOne('hourFactors', hourFactors, HOURS_PER_DAY);
  const days = meanOne('dayFactors', dayFactors, DAYS_PER_WEEK);
  return Float64Array.from(
    { length: HOURS_PER_DAY * DAYS_PER_WEEK },
    (_, hour) => (hours[hour % HOURS_PER_DAY] as number) * (days[Math.floor(hour / HOURS_PER_DAY)] as number),
  );
}

const HOURS_PER_DAY = 24;
const DAYS_PER_WEEK = 7;

/**
 * Poisson arrivals. A rate that varies is made by thinning: candidates at the peak rate, each kept with the
 * probability that the rate of its hour has of the peak.
 *
 * @see Lewis and Shedler, "Simulation of nonhomogeneous Poisson processes by thinning", Naval Research Logistics
 *   Quarterly 26 (1979)
 */
function poisson(
  ratePerSecond: number,
  profile: Float64Array | undefined,
  streams: RandomStreams,
): ArrivalProcess {
  checkRate(ratePerSecond);
  const gaps = streams.stream('arrivals');
  let atUs = 0;
  if (profile === undefined) {
    const meanUs = US_PER_SECOND / ratePerSecond;
    return {
      nextUs() {
        atUs -= log(gaps.nextOpen()) * meanUs;
        return Math.round(atUs);
      },
    };
  }
  const thinning = streams.stream('arrival-thinning');
  const peak = profile.reduce((a, b) => Math.max(a, b), 0);
  const meanUs = US_PER_SECOND / (ratePerSecond * peak);
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

/** The first at 0, then one every 1/rate. Each instant comes from its number, so that rounding does not add up. */
function evenlySpaced(ratePerSecond: number): ArrivalProcess {
  checkRate(ratePerSecond);
  let count = 0;
  return { nextUs: () => Math.round((count++ * US_PER_SECOND) / ratePerSecond) };
}

/** The first after one gap. */
function renewal(gapSec: DistributionSpec, streams: RandomStreams): ArrivalProcess {
  const gaps = streams.stream('arrivals');
  const distribution = createDistribution(gapSec);
  let atUs = 0;
  return {
    nextUs() {
      atUs += durationUsOf(distribution.sample(gaps));
      return atUs;
    },
  };
}

function checkRate(ratePerSecond: number): void {
  if (!(ratePerSecond > 0 && ratePerSecond <= 1e9)) {
    throw new RangeError(
      `Cannot start arrivals: the rate must be above 0 and at most 1e9 per s, got ${ratePerSecond}`,
    );
  }
}

function meanOne(name: string, weights: readonly number[] | null, length: number): Float64Array {
  if (weights === null) return new Float64Array(length).fill(1);
  const total = weights.reduce((a, b) => a + b, 0);
  if (weights.length !== length || !weights.every((w) => w >= 0) || !(total > 0 && total < Infinity)) {
    throw new RangeError(
      `Cannot start arrivals: ${name} must be ${length} weights >= 0, not all 0, got [${weights.join(', ')}]`,
    );
  }
  return Float64Array.from(weights, (w) => (w * length) / total);
}
