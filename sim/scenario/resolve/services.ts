import { createDistribution, type DistributionSpec } from '../../kernel/distributions/index.ts';
import type { canonicalService } from '../canonical/services.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import type { NumberDistributionDocument } from '../schema/distribution.ts';
import type { Service } from '../types.ts';
import { resolveArrivals } from './arrivals.ts';
import { resolveClaim } from './claim.ts';
import { resolveDemand } from './demand.ts';
import { resolveDistribution, secondsFrom } from './distribution.ts';
import type { FleetCards } from './fleet-cards.ts';
import { resolveWorkers } from './layout.ts';

export function resolveService(service: ReturnType<typeof canonicalService>, cards: FleetCards): Service {
  const { name, replicas, traffic, batch, variability, concurrency, dispatch, objective } = service;
  return {
    name,
    ...resolveDemand(service, cards),
    ...resolveWorkers(service),
    claim: resolveClaim(service, false),
    replicas,
    traffic:
      traffic.kind === 'open'
        ? { kind: 'open', arrivals: resolveArrivals(traffic.arrivals) }
        : { kind: 'closed', clients: traffic.clients, thinkSec: resolveDistribution(traffic.think) },
    batchSec: (batch?.times ?? []).map(secondsFrom),
    variability: variability === null ? null : scaledToMeanOne(variability),
    maxBatch: batch?.max ?? 1,
    batchWaitUs: batch === undefined ? 0 : readValid(durationQuantity, batch.wait),
    concurrency,
    dispatch,
    objectiveUs: objective === null ? null : readValid(durationQuantity, objective),
  };
}

/** The distribution with every value divided by its mean, which is above 0 and finite. */
function scaledToMeanOne(written: NumberDistributionDocument): DistributionSpec {
  return resolveDistribution(written, 1 / createDistribution(resolveDistribution(written)).mean());
}
