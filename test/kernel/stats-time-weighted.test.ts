import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meanOfSummary, mergeTimeWeighted, TimeWeighted } from '../../sim/kernel/stats/time-weighted.ts';
import type { Micros } from '../../sim/kernel/time.ts';

const us = (value: number) => value as Micros;
const whole = fc.integer({ min: -1000, max: 1000 });

describe('TimeWeighted', () => {
  const steps = fc.array(fc.record({ heldUs: fc.nat(3), value: whole }), { minLength: 1 }); // often held for no time

  /** Every microsecond on its own: obviously right. */
  function slowly(changes: readonly { heldUs: number; value: number }[]) {
    const each = changes.flatMap(({ heldUs, value }) => Array.from({ length: heldUs }, () => value));
    return {
      durationUs: each.length,
      integral: each.reduce((sum, value) => sum + value, 0),
      min: each.length === 0 ? undefined : Math.min(...each),
      max: each.length === 0 ? undefined : Math.max(...each),
    };
  }

  test('agrees with a value looked at every microsecond', () => {
    fc.assert(
      fc.property(steps, fc.nat(50), (changes, startUs) => {
        const followed = new TimeWeighted(us(startUs));
        let nowUs = startUs;
        for (const { heldUs, value } of changes) {
          followed.set(us(nowUs), value);
          nowUs += heldUs;
        }
        const slow = slowly(changes);
        expect(followed.summary(us(nowUs))).toMatchObject(slow);
        expect(followed.integral(us(nowUs))).toBe(slow.integral);
        expect(followed.exactIntegral(us(nowUs))).toBe(BigInt(slow.integral));
        if (slow.durationUs > 0) expect(followed.mean(us(nowUs))).toBe(slow.integral / slow.durationUs);
      }),
    );
  });

  test('forgets what was before a reset, but not the value', () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const followed = new TimeWeighted(us(0));
        const fresh: { heldUs: number; value: number }[] = [];
        let nowUs = 0;
        for (const { heldUs, value } of before) {
          followed.set(us(nowUs), value);
          nowUs += heldUs;
        }
        followed.reset(us(nowUs));
        fresh.push({ heldUs: 2, value: followed.value });
        nowUs += 2;
        for (const { heldUs, value } of after) {
          followed.set(us(nowUs), value);
          nowUs += heldUs;
          fresh.push({ heldUs, value });
        }
        expect(followed.summary(us(nowUs))).toMatchObject(slowly(fresh));
      }),
    );
  });

  test('joins two stretches into what one would have seen', () => {
    fc.assert(
      fc.property(steps, steps, (a, b) => {
        const [whole, first, second] = [
          new TimeWeighted(us(0)),
          new TimeWeighted(us(0)),
          new TimeWeighted(us(0)),
        ];
        const follow = (followed: TimeWeighted, changes: typeof a, fromUs: number) => {
          let nowUs = fromUs;
          for (const { heldUs, value } of changes) {
            followed.set(us(nowUs), value);
            nowUs += heldUs;
          }
          return nowUs;
        };
        const endUs = follow(whole, b, follow(whole, a, 0));
        const merged = mergeTimeWeighted(
          first.summary(us(follow(first, a, 0))),
          second.summary(us(follow(second, b, 0))),
        );
        expect(merged).toEqual(whole.summary(us(endUs)));
        expect(meanOfSummary(merged)).toBe(endUs === 0 ? undefined : whole.mean(us(endUs)));
      }),
    );
  });

  test('is exact beyond 2^53: a year of a million GPU-milli in microseconds', () => {
    const followed = new TimeWeighted(us(0), 1_000_003);
    const yearUs = 365 * 86_400_000_000;
    for (let i = 1; i <= 1000; i++) followed.add(us(i), i % 2 === 0 ? 1 : -1);
    followed.set(us(yearUs), 0);
    expect(followed.exactIntegral(us(yearUs))).toBe(1_000_003n * BigInt(yearUs) - 500n);
  });

  test('refuses to go back in time and to follow what is not a number', () => {
    const followed = new TimeWeighted(us(10), 1);
    expect(() => followed.set(us(9), 2)).toThrow('last change at 10 us, asked for 9 us');
    expect(() => followed.integral(us(9))).toThrow(RangeError);
    expect(() => followed.set(us(11), Number.NaN)).toThrow('need a finite number, got NaN');
    expect(followed.mean(us(10))).toBe(1);
  });
});
