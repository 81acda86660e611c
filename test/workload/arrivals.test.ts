import { describe, expect, test } from 'vitest';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { US_PER_DAY, US_PER_HOUR } from '../../sim/kernel/time.ts';
import { type ArrivalSpec, createArrivals, weekProfile } from '../../sim/workload/arrivals.ts';

function instants(spec: ArrivalSpec, count: number, seed = 1): number[] {
  const arrivals = createArrivals(spec, new RandomStreams(seed));
  return Array.from({ length: count }, () => arrivals.nextUs());
}

const poisson = (
  ratePerSecond: number,
  hourFactors: readonly number[] | null = null,
  dayFactors: readonly number[] | null = null,
): ArrivalSpec => ({ process: 'poisson', ratePerSecond, hourFactors, dayFactors });

/** Weights that differ by hour, with silent hours and a peak. */
const HOURS = Array.from({ length: 24 }, (_, hour) => (hour < 6 ? 0 : hour === 18 ? 9 : 1 + (hour % 5)));
const DAYS = [3, 3, 3, 2, 2, 1, 0];

describe('Poisson arrivals', () => {
  test('come at whole microseconds in order, with exponential gaps of the stated mean', () => {
    const atUs = instants(poisson(0.5), 50_000);
    expect(atUs.every((at, i) => Number.isSafeInteger(at) && at >= (atUs[i - 1] ?? 0))).toBe(true);
    const gapsSec = atUs.map((at, i) => (at - (atUs[i - 1] ?? 0)) / 1e6);
    const mean = gapsSec.reduce((a, b) => a + b, 0) / gapsSec.length;
    const variance = gapsSec.reduce((a, b) => a + (b - mean) ** 2, 0) / gapsSec.length;
    // Mean 2 s, standard deviation 2 s: four standard errors of 50,000 gaps.
    expect(Math.abs(mean - 2)).toBeLessThan((4 * 2) / Math.sqrt(50_000));
    expect(Math.abs(variance - 4)).toBeLessThan((4 * Math.sqrt(8) * 4) / Math.sqrt(50_000));
  });

  test('follow the profile hour by hour over the week, at the stated mean rate', () => {
    const weeks = 40;
    const ratePerSecond = 0.02;
    const profile = weekProfile(HOURS, DAYS) as Float64Array;
    const counts = new Array<number>(168).fill(0);
    const arrivals = createArrivals(poisson(ratePerSecond, HOURS, DAYS), new RandomStreams(3));
    for (let at = arrivals.nextUs(); at < weeks * 7 * US_PER_DAY; at = arrivals.nextUs()) {
      const hour = Math.floor(at / US_PER_HOUR) % 168;
      counts[hour] = (counts[hour] as number) + 1;
    }
    let chiSquare = 0;
    let busyHours = 0;
    counts.forEach((count, hour) => {
      const expected = ratePerSecond * 3600 * weeks * (profile[hour] as number);
      if (expected === 0) {
        expect(count).toBe(0);
      } else {
        chiSquare += (count - expected) ** 2 / expected;
        busyHours += 1;
      }
    });
    expect(busyHours).toBe(18 * 6);
    // Chi-square with 108 degrees of freedom: mean 108, standard deviation 14.7.
    expect(chiSquare).toBeGreaterThan(108 - 4 * 14.7);
    expect(chiSquare).toBeLessThan(108 + 4 * 14.7);
    const total = counts.reduce((a, b) => a + b, 0);
    const expectedTotal = ratePerSecond * 3600 * 168 * weeks;
    expect(Math.abs(total - expectedTotal)).toBeLessThan(4 * Math.sqrt(expectedTotal));
  });

  test('scale each profile to mean 1', () => {
    const profile = weekProfile(HOURS, DAYS) as Float64Array;
    expect(profile).toHaveLength(168);
    expect(profile.reduce((a, b) => a + b, 0) / 168).toBeCloseTo(1, 12);
    expect(profile[24 * 3 + 18]).toBeCloseTo((9 * 24 * 2 * 7) / (HOURS.reduce((a, b) => a + b, 0) * 14), 12);
    expect(weekProfile(null, null)).toBeUndefined();
  });

  test('reject a rate or weights out of range', () => {
    const start = (spec: ArrivalSpec) => () => createArrivals(spec, new RandomStreams(1));
    expect(start(poisson(0))).toThrow(/rate must be above 0 and at most 1e9 per s, got 0/);
    expect(start(poisson(Number.NaN))).toThrow(RangeError);
    expect(start(poisson(1, [1, 2]))).toThrow(/hourFactors must be 24 weights/);
    expect(start(poisson(1, null, [0, 0, 0, 0, 0, 0, 0]))).toThrow(
      /dayFactors must be 7 weights >= 0, not all 0/,
    );
    expect(start(poisson(1, null, [1, 1, 1, 1, 1, 1, -1]))).toThrow(RangeError);
  });
});

describe('other arrivals', () => {
  test('are evenly spaced from 0, without drift over a million of them', () => {
    const atUs = instants({ process: 'deterministic', ratePerSecond: 3 }, 1_000_001);
    expect(atUs.slice(0, 4)).toEqual([0, 333_333, 666_667, 1_000_000]);
    expect(atUs[1_000_000]).toBe(333_333_333_333);
  });

  test('are renewals with gaps from a distribution, the first after one gap', () => {
    const gapSec = { kind: 'constant', value: 1.5 } as const;
    expect(instants({ process: 'renewal', gapSec }, 3)).toEqual([1_500_000, 3_000_000, 4_500_000]);
  });

  test('count a gap below 0 as 0', () => {
    const gapSec = { kind: 'discrete', values: [-5, 1], weights: [1, 1] } as const;
    const atUs = instants({ process: 'renewal', gapSec }, 1000);
    expect(atUs.every((at, i) => at >= (atUs[i - 1] ?? 0))).toBe(true);
  });
});
