import type { IntegerSolver } from '../../kernel/optimize/linear-program.ts';
import type { Readings } from '../../observe/metric.ts';
import type { Scenario } from '../../scenario/types.ts';
import { Capacity } from '../bound/capacity.ts';
import { CapacityBound } from '../bound/capacity-bound.ts';
import { hostCounts, hostKinds } from '../bound/host-kind.ts';
import { gangWithoutPlace } from '../bound/no-place.ts';
import { mayRunOutOfMemory } from '../bound/out-of-memory.ts';
import { startInTime, whyNotFinal } from '../bound/peak.ts';
import { type SamplePath, samplePath } from '../bound/sample-path.ts';
import type { TraceData } from '../trace-data.ts';
import { LeastWaits } from './least-waits.ts';

const QUANTILES = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
] as const;

/** A run that is over, and what it was made from. */
interface TimedRun {
  readonly scenario: Scenario;
  readonly traces: TraceData;
  readonly seed: number;
  /** Whether the caller had hosts, tasks or the course other than the scenario says. */
  readonly isChanged: boolean;
}

/**
 * What no policy could have had less of in a timed run, had it known all arrivals: `wait.hindsight.mean`, `.p50`, `.p95` and
 * `.p99`, null where nothing is proven; and `gpu.hindsight.load`, the work that is offered in the long run over what the hosts can
 * do of it.
 *
 * @param readings of the run, with its waits; the bounds are put there
 * @returns why nothing is proven of the waits, one sentence; undefined where something is
 */
export function readTimedHindsight(
  readings: Readings,
  run: TimedRun,
  solver: IntegerSolver,
): string | undefined {
  const { scenario, traces, seed } = run;
  const load = run.isChanged
    ? undefined
    : new CapacityBound({ traces, solver, seeds: [seed], limits: [] }).load(scenario);
  readings.set('gpu.hindsight.load', { value: load ?? null, unit: 'fraction' });
  const found = leastWaits(readings, run, solver);
  const value = (name: string) => readings.get(name)?.value ?? null;
  for (const [name, quantile] of QUANTILES) {
    const own = value(`wait.${name}`);
    const least = typeof found === 'string' || own === null ? null : found.quantile(quantile, own);
    readings.set(`wait.hindsight.${name}`, { value: least, unit: 'seconds' });
  }
  const own = value('wait.mean');
  const least = typeof found === 'string' || own === null ? null : found.mean(own);
  readings.set('wait.hindsight.mean', { value: least, unit: 'seconds' });
  if (typeof found !== 'string') return undefined;
  return `experiment.hindsight: nothing is proven about how little jobs could have waited, because ${found}`;
}

/** @returns why nothing can be proven, in words that go after "because" */
function leastWaits(
  readings: Readings,
  { scenario, traces, seed, isChanged }: TimedRun,
  solver: IntegerSolver,
): LeastWaits | string {
  if (isChanged) return 'the run was changed from outside';
  const why = whyNotFinal(scenario);
  if (why !== undefined) return why;
  const path = samplePath(scenario, traces, seed);
  if (path === undefined) return 'there are too many jobs to look at one by one';
  const capacity = new Capacity(hostKinds(scenario, traces), path.kinds);
  const counts = hostCounts(scenario, traces);
  if (mayRunOutOfMemory(capacity, counts)) return 'jobs may fail for want of GPU memory';
  if (gangWithoutPlace(scenario, traces, path) !== undefined)
    return 'workers of some jobs find no room together and are turned away';
  const count = (name: string) => readings.get(name)?.value ?? 0;
  // Who could not go anywhere is turned away whatever the policy, and is not among those who start.
  const without = withoutPlace(capacity, counts, path);
  const left = count('jobs.waiting') + Math.max(0, count('jobs.rejected') - without);
  return new LeastWaits(
    (limitSec) => startInTime(scenario, capacity, counts, path, { quantile: 1, limitSec }, solver),
    left,
  );
}

/** Jobs of a path that no host could take. */
function withoutPlace(capacity: Capacity, counts: readonly number[], path: SamplePath): number {
  const hasPlace = path.kinds.map((_, k) => capacity.placesAmong(k, counts).length > 0);
  const canGo = path.types.map(({ workers }) => workers.every(({ kind }) => hasPlace[kind]));
  return path.type.reduce((sum, type) => sum + (canGo[type] === true ? 0 : 1), 0);
}
