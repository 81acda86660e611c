import type { LinearSolver } from '../../kernel/optimize/linear-program.ts';
import { kindsOf } from './kinds.ts';
import { GAVEL, type TimeSharePolicy } from './policy.ts';
import { ShareProgram } from './share-program.ts';

/**
 * Least time until all present jobs are done, if nobody else came. Gavel searches for that time by bisection; its inverse
 * is what one linear program maximises: the part of its remaining work that each job does per unit of time.
 */
export const makespan: TimeSharePolicy = {
  name: 'makespan',
  summary: 'all present jobs are done as soon as can be',
  source: `${GAVEL}, section 4.2`,
  create: ({ solver }) => ({
    divide: (problem) => {
      const { jobs } = problem;
      const longest = jobs.reduce((most, { leftUs }) => Math.max(most, leftUs), 1);
      const shares = new ShareProgram(
        kindsOf(jobs, ({ leftUs }) => leftUs),
        problem,
      );
      if (shares.isEmpty) return shares.sharesOf([], jobs.length);
      const pace = shares.program.variable(-1);
      shares.kinds.forEach(({ speeds, leftUs }, k) => {
        shares.atLeast(k, (m) => speeds[m] as number, 0, { variable: pace, factor: leftUs / longest });
      });
      const solution = shares.solve(solver as LinearSolver);
      if (solution.status !== 'optimal') throw new Error(`Cannot divide GPU time: ${solution.status}`);
      return shares.sharesOf(solution.values, jobs.length);
    },
  }),
};
