import { beforeAll, describe, expect, test } from 'vitest';
import { plan } from '../../bench/validation/plan/answering.ts';
import { loadSolver } from '../../cli/load-solver.ts';
import { toleratedBy } from '../../sim/experiment/plan/tolerated.ts';
import { type IntegerSolver, normalizeScenario } from '../../sim/index.ts';

let solver: IntegerSolver;
beforeAll(async () => {
  solver = await loadSolver();
});

const assumed = (amount: number) => ({ amount, source: 'assumed' });
const price = (hosts: string) => ({
  currency: 'USD',
  hosts: [{ name: 'own', hosts, leased: { host: assumed(100), gpu: assumed(50), months: 36 } }],
});

/** Three in four ask for more than their user may have; the others fit on one host many times over. */
const overLimit = (objectives: readonly string[]) => ({
  apiVersion: 'slicewise/v1',
  name: 'limits',
  fleet: {
    hosts: [{ name: 'h', cpu: 64, memory: '256GiB', gpus: { model: 'A100-80GB', count: 2 } }],
  },
  workload: {
    synthetic: {
      until: '2d',
      arrivals: { process: 'deterministic', rate: '4/h' },
      classes: [
        { ...{ name: 'big', weight: 3, gpus: 2 }, ...job('1h') },
        { ...{ name: 'small', weight: 1, gpus: 1 }, ...job('10m') },
      ],
    },
  },
  policy: { scheduling: { maxGpusPerUser: 1 } },
  cost: price('h'),
  experiment: { kind: 'timed', horizon: '2d' },
  objectives,
  plan: {
    replications: { search: 1, most: 2, verify: 2 },
    counts: [{ name: 'hosts', path: 'fleet.hosts.h.count', to: 2 }],
    growth: null,
  },
});

const job = (value: string) => ({
  ...{ cpu: 1, memory: '1GiB', tenant: 'u' },
  lifetime: { kind: 'constant', value },
});

/** Jobs that take turns on a GPU, each of which allocates more than half of its memory; two are there at a time. */
const crowded = (objectives: readonly string[], busy: string) => ({
  apiVersion: 'slicewise/v1',
  name: 'crowded',
  fleet: {
    hosts: [
      {
        ...{ name: 'h', cpu: 64, memory: '256GiB', gpus: { model: 'L4', count: 1 } },
        sharing: { mode: 'time-slicing', replicas: 2 },
      },
    ],
  },
  workload: {
    synthetic: {
      until: '2d',
      arrivals: { process: 'deterministic', rate: '2/h' },
      classes: [
        {
          ...{ name: 'job', cpu: 1, memory: '1GiB', gpus: 1, lifetime: { kind: 'constant', value: '50m' } },
          use: { memory: '16GiB', busy },
        },
      ],
    },
  },
  policy: { placement: 'worst-fit' },
  cost: price('h'),
  experiment: { kind: 'timed', horizon: '2d' },
  objectives,
  plan: {
    replications: { search: 1, most: 2, verify: 2 },
    counts: [{ name: 'hosts', path: 'fleet.hosts.h.count', to: 4 }],
    growth: null,
  },
});

describe('what objectives let happen to jobs', () => {
  test.each([
    [[], 'none', false],
    [['p95(wait) < 60 s'], 'none', false],
    [['jobs.rejected == 0'], 'none-in-a-run', false],
    [['p95(wait) < 60 s and jobs.rejected < 1'], 'none-in-a-run', false],
    [['jobs.rejected <= 0'], 'none-in-a-run', false],
    [['jobs.rejected < 2'], 'any', false],
    [['jobs.rejected <= 1'], 'any', false],
    [['jobs.rejected < 100', 'jobs.rejected == 0'], 'none-in-a-run', false],
    [['jobs.rejected / jobs.arrived < 5%'], 'any', false],
    [['jobs.failed < 10'], 'none', true],
  ] as const)('%j', (expects, rejections, failures) => {
    const read = normalizeScenario(overLimit(expects));
    if (!read.ok) throw new RangeError(JSON.stringify(read.problems));
    expect(toleratedBy(read.scenario.objectives ?? [])).toEqual({ rejections, failures });
  });
});

describe('a plan', () => {
  test('whose users may be turned away is not proven to have too much work by what they ask for', () => {
    const found = plan(overLimit(['p95(wait) < 1 min', 'jobs.rejected < 100000']), solver);
    expect(found.plan?.counts[0]?.count).toBe(1);
    expect(found.plan?.metrics['jobs.rejected']?.value).toBeGreaterThan(100);
    expect(found.searched.proven).toBe(0);
    for (const none of [[], ['jobs.rejected == 0']]) {
      const refused = plan(overLimit(['p95(wait) < 1 min', ...none]), solver);
      expect(refused.plan).toBeNull();
    }
  });

  test('in which jobs run out of GPU memory does not serve, unless an objective says how many may', () => {
    const strict = plan(crowded([], '20%'), solver);
    expect(strict.plan?.counts[0]?.count).toBe(2);
    expect(JSON.stringify(strict.binding)).toContain('failed for want of GPU memory');
    const lax = plan(crowded(['jobs.failed < 100000'], '20%'), solver);
    expect(lax.plan?.counts[0]?.count).toBe(1);
  });

  test('in which they may is not proven to have too much work by that of jobs that fail', () => {
    const strict = plan(crowded([], '100%'), solver);
    expect(strict.plan?.counts[0]?.count).toBe(2);
    expect(strict.searched.proven).toBe(1);
    const lax = plan(crowded(['jobs.failed < 100000'], '100%'), solver);
    expect(lax.plan?.counts[0]?.count).toBe(1);
    expect(lax.searched.proven).toBe(0);
  });
});
