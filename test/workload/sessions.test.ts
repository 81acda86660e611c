import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalCdf } from '../../sim/kernel/math.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { studentInterval } from '../../sim/kernel/stats/confidence.ts';
import { Tally } from '../../sim/kernel/stats/tally.ts';
import { US_PER_DAY, US_PER_HOUR } from '../../sim/kernel/time.ts';
import { type Session, SessionPlan, type SessionSpec } from '../../sim/workload/sessions.ts';

/** Office hours with a peak in the morning and nobody at night; a quiet Friday, one in five on Saturday. */
const HOURS: number[] = Array.from({ length: 24 }, (_, hour) =>
  hour < 7 || hour > 18 ? 0 : hour === 8 ? 12 : 2,
);
const DAYS = [1, 1, 1, 1, 0.6, 0.2, 0];

const daily = (perDay: number): SessionSpec => ({
  name: 'office',
  users: 60,
  logon: { kind: 'daily', hourFactors: HOURS, dayFactors: DAYS, perDay },
  durationSec: { kind: 'constant', value: 60 },
});

/** All sessions of a user that begin before `untilUs`, each next one from where the one before has begun. */
function sessionsOf(plan: SessionPlan, user: number, untilUs: number): Session[] {
  const all: Session[] = [];
  for (let fromUs = 0; ; ) {
    const session = plan.next(user, fromUs);
    if (session === undefined || session.startUs >= untilUs) return all;
    all.push(session);
    fromUs = session.startUs;
  }
}

describe('Daily logons', () => {
  test.each([0.35, 1, 2.5, 40])(
    'of %f a day come that often on each day of the week, at the hours by weight',
    (perDay) => {
      const weeks = perDay > 10 ? 4 : 40;
      const plan = new SessionPlan(daily(perDay), new RandomStreams(1));
      const byDay = Array.from({ length: 7 }, () => new Tally());
      const byHour = new Array<number>(24).fill(0);
      for (let user = 0; user < 60; user++) {
        const counts = new Array<number>(weeks * 7).fill(0);
        for (const { startUs } of sessionsOf(plan, user, weeks * 7 * US_PER_DAY)) {
          const day = Math.floor(startUs / US_PER_DAY);
          const hour = Math.floor((startUs % US_PER_DAY) / US_PER_HOUR);
          counts[day] = counts[day]! + 1;
          byHour[hour] = byHour[hour]! + 1;
        }
        for (const [day, count] of counts.entries()) byDay[day % 7]!.add(count);
      }
      for (const [day, tally] of byDay.entries()) {
        const mean = perDay * DAYS[day]!;
        // No more than one above the sure ones, and no fewer.
        expect(tally.min).toBeGreaterThanOrEqual(Math.floor(mean));
        expect(tally.max).toBeLessThanOrEqual(Math.ceil(mean));
        const fraction = mean - Math.floor(mean);
        const error = Math.sqrt((fraction * (1 - fraction)) / tally.count);
        expect(Math.abs(tally.mean - mean)).toBeLessThanOrEqual(4 * error + 1e-9);
      }
      const logons = byHour.reduce((a, b) => a + b, 0);
      const weights = HOURS.reduce((a, b) => a + b, 0);
      let chiSquare = 0;
      for (const [hour, count] of byHour.entries()) {
        const expected = (logons * HOURS[hour]!) / weights;
        if (expected === 0) expect(count).toBe(0);
        else chiSquare += (count - expected) ** 2 / expected;
      }
      // 11 degrees of freedom: mean 11, standard deviation 4.7.
      expect(chiSquare).toBeLessThan(11 + 4 * 4.7);
    },
  );

  test('of many a day are as spread as independent ones, in order', () => {
    // The lowest of 5 independent uniform numbers has mean 1/6 and so on.
    const hourFactors = new Array<number>(24).fill(1);
    const dayFactors = new Array<number>(7).fill(1);
    const flat: SessionSpec = { ...daily(5), logon: { kind: 'daily', hourFactors, dayFactors, perDay: 5 } };
    const plan = new SessionPlan(flat, new RandomStreams(2));
    const places = Array.from({ length: 5 }, () => new Tally());
    for (let user = 0; user < 60; user++) {
      const sessions = sessionsOf(plan, user, 60 * US_PER_DAY);
      expect(sessions).toHaveLength(300);
      for (const [i, { startUs }] of sessions.entries())
        places[i % 5]!.add((startUs % US_PER_DAY) / US_PER_DAY);
    }
    for (const [i, tally] of places.entries()) {
      const { lo, hi } = studentInterval(tally, 0.999);
      expect(lo).toBeLessThan((i + 1) / 6);
      expect(hi).toBeGreaterThan((i + 1) / 6);
      // Beta(i + 1, 5 - i).
      expect(tally.variance).toBeCloseTo(((i + 1) * (5 - i)) / (36 * 7), 2);
    }
  });

  test('within a session do not count: the user is logged on', () => {
    const plan = new SessionPlan(daily(10), new RandomStreams(3));
    const all = sessionsOf(plan, 4, 5 * US_PER_DAY);
    const again = new SessionPlan(daily(10), new RandomStreams(3));
    const spaced: Session[] = [];
    for (let fromUs = 0; ; ) {
      const session = again.next(4, fromUs);
      if (session === undefined || session.startUs >= 5 * US_PER_DAY) break;
      spaced.push(session);
      fromUs = session.startUs + 3 * US_PER_HOUR;
    }
    expect(spaced.length).toBeLessThan(all.length);
    // Each is the first of all that is late enough.
    let freeUs = 0;
    for (const session of spaced) {
      expect(session).toEqual(all.find(({ startUs }) => startUs >= freeUs));
      freeUs = session.startUs + 3 * US_PER_HOUR;
    }
  });

  test('are found at once after years without asking', () => {
    const session = new SessionPlan(daily(1), new RandomStreams(1)).next(0, 200 * 365 * US_PER_DAY);
    expect(session!.startUs).toBeGreaterThanOrEqual(200 * 365 * US_PER_DAY);
    expect(session!.startUs).toBeLessThan((200 * 365 + 14) * US_PER_DAY);
  });
});

describe('A storm', () => {
  const storm = (isDaily: boolean): SessionSpec => ({
    name: 'class',
    users: 4000,
    logon: { kind: 'storm', atUs: 9 * US_PER_HOUR, spreadUs: US_PER_HOUR / 2, daily: isDaily },
    durationSec: null,
  });

  test('has every user once, within the spread, by the bell cut at its ends', () => {
    const plan = new SessionPlan(storm(false), new RandomStreams(1));
    const places: number[] = [];
    for (let user = 0; user < 4000; user++) {
      const sessions = sessionsOf(plan, user, 30 * US_PER_DAY);
      expect(sessions).toHaveLength(1);
      places.push((sessions[0]!.startUs - 9 * US_PER_HOUR) / (US_PER_HOUR / 2));
    }
    places.sort((a, b) => a - b);
    expect(places[0]).toBeGreaterThanOrEqual(0);
    expect(places.at(-1)).toBeLessThanOrEqual(1);
    const cut = normalCdf(-3);
    const distance = places.reduce((most, x, i) => {
      const expected = (normalCdf(6 * x - 3) - cut) / (1 - 2 * cut);
      return Math.max(most, Math.abs((i + 0.5) / places.length - expected));
    }, 0);
    // Kolmogorov's bound at 0.1 %.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(places.length));
  });

  test('that is daily comes every day, at another instant for each user and day', () => {
    const plan = new SessionPlan(storm(true), new RandomStreams(1));
    const starts = sessionsOf(plan, 0, 10 * US_PER_DAY).map(({ startUs }) => startUs);
    expect(starts.map((at) => Math.floor(at / US_PER_DAY))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(starts.map((at) => at % US_PER_DAY)).size).toBe(10);
  });

  test('without spread is one instant', () => {
    const spec: SessionSpec = {
      ...storm(false),
      logon: { kind: 'storm', atUs: 5, spreadUs: 0, daily: false },
    };
    expect(new SessionPlan(spec, new RandomStreams(1)).next(17, 0)!.startUs).toBe(5);
  });
});

describe('Sessions', () => {
  test('of users who are always on begin with the run, once, and do not end', () => {
    const spec: SessionSpec = { ...daily(1), logon: { kind: 'always' } };
    const plan = new SessionPlan(spec, new RandomStreams(1));
    expect(plan.next(3, 0)).toMatchObject({ user: 3, startUs: 0, lengthUs: Infinity, isFresh: false });
    expect(plan.next(3, 0)).toBeUndefined();
    expect(plan.next(4, 1)).toBeUndefined();
  });

  test('have lengths of the stated distribution, at least a microsecond', () => {
    const lengths = (durationSec: SessionSpec['durationSec']) => {
      const plan = new SessionPlan({ ...daily(20), durationSec }, new RandomStreams(1));
      return Array.from({ length: 60 }, (_, user) => sessionsOf(plan, user, 2 * US_PER_DAY)).flat();
    };
    const tally = Tally.of(lengths({ kind: 'exponential', mean: 900 }).map(({ lengthUs }) => lengthUs / 1e6));
    expect(Math.abs(tally.mean - 900)).toBeLessThan((4 * 900) / Math.sqrt(tally.count));
    expect(Math.abs(tally.stdDev - 900)).toBeLessThan((4 * 900 * 2) / Math.sqrt(tally.count));
    expect(lengths({ kind: 'constant', value: -1 }).every(({ lengthUs }) => lengthUs === 1)).toBe(true);
    expect(lengths(null).every(({ lengthUs }) => lengthUs === Infinity)).toBe(true);
    const ids = lengths(null).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('of one user do not depend on other users, on the order of asking, or on lengths', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 60 }), fc.nat(5), (order, user) => {
        const alone = new SessionPlan({ ...daily(3), users: user + 1 }, new RandomStreams(8));
        const durationSec = { kind: 'exponential', mean: 5 } as const;
        const among = new SessionPlan({ ...daily(3), durationSec }, new RandomStreams(8));
        const last = new Map<number, number>();
        for (const other of order) {
          const session = among.next(other, last.get(other) ?? 0)!;
          last.set(other, session.startUs);
          if (other === user) {
            const { startUs, id } = alone.next(user, 0)!;
            expect([startUs, id]).toEqual([session.startUs, session.id]);
          }
        }
      }),
    );
  });

  test('are refused where a figure cannot be', () => {
    const make = (wrong: Partial<SessionSpec>) => () =>
      new SessionPlan({ ...daily(1), ...wrong }, new RandomStreams(1));
    const { logon } = daily(1) as { logon: Extract<SessionSpec['logon'], { kind: 'daily' }> };
    expect(make({ users: 0 })).toThrow(/sessions of "office": users must be a whole number >= 1, got 0/);
    expect(make({ logon: { ...logon, hourFactors: [1] } })).toThrow(/hourFactors must be 24 weights/);
    expect(make({ logon: { ...logon, dayFactors: [0, 0, 0, 0, 0, 0, 0] } })).toThrow(/dayFactors must be 7/);
    expect(make({ logon: { ...logon, perDay: 0 } })).toThrow(/busiest day, got 0/);
    expect(make({ logon: { ...logon, perDay: Number.NaN } })).toThrow(RangeError);
    expect(make({ logon: { kind: 'storm', atUs: -1, spreadUs: 0, daily: true } })).toThrow(
      /within the clock/,
    );
    expect(() => make({})().next(60, 0)).toThrow(/no user 60/);
  });
});
