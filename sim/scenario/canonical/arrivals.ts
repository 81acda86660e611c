import { rateOrZeroQuantity, rateQuantity } from '../quantities/rate.ts';
import type { ArrivalsDocument } from '../schema/arrivals.ts';
import { canonicalDistribution, canonicalDuration, canonicalNumber } from './distribution.ts';

/** Arrivals with every default written out, keys in a fixed order. */
export function canonicalArrivals(written: ArrivalsDocument): ArrivalsDocument {
  switch (written.process) {
    case 'poisson':
      return {
        process: written.process,
        rate: rateQuantity.write(written.rate),
        hourOfDay: written.hourOfDay?.map(canonicalNumber) ?? null,
        dayOfWeek: written.dayOfWeek?.map(canonicalNumber) ?? null,
      };
    case 'deterministic':
      return { process: written.process, rate: rateQuantity.write(written.rate) };
    case 'renewal':
      return { process: written.process, interarrival: canonicalDistribution(written.interarrival) };
    case 'markov-modulated':
      return {
        process: written.process,
        states: written.states.map(({ rate, mean }) => ({
          rate: rateOrZeroQuantity.write(rate),
          mean: canonicalDuration(mean),
        })),
      };
    case 'bursts':
      return {
        process: written.process,
        rate: rateQuantity.write(written.rate),
        size: canonicalDistribution(written.size),
        gap: canonicalDistribution(written.gap ?? { kind: 'constant', value: '0s' }),
      };
  }
}
