import { describe, expect, test } from 'vitest';
import { loadSolver } from '../../../cli/load-solver.ts';
import { PLACEMENT_POLICY_NAMES, replicate, type Scenario } from '../../../sim/index.ts';
import { QUEUEING_POLICY_NAMES } from '../../../sim/policies/queueing/names.ts';
import { scenarioOf } from './runs.ts';

const solver = await loadSolver();

const SHARING = [
  '{ mode: time-slicing, replicas: 4 }',
  '{ mode: mps }',
  '{ mode: passthrough }',
  '{ mode: hook }',
];

interface Variant {
  readonly policy?: string;
  readonly hosts?: number;
  readonly model?: string;
  readonly sharing?: string;
}

function scenario({ policy = '{}', hosts = 3, model = 'A100-80GB', sharing }: Variant): Scenario {
  return scenarioOf(`apiVersion: slicewise/v1
name: same demand
fleet:
  hosts:
    - { name: n, count: ${hosts}, cpu: 64, memory: 512GiB, gpus: { model: ${model}, count: 2 }${sharing === undefined ? '' : `, sharing: ${sharing}`} }
workload:
  synthetic:
    tasks: 300
    arrivals: { process: bursts, rate: 10/h, size: { kind: uniform, min: 1, max: 5 }, gap: { kind: exponential, mean: 1m } }
    classes:
      - { name: small, cpu: 1, memory: 1GiB, gpus: 1, lifetime: { kind: lognormal, median: 15m, sigma: 1 }, tenants: { a: 2, b: 1 } }
      - { name: other, weight: 0.5, cpu: 4, memory: 8GiB, gpus: 1, lifetime: { kind: exponential, mean: 40m } }
faults:
  failures:
    - { kind: gpu, between: { kind: exponential, mean: 100h }, repair: { kind: exponential, mean: 2h } }
    - { kind: host, between: { kind: weibull, shape: 0.8, scale: 30h }, repair: { kind: uniform, min: 1h, max: 8h } }
policy: ${policy}
experiment: { kind: timed, horizon: 80h }
`);
}

/** What users ask for and what breaks, as the run saw it. */
function demandOf(seed: number, of: Scenario) {
  const jobs: unknown[] = [];
  const faults: string[] = [];
  replicate(of, {}, seed, {
    solver,
    observers: () => [
      {
        arrived(atUs, { name, arrivalUs, durationUs, shape, claim, kind }) {
          const { cpuMilli, memoryMib, gpuCount } = shape;
          jobs.push([atUs, name, arrivalUs, durationUs, cpuMilli, memoryMib, gpuCount, claim.tenant, kind]);
        },
        unitChanged: (atUs, kind, unit, isUp) => faults.push(`${atUs} ${kind} ${unit} ${isUp}`),
      },
    ],
  });
  return { jobs, faults };
}

describe('variants under one seed', () => {
  const base = demandOf(7, scenario({}));

  test('have something to compare, which another seed changes', () => {
    expect(base.jobs.length).toBe(300);
    expect(base.faults.length).toBeGreaterThan(5);
    const other = demandOf(8, scenario({}));
    expect(other.jobs).not.toEqual(base.jobs);
    expect(other.faults).not.toEqual(base.faults);
  });

  test.each(PLACEMENT_POLICY_NAMES)('have the same jobs and faults under placement %s', (placement) => {
    expect(demandOf(7, scenario({ policy: `{ placement: ${placement} }` }))).toEqual(base);
  });

  test.each(QUEUEING_POLICY_NAMES)('have the same jobs and faults under queueing %s', (queueing) => {
    expect(demandOf(7, scenario({ policy: `{ queueing: ${queueing} }` }))).toEqual(base);
  });

  test.each(SHARING)('have the same jobs and faults with sharing %s', (sharing) => {
    expect(demandOf(7, scenario({ sharing }))).toEqual(base);
  });

  test.each([{ hosts: 2 }, { hosts: 5 }, { model: 'H100-SXM5-80GB' }])(
    'have the same jobs on another fleet: %o',
    (fleet) => {
      expect(demandOf(7, scenario(fleet)).jobs).toEqual(base.jobs);
    },
  );

  test('a unit that both fleets have breaks down at the same instants', () => {
    const of = (faults: readonly string[]) => faults.filter((line) => / (host|gpu) n-000[0-2]/.test(line));
    const small = of(base.faults);
    const large = of(demandOf(7, scenario({ hosts: 5 })).faults);
    // A fleet that is through earlier sees the fewer of them.
    const common = Math.min(small.length, large.length);
    expect(common).toBeGreaterThan(5);
    expect(large.slice(0, common)).toEqual(small.slice(0, common));
  });
});
