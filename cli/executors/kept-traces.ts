import type { Scenario } from '../../sim/index.ts';
import { gpuModelsOf, type LoadedTraces, loadTraces, namedModels } from '../load-traces.ts';

/** By the files a scenario reads. A thread sees few different ones; the last few stay. */
const kept = new Map<string, Promise<LoadedTraces>>();
const KEPT = 4;

/**
 * The traces of a scenario, read once for all scenarios that read the same: those get the same object.
 *
 * @param folder where relative paths start
 */
export function keptTraces(scenario: Scenario, folder: string): Promise<LoadedTraces> {
  const key = JSON.stringify([
    folder,
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
    loaded = loadTraces(scenario, folder);
    kept.set(key, loaded);
  }
  return loaded;
}
