import type { RandomStreams } from '../kernel/random.ts';
import { type BurstsSpec, bursts } from './arrivals/bursts.ts';
import { type EvenlySpacedSpec, evenlySpaced } from './arrivals/evenly-spaced.ts';
import { type MarkovModulatedSpec, markovModulated } from './arrivals/markov-modulated.ts';
import { type PoissonSpec, poisson } from './arrivals/poisson.ts';
import type { ArrivalProcess } from './arrivals/process.ts';
import { type RenewalSpec, renewal } from './arrivals/renewal.ts';

export type { ArrivalProcess } from './arrivals/process.ts';
export { weekProfile } from './arrivals/week-profile.ts';

/** When tasks or requests arrive. */
export type ArrivalSpec = PoissonSpec | EvenlySpacedSpec | RenewalSpec | MarkovModulatedSpec | BurstsSpec;

/**
 * Starts an arrival process. It draws from the streams `arrivals` and, where it needs a second one, `arrival-thinning`,
 * `arrival-states` or `arrival-bursts` alone, so nothing else in a workload moves when it changes.
 *
 * @param owner whose arrivals they are, where a workload has several processes: each has streams of its own
 * @throws {RangeError} if a parameter is out of range; the message says which
 */
export function createArrivals(spec: ArrivalSpec, streams: RandomStreams, owner?: string): ArrivalProcess {
  const gaps = streams.stream('arrivals', owner);
  switch (spec.process) {
    case 'poisson':
      return poisson(spec, gaps, () => streams.stream('arrival-thinning', owner));
    case 'deterministic':
      return evenlySpaced(spec);
    case 'renewal':
      return renewal(spec, gaps);
    case 'markov-modulated':
      return markovModulated(spec, gaps, streams.stream('arrival-states', owner));
    case 'bursts':
      return bursts(spec, streams.stream('arrival-bursts', owner), gaps);
  }
}
