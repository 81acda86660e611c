import { normalizeScenario, type Replication, replicate, ScenarioError } from '../../sim/index.ts';
import { solverFor } from '../load-solver.ts';
import { gpuModelsOf, type LoadedTraces, loadTraces, namedModels } from '../load-traces.ts';

/** One replication for a worker thread: the scenario as a document, because every worker reads the traces itself, once. */
export interface ReplicationTask {
  /** A normalized scenario document. */
  readonly document: unknown;
  /** Where relative trace paths start. */
  readonly folder: string;
  readonly seed: number;
}

/** What a worker answers: an error that crosses threads loses its class and name, so wrong input travels as data. */
export type ReplicationAnswer =
  | { readonly replication: Replication }
  | { readonly wrong: { readonly path: string; readonly message: string } };

/** By the files a scenario reads. A worker sees few different ones; the last few stay. */
const kept = new Map<string, Promise<LoadedTraces>>();
const KEPT = 4;

/** What the thread pool calls. */
export default async function runTask(task: ReplicationTask): Promise<ReplicationAnswer> {
  const normalized = normalizeScenario(task.document);
  if (!normalized.ok)
    throw new RangeError(`Cannot run a document that does not validate: ${normalized.problems[0]?.message}`);
  const { scenario } = normalized;
  const key = JSON.stringify([
    task.folder,
    scenario.fleet.kind === 'trace' ? scenario.fleet : gpuModelsOf(scenario.fleet),
    scenario.workload.trace,
    // A fleet that is cut down keeps the models that are named.
    namedModels(scenario.workload),
    scenario.workload.typicalPath,
    scenario.experiment.kind,
  ]);
  let loaded = kept.get(key);
  if (loaded === undefined) {
    if (kept.size >= KEPT) kept.delete(kept.keys().next().value as string);
    loaded = loadTraces(scenario, task.folder);
    kept.set(key, loaded);
  }
  const { traces } = await loaded;
  const solver = await solverFor(scenario);
  try {
    return { replication: replicate(scenario, traces, task.seed, { solver }) };
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return { wrong: { path: error.path, message: error.message } };
  }
}
