import type { LinearSolver } from '../../kernel/optimize/linear-program.ts';
import { fairWorth } from './fair-worth.ts';
import { kindsOf } from './kinds.ts';
import { GAVEL, type TimeSharePolicy } from './policy.ts';
import { ShareProgram } from './share-program.ts';

/** Max-min fairness over effective throughput: least attained service that knows of GPU models. */
export const maxMin: TimeSharePolicy = {
  name: 'max-min',
  summary:
    'the job that gets the least, by its speed on each model as against that on the mean GPU, gets as much as can be',
  source: `${GAVEL}, section 4.1`,
  create: ({ solver }) => ({
    divide: (problem) => {
      const { jobs, gpusOfModel } = problem;
      const shares = new ShareProgram(kindsOf(jobs), problem);
      if (shares.isEmpty) return shares.sharesOf([], jobs.length);
      const least = shares.program.variable(-1);
      shares.kinds.forEach((kind, k) => {
        const worth = fairWorth(kind, gpusOfModel);
        if (worth !== undefined) {
          shares.atLeast(k, (m) => worth[m] as number, 0, { variable: least, factor: 1 });
        }
      });
      const solution = shares.solve(solver as LinearSolver);
      if (solution.status !== 'optimal') throw new Error(`Cannot divide GPU time: ${solution.status}`);
      return shares.sharesOf(solution.values, jobs.length);
    },
  }),
};
