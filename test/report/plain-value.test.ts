import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainValue } from '../../sim/report/document/plain-value.ts';
import { quantity } from '../../sim/report/document/quantity.ts';
import { durationQuantity } from '../../sim/scenario/quantities/duration.ts';

const spaced = (text: string) => text.replaceAll('\u00a0', ' ');
const SECONDS: Readonly<Record<string, number>> = {
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  min: 60,
  h: 3600,
  d: 86_400,
};

describe('a part of a scenario in words', () => {
  test.each([
    [
      { kind: 'lognormal', median: '576165960us', sigma: 0.9444564782482624 },
      'lognormal, median 9.603 min, sigma 0.9445',
    ],
    [{ kind: 'timed', horizon: '7d', warmup: '90m' }, 'timed, horizon 7 d, warmup 90 min'],
    [{ target: 30, deadline: '33300us' }, 'target 30, deadline 33.3 ms'],
    ['204500us', '204.5 ms'],
    [{ process: 'poisson', rate: '9.9512345/h' }, 'poisson, rate 9.951/h'],
    // A thousandth, not a minute.
    [
      { slot: { memory: '6144MiB', compute: '300m' }, cpu: '500m' },
      'slot memory 6 GiB, compute 30 %, cpu 0.5 cores',
    ],
    // Names stay as they are.
    [{ name: '10m', profile: 'A16-1B' }, 'name 10m, profile A16-1B'],
  ])('%j is %s', (value, text) => {
    expect(spaced(plainValue(value))).toBe(text);
  });

  test('any time is read as what it is, to four digits, in a number of up to four', () => {
    const us = fc.oneof(fc.integer({ min: 1, max: 36_500 * 86_400e6 }), fc.integer({ min: 1, max: 1e7 }));
    fc.assert(
      fc.property(us, (lengthUs) => {
        const text = spaced(plainValue(durationQuantity.write(lengthUs)));
        const [, number = '', unit = ''] = /^([\d,.]+) (\S+)$/.exec(text) ?? [];
        const read = Number(number.replaceAll(',', '')) * (SECONDS[unit] ?? Number.NaN) * 1e6;
        expect(Math.abs(read - lengthUs) / lengthUs, text).toBeLessThan(1e-3);
        expect(number.replace(/\D/g, '').replace(/^0+/, '').length, text).toBeLessThanOrEqual(5);
      }),
    );
  });
});

test('times in tables end with no zero that says nothing', () => {
  const text = (seconds: number) => spaced(quantity(seconds, 'seconds'));
  expect([7200, 10_728, 10_800, 11_000].map(text)).toEqual(['2 h', '3 h', '3 h', '3.1 h']);
});
