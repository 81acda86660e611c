import { join } from 'node:path';
import { csvRows } from '../sharing/files.ts';
import { startSec } from './overheads.ts';

/** A training job of the traces. */
export interface Job {
  readonly id: number;
  readonly gpus: number;
  readonly submitSec: number;
  readonly iterations: number;
  readonly iterationSec: number;
  /** What each start costs. */
  readonly startSec: number;
  /** What the trace says that it runs; the simulator does not look at it. */
  readonly durationSec: number;
}

/** The published simulator makes every iteration longer by this factor, for what the scheduler itself costs. */
export const ITERATION_FACTOR = 1.015;

/** Jobs of a trace by submission, those of one instant as in the file. */
export function readJobs(file: string, iterationFactor: number): Job[] {
  const jobs = csvRows(file).map((row): Job => {
    const gpus = Number(row.num_gpu);
    return {
      id: Number(row.job_id),
      gpus,
      submitSec: Number(row.submit_time) / 1000,
      iterations: Number(row.iterations),
      // In this order, for the same bits as the published program.
      iterationSec: (Number(row.iteration_time) * iterationFactor) / 1000,
      startSec: startSec(row.model_name as string, gpus),
      durationSec: Number(row.duration) / 1000,
    };
  });
  return jobs.sort((a, b) => a.submitSec - b.submitSec);
}

/** Seconds that each job of a testbed run has actually run, by job. */
export function readMeasuredSec(folder: string, policy: string): ReadonlyMap<number, number> {
  return new Map(
    csvRows(join(folder, `result_${policy}_job.csv`)).map((row) => [
      Number(row.job_id),
      Number(row.real_executed_time),
    ]),
  );
}
