import { expect, test } from 'vitest';
import { normalizeScenario } from '../../sim/index.ts';

const document = (policy: object, more: object = {}) => ({
  apiVersion: 'slicewise/v1',
  name: 'turns',
  fleet: {
    hosts: [
      { name: 'a', count: 2, cpu: 8, memory: '8GiB', gpus: { model: 'L4', count: 2 } },
      { name: 'b', count: 1, cpu: 8, memory: '8GiB', gpus: { model: 'T4', count: 1 } },
    ],
  },
  workload: {
    synthetic: {
      tasks: 3,
      arrivals: { process: 'poisson', rate: '1/h' },
      classes: [
        {
          name: 'c',
          cpu: 1,
          memory: '1GiB',
          gpus: 1,
          lifetime: { kind: 'exponential', mean: '1h' },
          ...more,
        },
      ],
    },
  },
  policy,
});

function problems(policy: object, more: object = {}): readonly string[] {
  const result = normalizeScenario(document(policy, more));
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

test('what a scheduling section says stands in the canonical form, and that is a fixed point', () => {
  const policy = {
    queueing: 'fifo',
    scores: { fgd: 1, 'best-fit': 2 },
    scheduling: {
      fill: 'easy',
      rounds: '360s',
      estimates: { noise: 0.5 },
      weights: { b: 2, a: 1 },
      quotas: { 'r/x': { guaranteed: 2 }, r: { guaranteed: 4, max: 8 } },
      resourceWeights: { compute: '70%', memory: 0.3 },
    },
    pools: [{ name: 'small', hosts: ['b'], scheduling: { fill: 'skip' } }],
  };
  const once = normalizeScenario(document(policy, { pool: 'small', tenants: { y: 1, x: 3 } }));
  if (!once.ok) throw new Error(JSON.stringify(once.problems));
  const twice = normalizeScenario(once.document);
  if (!twice.ok) throw new Error(JSON.stringify(twice.problems));
  expect(twice.document).toEqual(once.document);
  expect(once.document.policy).toMatchObject({
    scores: { 'best-fit': 2, fgd: 1 },
    scheduling: {
      rounds: '6m',
      estimates: { of: 'exact', noise: 0.5 },
      resourceWeights: { compute: 0.7, memory: 0.3 },
      quotas: { r: { guaranteed: 4, max: 8, weight: 1 }, 'r/x': { guaranteed: 2, max: null, weight: 1 } },
    },
    pools: [{ name: 'small', hosts: ['b'], placement: 'best-fit', scheduling: { fill: 'skip' } }],
  });
  expect(once.scenario.policy).toMatchObject({
    placement: 'best-fit',
    scheduling: { fill: 'easy', roundUs: 360e6, way: 'suspend', quotas: [{ path: 'r' }, { path: 'r/x' }] },
    pools: [{ name: 'small', hosts: ['b'] }],
  });
  expect(once.scenario.workload.synthetic?.classes[0]).toMatchObject({
    claim: { pool: 'small', queue: null, isPreemptible: true, checkpoint: null },
    tenants: [
      { tenant: 'x', weight: 3 },
      { tenant: 'y', weight: 1 },
    ],
  });
});

test.each([
  [{ placement: 'fgd', scores: { fgd: 1 } }, {}, 'policy.scores: must not stand beside placement'],
  [
    { scheduling: { attainedLimits: [5, 5] } },
    {},
    'policy.scheduling.attainedLimits[1]: must be above the limit before it (5), got 5',
  ],
  [
    { scheduling: { quotas: { r: { guaranteed: 1 }, 'r/x': { guaranteed: 2 } } } },
    {},
    'policy.scheduling.quotas.r.guaranteed: must be at least what its children are guaranteed together (2), got 1',
  ],
  [
    { scheduling: { quotas: { r: { guaranteed: 3, max: 2 } } } },
    {},
    'policy.scheduling.quotas.r.guaranteed: must be at most max (2), got 3',
  ],
  [
    { pools: [{ name: 'p', hosts: ['c'] }] },
    {},
    'policy.pools[0].hosts[0]: must be a host group or a host of the fleet, got "c"',
  ],
  [
    {
      pools: [
        { name: 'p', hosts: ['a'] },
        { name: 'q', hosts: ['a-0001'] },
      ],
    },
    {},
    'policy.pools[1].hosts[0]: must be hosts that no pool has yet, got "a-0001" once more',
  ],
  [{}, { pool: 'p' }, 'workload.synthetic.classes[0].pool: must be one of policy.pools (default), got "p"'],
])('%j with %j is refused', (policy, more, problem) => {
  const found = problems(policy, more);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(problem);
});
