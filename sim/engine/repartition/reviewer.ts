import type { LiveJob } from '../live-job.ts';
import type { Promised } from '../scheduling.ts';
import type { CardField } from './field.ts';

/** When the cards of a field are reviewed. */
export interface ReviewTimes {
  /** At multiples of this, as long as something has changed since the last; null: not. */
  readonly everyUs: number | null;
  /** Whether a waiting job may make a review at once. */
  readonly atUnserved: boolean;
  /** Whether every job that comes or ends makes one; absent: no. */
  readonly atChange?: boolean;
  /** Least time between two reviews. */
  readonly gapUs: number;
}

/** What becomes of the cards of one field: one for each policy and way to cut cards. */
export interface Reviewer {
  readonly field: CardField;
  readonly times: ReviewTimes;
  /** Whether waiting jobs are a reason to review these cards, which are open. */
  isCause(gpus: readonly number[], waiting: readonly LiveJob[]): boolean;
  /** Begins with what is to be done. */
  review(gpus: readonly number[], waiting: readonly LiveJob[], isPeriod: boolean): void;
  /**
   * Places of its own choice for waiting jobs, which start there before the placement policy is asked for the others.
   *
   * @param mayPass whether a job that finds no room lets those behind it start
   */
  placesFor?(gpus: readonly number[], waiting: readonly LiveJob[], mayPass: boolean): readonly Promised[];
  /** A card has been left by everybody while jobs wait that may not stop others. Says whether it is to be reviewed at once. */
  emptied?(gpu: number): boolean;
  /** Whether somebody is on the way of whose end it wants to be told. */
  readonly isMoving?: boolean;
  /** Somebody has left its place. */
  left?(live: LiveJob): void;
}
