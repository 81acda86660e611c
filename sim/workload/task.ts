import type { TaskRequest } from '../cluster/request.ts';

/** One task of a workload: what it asks of a host, when it arrives and how long it runs. */
export interface Task {
  readonly name: string;
  /** Tasks of one class, or of equal trace rows, may share the object. */
  readonly request: TaskRequest;
  /** Whole microseconds since the start of the run. */
  readonly arrivalUs: number;
  /** Run time once placed, in whole microseconds. Infinity: it never leaves. */
  readonly durationUs: number;
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
