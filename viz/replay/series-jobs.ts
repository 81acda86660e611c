import type { ReplayEvent, ReplayJob, ReplayState } from '../../sim/observe/replay/index.ts';
import type { SeriesBook } from './series-book.ts';

const FULL_MILLI = 1000;

/** Jobs that wait. */
export class WaitingBook implements SeriesBook {
  readonly unit = 'jobs';
  readonly whole = 1;
  #state: ReplayState | undefined;

  get value(): number {
    return this.#state?.waiting ?? 0;
  }

  begin(state: ReplayState): void {
    this.#state = state;
  }
}

/** Jobs that run or start. */
export class RunningBook implements SeriesBook {
  readonly unit = 'jobs';
  readonly whole = 1;
  #state: ReplayState | undefined;

  get value(): number {
    if (this.#state === undefined) return 0;
    const { placed, preempted, finished, failed } = this.#state.happened;
    return placed - preempted - finished - failed;
  }

  begin(state: ReplayState): void {
    this.#state = state;
  }
}

/** GPUs that waiting jobs ask for. */
export class WaitingGpusBook implements SeriesBook {
  readonly unit = 'GPU';
  readonly whole = 1;
  #state: ReplayState | undefined;
  #milli = 0;
  /** By slot of the job: what it asks for while it waits, thousandths. */
  readonly #bySlot: number[] = [];

  get value(): number {
    return this.#milli / FULL_MILLI;
  }

  begin(state: ReplayState): void {
    this.#state = state;
    this.#milli = 0;
    this.#bySlot.length = 0;
    for (const job of state.jobs) if (job !== undefined) this.#look(job);
  }

  follow({ job }: ReplayEvent): void {
    if (job !== undefined) this.#look(job);
  }

  #look(job: ReplayJob): void {
    const isWaiting = job.phase === 'waiting' && this.#state?.jobs[job.slot] === job;
    const milli = isWaiting ? askedMilli(job) : 0;
    this.#milli += milli - (this.#bySlot[job.slot] ?? 0);
    this.#bySlot[job.slot] = milli;
  }
}

function askedMilli({ kind }: ReplayJob): number {
  let milli = 0;
  for (const { gpuCount, gpuMilli } of kind.requests) milli += gpuCount * gpuMilli;
  return milli;
}
