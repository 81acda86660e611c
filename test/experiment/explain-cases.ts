import { type ExplainRequest, explainJob, type JobExplanation } from '../../sim/experiment/explain/index.ts';
import { normalizeScenario, type TraceTask } from '../../sim/index.ts';

export const HOUR = 3600;

/** A job of a hand-made trace. Times are hours. */
export interface Row {
  readonly name: string;
  readonly at: number;
  readonly runs: number;
  /** GPUs; default 1. */
  readonly gpus?: number;
  /** Share of each in thousandths; default 1000. */
  readonly milli?: number;
  readonly cpu?: number;
  readonly memoryGib?: number;
  readonly models?: readonly string[];
  readonly tenant?: string;
  readonly priority?: number;
  readonly workers?: number;
}

export function taskOf(row: Row): TraceTask {
  const { name, at, runs, gpus = 1, milli = 1000, cpu = 0, memoryGib = 0, models = [] } = row;
  return {
    name,
    request: {
      cpuMilli: cpu * 1000,
      memoryMib: memoryGib * 1024,
      gpuCount: gpus,
      gpuMilli: gpus === 0 ? 0 : milli,
      models,
    },
    arrivalSec: at * HOUR,
    durationSec: runs * HOUR,
    ...(row.tenant === undefined ? {} : { tenant: row.tenant }),
    ...(row.priority === undefined ? {} : { priority: row.priority }),
    ...(row.workers === undefined ? {} : { workers: row.workers, spansHosts: true }),
  };
}

/** A scenario with the hosts `[name, count, model, GPUs]` and a trace that the caller gives. */
export function documentOf(
  hosts: readonly object[],
  policy: object = {},
  experiment: object = { kind: 'timed' },
): object {
  return {
    apiVersion: 'slicewise/v1',
    name: 'explained',
    fleet: { hosts },
    workload: { trace: { format: 'itp', jobs: 'none.csv' } },
    policy: { placement: 'first-fit', ...policy },
    experiment,
  };
}

export function host(name: string, count: number, model: string, gpus: number, more: object = {}): object {
  return { name, count, cpu: 64, memory: '256GiB', gpus: { model, count: gpus }, ...more };
}

export function explainRows(
  document: object,
  rows: readonly Row[],
  job: string,
  more: Partial<ExplainRequest> = {},
): JobExplanation {
  const checked = normalizeScenario(document);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return explainJob({
    scenario: checked.scenario,
    document: checked.document,
    traces: { tasks: rows.map(taskOf) },
    seed: 1,
    job,
    ...more,
  });
}

/** Kinds that start the job in time, each once, in the order in which they are listed. */
export function inTime({ changes }: JobExplanation): readonly string[] {
  return [...new Set(changes.filter(({ isInTime }) => isInTime).map(({ kind }) => kind))];
}
