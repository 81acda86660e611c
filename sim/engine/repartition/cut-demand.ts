import type { Demand } from '../../policies/repartition/index.ts';
import type { LiveJob } from '../live-job.ts';
import type { CutField } from './cut-field.ts';
import type { PeriodicPolicy } from './setup.ts';
import type { Tenant } from './tenants.ts';

/** A request never counts more often than this, however long it has waited. */
const MOST_PATIENCE = 1000;

/**
 * The requests for parts of a field's cards: of running jobs, and of the first waiting ones. One counts as many as the
 * thousandths of the smallest part that serves it, more the longer it waits.
 *
 * Where nobody starts before the first of the queue does, that one counts more than all others together: cards cut for
 * those behind it would stand idle.
 *
 * Leaves out whether several parts for one job go together, and whether the host has the CPU and memory.
 */
export function cutDemands(
  field: CutField,
  running: readonly Tenant[],
  waiting: readonly LiveJob[],
  { patienceUs, runningWeight }: PeriodicPolicy,
  isInOrder: boolean,
  nowUs: number,
): readonly Demand[] {
  const demands = new Map<string, { accepts: readonly number[]; count: number; value: number }>();
  let total = 0;
  const add = (accepts: readonly number[], count: number, weight: number, more = 0) => {
    if (accepts.length === 0 || count === 0) return;
    const value = more + weight * Math.min(...accepts.map((kind) => field.kinds[kind]?.milli ?? 0));
    total += value * count;
    const key = `${accepts.join(' ')}|${value}`;
    const known = demands.get(key);
    if (known === undefined) demands.set(key, { accepts, count, value });
    else known.count += count;
  };
  for (const { live, slot } of running) {
    const shape = live.parts.find(({ grant }) => grant.includes(slot))?.shape;
    if (shape !== undefined) add(field.accepts(shape), 1, runningWeight);
  }
  const own = waiting.filter(({ job }) => job.shapes.some((shape) => field.accepts(shape).length > 0));
  const first = isInOrder ? own[0] : undefined;
  const addWaiting = ({ job, queuedSinceUs }: LiveJob, more = 0) => {
    const patience =
      patienceUs === null ? 1 : 1 + Math.min(MOST_PATIENCE, Math.floor((nowUs - queuedSinceUs) / patienceUs));
    for (const shape of job.shapes) {
      add(field.accepts(shape), shape.gpuCount * (shape.ask?.count ?? 1), patience, more);
    }
  };
  for (const live of own) if (live !== first) addWaiting(live);
  if (first !== undefined) addWaiting(first, total);
  return [...demands.values()];
}
