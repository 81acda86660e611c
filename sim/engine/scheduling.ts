import type { Part } from '../cluster/part.ts';
import type { SeatRefusal } from '../cluster/seat-book.ts';
import type { Placer } from '../policies/placement/placer.ts';
import type { Discipline } from '../policies/queueing/discipline.ts';
import type { FillRule, PreemptionName, PreemptionWay } from '../policies/queueing/names.ts';
import type { WaitingLine } from '../policies/queueing/waiting-line.ts';
import type { LiveJob } from './live-job.ts';
import type { SchedulerUse } from './scheduler-use.ts';
import type { TimeShareSetup } from './time-share/setup.ts';

/** How a pool is scheduled, besides its discipline and its placement policy. */
export interface SchedulingRules {
  readonly fill: FillRule;
  readonly preemption: PreemptionName;
  readonly way: PreemptionWay;
  /** Under `migrate`, the path of the mode by that name; null or absent: the first that each mode has. */
  readonly migratePath?: string | null;
  /** Decisions are made at multiples of this only; null: whenever something changes. */
  readonly roundUs: number | null;
  /** Under `refill`, a job that may go on keeps its place where that is free in its turn. */
  readonly isSticky: boolean;
  /** A job that began to run is left alone for this long. */
  readonly minRunUs: number;
  /** How GPU time is divided among jobs and models, in place of the order of the discipline; needs `refill`. Absent: it is not. */
  readonly timeShare?: TimeShareSetup | undefined;
}

export const DEFAULT_RULES: SchedulingRules = {
  fill: 'block',
  preemption: 'none',
  way: 'suspend',
  roundUs: null,
  isSticky: true,
  minRunUs: 0,
};

/** What a scheduler may do with the run. */
export interface SchedulerActions {
  /** Lets a waiting job begin on parts that are taken for it. */
  start(live: LiveJob, parts: readonly Part[]): void;
  /** Stops a running job, which waits again; says whether its parts are free at once. */
  preempt(live: LiveJob, way: PreemptionWay, reason: string): boolean;
  /** Goes on elsewhere, on parts that are taken for it; its old parts were given back. */
  shift(live: LiveJob, parts: readonly Part[]): void;
  /**
   * How long a job would stand still if it moved to another place while it runs, in whole microseconds; undefined where
   * it cannot.
   *
   * @param path way to migrate; null: the first that each mode has
   */
  stunUs(live: LiveJob, path: string | null): number | undefined;
  /** Lets a running job move to parts that are taken for it, which takes that long; it holds its own until then. */
  move(live: LiveJob, parts: readonly Part[], stunUs: number): void;
  /** Why a job can never start, or `none`. */
  neverReason(live: LiveJob): string;
  reject(live: LiveJob, reason: string): void;
  /** The job that should start next cannot. */
  tellBlocked(live: LiveJob, reason: string): void;
  /** Why there is no room for a waiting job now; `none` where there is. */
  whyNot(live: LiveJob): string;
}

/** Finds room for jobs so that others which found none are not delayed. */
export interface BackfillGuard {
  /** Most jobs that are looked at in one pass after the first blocked one. */
  readonly depth: number;
  /** Why the job that was placed last got no room although there was some: it lacks a licence. */
  readonly refusal?: SeatRefusal | undefined;
  beginPass(): void;
  /** Within a pass, others than those that were placed have come or gone. */
  changed(): void;
  /**
   * Takes room on the fleet for a waiting job that delays nobody who is protected. Asked in the order of the queue;
   * undefined: there is none, and the job may be protected from now on.
   */
  place(live: LiveJob, nowUs: number): readonly Part[] | undefined;
  /** The job need not be protected: a limit keeps it, it has left the queue, or it has started. */
  forget(live: LiveJob): void;
}

/** A job with the room it is to have. */
export interface Promised {
  readonly live: LiveJob;
  readonly parts: readonly Part[];
}

/** The queue of a pool as those see it who decide for it. */
export interface QueueOfPool {
  readonly line: WaitingLine;
  readonly discipline: Discipline;
  readonly rules: SchedulingRules;
  readonly placer: Placer;
  /** Jobs that hold parts and could go on, in the order in which they started. */
  readonly running: Set<LiveJob>;
  readonly use: SchedulerUse;
  enqueue(live: LiveJob, nowUs: number): void;
  /** A job that ran does not any more. */
  left(live: LiveJob, nowUs: number): void;
  /** Turns a waiting job away if that is what becomes of who lacks a licence; says whether it was. */
  turnAway(live: LiveJob, refusal: SeatRefusal | undefined, nowUs: number): boolean;
  /** Books why a waiting job cannot start now: `held`, or for want of room. */
  because(live: LiveJob, held: string | undefined): string;
  /** Starts a job on the room it was promised if that is free. */
  tryKeep(promised: Promised, nowUs: number): boolean;
}
