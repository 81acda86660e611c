import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadScenario } from '../../cli/load-scenario.ts';
import { drive, runsToDo } from '../../cli/sweep/drive.ts';
import type { SweepExecutor, SweepOutcome } from '../../cli/sweep/executor.ts';
import { inProcess as runHere } from '../../cli/sweep/in-process.ts';
import { planSweep, type SweepPlan } from '../../cli/sweep/plan.ts';
import type { ResultWriter } from '../../cli/sweep/result-writer.ts';
import type { Shard } from '../../cli/sweep/shard.ts';
import { stateDesign } from '../../cli/sweep/state-design.ts';
import { SweepStore } from '../../cli/sweep/store.ts';

/** Options of a sweep of 12 runs of a few milliseconds each: 2 policies, 3 sizes, 2 seeds. */
export const SMALL_DESIGN = [
  '--grid',
  'policy.placement=fgd,best-fit',
  '--grid',
  'fleet.hosts.a.count=1..3:1',
];

/** The same as a plan. */
export function smallPlan(scenario: string, replications = 2): SweepPlan {
  const stated = stateDesign({ grid: SMALL_DESIGN.filter((_, i) => i % 2 === 1) }, []);
  return planSweep(loadScenario(scenario), stated, replications, 1000, []);
}

/** Runs what is missing of a plan in a directory, in this process. */
export async function runInto(
  folder: string,
  plan: SweepPlan,
  {
    shard,
    executor = runHere,
    writer,
    retryFailed = false,
  }: {
    readonly shard?: Shard;
    readonly executor?: SweepExecutor;
    readonly writer?: ResultWriter;
    readonly retryFailed?: boolean;
  } = {},
): Promise<readonly SweepOutcome[]> {
  const store = new SweepStore(folder, plan.manifest, plan.ids, shard, 'end', writer);
  const told: SweepOutcome[] = [];
  try {
    const todo = runsToDo(plan, store.stored.outcomes, shard, retryFailed);
    await drive(plan, todo, store, executor, new AbortController().signal, (outcome) => told.push(outcome));
    store.close();
  } finally {
    store.abandon();
  }
  return told;
}

/** Lines of the result files, read by the simplest means: no checksum, no order. */
export function rawRuns(folder: string): readonly { readonly index: number; readonly digest?: string }[] {
  const place = join(folder, 'results');
  return readdirSync(place).flatMap((name) =>
    readFileSync(join(place, name), 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('}}'))
      .map((line) => (JSON.parse(line) as { run: { index: number; digest?: string } }).run),
  );
}
