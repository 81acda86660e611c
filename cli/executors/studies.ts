import type { StudyRun } from '../../sim/experiment/statistics/index.ts';
import { needsSolver, normalizeScenario, type Replication, type TraceData } from '../../sim/index.ts';
import { keptTraces } from './kept-traces.ts';
import { type ReplicationJob, runJobs } from './replications.ts';

/** Many variants of one scenario that are run with the same seeds. */
export interface Study {
  readonly runs: readonly Pick<StudyRun, 'document'>[];
  readonly seeds: readonly number[];
  /** Where relative trace paths start. */
  readonly folder: string;
  readonly workers: number;
  /** Told each replication once, with the places of its run and its seed; in any order, which depends on the threads. */
  take(replication: Replication, run: number, seed: number): void;
}

/** Jobs that wait at a time: a scenario in numbers takes some memory. */
const AT_A_TIME = 512;

/** Runs every variant with every seed. What each finds does not depend on the number of threads. */
export async function runStudy({ runs, seeds, folder, workers, take }: Study): Promise<void> {
  const chunk = Math.max(1, Math.floor(AT_A_TIME / seeds.length));
  for (let from = 0; from < runs.length; from += chunk) {
    // One thread has the traces of a call for all of its jobs, and a solver where the first of them needs it.
    const plain = new Map<TraceData, Placed[]>();
    const solving = new Map<TraceData, Placed[]>();
    for (const [i, { document }] of runs.slice(from, from + chunk).entries()) {
      const normalized = normalizeScenario(document);
      if (!normalized.ok)
        throw new RangeError(
          `Cannot run a document that does not validate: ${normalized.problems[0]?.message}`,
        );
      const { scenario } = normalized;
      const { traces } = await keptTraces(scenario, folder);
      const groups = needsSolver(scenario) ? solving : plain;
      const jobs = groups.get(traces) ?? [];
      groups.set(traces, jobs);
      for (const [at, seed] of seeds.entries())
        jobs.push({ scenario, document: normalized.document, seed, run: from + i, at });
    }
    for (const [traces, jobs] of [...plain, ...solving]) {
      await runJobs(jobs, { traces, folder, workers, hooks: {} }, (replication, place) => {
        const { run, at } = jobs[place] as Placed;
        take(replication, run, at);
      });
    }
  }
}

interface Placed extends ReplicationJob {
  readonly run: number;
  readonly at: number;
}
