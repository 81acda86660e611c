import type { Slot } from '../../sharing/index.ts';

/**
 * What can stand on one card at one time, by kind of slot. Either all layouts that no further slot goes into are known, and
 * whatever stands on a card is a part of one of them; or there are only limits that every layout keeps to.
 */
export interface CardRoom {
  /** By kind of slot: one of them; undefined for a part of a GPU that is shared by fraction. */
  readonly slots: readonly (Slot | undefined)[];
  /** By kind of slot: thousandths of the card that one is counted as, at most. */
  readonly mostMilli: readonly number[];
  /** By ask: the kinds of slot that it may get; empty: the card never takes it. */
  readonly kindsOf: readonly (readonly number[])[];
  /** By layout, by kind of slot: how many there are. Undefined: too many to know. */
  readonly layouts: readonly (readonly number[])[] | undefined;
  /** By limit, by kind of slot: part of the limit that one takes. Together they take 1 at most. */
  readonly limits: readonly (readonly number[])[];
}

/** Those of some counts that no other one has as many of everything as. */
export function maximal(all: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const distinct = [...new Map(all.map((counts) => [counts.join(), counts])).values()];
  return distinct.filter(
    (counts) =>
      !distinct.some((other) => other !== counts && counts.every((n, i) => n <= (other[i] as number))),
  );
}
