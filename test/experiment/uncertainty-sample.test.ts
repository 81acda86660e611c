import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { designRuns, uncertaintyDesign } from '../../sim/experiment/uncertainty/index.ts';
import { latinHypercube } from '../../sim/experiment/uncertainty/latin-hypercube.ts';
import { sampleQuantile } from '../../sim/experiment/uncertainty/quantile.ts';
import { triangularQuantile } from '../../sim/experiment/uncertainty/triangular.ts';
import { RandomStream } from '../../sim/kernel/random.ts';
import { stubParameter } from './stub-parameters.ts';

const ranges = fc
  .tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.nat(4), fc.nat(4))
  .map(([low, below, above]) => ({ low, typical: low + below, high: low + below + above }));

describe('Latin hypercube', () => {
  test('every dimension has one point in each stratum', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 5 }),
        (seed, n, k) => {
          const names = Array.from({ length: k }, (_, i) => `p${i}`);
          const points = latinHypercube(seed, n, names);
          names.forEach((_, p) => {
            const strata = points.map((point) => Math.floor((point[p] as number) * n)).sort((a, b) => a - b);
            expect(strata).toEqual(Array.from({ length: n }, (__, i) => i));
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a dimension keeps its points when others are added, left out or reordered', () => {
    const column = (names: readonly string[], name: string) =>
      latinHypercube(7, 50, names).map((point) => point[names.indexOf(name)]);
    expect(column(['a', 'b', 'c'], 'b')).toEqual(column(['b'], 'b'));
    expect(column(['c', 'b'], 'b')).toEqual(column(['b', 'a'], 'b'));
    expect(column(['a'], 'a')).not.toEqual(column(['b'], 'b'));
    expect(latinHypercube(8, 50, ['b'])).not.toEqual(latinHypercube(7, 50, ['b']));
  });

  test('strata of different dimensions are paired at random: correlations are as small as chance makes them', () => {
    // Of 400 studies of 25 samples the mean squared correlation of two independent columns is 1 / 24.
    let squares = 0;
    for (let seed = 0; seed < 400; seed++) {
      const points = latinHypercube(seed, 25, ['x', 'y']);
      const mean = 0.5;
      const sum = (f: (x: number, y: number) => number) =>
        points.reduce((s, [x, y]) => s + f((x as number) - mean, (y as number) - mean), 0);
      squares += sum((x, y) => x * y) ** 2 / (sum((x) => x * x) * sum((_, y) => y * y));
    }
    expect(squares / 400).toBeGreaterThan(0.8 / 24);
    expect(squares / 400).toBeLessThan(1.2 / 24);
  });

  test('the mean of a nearly additive function varies far less than under plain sampling', () => {
    const f = (point: readonly number[]) =>
      Math.exp(point[0] as number) +
      3 * (point[1] as number) ** 2 +
      0.05 * (point[0] as number) * (point[1] as number);
    const names = ['x', 'y'];
    const n = 20;
    const studies = 300;
    const variance = (draw: (seed: number) => readonly (readonly number[])[]) => {
      const means = Array.from({ length: studies }, (_, seed) => {
        const points = draw(seed);
        return points.reduce((s, point) => s + f(point), 0) / points.length;
      });
      const mean = means.reduce((s, m) => s + m, 0) / studies;
      return { mean, variance: means.reduce((s, m) => s + (m - mean) ** 2, 0) / (studies - 1) };
    };
    const stratified = variance((seed) => latinHypercube(seed, n, names));
    const plain = variance((seed) => {
      const random = RandomStream.named(seed, 'plain');
      return Array.from({ length: n }, () => names.map(() => random.next()));
    });
    const exact = Math.E - 1 + 1 + 0.05 / 4;
    expect(stratified.mean).toBeCloseTo(exact, 2);
    expect(plain.variance / stratified.variance).toBeGreaterThan(50);
  });
});

describe('Triangular distribution', () => {
  /** Distribution function by areas of the triangle. */
  const cdf = ({ low, typical, high }: { low: number; typical: number; high: number }, x: number) => {
    const area = (high - low) / 2;
    if (x <= typical) return typical === low ? 0 : (x - low) ** 2 / (typical - low) / 2 / area;
    return 1 - (high - x) ** 2 / (high - typical) / 2 / area;
  };

  test('the quantile inverts the distribution function and stays in the range', () => {
    fc.assert(
      fc.property(ranges, fc.double({ min: 0, max: 1, noNaN: true }), (range, u) => {
        const x = triangularQuantile(range, u);
        expect(x).toBeGreaterThanOrEqual(range.low);
        expect(x).toBeLessThanOrEqual(range.high);
        if (range.high > range.low) expect(cdf(range, x)).toBeCloseTo(u, 9);
        else expect(x).toBe(range.low);
      }),
    );
  });

  test('its mean is that of the three numbers, its ends are low and high', () => {
    const range = { low: 0.7, typical: 0.9, high: 0.985 };
    const n = 20_000;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += triangularQuantile(range, (i + 0.5) / n);
    expect(sum / n).toBeCloseTo((0.7 + 0.9 + 0.985) / 3, 6);
    expect(triangularQuantile(range, 0)).toBe(0.7);
    expect(triangularQuantile(range, 1)).toBe(0.985);
  });

  test('a range out of order and a probability out of range are refused', () => {
    expect(() => triangularQuantile({ low: 1, typical: 0, high: 2 }, 0.5)).toThrow('low <= typical <= high');
    expect(() => triangularQuantile({ low: 0, typical: 1, high: 2 }, 1.1)).toThrow('need 0 to 1, got 1.1');
  });
});

test('a quantile of the sample of one monotone parameter is that of its distribution within a stratum', () => {
  const range = { low: 1, typical: 2, high: 5 };
  for (const n of [10, 100, 1000]) {
    const sample = latinHypercube(3, n, ['x']).map(([u]) => triangularQuantile(range, u as number));
    const sorted = sample.sort((a, b) => a - b);
    for (const p of [0.05, 0.5, 0.95]) {
      const found = sampleQuantile(sorted, p);
      expect(found).toBeGreaterThanOrEqual(triangularQuantile(range, Math.max(0, p - 1.5 / n)));
      expect(found).toBeLessThanOrEqual(triangularQuantile(range, Math.min(1, p + 1.5 / n)));
    }
  }
  expect(sampleQuantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(sampleQuantile([1, 2, 3, 4], 0.25)).toBe(1.5);
  expect(sampleQuantile([1, 2, 3, 4], 0)).toBe(1);
  expect(sampleQuantile([7], 0.95)).toBe(7);
  expect(() => sampleQuantile([], 0.5)).toThrow('no observations');
});

test('a design has a run for each end that is not typical, then the samples, all within their ranges', () => {
  const parameters = [
    stubParameter('m.a', [0, 1, 3]),
    stubParameter('m.b', [0.5, 1, 1]),
    stubParameter('m.c', [2, 2, 4]),
  ];
  const design = uncertaintyDesign(parameters, 12, 5);
  expect(designRuns(design).slice(0, 4)).toEqual([{ 'm.a': 0 }, { 'm.a': 3 }, { 'm.b': 0.5 }, { 'm.c': 4 }]);
  expect(design.samples).toHaveLength(12);
  for (const sample of design.samples) {
    expect(Object.keys(sample)).toEqual(['m.a', 'm.b', 'm.c']);
    for (const { id, low, high } of parameters) {
      expect(sample[id]).toBeGreaterThanOrEqual(low);
      expect(sample[id]).toBeLessThanOrEqual(high);
    }
  }
  expect(uncertaintyDesign(parameters, 12, 5)).toEqual(design);
});
