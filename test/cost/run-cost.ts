import { parse } from 'yaml';
import {
  normalizeScenario,
  type Replication,
  type RunResult,
  replicate,
  summarize,
} from '../../sim/index.ts';
import { summaryText } from '../../sim/report/summary.ts';

/** Runs a scenario written as YAML with each of its seeds. */
export function runCost(yaml: string): {
  readonly result: RunResult;
  readonly replications: readonly Replication[];
  readonly metric: (name: string) => number | null | undefined;
} {
  const checked = normalizeScenario(parse(yaml));
  if (!checked.ok)
    throw new Error(checked.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  const { scenario, document } = checked;
  const seeds = Array.from({ length: scenario.replications }, (_, i) => scenario.seed + i);
  const replications = seeds.map((seed) => replicate(scenario, {}, seed));
  const result: RunResult = {
    schema: 'slicewise/result@1',
    version: 'test',
    scenario: document,
    overlays: [],
    inputs: [],
    ...summarize(replications),
    assumptions: [],
  };
  return { result, replications, metric: (name) => result.metrics[name]?.value };
}

export const summaryOf = (result: RunResult): string => summaryText(result, 100);

/** Amount of the lines of a kind, and of an entry or model where named, in the order of the ledger. */
export function lines(result: RunResult, kind: string, pool?: string): readonly string[] {
  return (result.cost?.ledger ?? [])
    .filter((line) => line.kind === kind && (pool === undefined || line.pool === pool))
    .map(({ amount }) => amount);
}
