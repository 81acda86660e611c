import type { Demand } from '../../policies/repartition/index.ts';
import type { LiveJob } from '../live-job.ts';
import type { Field } from './field.ts';
import { remainingUs, stopLossUs } from './resident-view.ts';
import type { PeriodicPolicy } from './setup.ts';
import type { Tenant } from './tenants.ts';

/** Waiting jobs that a review looks at, in the order of the queue. */
export const QUEUE_DEPTH = 256;
/** A request never counts more often than this, however long it has waited. */
const MOST_PATIENCE = 1000;

/** A job on an instance of a profile. */
export interface Seated extends Tenant {
  readonly profile: number;
}

/** Requests for the instances of a field. */
export interface Requests {
  readonly demands: readonly Demand[];
  /** By waiting job, how many of which demand are its own. */
  readonly ofWaiting: readonly (readonly Share[])[];
}

interface Share {
  /** Place in the demands. */
  readonly demand: number;
  readonly count: number;
}

/**
 * The requests for instances of a field: of running jobs, and of the first waiting ones. One is worth its speed on an
 * instance, relative to alone on the whole card, more the longer it waits.
 *
 * A running job is worth less on other profiles than its own: it has to be stopped for them, which costs work, and is
 * faster there only until it ends, or for the horizon. One that is not stopped but waited for asks for its own alone.
 *
 * Where a queue keeps its order, who is stopped comes back before the one it was stopped for: a running job that could be
 * stopped then counts more than all that wait, so that there is always an instance for it.
 *
 * Leaves out whether several instances for one job go together (on one card, or on different ones of a host), whether
 * the host has the CPU and memory, and what neighbours cost.
 */
export function demandOf(
  field: Field,
  running: Iterable<Seated>,
  waiting: readonly LiveJob[],
  policy: PeriodicPolicy,
  isInOrder: boolean,
  nowUs: number,
): Requests {
  const demands = new Demands();
  const { patienceUs } = policy;
  const asked = waiting.map(({ job, profile, queuedSinceUs }) => {
    const patience =
      patienceUs === null ? 1 : 1 + Math.min(MOST_PATIENCE, Math.floor((nowUs - queuedSinceUs) / patienceUs));
    return job.shapes.map((shape) => ({
      accepts: field.accepts(shape),
      values: field.speeds(shape, profile).map((speed) => patience * speed),
      count: shape.gpuCount * (shape.ask?.count ?? 1),
    }));
  });
  const most = asked.flat().reduce((sum, { values, count }) => sum + count * Math.max(0, ...values), 0);
  for (const tenant of running) {
    const { live, slot, profile: own } = tenant;
    const shape = live.parts.find(({ grant }) => grant.includes(slot))?.shape;
    if (shape === undefined) continue;
    const accepts = field.accepts(shape);
    const speeds = field.speeds(shape, live.profile);
    const cost = stopCost(tenant, speeds[accepts.indexOf(own)] ?? 1, policy, nowUs);
    demands.add(
      accepts,
      speeds.map((each, at) => {
        const more = isInOrder && cost !== undefined ? most : 0;
        if (accepts[at] === own) return more + policy.runningWeight * each;
        const worth = cost === undefined ? 0 : policy.runningWeight * (each - cost);
        return worth > 0 ? more + worth : 0;
      }),
      1,
      false,
    );
  }
  const ofWaiting = asked.map((shapes) =>
    shapes.flatMap(({ accepts, values, count }) => demands.add(accepts, values, count, true)),
  );
  return { demands: demands.list, ofWaiting };
}

/**
 * What stopping a tenant costs as a part of its speed over the time that it would be faster elsewhere; undefined where it
 * is waited for.
 *
 * @param speed of the tenant where it is
 */
export function stopCost(
  tenant: Tenant,
  speed: number,
  { running, horizonUs }: PeriodicPolicy,
  nowUs: number,
): number | undefined {
  const lossUs = stopLossUs(tenant, running, speed, nowUs);
  if (lossUs === undefined) return undefined;
  const lastsUs = Math.min(horizonUs, remainingUs(tenant.live, nowUs) ?? Number.POSITIVE_INFINITY);
  return lossUs / Math.max(1, lastsUs);
}

/** What deleting an instance costs for the sake of the tenants that are stopped, in units of value. */
export function stopCostOf(
  field: Field,
  tenants: readonly Seated[],
  policy: PeriodicPolicy,
  nowUs: number,
): number {
  return tenants.reduce((sum, tenant) => {
    const { live, slot, profile } = tenant;
    const shape = live.parts.find(({ grant }) => grant.includes(slot))?.shape;
    const at = shape === undefined ? -1 : field.accepts(shape).indexOf(profile);
    const speed = shape === undefined || at < 0 ? 1 : (field.speeds(shape, live.profile)[at] as number);
    return sum + policy.runningWeight * (stopCost(tenant, speed, policy, nowUs) ?? 0);
  }, 0);
}

/** Requests, with those that are worth the same counted together, of running jobs and of waiting ones. */
class Demands {
  readonly list: (Demand & { count: number })[] = [];
  readonly #places = new Map<string, number>();

  /**
   * @param worth by entry of `accepts`; 0 or less: it is not wanted there
   * @returns what was added; nothing where no kind is of any worth
   */
  add(
    accepts: readonly number[],
    worth: readonly number[],
    count: number,
    isWaiting: boolean,
  ): readonly Share[] {
    const able = accepts.flatMap((_, at) => ((worth[at] as number) > 0 ? [at] : []));
    if (able.length === 0 || count === 0) return [];
    const kinds = able.map((at) => accepts[at] as number);
    const values = able.map((at) => worth[at] as number);
    const key = `${isWaiting} ${kinds.join(' ')}|${values.join(' ')}`;
    let demand = this.#places.get(key);
    if (demand === undefined) {
      demand = this.list.length;
      this.#places.set(key, demand);
      this.list.push({ accepts: kinds, count: 0, value: Math.max(...values), values });
    }
    (this.list[demand] as { count: number }).count += count;
    return [{ demand, count }];
  }
}

/** How many of the waiting jobs have all their requests served, taken in the order of the queue. */
export function jobsServed({ ofWaiting }: Requests, served: readonly number[]): number {
  const left = [...served];
  let jobs = 0;
  for (const shares of ofWaiting) {
    const wanted = new Map<number, number>();
    for (const { demand, count } of shares) wanted.set(demand, (wanted.get(demand) ?? 0) + count);
    if (wanted.size === 0 || [...wanted].some(([demand, count]) => (left[demand] ?? 0) < count)) continue;
    for (const [demand, count] of wanted) left[demand]! -= count;
    jobs += 1;
  }
  return jobs;
}

/** What is left of a demand when so many of each have been served. */
export function lessServed(demands: readonly Demand[], served: readonly number[]): readonly Demand[] {
  return demands.map((demand, d) => ({ ...demand, count: demand.count - (served[d] ?? 0) }));
}
