import type { EventId } from '../../kernel/event-queue.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Micros } from '../../kernel/time.ts';
import { MAX_TIME_US } from '../../workload/task.ts';
import { EVENT_RANK } from '../event-rank.ts';
import type { JobLife } from '../job-life.ts';
import type { LiveJob } from '../live-job.ts';
import type { RunContext } from '../run-context.ts';

export const NEVER = Number.POSITIVE_INFINITY;

/** What elasticity may do with the run. */
export interface ElasticRun {
  readonly context: RunContext;
  readonly simulation: Simulation;
  /** By slot. */
  readonly live: readonly (LiveJob | undefined)[];
  readonly life: JobLife;
  /** By pool number: its hosts. */
  readonly hostsOfPool: readonly (readonly number[])[];
  /** Moves a running job elsewhere; undefined where it stays. */
  move(live: LiveJob, path: string | null): number | undefined;
  /** Lets a waiting job wait in another pool. */
  transfer(live: LiveJob, pool: number): void;
  /** Why a pool can never take a job, or `none`. */
  neverReason(live: LiveJob, pool: number): string;
  startWaitingJobs(): void;
  /** What an empty fleet could take is another thing from now on. */
  capacityChanged(): void;
}

/** Schedules nothing after the end of the clock. */
export function scheduleIn(
  { simulation }: ElasticRun,
  atUs: number,
  kind: keyof typeof EVENT_RANK,
  payload: number,
): EventId | undefined {
  return atUs <= MAX_TIME_US ? simulation.schedule(atUs as Micros, EVENT_RANK[kind], payload) : undefined;
}

/** When the groups and rules decide next: at one time, the earliest that anybody asked for. */
export class ReviewClock {
  readonly #run: ElasticRun;
  #event: EventId | undefined;
  #atUs = NEVER;

  constructor(run: ElasticRun) {
    this.#run = run;
  }

  /** Something has changed: decisions are looked at at the end of this instant. */
  look(): void {
    this.lookAt(this.#run.simulation.nowUs);
  }

  lookAt(atUs: number): void {
    if (this.#atUs <= atUs || !(atUs <= MAX_TIME_US)) return;
    if (this.#event !== undefined) this.#run.simulation.cancel(this.#event);
    this.#atUs = atUs;
    this.#event = scheduleIn(this.#run, atUs, 'scale-review', 0);
  }

  /** The review is held now. */
  begun(): void {
    this.#event = undefined;
    this.#atUs = NEVER;
  }
}
