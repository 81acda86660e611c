/** Things that happen at one time. */
export interface Moment<T> {
  readonly atSec: number;
  readonly what: readonly T[];
}

export const NEVER: Moment<never> = { atSec: Number.POSITIVE_INFINITY, what: [] };

/**
 * Things by time. Each joins the first moment at its time (or within a relative 1e-9 of it, if near times are one) and makes
 * one of its own otherwise. A moment is at the time of the thing that made it.
 *
 * @returns moments in the order in which they were made
 */
export function gather<T>(
  things: readonly T[],
  timeOf: (thing: T) => number,
  nearTimesAreOne: boolean,
): Moment<T>[] {
  const moments: { readonly atSec: number; readonly what: T[] }[] = [];
  for (const thing of things) {
    const atSec = timeOf(thing);
    const moment = moments.find((each) =>
      nearTimesAreOne ? isNear(each.atSec, atSec) : each.atSec === atSec,
    );
    if (moment === undefined) moments.push({ atSec, what: [thing] });
    else moment.what.push(thing);
  }
  return moments;
}

/** The earliest, the first of equals. */
export function earliest<T>(moments: readonly Moment<T>[]): Moment<T> {
  let first: Moment<T> = NEVER;
  for (const each of moments) if (each.atSec < first.atSec) first = each;
  return first;
}

function isNear(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}
