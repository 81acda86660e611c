import { beforeAll, describe, expect, test } from 'vitest';
import { loadSolver } from '../../cli/load-solver.ts';
import { planCheapest } from '../../sim/experiment/plan/planner.ts';
import type { PlanResult } from '../../sim/experiment/plan/result.ts';
import type { TrialOutcome } from '../../sim/experiment/plan/trial-desk.ts';
import { type IntegerSolver, normalizeScenario, type Replication, replicate } from '../../sim/index.ts';

let solver: IntegerSolver;
beforeAll(async () => {
  solver = await loadSolver();
});

const MOST = 10;
const PRICE = 100;

function question(settings: object) {
  return {
    apiVersion: 'slicewise/v1',
    name: 'steps',
    fleet: { hosts: [{ name: 'a', cpu: 8, memory: '64GiB', gpus: { model: 'L4', count: 1 } }] },
    workload: {
      synthetic: {
        tasks: 3,
        arrivals: { process: 'poisson', rate: '1/h' },
        classes: [
          { name: 'job', cpu: 1, memory: '1GiB', gpus: 1, lifetime: { kind: 'constant', value: '1m' } },
        ],
      },
    },
    cost: {
      currency: 'USD',
      hosts: [
        {
          name: 'own',
          hosts: 'a',
          leased: {
            host: { amount: PRICE, source: 'made up' },
            gpu: { amount: 0, source: 'made up' },
            months: 12,
          },
        },
      ],
    },
    experiment: { kind: 'timed', horizon: '24h' },
    objectives: ['p95(wait) < 60 s'],
    plan: {
      counts: [{ name: 'hosts', path: 'fleet.hosts.a.count', to: MOST }],
      replications: { search: 1, most: 1, verify: 2 },
      uncertainty: false,
      rivals: 0,
      ...settings,
    },
  };
}

/** Plans with runs that are made up: the waits are as `waitOf` says, whatever is simulated. */
function planned(
  settings: object,
  waitOf: (hosts: number, seed: number) => number,
): { readonly result: PlanResult; readonly ran: readonly number[] } {
  const written = question(settings);
  const normalized = normalizeScenario(written);
  if (!normalized.ok) throw new RangeError(JSON.stringify(normalized.problems));
  const { document, scenario } = normalized;
  const search = planCheapest({ written, document, scenario, version: 't', solver, traces: () => ({}) });
  const ran: number[] = [];
  let next = search.next();
  while (next.done !== true) {
    next = search.next(
      next.value.map((trial): TrialOutcome => {
        const { fleet } = trial.scenario;
        const hosts = fleet.kind === 'hosts' ? fleet.groups.reduce((sum, { count }) => sum + count, 0) : 0;
        ran.push(hosts);
        const real = replicate(trial.scenario, {}, trial.seed, { keepsUsage: true });
        return { replication: withWait(real, waitOf(hosts, trial.seed)) };
      }),
    );
  }
  return { result: next.value, ran };
}

function withWait(replication: Replication, value: number): Replication {
  const readings = replication.readings.map(([name, metric]): Replication['readings'][number] =>
    name === 'wait.p95' ? [name, { ...metric, value }] : [name, metric],
  );
  return { ...replication, readings };
}

const countOf = ({ plan }: PlanResult) => plan?.counts[0]?.count;
const from = (least: number) => (hosts: number) => (hosts >= least ? 1 : 600);

describe('cheaper plans', () => {
  test('without runs for them the bound is what is proven: one host has a place for the jobs', () => {
    const { result, ran } = planned({ tryCheaper: 0 }, from(7));
    expect(countOf(result)).toBe(7);
    expect(result.bound).toBeCloseTo(PRICE, 6);
    const seen = new Set(ran.filter((hosts) => hosts < 7));
    expect(result.cheaper).toMatchObject({ plans: 6, run: seen.size });
    const least = [1, 2, 3, 4, 5, 6].find((hosts) => !seen.has(hosts)) as number;
    expect(result.cheaper?.bound).toBeCloseTo(least * PRICE, 6);
  });

  test('where all of them were run nothing is left, the cheapest first', () => {
    const few = planned({ tryCheaper: 1 }, from(7)).result;
    const all = planned({ tryCheaper: 6 }, from(7)).result;
    expect(all.cheaper).toMatchObject({ plans: 6, run: 6, gap: 0 });
    expect(all.cheaper?.bound).toBeCloseTo(7 * PRICE, 6);
    expect(few.cheaper?.bound).toBeLessThan(7 * PRICE);
    expect(few.cheaper?.gap).toBeCloseTo(1 - (few.cheaper?.bound as number) / (7 * PRICE), 9);
    // What is proven is another matter.
    expect(all.bound).toBeCloseTo(PRICE, 6);
    expect(all.gap).toBeCloseTo(6 / 7, 9);
  });

  test('one that serves against the assumption that more never serves worse is the plan', () => {
    const odd = (hosts: number) => (hosts === 2 || hosts >= 7 ? 1 : 600);
    expect(countOf(planned({ tryCheaper: 0 }, odd).result)).toBe(7);
    const { result } = planned({ tryCheaper: 6 }, odd);
    expect(countOf(result)).toBe(2);
    expect(result.plan?.isVerified).toBe(true);
    expect(result.cheaper).toMatchObject({ plans: 1, run: 1, gap: 0 });
  });

  test('one that serves in the search and not with fresh seeds is none', () => {
    const odd = (hosts: number, seed: number) => ((hosts === 2 && seed < 10) || hosts >= 7 ? 1 : 600);
    const { result } = planned({ tryCheaper: 6 }, odd);
    expect(countOf(result)).toBe(7);
    expect(result.searched.refuted).toBe(1);
    expect(result.cheaper).toMatchObject({ plans: 6, run: 6, gap: 0 });
  });
});

describe('confidence', () => {
  /** Waits of 50 s on average with a spread such that three runs are sure at 80 % and not at 99 %. */
  const spread = (hosts: number, seed: number) => (hosts < 3 ? 600 : ([44, 50, 56][seed % 3] as number));
  const runs = { search: 3, most: 3, verify: 3 };

  test('decides what is sure enough, and the default is 95 %', () => {
    // The half width is t / sqrt(3) * 6 = 3.46 t: 6.5 s at 80 %, 14.9 s at 95 %, 34.4 s at 99 %; 10 s are left to the limit.
    expect(countOf(planned({ replications: runs, confidence: '80%' }, spread).result)).toBe(3);
    expect(planned({ replications: runs, confidence: '95%' }, spread).result.plan).toBeNull();
    expect(planned({ replications: runs }, spread).result.plan).toBeNull();
    expect(planned({ replications: runs, confidence: 0.99 }, spread).result.plan).toBeNull();
  });
});
