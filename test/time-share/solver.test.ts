import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadSolver } from '../../cli/load-solver.ts';
import { assign } from '../../sim/kernel/optimize/assignment.ts';
import type { LinearProgram, LinearRow } from '../../sim/kernel/optimize/linear-program.ts';

const solver = await loadSolver();

/** Programs of two variables in a box, with rows of small whole numbers: many ties, many of them degenerate or infeasible. */
const programs = fc.record({
  cost: fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 })),
  rows: fc.array(
    fc.record({
      a: fc.integer({ min: -3, max: 3 }),
      b: fc.integer({ min: -3, max: 3 }),
      upper: fc.integer({ min: -4, max: 12 }),
    }),
    { maxLength: 4 },
  ),
});

const programOf = ({
  cost,
  rows,
}: {
  readonly cost: readonly number[];
  readonly rows: readonly { readonly a: number; readonly b: number; readonly upper: number }[];
}): LinearProgram => ({
  cost,
  lower: [0, 0],
  upper: [5, 5],
  rows: rows.map(
    ({ a, b, upper }): LinearRow => ({
      lower: Number.NEGATIVE_INFINITY,
      upper,
      columns: [0, 1],
      coefficients: [a, b],
    }),
  ),
});

/** The least cost over all points where two of the lines meet: an optimum of a bounded program is one of these. */
function leastAtCorners({ cost, rows }: LinearProgram): number | undefined {
  const lines = [
    [1, 0, 0],
    [1, 0, 5],
    [0, 1, 0],
    [0, 1, 5],
    ...rows.map(({ coefficients, upper }) => [...coefficients, upper]),
  ] as [number, number, number][];
  const fits = (x: number, y: number) =>
    x >= -1e-9 &&
    y >= -1e-9 &&
    x <= 5 + 1e-9 &&
    y <= 5 + 1e-9 &&
    rows.every(({ coefficients: [a = 0, b = 0], upper }) => a * x + b * y <= upper + 1e-9);
  let least: number | undefined;
  for (const [a, b, c] of lines) {
    for (const [d, e, f] of lines) {
      const det = a * e - b * d;
      if (det === 0) continue;
      const x = (c * e - b * f) / det;
      const y = (a * f - c * d) / det;
      if (!fits(x, y)) continue;
      const value = (cost[0] as number) * x + (cost[1] as number) * y;
      least = least === undefined ? value : Math.min(least, value);
    }
  }
  return least;
}

test('The solver finds the best corner of small programs, and says when there is none', () => {
  fc.assert(
    fc.property(programs, (written) => {
      const program = programOf(written);
      const found = solver.solve(program);
      const least = leastAtCorners(program);
      if (least === undefined) {
        expect(found.status).toBe('infeasible');
        return;
      }
      if (found.status !== 'optimal') throw new Error(found.status);
      expect(found.objective).toBeCloseTo(least, 6);
      const [x = 0, y = 0] = found.values;
      expect((program.cost[0] as number) * x + (program.cost[1] as number) * y).toBeCloseTo(least, 6);
    }),
    { numRuns: 300 },
  );
});

test('Prices of rows say by how much the optimum grows when they do', () => {
  const program = (upper: number): LinearProgram => ({
    cost: [-3, -2],
    lower: [0, 0],
    upper: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    rows: [
      { lower: Number.NEGATIVE_INFINITY, upper, columns: [0, 1], coefficients: [2, 1] },
      { lower: Number.NEGATIVE_INFINITY, upper: 12, columns: [0, 1], coefficients: [1, 3] },
    ],
  });
  const at = (upper: number) => {
    const found = solver.solve(program(upper));
    if (found.status !== 'optimal') throw new Error(found.status);
    return found;
  };
  expect(at(10).rowDuals[0]).toBeCloseTo(at(11).objective - at(10).objective, 9);
});

test('The same program has the same answer whatever was solved before, and without bounds there is none', () => {
  const program = programOf({ cost: [-1, -1], rows: [{ a: 1, b: 1, upper: 4 }] });
  const first = solver.solve(program);
  for (const cost of [
    [-1, 1],
    [1, -1],
    [2, 3],
  ]) {
    solver.solve({ ...program, cost });
    expect(solver.solve(program)).toEqual(first);
  }
  const open = { cost: [-1], lower: [0], upper: [Number.POSITIVE_INFINITY], rows: [] };
  expect(solver.solve(open).status).toBe('unbounded');
});

/** All ways to give each row a column of its own. */
function leastOfAll(costs: readonly (readonly number[])[], row = 0, taken = new Set<number>()): number {
  if (row === costs.length) return 0;
  let least = Number.POSITIVE_INFINITY;
  (costs[row] as readonly number[]).forEach((cost, column) => {
    if (taken.has(column)) return;
    least = Math.min(least, cost + leastOfAll(costs, row + 1, new Set([...taken, column])));
  });
  return least;
}

test('An assignment gives each row a column of its own and is as cheap as the cheapest of all', () => {
  const tables = fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 2 }))
    .chain(([rows, more]) =>
      fc.array(fc.array(fc.nat(6), { minLength: rows + more, maxLength: rows + more }), {
        minLength: rows,
        maxLength: rows,
      }),
    );
  fc.assert(
    fc.property(tables, (costs) => {
      const columns = costs[0]?.length ?? 0;
      const columnOf = assign(costs.length, columns, (r, c) => costs[r]?.[c] as number);
      expect(new Set(columnOf).size).toBe(costs.length);
      const sum = costs.reduce((total, row, r) => total + (row[columnOf[r] as number] as number), 0);
      expect(sum).toBe(leastOfAll(costs));
    }),
    { numRuns: 300 },
  );
  expect(() => assign(2, 1, () => 0)).toThrow('there are 1');
});
