import type { Quantity } from './quantity.ts';

/**
 * A simulated instant or duration, in whole microseconds. Instants are counted from the start of the run. Whole numbers
 * add up exactly in any order, which sums of fractional seconds do not.
 */
export type Micros = Quantity<'us'>;

export const US_PER_SECOND = 1_000_000 as Micros;
export const US_PER_MINUTE = 60_000_000 as Micros;
export const US_PER_HOUR = 3_600_000_000 as Micros;
export const US_PER_DAY = 86_400_000_000 as Micros;

/** 285 years: the microseconds of longer times would come too close to 2^53, where numbers stop being exact. */
const MAX_SECONDS = 9e9;

/**
 * Rounds to the nearest microsecond; half a microsecond rounds up.
 *
 * @param seconds 0 to 9e9 (285 years)
 * @throws {RangeError} outside that range, or if not a number
 */
export function microsFromSeconds(seconds: number): Micros {
  if (!(seconds >= 0 && seconds <= MAX_SECONDS)) {
    throw new RangeError(`Cannot convert to microseconds: need 0 to 9e9 s, got ${seconds} s`);
  }
  return Math.round(seconds * US_PER_SECOND) as Micros;
}

/** The same time in seconds, correctly rounded. Up to 136 years (2^32 s), the way back gives the same microseconds. */
export function secondsFromMicros(us: Micros): number {
  return us / US_PER_SECOND;
}
