import { normalCdf, normalQuantile } from '../kernel/math.ts';
import type { RandomStream } from '../kernel/random.ts';
import { US_PER_DAY, US_PER_HOUR } from '../kernel/time.ts';
import { MAX_TIME_US } from './task.ts';

/** When the users of a group log on. Day 0 and hour 0 begin with the run. */
export type LogonSpec =
  /** All are logged on from the start to the end. */
  | { readonly kind: 'always' }
  /** Each user at random hours. */
  | {
      readonly kind: 'daily';
      /** 24 relative weights. */
      readonly hourFactors: readonly number[];
      /** 7 factors of `perDay`, as they are: 1 for a day with all its sessions, 0 for one without. */
      readonly dayFactors: readonly number[];
      /** Sessions of a user on a day of factor 1. A fraction is the chance of one more. */
      readonly perDay: number;
    }
  /** Everybody within `spreadUs` after `atUs`, on the first day or every day. */
  | { readonly kind: 'storm'; readonly atUs: number; readonly spreadUs: number; readonly daily: boolean };

/** The logons of one user on one day. */
export interface DayPlan {
  /** Days that may have logons. */
  readonly firstDay: number;
  readonly lastDay: number;
  /** No logon of a day is later than this after its begin, in microseconds. */
  readonly latestUs: number;
  /** Whether sessions go on from before the run to its end. */
  readonly isEndless: boolean;
  /** Draws how many there are. */
  logons(day: number, stream: RandomStream): number;
  /** Instant after the day's begin, in whole microseconds, that has the share `place` in [0, 1) of the day's logons before it. */
  atUs(place: number): number;
}

const LAST_DAY = Math.floor(MAX_TIME_US / US_PER_DAY) - 1;
const MOST_PER_DAY = 1e4;
const FEWEST_PER_DAY = 1e-3;

/**
 * @param group named in errors
 * @throws {RangeError} if a figure is out of range
 */
export function logonDays(group: string, spec: LogonSpec): DayPlan {
  switch (spec.kind) {
    case 'always':
      return { firstDay: 0, lastDay: 0, latestUs: 0, isEndless: true, logons: () => 1, atUs: () => 0 };
    case 'daily':
      return daily(group, spec);
    case 'storm':
      return storm(group, spec);
  }
}

function daily(
  group: string,
  { hourFactors, dayFactors, perDay }: Extract<LogonSpec, { kind: 'daily' }>,
): DayPlan {
  requireWeights(group, 'hourFactors', hourFactors, 24);
  requireWeights(group, 'dayFactors', dayFactors, 7);
  const most = perDay * dayFactors.reduce((a, b) => Math.max(a, b), 0);
  if (!(most >= FEWEST_PER_DAY && most <= MOST_PER_DAY)) {
    throw new RangeError(
      `Cannot plan sessions of "${group}": a user needs ${FEWEST_PER_DAY} to ${MOST_PER_DAY} on the busiest day, got ${most}`,
    );
  }
  const total = hourFactors.reduce((a, b) => a + b, 0);
  return {
    firstDay: 0,
    lastDay: LAST_DAY,
    latestUs: US_PER_DAY,
    isEndless: false,
    logons(day, stream) {
      const mean = perDay * (dayFactors[day % 7] as number);
      const sure = Math.floor(mean);
      return stream.next() < mean - sure ? sure + 1 : sure;
    },
    atUs(place) {
      let left = place * total;
      let hour = 0;
      while (hour < 23 && left >= (hourFactors[hour] as number)) {
        left -= hourFactors[hour] as number;
        hour += 1;
      }
      // The last hour may have no weight and be reached by rounding: then it is the end of the one before it.
      const weight = hourFactors[hour] as number;
      return Math.round((hour + (weight > 0 ? Math.min(1, left / weight) : 0)) * US_PER_HOUR);
    },
  };
}

/** Where the bell is cut off, in standard deviations on each side: nearly all of it is within the spread. */
const CUT = 3;

/**
 * A normal spread around the middle of the window, cut off at its ends. That it is normal, and cut at three standard
 * deviations, is assumed: no published distribution of morning logons is at hand.
 */
function storm(
  group: string,
  { atUs, spreadUs, daily: isDaily }: Extract<LogonSpec, { kind: 'storm' }>,
): DayPlan {
  if (!(atUs >= 0 && spreadUs >= 0 && atUs + spreadUs <= MAX_TIME_US)) {
    throw new RangeError(
      `Cannot plan sessions of "${group}": a storm must be within the clock, got ${spreadUs} us from ${atUs} us on`,
    );
  }
  const below = normalCdf(-CUT);
  const within = normalCdf(CUT) - below;
  return {
    firstDay: 0,
    lastDay: isDaily ? Math.floor((MAX_TIME_US - atUs - spreadUs) / US_PER_DAY) : 0,
    latestUs: atUs + spreadUs,
    isEndless: false,
    logons: () => 1,
    atUs(place) {
      const deviations = normalQuantile(below + place * within);
      const share = Math.min(1, Math.max(0, 0.5 + deviations / (2 * CUT)));
      return Math.round(atUs + share * spreadUs);
    },
  };
}

function requireWeights(group: string, name: string, weights: readonly number[], length: number): void {
  const total = weights.reduce((a, b) => a + b, 0);
  if (weights.length === length && weights.every((w) => w >= 0) && total > 0 && total < Infinity) return;
  throw new RangeError(
    `Cannot plan sessions of "${group}": ${name} must be ${length} weights >= 0, not all 0, got [${weights.join(', ')}]`,
  );
}
