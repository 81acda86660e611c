import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import {
  type Replication,
  type ReplicationHooks,
  replicate,
  type Scenario,
  ScenarioError,
  type TraceData,
} from '../../sim/index.ts';
import type { ReplicationAnswer, ReplicationTask } from './worker.ts';

/** What replications have in common. */
export interface RunSetting {
  readonly traces: TraceData;
  /** Where relative trace paths start, for workers that read the traces themselves. */
  readonly folder: string;
  readonly workers: number;
  /** Heard only when this thread runs the replications itself. */
  readonly hooks: ReplicationHooks;
}

export interface ReplicationRun extends RunSetting {
  readonly scenario: Scenario;
  /** The normalized document, for workers. */
  readonly document: unknown;
  onReplication(done: number): void;
}

/** One replication to run: the scenario and its normalized document say the same. */
export interface ReplicationJob {
  readonly scenario: Scenario;
  readonly document: unknown;
  readonly seed: number;
}

/**
 * Runs the replications of a scenario, with seeds seed, seed + 1, ..., on one or several threads. The answer is the
 * same for every number of threads, in order of the seeds.
 */
export async function runReplications(run: ReplicationRun): Promise<Replication[]> {
  const { scenario, document } = run;
  const results = new Array<Replication>(scenario.replications);
  let done = 0;
  await runJobs(replicationJobs(scenario, document), run, (replication, at) => {
    results[at] = replication;
    done += 1;
    run.onReplication(done);
  });
  return results;
}

/** One job for each seed of a scenario. */
export function replicationJobs(scenario: Scenario, document: unknown): ReplicationJob[] {
  return Array.from({ length: scenario.replications }, (_, i) => ({
    scenario,
    document,
    seed: scenario.seed + i,
  }));
}

/**
 * Runs jobs on one or several threads.
 *
 * @param take told each answer once, with its place among the jobs; in any order, which depends on the threads
 */
export async function runJobs(
  jobs: readonly ReplicationJob[],
  { traces, folder, workers: wanted, hooks }: RunSetting,
  take: (replication: Replication, at: number) => void,
): Promise<void> {
  // More threads than cores only cost: each reads the traces and compiles the engine for itself.
  const workers = Math.min(wanted, jobs.length, availableParallelism());
  if (workers <= 1) {
    for (const [at, { scenario, seed }] of jobs.entries()) take(replicate(scenario, traces, seed, hooks), at);
    return;
  }
  const pool = new Piscina<ReplicationTask, ReplicationAnswer>({
    filename: new URL('./worker.js', import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
  });
  try {
    await Promise.all(
      jobs.map(async ({ document, seed }, at) => {
        const answer = await pool.run({ document, folder, seed });
        if ('wrong' in answer) throw new ScenarioError(answer.wrong.path, answer.wrong.message);
        take(answer.replication, at);
      }),
    );
  } finally {
    await pool.destroy();
  }
}
