import { atATime } from './at-a-time.ts';
import type { SweepExecutor } from './executor.ts';
import { runThreads } from './run-threads.ts';

/** Runs that wait in the pool, so that no thread waits for this one while it writes. */
const AHEAD = 1;

/** Runs on threads of this process. */
export function threads(workers: number): SweepExecutor {
  return {
    name: 'threads',
    async *run(runs, context) {
      const pool = runThreads(workers);
      try {
        yield* atATime(runs, workers + AHEAD, (run) => pool.runOne(run, context), context.signal);
      } finally {
        await pool.close();
      }
    },
  };
}
