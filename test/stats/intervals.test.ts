import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../sim/kernel/random.ts';
import { adjustedP } from '../../sim/kernel/stats/adjusted-p.ts';
import { BatchMeans } from '../../sim/kernel/stats/batch-means.ts';
import {
  batchMeansInterval,
  independenceTest,
  joinedBatches,
  overlappingBatchMeans,
} from '../../sim/kernel/stats/correlated-mean.ts';
import { quantileRanks, sketchQuantileInterval } from '../../sim/kernel/stats/quantile-interval.ts';
import { QuantileSketch } from '../../sim/kernel/stats/quantile-sketch.ts';
import { sobolSequence } from '../../sim/kernel/stats/sobol-sequence.ts';
import { steinInterval, steinSampleSize } from '../../sim/kernel/stats/stein.ts';
import { Tally } from '../../sim/kernel/stats/tally.ts';
import { risingTrend } from '../../sim/kernel/stats/trend.ts';
import { mm1Mean, mm1Waits, normal } from './lindley.ts';

describe('intervals', () => {
  test('of one M/M/1 run by batch means and by overlapping batch means cover the known mean', () => {
    const runs = 200;
    const load = 0.5;
    let separate = 0;
    let overlapping = 0;
    for (let seed = 0; seed < runs; seed++) {
      const batches = new BatchMeans(20);
      const waits = mm1Waits(load, 9000, seed).slice(500);
      for (const wait of waits) batches.add(wait);
      const a = batchMeansInterval(batches.batchMeans);
      const fine = joinedBatches(waits, 400);
      const b = overlappingBatchMeans(fine, Math.floor(fine.length / 20));
      if (a.lo <= mm1Mean(load) && mm1Mean(load) <= a.hi) separate += 1;
      if (b.lo <= mm1Mean(load) && mm1Mean(load) <= b.hi) overlapping += 1;
    }
    expect(separate / runs).toBeGreaterThan(0.9);
    expect(separate / runs).toBeLessThan(0.99);
    expect(overlapping / runs).toBeGreaterThan(0.9);
    expect(overlapping / runs).toBeLessThan(0.99);
  });

  test('overlapping batch means of independent numbers estimate the variance of their mean', () => {
    const random = RandomStream.named(5, 'x');
    const widths = Array.from({ length: 300 }, () => {
      const x = Array.from({ length: 400 }, () => normal(random));
      const { lo, hi } = overlappingBatchMeans(x, 10);
      return ((hi - lo) / 2) ** 2;
    });
    // t of 58.5 degrees squared, times 1/400.
    expect(Tally.of(widths).mean / (2.0014 ** 2 / 400)).toBeCloseTo(1, 1);
  });

  test("Stein's two-stage interval keeps its coverage where stopping early would lose it", () => {
    const random = RandomStream.named(8, 'x');
    const runs = 2000;
    let covers = 0;
    let narrow = true;
    for (let r = 0; r < runs; r++) {
      const pilot = Tally.of(Array.from({ length: 10 }, () => normal(random)));
      const all = Tally.fromData(pilot.toJSON());
      const size = steinSampleSize(pilot, 0.5);
      while (all.count < size) all.add(normal(random));
      const { lo, hi } = steinInterval(pilot, all);
      narrow &&= hi - lo <= 1 + 1e-12;
      if (lo <= 0 && hi >= 0) covers += 1;
    }
    expect(narrow).toBe(true);
    // Binomial: 3.3 standard errors of 0.95 at 2,000 are 0.016; the width is rounded to the safe side.
    expect(covers / runs).toBeGreaterThan(0.934);
    expect(covers / runs).toBeLessThan(0.975);
  });

  test('of quantiles take the ranks of the binomial table', () => {
    // scipy.stats.binom, exact.
    expect(quantileRanks(100, 0.5)).toEqual({ low: 40, high: 61 });
    expect(quantileRanks(1000, 0.99)).toEqual({ low: 983, high: 997 });
    expect(quantileRanks(300, 0.99)).toEqual({ low: 293, high: null });
    expect(quantileRanks(20, 0.5)).toEqual({ low: 6, high: 15 });
  });

  test('of a p95 from a sketch of independent numbers cover it', () => {
    const random = RandomStream.named(9, 'x');
    let covers = 0;
    for (let r = 0; r < 500; r++) {
      const sketch = new QuantileSketch();
      for (let i = 0; i < 600; i++) sketch.add(1 + random.next());
      const [lo, hi] = sketchQuantileInterval(sketch, 0.95) as [number, number];
      // The sketch is off by up to 1/128 on either side.
      if (lo <= 1.95 * 1.008 && hi >= 1.95 / 1.008) covers += 1;
    }
    expect(covers / 500).toBeGreaterThan(0.93);
    expect(sketchQuantileInterval(new QuantileSketch(), 0.5)).toBeNull();
  });

  test('fewer effective observations make a quantile less certain, never more', () => {
    const sketch = new QuantileSketch();
    for (let i = 1; i <= 10_000; i++) sketch.add(i);
    const width = (effective: number) => {
      const [lo, hi] = sketchQuantileInterval(sketch, 0.5, 0.95, effective) as [number, number];
      return hi - lo;
    };
    expect(width(100)).toBeGreaterThan(3 * width(10_000));
  });
});

describe('tests', () => {
  test('of independence are seldom wrong about independent numbers and see correlated ones', () => {
    const random = RandomStream.named(4, 'x');
    let alarms = 0;
    let found = 0;
    for (let r = 0; r < 1000; r++) {
      const x = Array.from({ length: 25 }, () => normal(random));
      if (independenceTest(x) < 0.05) alarms += 1;
      let last = 0;
      if (independenceTest(x.map((each) => (last = 0.7 * last + each))) < 0.05) found += 1;
    }
    expect(alarms / 1000).toBeGreaterThan(0.03);
    expect(alarms / 1000).toBeLessThan(0.07);
    expect(found / 1000).toBeGreaterThan(0.8);
  });

  test('of a trend agree with the worked number, and seldom see one in accident', () => {
    // S = 38 of 45 pairs, one tie of two: z = 37 / sqrt((10 * 9 * 25 - 2 * 9) / 18).
    expect(risingTrend([1, 3, 2, 4, 6, 5, 8, 7, 9, 9])).toBeCloseTo(0.000446, 6);
    expect(risingTrend([5, 5, 5, 5, 5, 5, 5, 5])).toBe(1);
    const random = RandomStream.named(6, 'x');
    let alarms = 0;
    for (let r = 0; r < 2000; r++) {
      if (risingTrend(Array.from({ length: 10 }, () => random.next())) < 0.05) alarms += 1;
    }
    expect(alarms / 2000).toBeGreaterThan(0.03);
    expect(alarms / 2000).toBeLessThan(0.065);
  });

  test('many of them are adjusted as published', () => {
    const p = [0.01, 0.04, 0.03, 0.005, 0.2];
    expect(adjustedP(p, 'holm')).toEqual([0.04, 0.09, 0.09, 0.025, 0.2].map((x) => expect.closeTo(x, 12)));
    // scipy.stats.false_discovery_control
    expect(adjustedP(p, 'benjamini-hochberg')).toEqual(
      [0.025, 0.05, 0.05, 0.025, 0.2].map((x) => expect.closeTo(x, 12)),
    );
    expect(adjustedP(p, 'none')).toEqual(p);
    expect(adjustedP([], 'holm')).toEqual([]);
  });
});

describe('Sobol sequence', () => {
  test('is the published one', () => {
    // scipy.stats.qmc.Sobol(20, scramble=False), points 5 and 100.
    expect(sobolSequence(101, 20)[100]).toEqual([
      0.4140625, 0.2578125, 0.7734375, 0.7265625, 0.8828125, 0.7421875, 0.0234375, 0.4765625, 0.6328125,
      0.6953125, 0.4609375, 0.6796875, 0.4765625, 0.8515625, 0.3203125, 0.4921875, 0.6796875, 0.7421875,
      0.8359375, 0.3359375,
    ]);
    expect(sobolSequence(6, 20)[5]?.slice(-8)).toEqual([
      0.875, 0.125, 0.875, 0.375, 0.875, 0.375, 0.375, 0.625,
    ]);
  });

  test('has one point of the first 2^k in each stratum of each dimension, shifted or not', () => {
    for (const shift of [undefined, RandomStream.named(1, 'shift')]) {
      const points = sobolSequence(256, 20, shift);
      for (let d = 0; d < 20; d++) {
        const strata = new Set(points.map((point) => Math.floor((point[d] as number) * 256)));
        expect(strata.size).toBe(256);
      }
    }
  });
});
