import type { ImportReport } from './import-report.ts';

/** One job of a recorded workload, whatever the format. Times are seconds of the trace's own clock. */
export interface JobRow {
  readonly name: string;
  /** Thousandths of a CPU core, all workers together; 0 where the format does not say. */
  readonly cpuMilli: number;
  /** Host memory in MiB, all workers together; 0 where the format does not say. */
  readonly memoryMib: number;
  /** GPUs in all, which may be more than one host has; 0 = none. */
  readonly gpuCount: number;
  /** Thousandths of each GPU, 1 to 1000; 0 where `gpuCount` is 0. */
  readonly gpuMilli: number;
  /** GPU models that will do; empty = any. */
  readonly models: readonly string[];
  /** Equal workers that the job is split into, each on one host; 0 = the format does not say. */
  readonly workers: number;
  readonly submitSec: number;
  /** Run time on the GPUs it got; undefined where it never ran or has not ended. */
  readonly durationSec: number | undefined;
  /** Run time that was asked for, or estimated; undefined where there is none. */
  readonly estimateSec: number | undefined;
  /** Who pays: user; empty where the format does not say. */
  readonly user: string;
  /** Queue, partition, account or virtual cluster; empty where the format does not say. */
  readonly queue: string;
  /** Higher is more urgent; undefined where the format does not say. */
  readonly priority: number | undefined;
  /** Kind of work, such as the model that is trained; empty where the format does not say. */
  readonly kind: string;
  /** Finish time asked for, on the trace's clock; undefined where there is none. */
  readonly deadlineSec: number | undefined;
  /**
   * Speed by the trace's own names of GPU models, relative to the model that `durationSec` holds on; 0: it does not run
   * there. Absent where the format does not say.
   */
  readonly speedByModel?: Readonly<Record<string, number>>;
}

/** The jobs of a file, and what reading it found. */
export interface ImportedJobs {
  /** In file order; empty when the report says that the file was refused. */
  readonly jobs: readonly JobRow[];
  readonly report: ImportReport;
}

/** Most GPUs that one job may ask for: above any recorded, and small enough that sums stay exact. */
export const MAX_JOB_GPUS = 100_000;

/** A job that asks for whole GPUs of any model, and of which the format says nothing else. */
export function jobOfGpus(name: string, gpuCount: number): Omit<JobRow, 'submitSec' | 'durationSec'> {
  return {
    name,
    cpuMilli: 0,
    memoryMib: 0,
    gpuCount,
    gpuMilli: gpuCount === 0 ? 0 : 1000,
    models: [],
    workers: 0,
    estimateSec: undefined,
    user: '',
    queue: '',
    priority: undefined,
    kind: '',
    deadlineSec: undefined,
  };
}
