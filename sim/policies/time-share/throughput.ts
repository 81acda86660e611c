import type { LinearSolver } from '../../kernel/optimize/linear-program.ts';
import { kindsOf } from './kinds.ts';
import { GAVEL, type TimeSharePolicy } from './policy.ts';
import { ShareProgram } from './share-program.ts';

/**
 * Most work done by all jobs together, or by what a model costs. A job counts by its weight and its GPUs, as speeds are
 * relative to its own reference; Gavel adds up steps, of whatever size. Nobody is sure to get anything.
 */
export const throughput: TimeSharePolicy = {
  name: 'throughput',
  summary: 'most work of all jobs together, over the price of the GPUs where prices are stated',
  source: `${GAVEL}, section 4.2 and appendix A`,
  create: ({ solver, costs }) => ({
    divide: (problem) => {
      const shares = new ShareProgram(
        kindsOf(problem.jobs),
        problem,
        ({ speeds, gpus, weight }, m) => ((speeds[m] as number) * gpus * weight) / (costs[m] as number),
      );
      const solution = shares.solve(solver as LinearSolver);
      if (solution.status !== 'optimal') throw new Error(`Cannot divide GPU time: ${solution.status}`);
      return shares.sharesOf(solution.values, problem.jobs.length);
    },
  }),
};
