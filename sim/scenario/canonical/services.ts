import { completed } from '../preset-defaults.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import type { ServiceDocument } from '../schema/services.ts';
import { canonicalArrivals } from './arrivals.ts';
import { canonicalClaim } from './claim.ts';
import { canonicalDemand } from './demand.ts';
import { canonicalDistribution, canonicalDuration } from './distribution.ts';
import { canonicalWorkers } from './layout.ts';

/** A service with every default written out, keys in a fixed order. */
export function canonicalService(document: ServiceDocument) {
  const written = completed(document, 'service');
  const { name, replicas, traffic, batch, variability, concurrency, dispatch, objective } = written;
  return {
    name,
    ...canonicalDemand(written, 1),
    ...canonicalWorkers(written),
    ...canonicalClaim(written),
    replicas: replicas ?? 1,
    traffic: canonicalTraffic(traffic),
    ...(batch === undefined ? {} : { batch: canonicalBatch(batch) }),
    variability: variability == null ? null : canonicalDistribution(variability),
    concurrency: concurrency ?? 1,
    dispatch: dispatch ?? 'shortest-queue',
    objective: objective == null ? null : canonicalDuration(objective),
  } as const;
}

function canonicalTraffic(written: ServiceDocument['traffic']) {
  if (written.kind === 'open') {
    return { kind: written.kind, arrivals: canonicalArrivals(written.arrivals) } as const;
  }
  return {
    kind: written.kind,
    clients: written.clients,
    think: canonicalDistribution(written.think ?? { kind: 'constant', value: '0s' }),
  } as const;
}

/** Times at the end that repeat the one before say nothing more, and are left out. */
function canonicalBatch({ times, max, wait }: NonNullable<ServiceDocument['batch']>) {
  const us = times.map((time) => readValid(durationQuantity, time));
  let length = us.length;
  while (length > 1 && us[length - 1] === us[length - 2]) length -= 1;
  return {
    times: us.slice(0, length).map((time) => durationQuantity.write(time)),
    max: max ?? times.length,
    wait: canonicalDuration(wait ?? '0s'),
  };
}
