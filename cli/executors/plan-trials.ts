import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { PlanTrial, TrialOutcome, Trials } from '../../sim/experiment/plan/trial-desk.ts';
import { replicate, ScenarioError } from '../../sim/index.ts';
import { solverFor } from '../load-solver.ts';
import { keptTraces } from './kept-traces.ts';
import type { ReplicationAnswer, ReplicationTask } from './worker.ts';
import { workerFile } from './worker-file.ts';

/** How the runs of a search are made. */
export interface TrialSetting {
  /** Where relative trace paths start. */
  readonly folder: string;
  readonly workers: number;
  /** Told after every run how many there were. */
  onRun(runs: number): void;
}

/**
 * Makes all runs that a search asks for and gives what it ends with; the same for every number of threads. Threads stay from
 * batch to batch: batches are small, and there are many.
 */
export async function runTrials<T>(search: Trials<T>, { folder, workers, onRun }: TrialSetting): Promise<T> {
  const threads = Math.min(workers, availableParallelism());
  const pool =
    threads > 1
      ? new Piscina<ReplicationTask, ReplicationAnswer>({
          filename: workerFile(),
          minThreads: 1,
          maxThreads: threads,
          idleTimeout: Number.POSITIVE_INFINITY,
        })
      : undefined;
  let runs = 0;
  const run = async ({ document, scenario, seed }: PlanTrial): Promise<TrialOutcome> => {
    const answer =
      pool === undefined
        ? await runHere({ document, scenario, seed }, folder)
        : await pool.run({ document, folder, seed, keepsUsage: true });
    runs += 1;
    onRun(runs);
    if (!('wrong' in answer)) return answer;
    const { path, message } = answer.wrong;
    return { wrong: `${path} ${message}` };
  };
  try {
    let next = search.next();
    while (next.done !== true) {
      const outcomes: TrialOutcome[] = [];
      if (pool === undefined) for (const trial of next.value) outcomes.push(await run(trial));
      else outcomes.push(...(await Promise.all(next.value.map(run))));
      next = search.next(outcomes);
    }
    return next.value;
  } finally {
    await pool?.destroy();
  }
}

async function runHere({ scenario, seed }: PlanTrial, folder: string): Promise<ReplicationAnswer> {
  const { traces } = await keptTraces(scenario, folder);
  const solver = await solverFor(scenario);
  try {
    return { replication: replicate(scenario, traces, seed, { solver, keepsUsage: true }) };
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return { wrong: { path: error.path, message: error.message } };
  }
}
