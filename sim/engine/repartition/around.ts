import type { Fleet } from '../../cluster/fleet.ts';
import type { SchedulingRules } from '../scheduling.ts';
import { hostOf, mayChangeHost } from './move.ts';
import type { RepartitioningRun } from './setup.ts';
import type { Tenant } from './tenants.ts';

/** Whether a GPU and its host take jobs in. */
export function isOpen(fleet: Fleet, gpu: number): boolean {
  return fleet.closedFor[hostOf(fleet, gpu)] === 0 && fleet.gpuClosedFor[gpu] === 0;
}

/** Whether a tenant may go to the host of another GPU and finds CPU and memory there. While it moves it has a place on both. */
export function roomOnHost(fleet: Fleet, tenant: Tenant, from: number, to: number): boolean {
  const there = hostOf(fleet, to);
  if (there !== hostOf(fleet, from) && !mayChangeHost(tenant)) return false;
  const { shape } = tenant.live.job;
  return (
    (fleet.cpuFreeMilli[there] as number) >= shape.cpuMilli &&
    (fleet.memoryFreeMib[there] as number) >= shape.memoryMib
  );
}

/**
 * Whether reviewers may choose the places of waiting jobs: only where the pool starts its jobs one after another, as
 * places that are kept for a backfilled or an evicting job, or are given out in rounds, are not theirs to give.
 */
export function choosesPlaces({ fill, preemption, roundUs }: SchedulingRules): boolean {
  return (fill === 'block' || fill === 'skip') && preemption === 'none' && roundUs === null;
}

/** Whether those behind the first of a pool's queue wait for it to start, or may only use what it does not. */
export function isInOrder({ schedulers }: RepartitioningRun, pool: number): boolean {
  return schedulers[pool]?.rules.fill !== 'skip';
}
