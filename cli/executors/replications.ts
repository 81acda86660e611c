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

export interface ReplicationRun {
  readonly scenario: Scenario;
  readonly traces: TraceData;
  /** Where relative trace paths start, for workers that read the traces themselves. */
  readonly folder: string;
  /** The normalized document, for the same. */
  readonly document: unknown;
  readonly workers: number;
  /** Heard only when this thread runs the replications itself. */
  readonly hooks: ReplicationHooks;
  onReplication(done: number): void;
}

/**
 * Runs the replications of a scenario, with seeds seed, seed + 1, ..., on one or several threads. The answer is the
 * same for every number of threads, in order of the seeds.
 */
export async function runReplications(run: ReplicationRun): Promise<Replication[]> {
  const { scenario, traces } = run;
  const seeds = Array.from({ length: scenario.replications }, (_, i) => scenario.seed + i);
  // More threads than cores only cost: each reads the traces and compiles the engine for itself.
  const workers = Math.min(run.workers, seeds.length, availableParallelism());
  if (workers === 1) {
    return seeds.map((seed, i) => {
      const replication = replicate(scenario, traces, seed, run.hooks);
      run.onReplication(i + 1);
      return replication;
    });
  }
  const pool = new Piscina<ReplicationTask, ReplicationAnswer>({
    filename: new URL('./worker.js', import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
  });
  try {
    let done = 0;
    return await Promise.all(
      seeds.map(async (seed) => {
        const answer = await pool.run({ document: run.document, folder: run.folder, seed });
        if ('wrong' in answer) throw new ScenarioError(answer.wrong.path, answer.wrong.message);
        done += 1;
        run.onReplication(done);
        return answer.replication;
      }),
    );
  } finally {
    await pool.destroy();
  }
}
