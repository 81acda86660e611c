import { expect, test } from 'vitest';
import { loadSolver } from '../../cli/load-solver.ts';
import { planned } from './made-up-runs.ts';

test('plans are weighed by the same runs, also where one of them needed more to be judged', async () => {
  const solver = await loadSolver();
  // Three hosts wait for 1 and 51 s in the first two runs, which leaves 60 s open, and for 20 s in each that follows.
  const { result } = planned(
    solver,
    { replications: { search: 2, most: 12, verify: 2 }, weigh: ['wait.p95'] },
    (hosts, seed) => (hosts < 3 ? 600 : hosts > 3 ? 2 * hosts : seed > 2 ? 20 : seed === 1 ? 1 : 51),
  );
  expect(result.plan?.counts[0]?.count).toBe(3);
  const { runs, plans } = result.pareto as NonNullable<typeof result.pareto>;
  expect(runs).toBe(2);
  const waits = plans.map(({ counts, values }) => [counts[0]?.count, values[1]]);
  expect(waits).toContainEqual([3, (1 + 51) / 2]);
  expect(waits).toContainEqual([4, 8]);
});
