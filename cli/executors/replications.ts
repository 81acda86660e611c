import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { decidePrecision, type PrecisionDecision } from '../../sim/experiment/statistics/precision.ts';
import {
  type Replication,
  type ReplicationHooks,
  replicate,
  type Scenario,
  ScenarioError,
  type TraceData,
} from '../../sim/index.ts';
import { solverFor } from '../load-solver.ts';
import type { ReplicationAnswer, ReplicationTask } from './worker.ts';
import { workerFile } from './worker-file.ts';

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
  /** So many are done, of how many as far as is known. */
  onReplication(done: number, total: number): void;
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
    run.onReplication(done, scenario.replications);
  });
  return results;
}

/** As many replications as a precision took, and how closely the metrics are known. */
export interface PreciseRun {
  readonly replications: readonly Replication[];
  readonly decision: PrecisionDecision;
  /** Time was up before the precision was reached. */
  readonly isOutOfTime: boolean;
}

/**
 * Runs replications with seeds seed, seed + 1, ... until the metrics that `experiment.precision` names are known as
 * closely as it asks, or there are as many as it allows. How many that is rests on their values in order of the seeds, so
 * it is the same for every number of threads; unless time is up before.
 *
 * @param isOver asked before each replication but the first: true to begin no more
 * @throws {RangeError} if the scenario asks for no precision
 * @throws {UnknownMetricError} if the runs have no metric of a name
 */
export async function runUntilPrecise(
  run: ReplicationRun,
  isOver: () => boolean = () => false,
): Promise<PreciseRun> {
  const { scenario, document } = run;
  const { precision } = scenario.experiment;
  if (precision === undefined) throw new RangeError('Cannot run until precise: no precision is asked for');
  const results: Replication[] = [];
  for (;;) {
    const decision = decidePrecision(results, precision);
    const have = results.length;
    const isOutOfTime = have > 0 && isOver();
    if (decision.total <= have || isOutOfTime) {
      return { replications: results, decision, isOutOfTime: isOutOfTime && decision.total > have };
    }
    const jobs = replicationJobs(scenario, document, have, decision.total);
    let done = have;
    await runJobs(
      jobs,
      run,
      (replication, at) => {
        results[have + at] = replication;
        done += 1;
        run.onReplication(done, decision.total);
      },
      () => done > 0 && isOver(),
    );
  }
}

/** One job for each seed of a scenario, or for those from the `first` on up to before the `end`. */
export function replicationJobs(
  scenario: Scenario,
  document: unknown,
  first = 0,
  end = scenario.replications,
): ReplicationJob[] {
  return Array.from({ length: end - first }, (_, i) => ({
    scenario,
    document,
    seed: scenario.seed + first + i,
  }));
}

/**
 * Runs jobs on one or several threads.
 *
 * @param take told each answer once, with its place among the jobs; in any order, which depends on the threads
 * @param isOver asked before each job: true to begin no more. Those that have begun are the first of the list, and end
 */
export async function runJobs(
  jobs: readonly ReplicationJob[],
  { traces, folder, workers: wanted, hooks }: RunSetting,
  take: (replication: Replication, at: number) => void,
  isOver: () => boolean = () => false,
): Promise<void> {
  // More threads than cores only cost: each reads the traces and compiles the engine for itself.
  const workers = Math.min(wanted, jobs.length, availableParallelism());
  if (workers <= 1) {
    // All jobs of one run have the policy of the first.
    const solver = jobs[0] === undefined ? undefined : await solverFor(jobs[0].scenario);
    for (const [at, { scenario, seed }] of jobs.entries()) {
      if (isOver()) return;
      take(replicate(scenario, traces, seed, { ...hooks, solver }), at);
    }
    return;
  }
  const pool = new Piscina<ReplicationTask, ReplicationAnswer>({
    filename: workerFile(),
    minThreads: workers,
    maxThreads: workers,
  });
  try {
    const waiting = jobs.entries();
    await Promise.all(
      Array.from({ length: workers }, async () => {
        for (;;) {
          if (isOver()) return;
          const next = waiting.next();
          if (next.done === true) return;
          const [at, { document, seed }] = next.value;
          const answer = await pool.run({ document, folder, seed });
          if ('wrong' in answer) throw new ScenarioError(answer.wrong.path, answer.wrong.message);
          take(answer.replication, at);
        }
      }),
    );
  } finally {
    await pool.destroy();
  }
}
