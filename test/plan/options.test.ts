import { beforeAll, describe, expect, test } from 'vitest';
import { plan } from '../../bench/validation/plan/answering.ts';
import { loadSolver } from '../../cli/load-solver.ts';
import { isDearerWithMore } from '../../sim/experiment/plan/cost-floor.ts';
import { impossibleOptions, planScenarios } from '../../sim/experiment/plan/index.ts';
import { type IntegerSolver, normalizeScenario } from '../../sim/index.ts';

let solver: IntegerSolver;
beforeAll(async () => {
  solver = await loadSolver();
});

const assumed = (amount: number) => ({ amount, source: 'assumed' });

/** Notebooks that come in two hours of the day, on hosts of two L4. */
function question(settings: object, others: object = {}): Record<string, unknown> {
  const hourOfDay = Array.from({ length: 24 }, (_, hour) => (hour === 11 || hour === 12 ? 12 : 0));
  return {
    apiVersion: 'slicewise/v1',
    name: 'options',
    seed: 42,
    fleet: { hosts: [{ name: 'gpu', cpu: 64, memory: '256GiB', gpus: { model: 'L4', count: 2 } }] },
    workload: {
      synthetic: {
        until: '1d',
        arrivals: { process: 'poisson', rate: '4/h', hourOfDay },
        classes: [
          {
            ...{ name: 'notebook', cpu: 2, memory: '4GiB', gpus: 1, gpu: '50%' },
            lifetime: { kind: 'constant', value: '90m' },
          },
        ],
      },
    },
    cost: {
      currency: 'USD',
      hosts: [{ name: 'own', hosts: 'gpu', leased: { host: assumed(100), gpu: assumed(50), months: 36 } }],
    },
    objectives: [{ name: 'wait', expect: 'max(wait) < 1 s' }],
    experiment: { kind: 'timed', horizon: '1d' },
    ...others,
    plan: {
      replications: { search: 1, most: 2, verify: 2 },
      counts: [{ name: 'hosts', path: 'fleet.hosts.gpu.count', to: 20 }],
      growth: null,
      ...settings,
    },
  };
}

const chosen = (set: object) => ({
  choices: [{ name: 'what', options: [{ name: 'stated' }, { name: 'other', set }] }],
});

describe('an option', () => {
  test('with an objective that is easier to keep is bounded by that, not by the one of the scenario', () => {
    const easier = chosen({ 'objectives.wait.expect': 'p95(wait) < 10 h' });
    const found = plan(question({ ...easier, tryCheaper: 0 }), solver);
    const alone = plan(question({}, { objectives: [{ name: 'wait', expect: 'p95(wait) < 10 h' }] }), solver);
    expect(found.plan?.name).toBe('other');
    expect(found.plan?.counts[0]?.count).toBe(alone.plan?.counts[0]?.count);
    expect(found.bound).toBe(alone.bound);
    expect(found.bound).toBeLessThanOrEqual(found.plan?.amount.value as number);
  });

  test('whose cost is in another currency, or is none, is no plan where plans are compared by cost', () => {
    const reasons = [{ 'cost.currency': 'EUR' }, { cost: null }].map((set) => {
      const written = question(chosen(set));
      const normalized = normalizeScenario(written);
      if (!normalized.ok) throw new RangeError(JSON.stringify(normalized.problems));
      return impossibleOptions(written, normalized.document, solver);
    });
    expect(reasons).toEqual([
      [{ choice: 0, option: 1, why: expect.stringContaining('cost.currency must be USD') }],
      [{ choice: 0, option: 1, why: expect.stringContaining('cost is missing') }],
    ]);
    const byGpus = question({ ...chosen({ cost: null }), minimise: 'gpus' });
    const normalized = normalizeScenario(byGpus);
    if (!normalized.ok) throw new RangeError(JSON.stringify(normalized.problems));
    expect(impossibleOptions(byGpus, normalized.document, solver)).toEqual([]);
  });
});

describe('counts', () => {
  const cloud = {
    objectives: ['p95(wait) < 10 h'],
    cost: {
      currency: 'USD',
      hosts: [
        {
          ...{ name: 'rented', hosts: 'gpu' },
          cloud: { perHour: assumed(2), committed: { discount: '40%', months: 36, hosts: 1 } },
        },
      ],
    },
  };

  test('that may not be more than others are left out alone: commitments for no more hosts than there are', () => {
    const hosts = { name: 'hosts', path: 'fleet.hosts.gpu.count', from: 2, to: 14 };
    const committed = { name: 'committed', path: 'cost.hosts.rented.cloud.committed.hosts', to: 24 };
    const found = plan(question({ counts: [hosts, committed], tryCheaper: 0, rivals: 0 }, cloud), solver);
    const [many, of] = found.plan?.counts.map(({ count }) => count) ?? [];
    // Committing for all of them is cheapest.
    expect(of).toBe(many);
    expect(found.plan?.amount.value).toBeCloseTo((many as number) * 1.2 * 730, 2);
  });
});

describe('scenarios that are read before', () => {
  test('are of a combination, though neither the most nor the least of everything is one', () => {
    const cost = {
      currency: 'USD',
      hosts: [
        {
          ...{ name: 'rented', hosts: 'gpu' },
          cloud: { perHour: assumed(2), committed: { discount: '40%', months: 36, hosts: 1 } },
        },
      ],
    };
    const committed = { name: 'committed', path: 'cost.hosts.rented.cloud.committed.hosts', from: 0, to: 24 };
    const written = question(
      { counts: [{ name: 'hosts', path: 'fleet.hosts.gpu.count', to: 8 }, committed] },
      { cost },
    );
    const normalized = normalizeScenario(written);
    if (!normalized.ok) throw new RangeError(JSON.stringify(normalized.problems));
    expect(planScenarios(written, normalized.document, solver)).toHaveLength(1);
    expect(impossibleOptions(written, normalized.document, solver)).toEqual([]);
  });
});

describe('hosts that come when work waits', () => {
  const elastic = {
    fleet: {
      hosts: [
        { name: 'gpu', cpu: 64, memory: '256GiB', gpus: { model: 'L4', count: 2 } },
        { name: 'cloud', count: 8, cpu: 64, memory: '256GiB', gpus: { model: 'L4', count: 2 } },
      ],
    },
    elastic: {
      groups: [
        {
          ...{ name: 'more', hosts: 'cloud', boot: { kind: 'constant', value: '1m' } },
          ...{ out: { jobs: 1 }, in: { idle: '4h' } },
        },
      ],
    },
    cost: {
      currency: 'USD',
      hosts: [
        { name: 'own', hosts: 'gpu', leased: { host: assumed(100), gpu: assumed(50), months: 36 } },
        { name: 'hours', hosts: 'cloud', cloud: { perHour: assumed(9) } },
      ],
    },
    objectives: ['p95(wait) < 30 min'],
  };

  test('may be saved by more hosts of your own, whoever is paid for their hours', () => {
    const scenarios = [question({}, elastic), question({})].map((written) => normalizeScenario(written));
    expect(scenarios.map((each) => each.ok && isDearerWithMore(each.scenario))).toEqual([false, true]);
  });

  test('make more hosts of your own cheaper, too where their hours are in cost.hosts', () => {
    const counts = [{ name: 'hosts', path: 'fleet.hosts.gpu.count', to: 16 }];
    const few = plan(question({ counts, tryCheaper: 0 }, elastic), solver);
    const all = plan(question({ counts, tryCheaper: 100 }, elastic), solver);
    expect(few.plan?.counts).toEqual(all.plan?.counts);
    expect(few.plan?.counts[0]?.count).toBeGreaterThan(1);
  });

  test('leave regret above 0 or one plan the least: two amounts are not both the least of a demand', () => {
    const demands = [{ name: 'now' }, { name: 'half', factor: 0.5 }, { name: 'more', factor: 1.2 }];
    const counts = [{ name: 'hosts', path: 'fleet.hosts.gpu.count', to: 16 }];
    const { regret } = plan(question({ counts, demands }, elastic), solver);
    for (const d of demands.keys()) {
      const served = (regret?.plans ?? []).map(({ under }) => under[d]).filter((each) => each?.serves);
      const least = Math.min(...served.map((each) => each?.amount as number));
      for (const each of served) expect(each?.regret).toBeCloseTo((each?.amount as number) - least, 6);
      expect(served.length).toBeGreaterThan(0);
      expect(regret?.demands[d]?.amount).toBe(least);
    }
  });
});
