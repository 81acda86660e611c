import { createDistribution } from '../../../kernel/distributions/index.ts';
import { readValid } from '../../../scenario/quantities/quantity.ts';
import { rateOrZeroQuantity, rateQuantity } from '../../../scenario/quantities/rate.ts';
import type { ArrivalsDocument } from '../../../scenario/schema/arrivals.ts';
import type { Arrivals } from '../../../scenario/types.ts';
import { weekProfile } from '../../../workload/arrivals/week-profile.ts';

const SECONDS_PER_HOUR = 3600;
const RATE_DIGITS = 6;

/**
 * Requests a second in the busiest hour of the week. What comes and goes faster than by the hour counts with its mean:
 * bursts and the states of a modulation.
 */
export function busiestRate(arrivals: Arrivals): number {
  switch (arrivals.process) {
    case 'poisson':
      return (
        arrivals.ratePerSecond * Math.max(...(weekProfile(arrivals.hourFactors, arrivals.dayFactors) ?? [1]))
      );
    case 'deterministic':
      return arrivals.ratePerSecond;
    case 'renewal':
      return 1 / createDistribution(arrivals.gapSec).mean();
    case 'markov-modulated': {
      // Every state is entered equally often.
      const seconds = arrivals.states.reduce((sum, { meanSec }) => sum + meanSec, 0);
      return arrivals.states.reduce((sum, each) => sum + each.ratePerSecond * each.meanSec, 0) / seconds;
    }
    case 'bursts':
      return arrivals.burstsPerSecond * createDistribution(arrivals.size).mean();
  }
}

/**
 * A part of arrivals that are divided at random (evenly spaced ones: evenly).
 *
 * @throws {RangeError} if a part of renewal arrivals is wanted, which are none of that kind
 */
export function partOfArrivals(arrivals: ArrivalsDocument, part: number): ArrivalsDocument {
  if (part === 1) return arrivals;
  const scaled = (perSecond: number) => `${(perSecond * part * SECONDS_PER_HOUR).toFixed(RATE_DIGITS)}/h`;
  switch (arrivals.process) {
    case 'poisson':
    case 'deterministic':
    case 'bursts':
      return { ...arrivals, rate: scaled(readValid(rateQuantity, arrivals.rate)) };
    case 'markov-modulated':
      return {
        ...arrivals,
        states: arrivals.states.map((state) => ({
          ...state,
          rate: scaled(readValid(rateOrZeroQuantity, state.rate)),
        })),
      };
    case 'renewal':
      throw new RangeError('Cannot divide renewal arrivals');
  }
}
