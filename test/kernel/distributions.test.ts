import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createDistribution,
  DISTRIBUTION_KINDS,
  type DistributionSpec,
  lognormalOfMean,
} from '../../sim/kernel/distributions/index.ts';
import { chiSquareQuantile, normalQuantile } from '../../sim/kernel/math.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { Tally } from '../../sim/kernel/stats/tally.ts';

/** A spec of every kind and of every special case, with its mean and variance worked out by hand or by scipy 1.17 and mpmath 1.3. */
const CASES: readonly { spec: DistributionSpec; mean: number; variance: number }[] = [
  { spec: { kind: 'constant', value: -3.5 }, mean: -3.5, variance: 0 },
  { spec: { kind: 'exponential', mean: 4 }, mean: 4, variance: 16 },
  { spec: { kind: 'uniform', min: -1, max: 5 }, mean: 2, variance: 3 },
  { spec: { kind: 'normal', mean: 10, stdDev: 2 }, mean: 10, variance: 4 },
  {
    spec: { kind: 'normal', mean: 0, stdDev: 1, min: 0 },
    mean: Math.sqrt(2 / Math.PI),
    variance: 1 - 2 / Math.PI,
  },
  {
    spec: { kind: 'normal', mean: 0, stdDev: 1, min: -1, max: 2 },
    mean: 0.22963717909132902,
    variance: 0.5197625392115339,
  },
  {
    spec: { kind: 'normal', mean: 100, stdDev: 15, min: 170, max: 190 },
    mean: 172.958041731564,
    variance: 7.99543805891153,
  },
  {
    spec: { kind: 'lognormal', logMean: 0, logStdDev: 0.5 },
    mean: 1.1331484530668263,
    variance: 0.3646958540123778,
  },
  { spec: lognormalOfMean(7, 1.2), mean: 7, variance: 49 * 1.44 },
  { spec: { kind: 'gamma', shape: 2.5, scale: 3 }, mean: 7.5, variance: 22.5 },
  { spec: { kind: 'gamma', shape: 0.3, scale: 10 }, mean: 3, variance: 30 },
  { spec: { kind: 'gamma', shape: 1, scale: 1 }, mean: 1, variance: 1 },
  { spec: { kind: 'weibull', shape: 1.5, scale: 2 }, mean: 1.805490585901867, variance: 1.5027611392557279 },
  { spec: { kind: 'weibull', shape: 0.5, scale: 1 }, mean: 2, variance: 20 },
  { spec: { kind: 'pareto', shape: 6, min: 5 }, mean: 6, variance: 1.5 },
  {
    spec: { kind: 'pareto', shape: 1, min: 1, max: 100 },
    mean: 4.65168705655363,
    variance: 78.3618075278914,
  },
  { spec: { kind: 'pareto', shape: 2, min: 1, max: 10 }, mean: 20 / 11, variance: 1.34590193258669 },
  {
    spec: { kind: 'pareto', shape: 1.5, min: 2, max: 50 },
    mean: 4.83870967741935,
    variance: 24.9739854318418,
  },
  { spec: { kind: 'empirical', values: [5, 1, 3, 3] }, mean: 3, variance: 2 },
  {
    spec: {
      kind: 'quantile-table',
      points: [
        { p: 0, value: 0 },
        { p: 0.5, value: 2 },
        { p: 1, value: 10 },
      ],
    },
    mean: 3.5,
    variance: 109 / 12,
  },
  {
    spec: {
      kind: 'quantile-table',
      points: [
        { p: 0, value: 1 },
        { p: 0.25, value: 1 },
        { p: 0.75, value: 3 },
        { p: 0.9, value: 3 },
        { p: 1, value: 4 },
      ],
    },
    mean: 2.05,
    variance: 0.7975,
  },
  {
    spec: { kind: 'discrete', values: [8, 1, 4, 2], weights: [1, 5, 0, 2] },
    mean: 2.125,
    variance: 5.109375,
  },
  {
    spec: {
      kind: 'mixture',
      components: [
        { weight: 3, distribution: { kind: 'exponential', mean: 1 } },
        { weight: 1, distribution: { kind: 'uniform', min: 10, max: 20 } },
      ],
    },
    mean: 4.5,
    variance: 0.75 * (1 + 12.25) + 0.25 * (25 / 3 + 110.25),
  },
  {
    spec: {
      kind: 'mixture',
      components: [
        { weight: 0.5, distribution: { kind: 'constant', value: 2 } },
        { weight: 0.5, distribution: { kind: 'normal', mean: 0, stdDev: 1 } },
        { weight: 0, distribution: { kind: 'pareto', shape: 0.5, min: 1 } },
      ],
    },
    mean: 1,
    variance: 1.5,
  },
];
const named = CASES.map((each) => ({ ...each, name: JSON.stringify(each.spec) }));

const stream = (seed: number, name: string) => new RandomStreams(seed).stream(`test ${name}`);

test('The cases cover every kind in the list', () => {
  expect(new Set(CASES.map(({ spec }) => spec.kind))).toEqual(new Set(DISTRIBUTION_KINDS));
});

describe.each(named)('$name', ({ name, spec, mean, variance }) => {
  const distribution = createDistribution(spec);
  const SAMPLES = 20_000;
  const draw = (count: number): number[] => {
    const source = stream(1, name);
    return Array.from({ length: count }, () => distribution.sample(source));
  };
  const drawn = draw(SAMPLES);

  test('has the mean and the variance worked out apart', () => {
    expect(distribution.mean()).toBeCloseTo(mean, 9);
    expect(Math.abs(distribution.variance() - variance)).toBeLessThanOrEqual(1e-9 * variance);
  });

  test('draws samples whose mean and variance are within four standard errors', () => {
    const values = drawn;
    const tally = Tally.of(values);
    expect(Math.abs(tally.mean - mean)).toBeLessThanOrEqual(4 * Math.sqrt(variance / SAMPLES) + 1e-12);
    // The squared deviations are themselves a sample, whose own spread gives the standard error of the variance.
    const squares = Tally.of(values.map((x) => (x - mean) * (x - mean)));
    expect(Math.abs(squares.mean - variance)).toBeLessThanOrEqual(
      (4 * squares.stdDev) / Math.sqrt(SAMPLES) + 1e-12,
    );
  });

  test('draws samples inside its support', () => {
    expect(drawn.every((x) => x >= distribution.min && x <= distribution.max)).toBe(true);
  });

  test('draws the same samples from the same stream', () => {
    expect(draw(100)).toEqual(drawn.slice(0, 100));
  });

  test('has a quantile that is the smallest number its distribution function lifts to p', () => {
    for (const p of [1e-9, 0.001, 0.07, 0.25, 0.3, 0.5, 0.625, 0.75, 0.9, 0.99, 1 - 1e-9]) {
      const x = distribution.quantile(p);
      const slack = Math.max(1e-9 * p, 1e-12);
      expect(distribution.cdf(x)).toBeGreaterThanOrEqual(p - slack);
      const justBelow = x - Math.max(1e-9 * Math.abs(x), 1e-300);
      expect(distribution.cdf(justBelow)).toBeLessThanOrEqual(p + slack);
    }
  });

  test('has a distribution function and a quantile that rise and end at the support', () => {
    let previous = -Infinity;
    for (let i = 0; i <= 50; i++) {
      const x = distribution.quantile(i / 50);
      expect(x).toBeGreaterThanOrEqual(previous);
      previous = x;
    }
    expect(distribution.quantile(0)).toBe(distribution.min);
    expect(distribution.quantile(1)).toBe(distribution.max);
    expect(distribution.cdf(-Infinity)).toBe(0);
    expect(distribution.cdf(Infinity)).toBe(1);
    expect(distribution.cdf(distribution.max)).toBe(1);
  });

  test('refuses a quantile outside 0 to 1', () => {
    expect(() => distribution.quantile(1.5)).toThrow('p must be in 0 to 1, got 1.5');
    expect(() => distribution.quantile(Number.NaN)).toThrow(RangeError);
  });

  test('says truly whether a sample is the quantile of one uniform number', () => {
    let draws = 0;
    const sample = distribution.sample({ nextOpen: () => [0.3, 0.62, 0.45][draws++ % 3]! });
    if (distribution.isInverseTransform) expect([draws, sample]).toEqual([1, distribution.quantile(0.3)]);
    else expect(spec.kind === 'discrete' || draws > 1).toBe(true);
  });

  test('passes the test of Kolmogorov and Smirnov, in the form of Massart that allows jumps', () => {
    const sorted = [...drawn].sort((a, b) => a - b);
    let distance = 0;
    for (const [i, x] of sorted.entries()) {
      // Of equal values the first is compared from the left, the last from the right.
      const below = distribution.cdf(x - 1e-12 * Math.abs(x));
      if (x !== sorted[i - 1]) distance = Math.max(distance, Math.abs(below - i / SAMPLES));
      if (x !== sorted[i + 1])
        distance = Math.max(distance, Math.abs(distribution.cdf(x) - (i + 1) / SAMPLES));
    }
    // P(sqrt(n) D > d) <= 2 exp(-2 d^2), here 0.001: Massart, Annals of Probability 18 (1990), 1269-1283.
    expect(distance * Math.sqrt(SAMPLES)).toBeLessThan(Math.sqrt(Math.log(2000) / 2));
  });
});

test('Discrete values come in the proportion of their weights (chi-square)', () => {
  const weights = [10, 0, 1, 5, 30, 4, 50];
  const values = [1, 2, 3, 4, 5, 6, 7];
  const distribution = createDistribution({ kind: 'discrete', values, weights });
  const source = stream(7, 'discrete');
  const counts = new Map<number, number>();
  for (let i = 0; i < 50_000; i++) {
    const value = distribution.sample(source);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  let statistic = 0;
  for (const [i, weight] of weights.entries()) {
    const expected = weight * 500;
    if (expected > 0) statistic += ((counts.get(values[i]!) ?? 0) - expected) ** 2 / expected;
  }
  expect(counts.has(2)).toBe(false);
  expect(statistic).toBeLessThan(chiSquareQuantile(0.999, 5));
});

test('The alias method gives every value its weight, whatever the weights', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { minLength: 1, maxLength: 9 }), (weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      fc.pre(total > 0);
      const values = weights.map((_, i) => i);
      const distribution = createDistribution({ kind: 'discrete', values, weights });
      const grid = 9 * 8 * 7 * 5 * total;
      const counts = new Float64Array(weights.length);
      for (let i = 0; i < grid; i++) counts[distribution.sample({ nextOpen: () => (i + 0.5) / grid })]!++;
      for (const [i, weight] of weights.entries()) {
        expect(Math.abs(counts[i]! / grid - weight / total)).toBeLessThan(1e-9 + weights.length / grid);
      }
    }),
    { numRuns: 50 },
  );
});

test('An empirical quantile is the value of nearest rank, also where p times n rounds up', () => {
  const values = Array.from({ length: 100 }, (_, i) => i + 1);
  const distribution = createDistribution({ kind: 'empirical', values });
  for (let rank = 1; rank <= 100; rank++) expect(distribution.quantile(rank / 100)).toBe(rank);
});

test('Heavy tails have infinite moments', () => {
  const variate = (shape: number) => createDistribution({ kind: 'pareto', shape, min: 1 });
  expect([variate(1).mean(), variate(1).variance()]).toEqual([Infinity, Infinity]);
  expect([variate(2).mean(), variate(2).variance()]).toEqual([2, Infinity]);
  const mixed = createDistribution({
    kind: 'mixture',
    components: [
      { weight: 1, distribution: { kind: 'pareto', shape: 0.9, min: 1 } },
      { weight: 1, distribution: { kind: 'constant', value: 1 } },
    ],
  });
  expect([mixed.mean(), mixed.variance()]).toEqual([Infinity, Infinity]);
});

test('A truncated normal far out in either tail keeps its accuracy', () => {
  const right = createDistribution({ kind: 'normal', mean: 0, stdDev: 1, min: 6.5 });
  const left = createDistribution({ kind: 'normal', mean: 0, stdDev: 1, max: -6.5 });
  for (const p of [0.01, 0.5, 0.99]) {
    expect(right.quantile(p)).toBeCloseTo(-left.quantile(1 - p), 12);
  }
  // 1 - (1 - Phi(x)) would know Phi(6.5) to 5 digits only: P(Z > x) = 1/2 P(Z > 6.5) at this x (mpmath).
  expect(right.quantile(0.5)).toBeCloseTo(-normalQuantile(2.00800029192956e-11), 9);
});

const inverse = CASES.filter(({ spec }) => createDistribution(spec).isInverseTransform);
test('Inverse-transform samples never fall when the uniform number rises', () => {
  const uniform = fc.double({ min: 1e-15, max: 1 - 1e-15, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(...inverse), uniform, uniform, ({ spec }, a, b) => {
      const distribution = createDistribution(spec);
      const at = (u: number) => distribution.sample({ nextOpen: () => u });
      const [low, high] = [at(Math.min(a, b)), at(Math.max(a, b))];
      expect(high - low).toBeGreaterThanOrEqual(-1e-12 * Math.abs(low));
    }),
  );
});

describe('A spec out of range is refused by a message with field, value and accepted range', () => {
  test.each<[DistributionSpec, string]>([
    [
      { kind: 'constant', value: Number.NaN },
      'constant distribution: value must be a finite number, got NaN',
    ],
    [{ kind: 'exponential', mean: 0 }, 'exponential distribution: mean must be a finite number > 0, got 0'],
    [{ kind: 'exponential', mean: Infinity }, 'mean must be a finite number > 0, got Infinity'],
    [
      { kind: 'uniform', min: 3, max: 3 },
      'uniform distribution: max must be a finite number > min (3), got 3',
    ],
    [{ kind: 'uniform', min: -1e308, max: 1e308 }, 'max - min must be a finite number, got Infinity'],
    [{ kind: 'normal', mean: 0, stdDev: -1 }, 'stdDev must be a finite number > 0, got -1'],
    [{ kind: 'normal', mean: 0, stdDev: 1, min: 2, max: 1 }, 'max must be a finite number > min (2), got 1'],
    [{ kind: 'normal', mean: 0, stdDev: 1, min: 9 }, 'share kept by min and max must be >= 1e-12, got 1.12'],
    [{ kind: 'lognormal', logMean: 0, logStdDev: 0 }, 'logStdDev must be a finite number > 0, got 0'],
    [{ kind: 'gamma', shape: -2, scale: 1 }, 'gamma distribution: shape must be a finite number > 0, got -2'],
    [
      { kind: 'weibull', shape: 1, scale: 0 },
      'weibull distribution: scale must be a finite number > 0, got 0',
    ],
    [{ kind: 'pareto', shape: 1, min: 0 }, 'pareto distribution: min must be a finite number > 0, got 0'],
    [{ kind: 'pareto', shape: 1, min: 5, max: 4 }, 'max must be a finite number > min (5), got 4'],
    [{ kind: 'empirical', values: [] }, 'number of values must be 1 or more, got 0'],
    [{ kind: 'empirical', values: [1, Infinity] }, 'values[1] must be a finite number, got Infinity'],
    [{ kind: 'quantile-table', points: [{ p: 0, value: 1 }] }, 'number of points must be 2 or more, got 1'],
    [
      {
        kind: 'quantile-table',
        points: [
          { p: 0, value: 1 },
          { p: 0.9, value: 2 },
        ],
      },
      'points[1].p must be 1, got 0.9',
    ],
    [
      {
        kind: 'quantile-table',
        points: [
          { p: 0, value: 3 },
          { p: 1, value: 2 },
        ],
      },
      'points[1].value must be >= points[0].value (3), got 2',
    ],
    [{ kind: 'discrete', values: [1, 2], weights: [1] }, 'number of weights must be 2, one per value, got 1'],
    [
      { kind: 'discrete', values: [1, 2], weights: [1, -1] },
      'weights[1] must be a finite number >= 0, got -1',
    ],
    [{ kind: 'discrete', values: [1], weights: [0] }, 'sum of weights must be a finite number > 0, got 0'],
    [{ kind: 'mixture', components: [] }, 'number of components must be 1 or more, got 0'],
    [
      { kind: 'mixture', components: [{ weight: 1, distribution: { kind: 'exponential', mean: -1 } }] },
      'exponential distribution: mean must be a finite number > 0, got -1',
    ],
  ])('%j', (spec, message) => {
    expect(() => createDistribution(spec)).toThrow(RangeError);
    expect(() => createDistribution(spec)).toThrow(message);
  });

  test('an unknown kind lists the known ones', () => {
    const spec = { kind: 'poisson' } as unknown as DistributionSpec;
    expect(() => createDistribution(spec)).toThrow('kind must be one of constant, exponential,');
    expect(() => createDistribution(spec)).toThrow('got poisson');
  });

  test('a lognormal of impossible mean', () => {
    expect(() => lognormalOfMean(0, 1)).toThrow('mean must be a finite number > 0, got 0');
    expect(() => lognormalOfMean(1, 0)).toThrow('variation must be a finite number > 0, got 0');
  });
});
