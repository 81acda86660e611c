import type { LiveJob } from '../live-job.ts';
import type { CardField } from './field.ts';

/** When the cards of a field are reviewed. */
export interface ReviewTimes {
  /** At multiples of this, as long as something has changed since the last; null: not. */
  readonly everyUs: number | null;
  /** Whether a waiting job may make a review at once. */
  readonly atUnserved: boolean;
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
  /** A card has been left by everybody while jobs wait that may not stop others. Says whether it is to be reviewed at once. */
  emptied?(gpu: number): boolean;
  /** Whether somebody is on the way of whose end it wants to be told. */
  readonly isMoving?: boolean;
  /** Somebody has left its place. */
  left?(live: LiveJob): void;
}
