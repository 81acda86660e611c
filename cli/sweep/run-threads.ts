import { Piscina } from 'piscina';
import { OtherTraces } from '../executors/kept-traces.ts';
import { workerFile } from '../executors/worker-file.ts';
import type { RunOne } from './executor.ts';
import { errorLine, type runSweepRun, type ThreadAnswer } from './run-one.ts';

/** Threads that do one run each at a time. The thread they belong to stays free to tell the server that runs go on. */
export interface RunThreads {
  readonly runOne: RunOne;
  /** Ends what still runs. */
  close(): Promise<void>;
}

/** @param most runs at a time; threads start with the runs, since there may be no server to take any from */
export function runThreads(most: number): RunThreads {
  let pool: Piscina<Parameters<typeof runSweepRun>[0], ThreadAnswer> | undefined;
  return {
    async runOne(run, context) {
      pool ??= new Piscina({
        filename: workerFile(),
        name: 'runSweepRun',
        minThreads: 1,
        maxThreads: most,
        // A thread has read the traces: the next run should find it there.
        idleTimeout: Number.POSITIVE_INFINITY,
      });
      const began = performance.now();
      let answer: ThreadAnswer;
      try {
        answer = await pool.run({ run, context: { folder: context.folder } });
      } catch (error) {
        const elapsedMs = Math.round(performance.now() - began);
        return { id: run.id, index: run.index, status: 'failed', error: errorLine(error), elapsedMs };
      }
      if ('file' in answer) throw new OtherTraces(answer.file, answer.message);
      return answer;
    },
    async close() {
      await pool?.destroy();
    },
  };
}
