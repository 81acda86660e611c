import { describe, expect, test } from 'vitest';
import {
  lifetimeQuantileSec,
  meanLifetimeSec,
  type ObservedLife,
  productLimit,
} from '../../bench/validation/product-limit.ts';
import { createDistribution } from '../../sim/kernel/distributions/index.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';

const life = (fromSec: number, toSec: number, hasEnded = true): ObservedLife => ({
  fromSec,
  toSec,
  hasEnded,
});

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('productLimit', () => {
  test('is the plain distribution of lives that were all seen from start to end', () => {
    expect(productLimit([life(0, 10), life(0, 20), life(0, 20), life(0, 40)])).toEqual([
      { ageSec: 10, endedShare: 0.25 },
      { ageSec: 20, endedShare: 0.75 },
      { ageSec: 40, endedShare: 1 },
    ]);
  });

  test('gives the worked example with lives cut off and lives seen late', () => {
    // At 10: 2 at risk, 1 ends; at 20: 2 at risk (one came late, one was cut at 15), 1 ends; the last is cut at 30.
    const points = productLimit([life(0, 10), life(0, 15, false), life(12, 20), life(14, 30, false)]);
    expect(points).toEqual([
      { ageSec: 10, endedShare: 0.5 },
      { ageSec: 20, endedShare: 0.75 },
      { ageSec: 30, endedShare: 1 },
    ]);
    expect(meanLifetimeSec(points)).toBe(0.5 * 10 + 0.25 * 20 + 0.25 * 30);
  });

  test('finds the lifetimes of a system in steady state that is watched through a short window', () => {
    // Lives of 0 to 200 s that start at random over 3,000 s, watched from 1,000 to 1,100 s.
    const stream = new RandomStreams(5).stream('lives');
    const lifetime = createDistribution({ kind: 'uniform', min: 0, max: 200 });
    const lives: ObservedLife[] = [];
    for (let i = 0; i < 30_000; i++) {
      const start = stream.next() * 3000;
      const end = start + lifetime.sample(stream);
      if (start < 1100 && end > 1000) {
        lives.push(life(Math.max(0, 1000 - start), Math.min(end, 1100) - start, end <= 1100));
      }
    }
    const points = productLimit(lives);
    const startedMeanSec = mean(lives.filter((l) => l.fromSec === 0).map((l) => l.toSec));
    expect(startedMeanSec).toBeLessThan(60); // what started in the window, as far as it was seen, misleads
    expect(meanLifetimeSec(points)).toBeGreaterThan(95);
    expect(meanLifetimeSec(points)).toBeLessThan(105);
    expect(lifetimeQuantileSec(points, 0.25)).toBeGreaterThan(45);
    expect(lifetimeQuantileSec(points, 0.25)).toBeLessThan(55);
  });
});

describe('lifetimeQuantileSec', () => {
  test('runs from the first to the last age, straight through the middles of the steps', () => {
    const points = [
      { ageSec: 10, endedShare: 0.5 },
      { ageSec: 30, endedShare: 1 },
    ];
    expect([0, 0.25, 0.5, 0.75, 1].map((share) => lifetimeQuantileSec(points, share))).toEqual([
      10, 10, 20, 30, 30,
    ]);
  });
});
