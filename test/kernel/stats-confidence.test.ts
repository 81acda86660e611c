import { describe, expect, test } from 'vitest';
import { createDistribution } from '../../sim/kernel/distributions/index.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { excludesZero, pairedInterval, studentInterval } from '../../sim/kernel/stats/confidence.ts';
import { Tally } from '../../sim/kernel/stats/tally.ts';

describe('Confidence intervals', () => {
  test('match a worked example', () => {
    // mean 5, sample standard deviation 2, n = 16; t(0.975, 15) = 2.131449545559323 (tables: 2.131)
    const interval = studentInterval({ count: 16, mean: 5, stdDev: 2 });
    expect(interval).toMatchObject({ mean: 5, n: 16, confidence: 0.95 });
    expect(interval.hi - 5).toBeCloseTo(2.131449545559323 / 2, 12);
    expect(5 - interval.lo).toBeCloseTo(2.131449545559323 / 2, 12);
  });

  test('claim nothing from a single observation', () => {
    expect(studentInterval(Tally.of([7]))).toEqual({
      mean: 7,
      lo: -Infinity,
      hi: Infinity,
      n: 1,
      confidence: 0.95,
    });
    expect(excludesZero(studentInterval(Tally.of([7])))).toBe(false);
  });

  test('of pairs see a difference that separate intervals would miss', () => {
    const a = [10, 20, 30, 40];
    const b = [10.9, 21, 31, 41.1];
    const interval = pairedInterval(a, b);
    expect(interval.mean).toBeCloseTo(1, 12);
    expect(excludesZero(interval)).toBe(true);
    expect(excludesZero(pairedInterval(a, [9, 22, 29, 42]))).toBe(false);
  });

  test('refuse what they cannot use', () => {
    expect(() => studentInterval(new Tally())).toThrow('need 1 or more observations, got 0');
    expect(() => studentInterval(Tally.of([1, 2]), 1)).toThrow('confidence must be in (0, 1), got 1');
    expect(() => pairedInterval([1], [1, 2])).toThrow('got 1 and 2');
  });

  test.each([
    [2, 0.9],
    [5, 0.95],
    [30, 0.99],
  ])('from %i normal observations cover the truth as often as they claim (%f)', (n, confidence) => {
    const source = new RandomStreams(11).stream('coverage', n);
    const normal = createDistribution({ kind: 'normal', mean: 3, stdDev: 2 });
    const TRIALS = 4000;
    let covered = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const tally = new Tally();
      for (let i = 0; i < n; i++) tally.add(normal.sample(source));
      const { lo, hi } = studentInterval(tally, confidence);
      if (lo <= 3 && 3 <= hi) covered++;
    }
    const standardError = Math.sqrt((confidence * (1 - confidence)) / TRIALS);
    expect(Math.abs(covered / TRIALS - confidence)).toBeLessThan(3.5 * standardError);
  });
});
