import { savedWorkUs, settleWork } from '../live-job.ts';
import type { RepartitionCounts, RepartitioningRun } from './setup.ts';
import type { Tenant } from './tenants.ts';

/**
 * Stops a tenant that may be stopped: it saves its state if it can, and waits again.
 *
 * @param share part of the GPU that it has
 * @returns whether it is gone at once
 */
export function stopTenant(
  { simulation, life }: RepartitioningRun,
  counts: RepartitionCounts,
  { live }: Tenant,
  share: number,
): boolean {
  counts.stopped += 1;
  settleWork(live, simulation.nowUs);
  const { durationUs, claim } = live.job;
  const saves = claim.checkpoint !== null && live.phase === 'running';
  if (!saves && durationUs !== Number.POSITIVE_INFINITY) {
    counts.lostGpuUs += Math.max(0, durationUs - live.workLeftUs - savedWorkUs(live)) * share;
  }
  return life.preempt(live, 'checkpoint', 'repartition');
}
