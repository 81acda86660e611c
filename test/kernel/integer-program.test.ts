import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadSolver } from '../../cli/load-solver.ts';
import { LinearProgramBuilder } from '../../sim/kernel/optimize/linear-program.ts';

const solver = await loadSolver();

/** A knapsack with several limits: worth, and what each takes of each limit. */
const knapsacks = fc.record({
  worth: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
  takes: fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 6, maxLength: 6 }), {
    minLength: 1,
    maxLength: 3,
  }),
  limits: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 3, maxLength: 3 }),
});

type Knapsack = typeof knapsacks extends fc.Arbitrary<infer T> ? T : never;
const MOST_OF_EACH = 3;

function bruteForce({ worth, takes, limits }: Knapsack, from = 0, used = limits.map(() => 0)): number {
  if (from === worth.length) return 0;
  let best = 0;
  for (let n = 0; n <= MOST_OF_EACH; n++) {
    const then = used.map((sum, k) => sum + n * (takes[k]?.[from] ?? 0));
    if (takes.some((_, k) => (then[k] as number) > (limits[k] as number))) break;
    best = Math.max(best, n * (worth[from] as number) + bruteForce({ worth, takes, limits }, from + 1, then));
  }
  return best;
}

function programOf({ worth, takes, limits }: Knapsack): LinearProgramBuilder {
  const program = new LinearProgramBuilder();
  const variables = worth.map((each) => program.whole(-each, 0, MOST_OF_EACH));
  takes.forEach((row, k) => {
    program.row(
      Number.NEGATIVE_INFINITY,
      limits[k] as number,
      variables,
      variables.map((_, i) => row[i] ?? 0),
    );
  });
  return program;
}

test('the optimum of an integer program is that of trying all, in whole numbers, and its bound says so', () => {
  fc.assert(
    fc.property(knapsacks, (knapsack) => {
      const solution = solver.solveWhole(programOf(knapsack), 10_000);
      if (solution.status !== 'optimal' || solution.best === undefined) throw new Error(solution.status);
      const expected = bruteForce(knapsack);
      expect(-solution.best.objective).toBeCloseTo(expected, 6);
      expect(-solution.bound).toBeCloseTo(expected, 5);
      for (const value of solution.best.values) expect(value).toBeCloseTo(Math.round(value), 6);
    }),
    { numRuns: 150 },
  );
});

test('what cannot be is said', () => {
  const program = new LinearProgramBuilder();
  const x = program.whole(1, 0, 1);
  program.row(0.4, 0.6, [x], [1]);
  expect(solver.solveWhole(program, 100)).toEqual({ status: 'infeasible' });
  const endless = new LinearProgramBuilder();
  endless.whole(-1);
  expect(solver.solveWhole(endless, 100)).toEqual({ status: 'unbounded' });
});

test('a search that is stopped bounds what it did not find', () => {
  // Market split: hard for branch and bound.
  const program = new LinearProgramBuilder();
  const n = 30;
  const take = (i: number, k: number) => (((i + 1) * 7919 * (k + 3)) % 97) + 1;
  const variables = Array.from({ length: n }, () => program.whole(0, 0, 1));
  for (let k = 0; k < 4; k++) {
    const row = variables.map((_, i) => take(i, k));
    const half = Math.floor(row.reduce((a, b) => a + b, 0) / 2);
    const over = program.variable(1);
    const under = program.variable(1);
    program.row(half, half, [...variables, over, under], [...row, -1, 1]);
  }
  const stopped = solver.solveWhole(program, 1);
  if (stopped.status !== 'optimal' && stopped.status !== 'limit') throw new Error(stopped.status);
  const later = solver.solveWhole(program, 200);
  if (later.status !== 'optimal' && later.status !== 'limit') throw new Error(later.status);
  expect(stopped.bound).toBeLessThanOrEqual(later.bound + 1e-6);
  if (later.best !== undefined) expect(later.bound).toBeLessThanOrEqual(later.best.objective + 1e-6);
  expect(solver.solveWhole(program, 1)).toEqual(stopped);
});

test('linear programs have the same answers before and after an integer program', () => {
  const program = programOf({ worth: [3, 5], takes: [[2, 4, 0, 0, 0, 0]], limits: [5, 0, 0] });
  const before = solver.solve(program);
  solver.solveWhole(program, 10);
  expect(solver.solve(program)).toEqual(before);
});
