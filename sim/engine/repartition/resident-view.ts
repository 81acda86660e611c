import type { MigGeometry, PlacementSet } from '../../hardware/index.ts';
import { placementsIn } from '../../hardware/index.ts';
import type { Micros } from '../../kernel/time.ts';
import type { PartitionedCard, ResidentJob } from '../../policies/repartition/index.ts';
import type { SharedGpu } from '../../sharing/index.ts';
import { operationSeconds, pathNamed } from '../../sharing/index.ts';
import { type LiveJob, savedWorkUs, settleWork } from '../live-job.ts';
import type { PeriodicPolicy, RunningRule } from './setup.ts';
import type { Tenant } from './tenants.ts';

/** Time until a job ends as far as the scheduler can tell, in whole microseconds; null: nobody knows. */
export function remainingUs(live: LiveJob, nowUs: number): number | null {
  if (live.phase === 'stopping' || live.phase === 'saving' || live.move !== undefined) return 0;
  settleWork(live, nowUs);
  const { job, role } = live;
  if (job.durationUs === Number.POSITIVE_INFINITY) return null;
  if (role !== undefined) return Math.max(0, Math.round(live.startedUs + job.durationUs - nowUs));
  const left = live.estimateLeftUs / (live.phase === 'running' && live.speed > 0 ? live.speed : 1);
  return left <= Number.MAX_SAFE_INTEGER ? Math.round(left) : null;
}

/** Whether a job may be interrupted at all: batches whose claim says so, once placed, with one instance and not on the move. */
export function mayInterrupt({ live, isAll, isComing }: Tenant): boolean {
  return (
    isAll &&
    !isComing &&
    live.role === undefined &&
    live.job.claim.isPreemptible &&
    live.isPlaced &&
    live.move === undefined
  );
}

/** How long a tenant stands still when it moves to another instance, in whole microseconds; undefined where it cannot. */
export function stunOf(tenant: Tenant, shared: SharedGpu, migratePath: string | null): number | undefined {
  const { live, slot } = tenant;
  if (!mayInterrupt(tenant) || live.phase !== 'running') return undefined;
  if (migratePath !== null) {
    const path = pathNamed(shared, 'migrate', migratePath);
    return path && Math.round(operationSeconds(path, shared.values, slot.memoryMib) * 1e6);
  }
  const { checkpoint } = live.job.claim;
  return checkpoint === null ? undefined : Math.round(checkpoint.saveUs + checkpoint.restoreUs);
}

/** How a tenant can be stopped, as planners take it; null where it is waited for. */
export function drainOf(tenant: Tenant, running: RunningRule, nowUs: number): ResidentJob['drain'] {
  const { live } = tenant;
  const { checkpoint } = live.job.claim;
  if (running === 'wait' || !mayInterrupt(tenant)) return null;
  if (checkpoint === null && running !== 'stop') return null;
  const saves = checkpoint !== null && live.phase === 'running';
  settleWork(live, nowUs);
  const done = live.job.durationUs === Number.POSITIVE_INFINITY ? 0 : live.job.durationUs - live.workLeftUs;
  const lost = saves || done === 0 ? 0 : done - savedWorkUs(live);
  return {
    takesUs: (saves ? Math.round(checkpoint.saveUs) : 0) as Micros,
    lostUs: Math.max(0, Math.round(lost + (checkpoint?.restoreUs ?? 0))) as Micros,
  };
}

/**
 * Work that stopping a tenant costs, in microseconds at full speed: what it does not do while it saves and reads back,
 * and what it has to do again. Undefined where it is not stopped but waited for.
 *
 * @param speed of the tenant where it is
 */
export function stopLossUs(
  tenant: Tenant,
  running: RunningRule,
  speed: number,
  nowUs: number,
): number | undefined {
  const drain = drainOf(tenant, running, nowUs);
  if (drain === null) return undefined;
  const restoreUs = tenant.live.job.claim.checkpoint?.restoreUs ?? 0;
  return (drain.takesUs + restoreUs) * speed + Math.max(0, drain.lostUs - restoreUs);
}

/** Whether a part stays for the sake of a tenant: it can neither be made to leave nor does anybody know when it ends. */
export function mustStay(
  tenant: Tenant,
  { running, migratePath }: Pick<PeriodicPolicy, 'running' | 'migratePath'>,
  nowUs: number,
): boolean {
  if (!tenant.isComing && remainingUs(tenant.live, nowUs) !== null) return false;
  if (running === 'wait' || !mayInterrupt(tenant)) return true;
  if (running === 'move' && migratePath !== null) return false;
  return tenant.live.job.claim.checkpoint === null && running !== 'stop';
}

/** How the tenants of one card look to the planner. */
export interface ResidentRule {
  readonly running: RunningRule;
  /** How long a tenant stands still that moves to another card; undefined where it cannot or nothing is free there. */
  carriedUs(tenant: Tenant): number | undefined;
}

/** Id of the job for the planner: its number; for several tenants of one instance, that of the instance. */
export function idOf(tenants: readonly Tenant[], placement: number): string {
  return tenants.length === 1 && tenants[0]?.isAll === true
    ? String(tenants[0].live.job.number)
    : `tenants of ${placement}`;
}

/**
 * Whether a job's end may be waited for: not where it can be stopped and would still run for longer than stopping it
 * costs. The plan would lose less so, but those who are to be faster on the new instances would have to wait.
 */
function isWaitedFor(remaining: number | null, drain: ResidentJob['drain']): boolean {
  return drain === null || (remaining !== null && remaining <= drain.takesUs + drain.lostUs);
}

/** A card as the planner sees it. Several tenants of one instance are one job that is waited for. */
export function cardView(
  geometry: MigGeometry,
  gpu: number,
  standing: PlacementSet,
  tenants: ReadonlyMap<number, readonly Tenant[]>,
  rule: ResidentRule,
  nowUs: number,
): PartitionedCard {
  const whole = geometry.model.gpuSlicesTotal;
  return {
    id: String(gpu),
    instances: placementsIn(geometry, standing).map(({ index, profile }) => {
      const there = tenants.get(index) ?? [];
      if (there.length === 0) return { placement: index, job: null };
      const lefts = there.map(({ live, isComing }) => (isComing ? null : remainingUs(live, nowUs)));
      const remaining = lefts.includes(null) ? null : Math.max(...(lefts as number[]));
      const only = there.length === 1 ? (there[0] as Tenant) : undefined;
      const carriedUs = only === undefined ? undefined : rule.carriedUs(only);
      const drain =
        only === undefined
          ? null
          : carriedUs !== undefined
            ? { takesUs: carriedUs as Micros, lostUs: 0 as Micros }
            : drainOf(only, rule.running, nowUs);
      return {
        placement: index,
        job: {
          id: idOf(there, index),
          remainingUs: isWaitedFor(remaining, drain) ? (remaining as Micros | null) : null,
          gpuShare: profile.gpuSlices / whole,
          drain,
          migrate: null,
        },
      };
    }),
  };
}
