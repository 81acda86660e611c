import type { Claim } from '../cluster/claim.ts';
import type { Layout } from '../cluster/layout.ts';
import type { TaskRequest } from '../cluster/request.ts';
import type { GpuModel } from '../hardware/index.ts';
import type { GpuUse } from '../sharing/index.ts';

/** What a task does with shared GPUs. Tasks of one class share the object. */
export interface WorkProfile {
  /** On the reference GPU. */
  readonly use: GpuUse;
  /** GPU on which work and use were measured; null = whichever it runs on. */
  readonly reference: GpuModel | null;
  /** Measured speed by model name of the fleet, relative to the reference; models that are not named: from the catalogue. */
  readonly speedByModel: Readonly<Record<string, number>>;
  /** Part of the time in which its GPUs exchange data when NVLink joins them, [0, 1). */
  readonly communication: number;
  /** Name of the path by which it starts and stops; null = at once. */
  readonly lifecycle: string | null;
}

/** What a task is where it is not a batch of work: one user's session, or one replica of a service. */
export type TaskRole =
  | { readonly kind: 'session'; readonly group: number; readonly user: number }
  | { readonly kind: 'replica'; readonly service: number; readonly replica: number };

/** One task of a workload: what it asks of a host, when it arrives and how long it runs. */
export interface Task {
  readonly name: string;
  /** Tasks of one class, or of equal trace rows, may share the object. */
  readonly request: TaskRequest;
  /** What each worker of a gang asks for, `request` of the first among them; absent: there is one. */
  readonly workers?: readonly TaskRequest[] | undefined;
  /** Which places the workers may have beside each other and beside other jobs; absent: any. */
  readonly layout?: Layout | undefined;
  /** Absent: nothing is known of who asks. */
  readonly claim?: Claim | undefined;
  /** What the scheduler takes its run time to be, in whole microseconds; absent: what it is. */
  readonly estimateUs?: number | undefined;
  /** Whole microseconds since the start of the run. */
  readonly arrivalUs: number;
  /**
   * Run time once placed, in whole microseconds; on GPUs shared by a mode, its work: the run time alone on whole
   * reference GPUs. Infinity: it never leaves.
   */
  readonly durationUs: number;
  /** When it should have ended, in whole microseconds since the start of the run; absent: nobody said. */
  readonly deadlineUs?: number | undefined;
  /** Absent for tasks that use no shared GPU. */
  readonly profile?: WorkProfile | undefined;
  /** Absent for a batch of work. */
  readonly role?: TaskRole | undefined;
}

/** Hands out tasks in order of arrival, one at a time, so that a workload of any length needs no more memory. */
export interface TaskSource {
  /** The next task, or nothing when there are no more. */
  nextTask(): Task | undefined;
}

/** The end of the simulated clock: 9e9 s in whole microseconds, still exact in a double. */
export const MAX_TIME_US = 9e15;

/** Rounds a drawn or recorded length of time to whole microseconds; below 0 counts as 0, beyond the clock as its end. */
export function durationUsOf(seconds: number): number {
  return Math.round(Math.min(Math.max(seconds, 0) * 1e6, MAX_TIME_US));
}
