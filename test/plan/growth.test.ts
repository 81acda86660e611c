import { beforeAll, describe, expect, test } from 'vitest';
import { loadSolver } from '../../cli/load-solver.ts';
import { whyNotScaled } from '../../sim/experiment/plan/demand.ts';
import type { IntegerSolver, Scenario } from '../../sim/index.ts';
import { planned } from './made-up-runs.ts';

let solver: IntegerSolver;
beforeAll(async () => {
  solver = await loadSolver();
});

/** Multiple of the one job an hour of the question. */
function demandOf({ workload: { synthetic } }: Scenario): number {
  const arrivals = synthetic?.arrivals;
  if (arrivals?.process !== 'poisson') throw new RangeError('There are no arrivals');
  return arrivals.ratePerSecond * 3600;
}

/** Served by so many hosts: 2 today, and so many more for each further multiple. */
const served = (perMultiple: number) => (hosts: number, _seed: number, scenario: Scenario) =>
  hosts >= 2 + Math.ceil((demandOf(scenario) - 1) * perMultiple - 1e-9) ? 1 : 600;

function growth(asked: object, perMultiple: number, most: number) {
  const { result } = planned(solver, { growth: asked, tryCheaper: 0 }, served(perMultiple), most);
  return (result.growth?.steps ?? []).map(({ plan, bought, servesUpTo, failsAt }) => ({
    hosts: plan.counts[0]?.count,
    more: bought?.more,
    servesUpTo,
    failsAt,
  }));
}

describe('growth', () => {
  test('one host after the other, where one is enough for the next step of demand', () => {
    // Of 32 steps to twice the demand each 4 need one host.
    expect(growth({ upTo: 2 }, 8, 10)).toEqual([
      { hosts: 2, servesUpTo: 1, failsAt: 1 + 1 / 32 },
      { hosts: 3, more: 1, servesUpTo: 1 + 4 / 32, failsAt: 1 + 5 / 32 },
      { hosts: 4, more: 1, servesUpTo: 1 + 8 / 32, failsAt: 1 + 9 / 32 },
    ]);
  });

  test('several at once, where one is not: the fewest', () => {
    // Each of 32 steps needs 2.5 hosts more.
    expect(growth({ upTo: 2, purchases: 3 }, 80, 40)).toEqual([
      { hosts: 2, servesUpTo: 1, failsAt: 1 + 1 / 32 },
      { hosts: 5, more: 3, servesUpTo: 1 + 1 / 32, failsAt: 1 + 2 / 32 },
      { hosts: 7, more: 2, servesUpTo: 1 + 2 / 32, failsAt: 1 + 3 / 32 },
      { hosts: 10, more: 3, servesUpTo: 1 + 3 / 32, failsAt: 1 + 4 / 32 },
    ]);
  });

  test('ends where the count does, and looks no further than is asked', () => {
    expect(growth({ upTo: 2, purchases: 9 }, 80, 6).map(({ hosts }) => hosts)).toEqual([2, 5]);
    expect(growth({ upTo: 2, purchases: 0 }, 8, 10)).toHaveLength(1);
    expect(growth({ upTo: 1.5, purchases: 9 }, 8, 10).at(-1)).toMatchObject({ hosts: 6, failsAt: null });
  });
});

test('demand of recorded tasks is not scaled, in any format: their times are read before the search', () => {
  for (const format of ['openb', 'muri'])
    expect(whyNotScaled({ workload: { trace: { format, arrivalScale: 1 } } } as never)).toContain(
      'from a trace',
    );
  expect(whyNotScaled({ workload: { trace: null } } as never)).toBeUndefined();
});
