import { beforeAll, expect, test } from 'vitest';
import { loadSolver } from '../../cli/load-solver.ts';
import type { IntegerSolver, Scenario } from '../../sim/index.ts';
import { PRICE, planned } from './made-up-runs.ts';

let solver: IntegerSolver;
beforeAll(async () => {
  solver = await loadSolver();
});

const isHalf = ({ workload: { synthetic } }: Scenario) => {
  const arrivals = synthetic?.arrivals;
  return arrivals?.process === 'poisson' && arrivals.ratePerSecond * 3600 < 0.75;
};

test('regret is from the cheapest plan that serves a demand, whichever demand it was found for', () => {
  const demands = [{ name: 'all' }, { name: 'half', factor: 0.5 }];
  // Two serve half of the demand; of all of it they serve too, against the assumption, and three to five do not.
  const { result } = planned(solver, { demands, tryCheaper: 0 }, (hosts, _seed, scenario) =>
    (isHalf(scenario) ? hosts >= 2 : hosts >= 6 || hosts === 2) ? 10 : 100,
  );
  expect(result.plan?.counts[0]?.count).toBe(6);
  const { regret } = result;
  expect(regret?.demands.map(({ amount }) => amount)).toEqual([2 * PRICE, 2 * PRICE]);
  expect(
    regret?.plans.map(({ counts, under }) => [counts[0]?.count, ...under.map((each) => each.regret)]),
  ).toEqual([
    [2, 0, 0],
    [6, 4 * PRICE, 4 * PRICE],
  ]);
});
