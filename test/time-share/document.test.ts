import { describe, expect, test } from 'vitest';
import { loadSolver, solverFor } from '../../cli/load-solver.ts';
import { normalizeScenario, replicate, type Scenario } from '../../sim/index.ts';

const solver = await loadSolver();

const documentOf = (scheduling: object) => ({
  apiVersion: 'slicewise/v1',
  name: 'shares',
  fleet: {
    hosts: [
      { name: 'a', cpu: 16, memory: '64GiB', gpus: { model: 'V100-SXM2-16GB', count: 1 } },
      { name: 'b', cpu: 16, memory: '64GiB', gpus: { model: 'T4', count: 2 } },
    ],
  },
  workload: {
    synthetic: {
      tasks: 12,
      arrivals: { process: 'poisson', rate: '4/h' },
      classes: [
        {
          name: 'job',
          gpus: 1,
          cpu: 1,
          memory: '1GiB',
          tenants: { x: 1, y: 1 },
          lifetime: { kind: 'exponential', mean: '1h' },
        },
      ],
    },
  },
  policy: { scheduling },
});

const scenarioOf = (scheduling: object): Scenario => {
  const checked = normalizeScenario(documentOf(scheduling));
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.scenario;
};

describe('policy.scheduling.timeShare', () => {
  test('implies refill and rounds of six minutes, and says its defaults in the canonical document', () => {
    const checked = normalizeScenario(documentOf({ timeShare: { by: 'max-min' } }));
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    expect(checked.document).toMatchObject({
      policy: { scheduling: { timeShare: { by: 'max-min', speeds: 'known', order: 'pairs', review: '0s' } } },
    });
    expect(checked.scenario.policy.scheduling).toMatchObject({ roundUs: 360e6, preemption: null });
    const again = normalizeScenario(checked.document);
    expect(again.ok && again.document).toEqual(checked.document);
  });

  test('takes weights, costs, an order and a review time', () => {
    const { timeShare } = scenarioOf({
      rounds: '10m',
      timeShare: {
        by: 'throughput',
        speeds: 'alike',
        order: 'shuffled',
        review: '32m',
        weights: { x: 2 },
        costs: { T4: 0.5 },
      },
    }).policy.scheduling;
    expect(timeShare).toEqual({
      by: 'throughput',
      speeds: 'alike',
      order: 'shuffled',
      reviewUs: 32 * 60e6,
      weights: { x: 2 },
      costs: { T4: 0.5 },
    });
  });

  test('does not go with another kind of preemption, nor with unknown names', () => {
    const problems = (scheduling: object) => {
      const checked = normalizeScenario(documentOf(scheduling));
      return checked.ok ? [] : checked.problems.map(({ path, message }) => `${path}: ${message}`);
    };
    expect(problems({ preemption: 'evict', timeShare: { by: 'max-min' } }).join()).toContain(
      'must be refill',
    );
    expect(problems({ preemption: 'refill', timeShare: { by: 'max-min' } })).toEqual([]);
    expect(problems({ timeShare: { by: 'las' } }).join()).toContain('water-filling');
    expect(problems({ timeShare: { by: 'max-min', weights: { x: 0 } } }).join()).toContain('weights');
  });

  test('says when a run lacks the solver that it needs, and asks for it only then', async () => {
    expect(() => replicate(scenarioOf({ timeShare: { by: 'makespan' } }), {}, 1)).toThrow(
      'solver of linear programs',
    );
    expect(await solverFor(scenarioOf({ timeShare: { by: 'allox' } }))).toBeUndefined();
    expect(await solverFor(scenarioOf({}))).toBeUndefined();
    expect(await solverFor(scenarioOf({ timeShare: { by: 'makespan' } }))).toBe(solver);
    expect(() => replicate(scenarioOf({ timeShare: { by: 'allox' } }), {}, 1)).not.toThrow();
  });

  test('runs to the end the same way each time', () => {
    for (const by of ['max-min', 'water-filling', 'finish-time', 'makespan', 'throughput', 'allox']) {
      const scenario = scenarioOf({ timeShare: { by, order: 'shuffled' } });
      let finished = 0;
      const observers = () => [
        {
          finished: () => {
            finished += 1;
          },
        },
      ];
      const first = replicate(scenario, {}, 3, { solver, observers });
      expect(finished).toBe(12);
      expect(replicate(scenario, {}, 3, { solver }).digest).toBe(first.digest);
    }
  });
});
