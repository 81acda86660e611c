import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Micros,
  microsFromSeconds,
  secondsFromMicros,
  US_PER_DAY,
  US_PER_HOUR,
  US_PER_MINUTE,
  US_PER_SECOND,
} from '../../sim/kernel/time.ts';

test('Seconds round to the nearest microsecond, half a microsecond up', () => {
  expect(microsFromSeconds(1.5)).toBe(1_500_000);
  expect(microsFromSeconds(0.000_000_4)).toBe(0);
  expect(microsFromSeconds(0.000_000_5)).toBe(1);
  expect(microsFromSeconds(0)).toBe(0);
});

test('Microseconds survive the way to seconds and back up to 136 years, and are 1 us off at most beyond', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 32 * 1e6 }),
      fc.integer({ min: 0, max: 9e15 }),
      (us, longerUs) => {
        expect(microsFromSeconds(secondsFromMicros(us as Micros))).toBe(us);
        const back = microsFromSeconds(secondsFromMicros(longerUs as Micros));
        expect(Math.abs(back - longerUs)).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 2000 },
  );
});

test('Times outside 0 to 9e9 seconds are refused with the value in the message', () => {
  for (const seconds of [-1e-9, 9.000_000_001e9, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => microsFromSeconds(seconds)).toThrow(RangeError);
    expect(() => microsFromSeconds(seconds)).toThrow(`got ${seconds} s`);
  }
  expect(microsFromSeconds(9e9)).toBe(9e15);
});

test('The largest time is exact as a float64', () => {
  expect(Number.isSafeInteger(microsFromSeconds(9e9))).toBe(true);
});

test('A day is 24 hours of 60 minutes of 60 seconds', () => {
  expect(US_PER_MINUTE).toBe(60 * US_PER_SECOND);
  expect(US_PER_HOUR).toBe(60 * US_PER_MINUTE);
  expect(US_PER_DAY).toBe(24 * US_PER_HOUR);
});
