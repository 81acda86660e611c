import { parse } from 'yaml';
import { normalizeScenario, type Replication, replicate, type Scenario } from '../../../sim/index.ts';
import type { MetricUnit } from '../../../sim/observe/metric.ts';

/** A scenario from YAML that must be valid. */
export function scenarioOf(text: string): Scenario {
  const normalized = normalizeScenario(parse(text));
  if (!normalized.ok) throw new Error(JSON.stringify(normalized.problems));
  return normalized.scenario;
}

/** M/M/c with GPUs for servers: `load` is that of each. */
export function queueScenario({
  gpus = 4,
  load = 0.7,
  tasks = 2000,
  meanMin = 5,
  more = '',
  policy = '{}',
  experiment = '{ kind: timed }',
} = {}): Scenario {
  return scenarioOf(`apiVersion: slicewise/v1
name: queue
fleet: { hosts: [ { name: n, cpu: 64, memory: 64GiB, gpus: { model: A100-80GB, count: ${gpus} } } ] }
workload:
  synthetic:
    tasks: ${tasks}
    arrivals: { process: poisson, rate: ${(gpus * load * 60) / 5}/h }
    classes: [ { name: c, cpu: 1, memory: 1GiB, gpus: 1, lifetime: { kind: exponential, mean: ${meanMin}m } } ]
policy: ${policy}
experiment: ${experiment}
${more}`);
}

export const replications = (scenario: Scenario, seeds: readonly number[]): Replication[] =>
  seeds.map((seed) => replicate(scenario, {}, seed));

export const upTo = (n: number, from = 1) => Array.from({ length: n }, (_, i) => from + i);

/** A replication with nothing but readings. */
export function reading(
  seed: number,
  values: Readonly<Record<string, number | null>>,
  unit: MetricUnit = 'seconds',
): Replication {
  return {
    seed,
    digest: '',
    readings: Object.entries(values).map(([name, value]) => [name, { value, unit }] as const),
    byGpuModel: [],
    fill: undefined,
    statistics: undefined,
    rejectedFor: [],
    waitedFor: [],
    waited: [],
    withoutEffect: [],
  };
}
