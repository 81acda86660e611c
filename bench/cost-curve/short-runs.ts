import { writeFileSync } from 'node:fs';
import { loadScenario } from '../../cli/load-scenario.ts';
import type { SweepRun } from '../../cli/sweep/executor.ts';
import { planSweep, type SweepPlan } from '../../cli/sweep/plan.ts';
import { runOne } from '../../cli/sweep/run-one.ts';
import { stateDesign } from '../../cli/sweep/state-design.ts';
import type { StoredOutcome } from '../../sim/experiment/sweep/index.ts';
import { freshPath } from './machine.ts';

/** Runs of some 30 ms, the same as in `bench/sweep.ts`. */
const SCENARIO = `apiVersion: slicewise/v1
name: short
fleet:
  hosts:
    - { name: a, count: 8, cpu: 64, memory: 512GiB, gpus: { model: A100, count: 8 } }
workload:
  synthetic:
    tasks: 3000
    arrivals: { process: poisson, rate: 60/h }
    classes:
      - { name: half, cpu: 2, memory: 4GiB, gpus: 1, gpu: 50%, lifetime: { kind: exponential, mean: 1h } }
      - { name: two, cpu: 2, memory: 4GiB, gpus: 2, lifetime: { kind: exponential, mean: 1h } }
`;

/** As an option writes it: so many sizes of the fleet, each with two policies. */
const gridOf = (sizes: number) => ['policy.placement=fgd,best-fit', `fleet.hosts.a.count=4..${3 + sizes}:1`];
const SIZES = 5;
export const POINTS = 2 * SIZES;

export function writeScenario(): string {
  const path = `${freshPath('short')}.yaml`;
  writeFileSync(path, SCENARIO);
  return path;
}

/** Options of a sweep of `POINTS` points, or of twice `sizes`. */
export function designOptions(replications: number, sizes = SIZES): readonly string[] {
  return [...gridOf(sizes).flatMap((grid) => ['--grid', grid]), '--replications', `${replications}`];
}

export function planOf(runs: number): SweepPlan {
  const replications = Math.ceil(runs / POINTS);
  const stated = stateDesign({ grid: gridOf(SIZES) }, []);
  return planSweep(loadScenario(writeScenario()), stated, replications, Number.MAX_SAFE_INTEGER, []);
}

type Done = StoredOutcome & { readonly status: 'done' };

/** What a run really answers, metrics and all; a copy of it stands for the outcome of any run. */
export async function typicalOutcome(plan: SweepPlan): Promise<Done> {
  const [run] = plan.runs([0]) as Iterable<SweepRun>;
  const outcome = await runOne(run as SweepRun, { folder: plan.folder });
  if (outcome.status !== 'done') throw new Error(outcome.error);
  return outcome;
}
