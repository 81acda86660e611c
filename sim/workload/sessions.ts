import {
  createDistribution,
  type Distribution,
  type DistributionSpec,
} from '../kernel/distributions/index.ts';
import { exp, log } from '../kernel/math.ts';
import type { RandomStream, RandomStreams } from '../kernel/random.ts';
import { US_PER_DAY } from '../kernel/time.ts';
import { type DayPlan, type LogonSpec, logonDays } from './logons.ts';
import { durationUsOf } from './task.ts';

/** Users of one kind and when they are logged on. */
export interface SessionSpec {
  /** Unique among the groups: it names their random streams. */
  readonly name: string;
  readonly users: number;
  readonly logon: LogonSpec;
  /** Length of a session in seconds, a draw below 0 counting as 0; null, and for users who are always on: without end. */
  readonly durationSec: DistributionSpec | null;
}

/** One stay of a user. */
export interface Session {
  readonly user: number;
  /** Unique in the group and the same under every policy: names the session's own random streams. */
  readonly id: string;
  /** Logon, in whole microseconds. */
  readonly startUs: number;
  /** Time from logon to logoff, in whole microseconds, >= 1. Infinity: to the end of the run. */
  readonly lengthUs: number;
  /** False where the session has gone on since before the run. */
  readonly isFresh: boolean;
}

/**
 * The sessions of a group of users. Each user has days of his own: what is drawn for one day of one user depends on
 * seed, group, user and day alone, not on other users, on policies, or on sessions that could not take place.
 *
 * Memory for each user is a few numbers and a random stream.
 */
export class SessionPlan {
  readonly #spec: SessionSpec;
  readonly #streams: RandomStreams;
  readonly #duration: Distribution | null;
  readonly #days: DayPlan;
  readonly #users: UserDay[];

  /** @throws {RangeError} if there is no user, or logons are wrong */
  constructor(spec: SessionSpec, streams: RandomStreams) {
    if (!(Number.isSafeInteger(spec.users) && spec.users >= 1)) {
      throw new RangeError(
        `Cannot plan sessions of "${spec.name}": users must be a whole number >= 1, got ${spec.users}`,
      );
    }
    this.#spec = spec;
    this.#streams = streams;
    this.#duration = spec.durationSec === null ? null : createDistribution(spec.durationSec);
    this.#days = logonDays(spec.name, spec.logon);
    this.#users = Array.from({ length: spec.users }, () => ({
      day: -1,
      ordinal: 0,
      left: 0,
      place: 0,
      stream: null,
    }));
  }

  /**
   * The next session of a user that begins at or after `fromUs`. Logons before that have not been: the user was logged
   * on still. To be asked with times that do not go back.
   *
   * @param user 0 to users - 1
   * @returns undefined when there is none until the end of the clock
   */
  next(user: number, fromUs: number): Session | undefined {
    const own = this.#users[user];
    if (own === undefined) throw new RangeError(`There is no user ${user} in "${this.#spec.name}"`);
    for (;;) {
      while (own.left === 0) if (!this.#openDay(own, user, fromUs)) return undefined;
      const startUs = this.#drawLogon(own);
      if (startUs >= fromUs) return this.#session(own, user, startUs);
    }
  }

  /** Goes on to the next day that may have a logon at or after `fromUs`. False when there is none. */
  #openDay(own: UserDay, user: number, fromUs: number): boolean {
    const { firstDay, lastDay, latestUs } = this.#days;
    own.day = Math.max(own.day + 1, firstDay, Math.floor((fromUs - latestUs) / US_PER_DAY));
    if (own.day > lastDay) {
      own.day = lastDay;
      return false;
    }
    own.stream = this.#streams.once('logon', `${this.#spec.name}/${user}/${own.day}`);
    own.left = this.#days.logons(own.day, own.stream);
    own.ordinal = 0;
    own.place = 0;
    return true;
  }

  /**
   * The instants of a day come in order without being held: each is the lowest of as many independent ones as are left
   * (the complement of the highest of n uniform numbers is one of them to the power 1/n).
   */
  #drawLogon(own: UserDay): number {
    const lowest = exp(log((own.stream as RandomStream).nextOpen()) / own.left);
    own.place = 1 - (1 - own.place) * lowest;
    own.left -= 1;
    own.ordinal += 1;
    return own.day * US_PER_DAY + this.#days.atUs(own.place);
  }

  #session(own: UserDay, user: number, startUs: number): Session {
    const id = `${this.#spec.name}/${user}/${own.day}.${own.ordinal}`;
    const { isEndless } = this.#days;
    const lengthUs =
      isEndless || this.#duration === null
        ? Infinity
        : Math.max(1, durationUsOf(this.#duration.sample(this.#streams.once('session-length', id))));
    return { user, id, startUs, lengthUs, isFresh: !isEndless };
  }
}

/** Where a user stands in his days. */
interface UserDay {
  day: number;
  /** Logons of the day drawn so far, and those left. */
  ordinal: number;
  left: number;
  /** Where the last of them was in the day's distribution, [0, 1). */
  place: number;
  stream: RandomStream | null;
}
