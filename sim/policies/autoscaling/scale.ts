import type { Held } from './held.ts';
import { leaveOrder, type ServingHost } from './leave-order.ts';
import type { ScalePlan } from './plan.ts';
import { floorAt } from './week.ts';

/** What is known of a group and of those who wait for it. Times are whole microseconds. */
export interface ScaleView {
  readonly nowUs: number;
  /** Hosts that are there and take jobs in. */
  readonly serving: number;
  /** Hosts that were asked for and are not there yet. */
  readonly booting: number;
  /** GPUs of the host that would come next. */
  readonly gpusPerHost: number;
  /** Waiting jobs that the group could take, GPUs that they ask for, and since when the first of them waits. */
  readonly waitingJobs: number;
  readonly waitingGpus: number;
  /** Infinity: nobody waits. */
  readonly waitingSinceUs: number;
  /** GPU of the pool's hosts that take jobs in, in thousandths: allocated, and in all. */
  readonly usedMilli: number;
  readonly poolMilli: number;
  /** When hosts were last asked for, and last told to leave; -Infinity: never. */
  readonly lastOutUs: number;
  readonly lastInUs: number;
  /** More, or less, of the pool has been allocated than the plan says, since when. */
  readonly above: Held;
  readonly below: Held;
  /** The hosts that serve; asked only when some may leave. */
  hosts(): readonly ServingHost[];
}

export interface ScaleDecision {
  /** Hosts to ask for. */
  readonly add: number;
  /** Hosts that leave. */
  readonly leave: readonly number[];
  /** When to decide again though nothing else has happened; Infinity: never. */
  readonly againUs: number;
}

/** Part of the pool's GPUs that is allocated; 0 where it has none. */
function allocatedPart({ usedMilli, poolMilli }: Pick<ScaleView, 'usedMilli' | 'poolMilli'>): number {
  return poolMilli > 0 ? usedMilli / poolMilli : 0;
}

/**
 * Decides how many hosts come or which leave. What is asked for counts as there. Hosts leave only while no job waits that
 * they could take, and not where that would put the pool above the allocation at which hosts come: so no host leaves and
 * comes back at once.
 */
export function decideScale(plan: ScalePlan, view: ScaleView): ScaleDecision {
  const { nowUs, serving, booting } = view;
  const week = floorAt(plan.week, nowUs);
  const floor = Math.min(plan.max, Math.max(plan.min, week.hosts));
  const there = serving + booting;
  if (there < floor) return { add: floor - there, leave: [], againUs: week.untilUs };
  const out = scaleOut(plan, view, plan.max - there);
  if (out.add > 0) return { ...out, leave: [], againUs: Math.min(out.againUs, week.untilUs) };
  const leaving = scaleIn(plan, view, serving - floor);
  return {
    add: 0,
    leave: leaving.leave,
    againUs: Math.min(out.againUs, leaving.againUs, week.untilUs),
  };
}

function scaleOut(
  { out }: ScalePlan,
  view: ScaleView,
  room: number,
): { readonly add: number; readonly againUs: number } {
  const { nowUs, booting, waitingJobs, waitingGpus } = view;
  if (room <= 0) return { add: 0, againUs: Number.POSITIVE_INFINITY };
  const dueUs = [
    out.jobs !== null && waitingJobs >= out.jobs ? nowUs : Number.POSITIVE_INFINITY,
    out.gpus !== null && waitingJobs > 0 && waitingGpus >= out.gpus ? nowUs : Number.POSITIVE_INFINITY,
    out.waitedUs === null ? Number.POSITIVE_INFINITY : view.waitingSinceUs + out.waitedUs,
    out.allocated === null ? Number.POSITIVE_INFINITY : view.above.atUs(out.allocated.forUs),
  ].reduce((first, each) => Math.min(first, each));
  const atUs = Math.max(dueUs, view.lastOutUs + out.cooldownUs);
  if (atUs > nowUs) return { add: 0, againUs: atUs };
  const add = Math.min(room, out.by === null ? wantedHosts(view) : booting > 0 ? 0 : out.by);
  // Where that is none, hosts boot: their arrival is a reason to look again.
  return { add: Math.max(0, add), againUs: Number.POSITIVE_INFINITY };
}

/** Hosts that those who wait would fill, without those that come already; one at a time where nobody waits. */
function wantedHosts({ waitingJobs, waitingGpus, gpusPerHost, booting }: ScaleView): number {
  if (waitingJobs === 0 || gpusPerHost === 0) return booting > 0 ? 0 : 1;
  return Math.max(1, Math.ceil(waitingGpus / gpusPerHost)) - booting;
}

function scaleIn(
  plan: ScalePlan,
  view: ScaleView,
  surplus: number,
): { readonly leave: readonly number[]; readonly againUs: number } {
  const { nowUs } = view;
  const never = { leave: [], againUs: Number.POSITIVE_INFINITY };
  if (surplus <= 0 || view.waitingJobs > 0) return never;
  const rule = plan.in;
  if (rule.idleUs === Number.POSITIVE_INFINITY && rule.allocated === null) return never;
  const fromUs = view.lastInUs + rule.cooldownUs;
  const belowUs = rule.allocated === null ? Number.POSITIVE_INFINITY : view.below.atUs(rule.allocated.forUs);
  let againUs = Number.POSITIVE_INFINITY;
  let poolMilli = view.poolMilli;
  let isOneTaken = false;
  const leave: number[] = [];
  for (const each of leaveOrder(view.hosts())) {
    if (leave.length === surplus) break;
    const idleUs = each.idleSinceUs + rule.idleUs;
    const dueUs = Math.max(
      isOneTaken ? idleUs : Math.min(idleUs, belowUs),
      each.sinceUs + plan.minLifeUs,
      fromUs,
    );
    if (dueUs > nowUs) {
      againUs = Math.min(againUs, dueUs);
      continue;
    }
    const left = { usedMilli: view.usedMilli, poolMilli: poolMilli - each.gpuMilli };
    if (plan.out.allocated !== null && allocatedPart(left) > plan.out.allocated.above) continue;
    if (idleUs > nowUs) isOneTaken = true;
    poolMilli = left.poolMilli;
    leave.push(each.host);
  }
  return { leave, againUs };
}
