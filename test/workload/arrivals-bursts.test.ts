import { describe, expect, test } from 'vitest';
import { createDistribution, type DistributionSpec } from '../../sim/kernel/distributions/index.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { type ConfidenceInterval, studentInterval } from '../../sim/kernel/stats/confidence.ts';
import { Tally } from '../../sim/kernel/stats/tally.ts';
import type { BurstsSpec } from '../../sim/workload/arrivals/bursts.ts';
import { createArrivals } from '../../sim/workload/arrivals.ts';
import { countsInWindows } from './counts-in-windows.ts';

const start = (spec: Omit<BurstsSpec, 'process'>, seed: number | string) =>
  createArrivals({ process: 'bursts', ...spec }, new RandomStreams(seed));

const SIZES = [1, 2, 5, 12];
const WEIGHTS = [4, 3, 2, 1];
const size: DistributionSpec = { kind: 'discrete', values: SIZES, weights: WEIGHTS };
const meanSize = SIZES.reduce((sum, n, i) => sum + n * WEIGHTS[i]!, 0) / 10;

/**
 * Mean and variance of the arrivals in a window of `t` seconds: bursts are a Poisson cluster process, so the variance
 * is the mean and, for each pair of one burst at k gaps from each other, twice the time in which both fall into the
 * window (Cox and Lewis, The Statistical Analysis of Series of Events, 1966, chapter 7).
 *
 * @param both mean over k gaps of max(0, t - their sum)
 */
function moments(burstsPerSecond: number, t: number, both: (k: number) => number): [number, number] {
  const mean = burstsPerSecond * meanSize * t;
  let variance = mean;
  for (let k = 1; k < 12; k++) {
    const pairs = SIZES.reduce((sum, n, i) => sum + (Math.max(0, n - k) * WEIGHTS[i]!) / 10, 0);
    variance += 2 * burstsPerSecond * pairs * both(k);
  }
  return [mean, variance];
}

/** P(sum of k exponential gaps <= t). */
function erlangCdf(k: number, mean: number, t: number): number {
  let term = Math.exp(-t / mean);
  let above = 0;
  for (let i = 0; i < k; i++) {
    above += term;
    term *= t / mean / (i + 1);
  }
  return 1 - above;
}

function expectAgreement(interval: ConfidenceInterval, truth: number, within: number): void {
  expect(interval.lo).toBeLessThanOrEqual(truth);
  expect(interval.hi).toBeGreaterThanOrEqual(truth);
  expect((interval.hi - interval.lo) / 2 / truth).toBeLessThan(within);
}

describe('Bursts', () => {
  test.each([
    ['all at once', { kind: 'constant', value: 0 }, 2, (t: number) => () => t],
    [
      'at even gaps',
      { kind: 'constant', value: 0.7 },
      3,
      (t: number) => (k: number) => Math.max(0, t - 0.7 * k),
    ],
    [
      'at exponential gaps',
      { kind: 'exponential', mean: 0.5 },
      4,
      (t: number) => (k: number) => t * erlangCdf(k, 0.5, t) - k * 0.5 * erlangCdf(k + 1, 0.5, t),
    ],
  ] as const)('%s have the mean and the variance of theory', (_name, gapSec, t, both) => {
    const burstsPerSecond = 0.4;
    const [mean, variance] = moments(burstsPerSecond, t, both(t));
    const means = new Tally();
    const variances = new Tally();
    for (let seed = 1; seed <= 40; seed++) {
      // From 60 s on: the bursts that would have begun before 0 are over by then.
      const counts = Tally.of(countsInWindows(start({ burstsPerSecond, size, gapSec }, seed), 60, t, 5000));
      means.add(counts.mean);
      variances.add(counts.variance);
    }
    expectAgreement(studentInterval(means, 0.999), mean, 0.03);
    expectAgreement(studentInterval(variances, 0.999), variance, 0.05);
  });

  test.each([
    [0, 0.2],
    [1, 3],
    [7.3, 2],
  ])('with gaps of %f s that overlap come out as all their arrivals in order', (gap, burstsPerSecond) => {
    const spec = { burstsPerSecond, size, gapSec: { kind: 'constant', value: gap } as const };
    const arrivals = start(spec, 11);
    // The twin makes every burst whole and sorts: instant and size of a burst are two draws, one after the other.
    const draws = new RandomStreams(11).stream('arrival-bursts');
    const sizes = createDistribution(size);
    const all: number[] = [];
    let atUs = 0;
    for (let burst = 0; burst < 3000; burst++) {
      atUs -= (Math.log(draws.nextOpen()) * 1e6) / burstsPerSecond;
      const count = sizes.sample(draws);
      for (let i = 0; i < count; i++) all.push(Math.round(atUs) + i * gap * 1e6);
    }
    const sorted = all.sort((a, b) => a - b).slice(0, 5000);
    for (const expected of sorted) expect(Math.abs(arrivals.nextUs() - expected)).toBeLessThanOrEqual(1);
  });

  test('that round to nothing do not happen, and the others are not moved by it', () => {
    const sizes = { kind: 'discrete', values: [0.4, -3, 2], weights: [1, 1, 1] } as const;
    const arrivals = start({ burstsPerSecond: 1, size: sizes, gapSec: { kind: 'constant', value: 0 } }, 3);
    const counts = Tally.of(countsInWindows(arrivals, 0, 1, 20_000));
    // A third of the bursts has two arrivals: mean 2/3, variance 4/3.
    expect(Math.abs(counts.mean - 2 / 3)).toBeLessThan(4 * Math.sqrt(4 / 3 / 20_000));
    expect(Math.abs(counts.variance / counts.mean - 2)).toBeLessThan(0.15);
  });

  test('draw instants, sizes and gaps apart: other gaps leave the first arrivals of bursts where they were', () => {
    const bursts = (gapSec: DistributionSpec) => {
      const one = start({ burstsPerSecond: 1e-3, size, gapSec }, 4);
      const atUs = Array.from({ length: 400 }, () => one.nextUs());
      return atUs.filter((at, i) => at - (atUs[i - 1] ?? -1e9) > 20e6);
    };
    const near = bursts({ kind: 'exponential', mean: 0.01 });
    const far = bursts({ kind: 'exponential', mean: 0.2 });
    expect(far.slice(0, 90)).toEqual(near.slice(0, 90));
  });

  test('reject what never gives an arrival', () => {
    const gapSec = { kind: 'constant', value: 1 } as const;
    expect(() => start({ burstsPerSecond: 1, size: { kind: 'constant', value: 0.3 }, gapSec }, 1)).toThrow(
      /must have a size of 1 or more/,
    );
    expect(() => start({ burstsPerSecond: 0, size, gapSec }, 1)).toThrow(/rate must be above 0/);
  });
});

test('Each owner of arrivals has streams of its own', () => {
  const spec = { process: 'poisson', ratePerSecond: 1, hourFactors: null, dayFactors: null } as const;
  const first = (owner?: string) => createArrivals(spec, new RandomStreams(1), owner).nextUs();
  expect(new Set([first(), first('a'), first('b')]).size).toBe(3);
});
