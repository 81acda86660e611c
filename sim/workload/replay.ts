import type { Claim } from '../cluster/claim.ts';
import type { TaskRequest } from '../cluster/request.ts';
import { durationUsOf, type Task, type TaskSource, type WorkProfile } from './task.ts';

/** One recorded task with its times, in seconds of the trace's own clock. */
export interface RecordedTask extends TaskRequest {
  readonly name: string;
  readonly arrivalSec: number;
  /** Undefined when the record does not say: the task never leaves. */
  readonly durationSec: number | undefined;
  /** What it does on GPUs shared by a mode; absent where there are none. */
  readonly profile?: WorkProfile | undefined;
  /** What each worker asks for, where there are several. */
  readonly workers?: readonly TaskRequest[] | undefined;
  readonly claim?: Claim | undefined;
  /** When it should have ended, by the trace's own clock; absent: the record does not say. */
  readonly deadlineSec?: number | undefined;
  /** What the scheduler is told of its run time; absent: nothing. */
  readonly estimateSec?: number | undefined;
}

/** Replays recorded tasks in order of arrival; those of one instant in recorded order. */
export class ReplaySource implements TaskSource {
  readonly #tasks: readonly RecordedTask[];
  readonly #originSec: number;
  #next = 0;

  /**
   * @param tasks in any order; not changed
   * @param originSec the trace's time at which the run starts; default: that of the first arrival
   * @throws {RangeError} if a time is not a number, or a task arrives before the origin
   */
  constructor(tasks: readonly RecordedTask[], originSec?: number) {
    for (const task of tasks) checkTimes(task);
    this.#tasks = tasks.toSorted((a, b) => a.arrivalSec - b.arrivalSec);
    const first = this.#tasks[0];
    this.#originSec = originSec ?? first?.arrivalSec ?? 0;
    if (first !== undefined && first.arrivalSec < this.#originSec) {
      throw new RangeError(
        `Cannot replay task "${first.name}": it arrives at ${first.arrivalSec} s, before the start at ${originSec} s`,
      );
    }
  }

  nextTask(): Task | undefined {
    const task = this.#tasks[this.#next];
    if (task === undefined) return undefined;
    this.#next += 1;
    return {
      name: task.name,
      request: task,
      arrivalUs: durationUsOf(task.arrivalSec - this.#originSec),
      durationUs: task.durationSec === undefined ? Infinity : durationUsOf(task.durationSec),
      deadlineUs:
        task.deadlineSec === undefined ? undefined : durationUsOf(task.deadlineSec - this.#originSec),
      profile: task.profile,
      workers: task.workers,
      claim: task.claim,
      estimateUs: task.estimateSec === undefined ? undefined : durationUsOf(task.estimateSec),
    };
  }
}

function checkTimes({ name, arrivalSec, durationSec }: RecordedTask): void {
  if (!Number.isFinite(arrivalSec)) {
    throw new RangeError(`Cannot replay task "${name}": arrivalSec must be a number, got ${arrivalSec}`);
  }
  if (durationSec !== undefined && !(durationSec >= 0)) {
    throw new RangeError(
      `Cannot replay task "${name}": durationSec must be >= 0 or absent, got ${durationSec}`,
    );
  }
}
