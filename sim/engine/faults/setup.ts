import type { FailureLaw, FaultUnit, MaintenanceWindow } from '../../faults/index.ts';
import type { Distribution, UniformSource } from '../../kernel/distributions/distribution.ts';
import type { EventId } from '../../kernel/event-queue.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Micros } from '../../kernel/time.ts';
import type { EVENT_RANK } from '../event-rank.ts';
import type { JobLife } from '../job-life.ts';
import type { LiveJob } from '../live-job.ts';
import type { RunContext } from '../run-context.ts';

/** What breaks down in a run, and what becomes of the jobs. */
export interface FaultSetup {
  readonly units: readonly {
    readonly unit: FaultUnit;
    readonly law: FailureLaw;
    /** Whether one of the crews has to mend it; else it mends itself. */
    readonly needsCrew: boolean;
  }[];
  /** Repair crews; Infinity: there is always one free. */
  readonly crews: number;
  /** Faults of the jobs' own processes, in seconds of run time; null: none. */
  readonly process: {
    readonly between: Distribution;
    /** A stream of the job's own. */
    streamOf(job: number): UniformSource;
  } | null;
  /** Time for which starts go on when all licence servers are down, in whole microseconds. */
  readonly graceUs: number;
  readonly windows: readonly MaintenanceWindow[];
  readonly spares: readonly {
    readonly hosts: readonly number[];
    readonly standby: number;
    readonly switchOverUs: number;
  }[];
  /** What becomes of batch jobs and sessions that a fault ends; replicas always start again. */
  readonly jobs: 'restart' | 'fail';
  /** How often a job starts again before it fails for good. */
  readonly retries: number;
  /** Told what happens; it changes nothing. */
  readonly listener?: FaultListener | undefined;
}

/** What becomes of a job that a fault or a window meets. */
type JobFate = 'restarted' | 'failed' | 'moved' | 'saved';

export interface FaultListener {
  /** GPUs in service that work, from now on; told once at the start. */
  capacity(atUs: Micros, gpusUp: number): void;
  unitFailed(atUs: Micros, kind: string): void;
  repairBegan(kind: string, waitedUs: number): void;
  unitWorks(atUs: Micros, kind: string, downUs: number): void;
  /** `lostGpuUs`: work that is lost, times the GPUs of the job. */
  jobMet(cause: string, fate: JobFate, lostGpuUs: number): void;
  spareJoined(): void;
}

/** What faults may do with the run. */
export interface FaultyRun {
  readonly context: RunContext;
  readonly simulation: Simulation;
  /** By slot. */
  readonly live: readonly (LiveJob | undefined)[];
  readonly life: JobLife;
  /** Moves a running job elsewhere; undefined where it stays. */
  move(live: LiveJob, path: string | null): number | undefined;
  /** What licences do without their servers; absent: see `FaultSetup.graceUs`. */
  readonly licences?: { serversDown(): void; serversUp(): void } | undefined;
  startWaitingJobs(): void;
}

/** Schedules an event of a kind; what would be after the end of the run is not. */
export type Schedule = (atUs: number, kind: keyof typeof EVENT_RANK, payload: number) => EventId | undefined;
