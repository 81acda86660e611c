import type { MigGeometry } from '../../hardware/index.ts';
import type { Demand } from '../../policies/repartition/index.ts';
import type { LiveJob } from '../live-job.ts';
import type { Field } from './field.ts';
import type { Tenant } from './tenants.ts';

/** Waiting jobs that a review looks at, in the order of the queue. */
export const QUEUE_DEPTH = 256;
/** A request never counts more often than this, however long it has waited. */
const MOST_PATIENCE = 1000;

/** How requests count. */
export interface DemandRule {
  readonly patienceUs: number | null;
  readonly runningWeight: number;
}

/**
 * The requests for instances of a field: of running jobs, and of the first waiting ones. One counts as many as the
 * compute slices of the smallest profile that serves it, more the longer it waits.
 *
 * Leaves out whether several instances for one job go together (on one card, or on different ones of a host), and
 * whether the host has the CPU and memory.
 */
export function demandOf(
  field: Field,
  running: Iterable<Tenant>,
  waiting: readonly LiveJob[],
  { patienceUs, runningWeight }: DemandRule,
  nowUs: number,
): readonly Demand[] {
  const demands = new Map<string, { accepts: readonly number[]; count: number; value: number }>();
  const add = (accepts: readonly number[], count: number, weight: number) => {
    if (accepts.length === 0 || count === 0) return;
    const value = weight * smallestSlices(field.geometry, accepts);
    const key = `${accepts.join(' ')}|${value}`;
    const known = demands.get(key);
    if (known === undefined) demands.set(key, { accepts, count, value });
    else known.count += count;
  };
  for (const { live, slot } of running) {
    const shape = live.parts.find(({ grant }) => grant.includes(slot))?.shape;
    if (shape !== undefined) add(field.accepts(shape), 1, runningWeight);
  }
  for (const { job, queuedSinceUs } of waiting) {
    const patience =
      patienceUs === null ? 1 : 1 + Math.min(MOST_PATIENCE, Math.floor((nowUs - queuedSinceUs) / patienceUs));
    for (const shape of job.shapes) {
      add(field.accepts(shape), shape.gpuCount * (shape.ask?.count ?? 1), patience);
    }
  }
  return [...demands.values()];
}

function smallestSlices({ profiles }: MigGeometry, accepts: readonly number[]): number {
  return accepts.reduce(
    (least, profile) => Math.min(least, profiles[profile]?.gpuSlices ?? least),
    Number.POSITIVE_INFINITY,
  );
}

/** What is left of a demand when so many of each have been served. */
export function lessServed(demands: readonly Demand[], served: readonly number[]): readonly Demand[] {
  return demands.map((demand, d) => ({ ...demand, count: demand.count - (served[d] ?? 0) }));
}
