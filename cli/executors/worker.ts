import { normalizeScenario, type Replication, replicate, ScenarioError } from '../../sim/index.ts';
import { solverFor } from '../load-solver.ts';
import { keptTraces } from './kept-traces.ts';

export { runSweepRun } from '../sweep/run-one.ts';

/** One replication for a worker thread: the scenario as a document, because every worker reads the traces itself, once. */
export interface ReplicationTask {
  /** A normalized scenario document. */
  readonly document: unknown;
  /** Where relative trace paths start. */
  readonly folder: string;
  readonly seed: number;
  /** Whether what the bill is made from is answered, too. */
  readonly keepsUsage?: boolean;
}

/** What a worker answers: an error that crosses threads loses its class and name, so wrong input travels as data. */
export type ReplicationAnswer =
  | { readonly replication: Replication }
  | { readonly wrong: { readonly path: string; readonly message: string } };

/** What the thread pool calls. */
export default async function runTask(task: ReplicationTask): Promise<ReplicationAnswer> {
  const normalized = normalizeScenario(task.document);
  if (!normalized.ok)
    throw new RangeError(`Cannot run a document that does not validate: ${normalized.problems[0]?.message}`);
  const { scenario } = normalized;
  const { traces } = await keptTraces(scenario, task.folder);
  const solver = await solverFor(scenario);
  try {
    return {
      replication: replicate(scenario, traces, task.seed, { solver, keepsUsage: task.keepsUsage === true }),
    };
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return { wrong: { path: error.path, message: error.message } };
  }
}
