import type { FleetView } from '../cluster/fleet.ts';
import type { RepartitionCounts, RepartitionSetup } from '../engine/repartition/setup.ts';
import type { MetricUnit, Readings } from '../observe/metric.ts';
import type { Repartition } from '../scenario/repartition-types.ts';

/** Cutting cards anew as the engine takes it, on the fleet that was built from the scenario. */
export function repartitionOf(rules: readonly Repartition[], fleet: FleetView): RepartitionSetup {
  const numberOf = new Map(fleet.hostNames.map((name, host) => [name, host]));
  return {
    rules: rules.map(({ hosts, ...policy }) => ({
      hosts: hosts.map((name) => {
        const host = numberOf.get(name);
        if (host === undefined)
          throw new RangeError(`Cannot cut the cards of host "${name}" anew: the fleet has no such host`);
        return host;
      }),
      policy,
    })),
  };
}

const US_PER_MINUTE = 60e6;

/** What cutting cards anew did, as `repartition...`. */
export function readRepartition(into: Readings, counts: RepartitionCounts): void {
  const set = (name: string, value: number, unit: MetricUnit) =>
    into.set(`repartition.${name}`, { value, unit });
  set('reviews', counts.reviews, 'events');
  set('begun', counts.begun, 'events');
  set('done', counts.done, 'events');
  set('madeAnew', counts.madeAnew, 'events');
  set('created', counts.created, 'events');
  set('deleted', counts.deleted, 'events');
  set('moved', counts.moved, 'jobs');
  set('stopped', counts.stopped, 'jobs');
  set('closed', counts.closedGpuUs / US_PER_MINUTE, 'GPU-minutes');
  set('stun', counts.stunGpuUs / US_PER_MINUTE, 'GPU-minutes');
  set('lostWork', counts.lostGpuUs / US_PER_MINUTE, 'GPU-minutes');
  for (const [kind, us] of Object.entries(counts.stepUs)) set(`time.${kind}`, us / 1e6, 'seconds');
}
