import { setImmediate } from 'node:timers/promises';
import type { SweepExecutor } from './executor.ts';
import { runOne } from './run-one.ts';

/** Runs one after the other in this thread: no copies between threads, and every stack in one place. */
export const inProcess: SweepExecutor = {
  name: 'in-process',
  async *run(runs, context) {
    for (const run of runs) {
      // Signals and timers are heard between runs.
      await setImmediate();
      if (context.signal.aborted) return;
      yield await runOne(run, context);
    }
  },
};
