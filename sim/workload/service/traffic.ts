import { createDistribution, type DistributionSpec } from '../../kernel/distributions/index.ts';
import type { RandomStreams } from '../../kernel/random.ts';
import { type ArrivalSpec, createArrivals } from '../arrivals.ts';
import { durationUsOf } from '../task.ts';

/** Where the requests of a service come from. */
export type TrafficSpec =
  | { readonly kind: 'open'; readonly arrivals: ArrivalSpec }
  /** Each client sends, waits for the answer, thinks, and sends again. */
  | { readonly kind: 'closed'; readonly clients: number; readonly thinkSec: DistributionSpec };

/** The instants of requests. */
export interface ServiceTraffic {
  /**
   * The next request that depends on no answer, in whole microseconds, never before the one before it; Infinity when
   * there are no more. In a closed loop these are the first requests of the clients, who begin by thinking.
   */
  nextUs(): number;
  /** An answer has gone out: the instant of the request that follows from it; Infinity: none does. */
  answered(nowUs: number): number;
}

/**
 * Traffic of one service, from random streams of its own name.
 *
 * Under a closed loop think times are drawn in the order of the answers, not for each client: clients are alike and not
 * told apart.
 *
 * @param name of the service
 * @throws {RangeError} if a parameter is out of range
 */
export function createTraffic(name: string, spec: TrafficSpec, streams: RandomStreams): ServiceTraffic {
  return spec.kind === 'open' ? open(name, spec.arrivals, streams) : closed(name, spec, streams);
}

function open(name: string, spec: ArrivalSpec, streams: RandomStreams): ServiceTraffic {
  const arrivals = createArrivals(spec, streams, name);
  return { nextUs: () => arrivals.nextUs(), answered: () => Infinity };
}

function closed(
  name: string,
  { clients, thinkSec }: Extract<TrafficSpec, { kind: 'closed' }>,
  streams: RandomStreams,
): ServiceTraffic {
  if (!(Number.isSafeInteger(clients) && clients >= 1 && clients <= 1e7)) {
    throw new RangeError(
      `Cannot serve "${name}": clients must be a whole number from 1 to 1e7, got ${clients}`,
    );
  }
  const think = createDistribution(thinkSec);
  const stream = streams.stream('think', name);
  const firstUs = Float64Array.from({ length: clients }, () => durationUsOf(think.sample(stream))).sort();
  let next = 0;
  return {
    nextUs: () => firstUs[next++] ?? Infinity,
    answered: (nowUs) => nowUs + durationUsOf(think.sample(stream)),
  };
}
