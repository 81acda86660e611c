import type { LinearSolver } from '../../kernel/optimize/linear-program.ts';
import { fairWorth } from './fair-worth.ts';
import { kindsOf } from './kinds.ts';
import { GAVEL, type ShareProblem, type TimeSharePolicy } from './policy.ts';
import { ShareProgram } from './share-program.ts';

/** A price below this is what a solver leaves of 0. */
const LEAST_PRICE = 1e-7;
/** Part of a level that those above it may fall short of it by, so that rounding does not make the next program infeasible. */
const SLACK = 1e-9;

/**
 * Max-min fairness to the end: when the job that gets the least can get no more, the others are raised as far as they go
 * without taking from it, and so on. Those that can get no more are the ones whose level has a price (a dual value above
 * 0): such a row is tight in every optimum.
 */
export const waterFilling: TimeSharePolicy = {
  name: 'water-filling',
  summary: 'max-min, and then the others as much as can be, the least first, until nobody can get more',
  source: `${GAVEL}, section 4.3`,
  create: ({ solver }) => ({ divide: (problem) => fill(problem, solver as LinearSolver) }),
};

function fill(problem: ShareProblem, solver: LinearSolver): Float64Array {
  const { jobs, gpusOfModel } = problem;
  const kinds = kindsOf(jobs);
  const worths = kinds.map((kind) => fairWorth(kind, gpusOfModel));
  /** By kind: what its jobs are to get; undefined while that may grow. */
  const levels: (number | undefined)[] = kinds.map(() => undefined);
  for (;;) {
    const shares = new ShareProgram(kinds, problem);
    if (shares.isEmpty) return shares.sharesOf([], jobs.length);
    const isOver = kinds.every(
      (_, k) => worths[k] === undefined || levels[k] !== undefined || !shares.runs(k),
    );
    const least = shares.program.variable(isOver ? 0 : -1);
    const rows = kinds.map((_, k) => {
      const worth = worths[k];
      if (worth === undefined) return -1;
      const level = levels[k];
      return level === undefined
        ? shares.atLeast(k, (m) => worth[m] as number, 0, { variable: least, factor: 1 })
        : shares.atLeast(k, (m) => worth[m] as number, level * (1 - SLACK));
    });
    const solution = shares.solve(solver);
    if (solution.status !== 'optimal') throw new Error(`Cannot divide GPU time: ${solution.status}`);
    const isOpen = (k: number) => levels[k] === undefined && (rows[k] as number) >= 0;
    const level = solution.values[least] as number;
    let dearest = -1;
    let highest = 0;
    let open = 0;
    kinds.forEach((_, k) => {
      if (!isOpen(k)) return;
      open += 1;
      const price = Math.abs(solution.rowDuals[rows[k] as number] as number);
      if (price > highest) {
        highest = price;
        dearest = k;
      }
    });
    if (open === 0) return shares.sharesOf(solution.values, jobs.length);
    kinds.forEach((_, k) => {
      if (!isOpen(k)) return;
      const price = Math.abs(solution.rowDuals[rows[k] as number] as number);
      if (k === dearest || price > LEAST_PRICE) levels[k] = level;
    });
    if (dearest < 0) throw new Error('Cannot divide GPU time: no job has reached its level');
  }
}
