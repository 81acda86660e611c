import { readValid } from '../quantities/quantity.ts';
import { rateOrZeroQuantity, rateQuantity } from '../quantities/rate.ts';
import type { ArrivalsDocument } from '../schema/arrivals.ts';
import type { Arrivals } from '../types.ts';
import { resolveDistribution, secondsFrom } from './distribution.ts';

/** Canonical arrivals in numbers. */
export function resolveArrivals(arrivals: ArrivalsDocument): Arrivals {
  switch (arrivals.process) {
    case 'poisson':
      return {
        process: arrivals.process,
        ratePerSecond: readValid(rateQuantity, arrivals.rate),
        hourFactors: toMeanOne(arrivals.hourOfDay),
        dayFactors: toMeanOne(arrivals.dayOfWeek),
      };
    case 'deterministic':
      return { process: arrivals.process, ratePerSecond: readValid(rateQuantity, arrivals.rate) };
    case 'renewal':
      return { process: arrivals.process, gapSec: resolveDistribution(arrivals.interarrival) };
    case 'markov-modulated':
      return {
        process: arrivals.process,
        states: arrivals.states.map(({ rate, mean }) => ({
          ratePerSecond: readValid(rateOrZeroQuantity, rate),
          meanSec: secondsFrom(mean),
        })),
      };
    case 'bursts':
      return {
        process: arrivals.process,
        burstsPerSecond: readValid(rateQuantity, arrivals.rate),
        size: resolveDistribution(arrivals.size),
        gapSec:
          arrivals.gap === undefined ? { kind: 'constant', value: 0 } : resolveDistribution(arrivals.gap),
      };
  }
}

/** Weights scaled so that their mean is 1; null stays. */
export function toMeanOne(weights: readonly number[]): readonly number[];
export function toMeanOne(weights: readonly number[] | null | undefined): readonly number[] | null;
export function toMeanOne(weights: readonly number[] | null | undefined): readonly number[] | null {
  if (weights == null) return null;
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return weights.map((weight) => weight / mean);
}
