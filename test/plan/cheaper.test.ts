import { beforeAll, describe, expect, test } from 'vitest';
import { loadSolver } from '../../cli/load-solver.ts';
import type { PlanResult } from '../../sim/experiment/plan/result.ts';
import type { IntegerSolver, Scenario } from '../../sim/index.ts';
import { PRICE, planned } from './made-up-runs.ts';

let solver: IntegerSolver;
beforeAll(async () => {
  solver = await loadSolver();
});

const countOf = ({ plan }: PlanResult) => plan?.counts[0]?.count;
const from = (least: number) => (hosts: number) => (hosts >= least ? 1 : 600);

describe('cheaper plans', () => {
  test('without runs for them the bound is what is proven: one host has a place for the jobs', () => {
    const { result, ran } = planned(solver, { tryCheaper: 0 }, from(7));
    expect(countOf(result)).toBe(7);
    expect(result.bound).toBeCloseTo(PRICE, 6);
    const seen = new Set(ran.filter((hosts) => hosts < 7));
    expect(result.cheaper).toMatchObject({ plans: 6, run: seen.size });
    const least = [1, 2, 3, 4, 5, 6].find((hosts) => !seen.has(hosts)) as number;
    expect(result.cheaper?.bound).toBeCloseTo(least * PRICE, 6);
  });

  test('where all of them were run nothing is left, the cheapest first', () => {
    const few = planned(solver, { tryCheaper: 1 }, from(7)).result;
    const all = planned(solver, { tryCheaper: 6 }, from(7)).result;
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
    expect(countOf(planned(solver, { tryCheaper: 0 }, odd).result)).toBe(7);
    const { result } = planned(solver, { tryCheaper: 6 }, odd);
    expect(countOf(result)).toBe(2);
    expect(result.plan?.isVerified).toBe(true);
    expect(result.cheaper).toMatchObject({ plans: 1, run: 1, gap: 0 });
  });

  test('one that serves in the search and not with fresh seeds is none', () => {
    const odd = (hosts: number, seed: number) => ((hosts === 2 && seed < 10) || hosts >= 7 ? 1 : 600);
    const { result } = planned(solver, { tryCheaper: 6 }, odd);
    expect(countOf(result)).toBe(7);
    expect(result.searched.refuted).toBe(1);
    expect(result.cheaper).toMatchObject({ plans: 6, run: 6, gap: 0 });
  });
});

describe('one less of something', () => {
  const counts = [
    { name: 'hosts', path: 'fleet.hosts.a.count', to: 10 },
    { name: 'cores', path: 'fleet.hosts.a.cpu', from: 8, to: 12 },
  ];
  /** Six hosts serve, too, unless they have the most cores, by which all with six of them are ruled out. */
  const odd = (fresh: number) => (hosts: number, seed: number, scenario: Scenario) => {
    const { fleet } = scenario;
    const cores = fleet.kind === 'hosts' ? (fleet.groups[0]?.cpuMilli ?? 0) / 1000 : 0;
    return hosts >= 7 || (hosts === 6 && cores < 12 && seed < fresh) ? 1 : 600;
  };

  test.each(['cost', 'hosts'])('that serves with less %s is the plan', (minimise) => {
    const { result } = planned(solver, { tryCheaper: 0, counts, minimise }, odd(Number.POSITIVE_INFINITY));
    expect(countOf(result)).toBe(6);
    expect(result.plan?.isVerified).toBe(true);
    for (const { against } of result.binding.slice(0, 1)) expect(against).not.toBeNull();
  });

  test.each(['cost', 'hosts'])(
    'that does not with fresh seeds is not said to serve with less %s',
    (minimise) => {
      const { result } = planned(solver, { tryCheaper: 0, counts, minimise }, odd(10));
      expect(countOf(result)).toBe(7);
      expect(result.searched.refuted).toBe(1);
      expect(result.binding[0]?.against).not.toBeNull();
    },
  );
});

describe('confidence', () => {
  /** Waits of 50 s on average with a spread such that three runs are sure at 80 % and not at 99 %. */
  const spread = (hosts: number, seed: number) => (hosts < 3 ? 600 : ([44, 50, 56][seed % 3] as number));
  const runs = { search: 3, most: 3, verify: 3 };

  test('decides what is sure enough, and the default is 95 %', () => {
    // The half width is t / sqrt(3) * 6 = 3.46 t: 6.5 s at 80 %, 14.9 s at 95 %, 34.4 s at 99 %; 10 s are left to the limit.
    expect(countOf(planned(solver, { replications: runs, confidence: '80%' }, spread).result)).toBe(3);
    expect(planned(solver, { replications: runs, confidence: '95%' }, spread).result.plan).toBeNull();
    expect(planned(solver, { replications: runs }, spread).result.plan).toBeNull();
    expect(planned(solver, { replications: runs, confidence: 0.99 }, spread).result.plan).toBeNull();
  });
});
