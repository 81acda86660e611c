import { describe, expect, test } from 'vitest';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { type Estimated, estimatedUs } from '../../sim/policies/queueing/estimates.ts';

const streams = new RandomStreams(5);
const task: Estimated = { name: 't', durationUs: 7e6, estimateUs: 9e6 };

describe('Estimated run times', () => {
  test('are true, or as stated, or true where nothing is stated', () => {
    expect(estimatedUs('exact', task, streams)).toBe(7e6);
    expect(estimatedUs('stated', task, streams)).toBe(9e6);
    expect(estimatedUs('stated', { name: 't', durationUs: 7e6 }, streams)).toBe(7e6);
    expect(estimatedUs({ noise: 0 }, task, streams)).toBe(7e6);
  });

  test('noise has the same factor for the same name and seed, whoever else is asked about, and another for another', () => {
    const noisy = (name: string, seed = 5, durationUs = 1e9) =>
      estimatedUs({ noise: 1 }, { name, durationUs }, new RandomStreams(seed));
    const alone = noisy('x');
    for (let i = 0; i < 5; i++) estimatedUs({ noise: 1 }, { name: `other${i}`, durationUs: 1e9 }, streams);
    expect(estimatedUs({ noise: 1 }, { name: 'x', durationUs: 1e9 }, streams)).toBe(alone);
    expect(estimatedUs({ noise: 1 }, { name: 'x', durationUs: 1e9 }, streams)).toBe(alone);
    expect(noisy('y')).not.toBe(alone);
    expect(noisy('x', 6)).not.toBe(alone);
    expect(noisy('x', 5, 2e9) / alone).toBeCloseTo(2, 6);
    const stretch = (noise: number) => estimatedUs({ noise }, { name: 'x', durationUs: 1e9 }, streams) / 1e9;
    // The same draw, scaled: twice the noise squares the factor.
    expect(stretch(1)).toBeCloseTo(stretch(0.5) ** 2, 5);
  });

  test('noise is lognormal of median 1: the logarithms have mean 0 and the stated deviation, half are below', () => {
    const noise = 0.8;
    const n = 20_000;
    let sum = 0;
    let squares = 0;
    let below = 0;
    let linear = 0;
    for (let i = 0; i < n; i++) {
      const factor = estimatedUs({ noise }, { name: `job-${i}`, durationUs: 1e12 }, streams) / 1e12;
      const log = Math.log(factor);
      sum += log;
      squares += log * log;
      linear += factor;
      if (factor < 1) below += 1;
    }
    const z = 3.2905; // 99.9 %
    expect(Math.abs(sum / n)).toBeLessThan((z * noise) / Math.sqrt(n));
    expect(Math.abs(squares / n - noise ** 2)).toBeLessThan((z * Math.SQRT2 * noise ** 2) / Math.sqrt(n));
    expect(Math.abs(below / n - 0.5)).toBeLessThan((z * 0.5) / Math.sqrt(n));
    const mean = Math.exp(noise ** 2 / 2);
    expect(Math.abs(linear / n - mean)).toBeLessThan(
      (z * mean * Math.sqrt(Math.expm1(noise ** 2))) / Math.sqrt(n),
    );
  });

  test('are whole, at least 1, and of a job that never leaves without end', () => {
    for (let i = 0; i < 200; i++) {
      const us = estimatedUs({ noise: 3 }, { name: `s${i}`, durationUs: i % 3 }, streams);
      expect(Number.isSafeInteger(us) && us >= 1).toBe(true);
    }
    expect(estimatedUs({ noise: 30 }, { name: 'a', durationUs: 9e15 }, streams)).toBeGreaterThanOrEqual(1);
    expect(estimatedUs({ noise: 1 }, { name: 'a', durationUs: Number.POSITIVE_INFINITY }, streams)).toBe(
      Number.POSITIVE_INFINITY,
    );
    expect(estimatedUs('exact', { name: 'a', durationUs: 0 }, streams)).toBe(1);
  });

  test.each([-0.1, Number.NaN, Number.POSITIVE_INFINITY])('refuse noise of %d', (noise) => {
    expect(() => estimatedUs({ noise }, task, streams)).toThrow('need a finite number >= 0');
  });
});
