import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OVERHEAD_RECORDS } from '../../sim/hardware/overheads/index.ts';
import {
  createDistribution,
  type DistributionSpec,
  lognormalOfMean,
} from '../../sim/kernel/distributions/index.ts';
import { RandomStream } from '../../sim/kernel/random.ts';
import { FrameTally } from '../../sim/sharing/frames/frame-times.ts';
import { FRAME_PARAMETERS } from '../../sim/sharing/frames/parameters.ts';
import {
  LEVELS,
  mixtureQuantile,
  quantileAt,
  shareUpTo,
  spreadOf,
} from '../../sim/sharing/frames/quantile-function.ts';
import { sliceRuleProblems, switchUsFor } from '../../sim/sharing/frames/rules.ts';
import { Stratified } from '../../sim/sharing/frames/stratified.ts';
import { WorkTable } from '../../sim/sharing/frames/work-table.ts';

const observations = fc
  .array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 400 })
  .map((values) => Float64Array.from(values).sort());

describe('A quantile function', () => {
  test('keeps 200 points, ascending from 0 to 1, the usual percentiles among them', () => {
    expect(LEVELS.length).toBe(200);
    expect(LEVELS[0]).toBe(0);
    expect(LEVELS[199]).toBe(1);
    for (let i = 1; i < 200; i++) expect(LEVELS[i]).toBeGreaterThan(LEVELS[i - 1]!);
    for (const p of [0.5, 0.95, 0.99])
      expect(Math.min(...LEVELS.map((level) => Math.abs(level - p)))).toBeLessThan(1e-12);
  });

  test('has the mean and the ends of its observations, and quantiles between the two nearest', () => {
    fc.assert(
      fc.property(observations, fc.constantFrom(0.1, 0.5, 0.95, 0.99), (sorted, p) => {
        const { mean, quantiles } = spreadOf(sorted, 0.001);
        const n = sorted.length;
        expect(mean).toBeCloseTo(sorted.reduce((sum, x) => sum + x, 0) / n / 1000, 9);
        expect(quantiles[0]).toBeCloseTo(sorted[0]! / 1000, 12);
        expect(quantiles[199]).toBeCloseTo(sorted[n - 1]! / 1000, 12);
        const at = quantileAt(quantiles, p) * 1000;
        expect(at).toBeGreaterThanOrEqual(sorted[Math.max(0, Math.floor(p * n - 0.5))]! - 1e-6);
        expect(at).toBeLessThanOrEqual(sorted[Math.min(n - 1, Math.ceil(p * n - 0.5))]! + 1e-6);
      }),
    );
  });

  test('and the share up to a value undo each other where they rise', () => {
    fc.assert(
      fc.property(observations, fc.double({ min: 0, max: 0.999, noNaN: true }), (sorted, p) => {
        const { quantiles } = spreadOf(sorted, 1);
        const x = quantileAt(quantiles, p);
        const share = shareUpTo(quantiles, x);
        expect(share).toBeGreaterThanOrEqual(p - 1e-9);
        expect(quantileAt(quantiles, Math.min(1, share))).toBeCloseTo(x, 6);
        expect(shareUpTo(quantiles, sorted[0]! - 1)).toBe(0);
        expect(shareUpTo(quantiles, sorted[sorted.length - 1]!)).toBe(1);
      }),
    );
  });

  test('of a mixture is that of all observations together, each as often as its weight says', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 60 })), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.constantFrom(0.2, 0.5, 0.9, 0.95),
        (kinds, p) => {
          fc.pre(kinds.some(([weight]) => weight > 0));
          // Even spreads of 100 values: the quantiles of the whole are known by sorting.
          const lists = kinds.map(([, scale]) =>
            Float64Array.from({ length: 100 }, (_, i) => scale * (1 + i / 10)),
          );
          const parts = lists.map((list, i) => ({ weight: kinds[i]![0], spread: spreadOf(list, 1) }));
          const all = lists
            .flatMap(
              (list, i) =>
                Array(kinds[i]![0])
                  .fill([...list])
                  .flat() as number[],
            )
            .sort((a, b) => a - b);
          const got = mixtureQuantile(parts, p);
          const share = all.filter((x) => x <= got).length / all.length;
          expect(Math.abs(share - p)).toBeLessThan(0.03);
        },
      ),
    );
  });
});

test.each<[string, DistributionSpec]>([
  ['constant', { kind: 'constant', value: 3 }],
  ['lognormal', lognormalOfMean(4, 1.5)],
  ['normal, cut off', { kind: 'normal', mean: 2, stdDev: 1 }],
  ['pareto without mean', { kind: 'pareto', shape: 0.9, min: 1 }],
  [
    'mixture',
    {
      kind: 'mixture',
      components: [
        { weight: 3, distribution: { kind: 'uniform', min: 1, max: 2 } },
        { weight: 1, distribution: { kind: 'exponential', mean: 20 } },
      ],
    },
  ],
])(
  'A work table has the quantiles of its distribution, to the microsecond or a thousandth: %s',
  (_name, spec) => {
    const speed = 0.5;
    const table = new WorkTable(spec, speed);
    const distribution = createDistribution(spec);
    for (const u of [1e-6, 0.0001, 0.01, 0.25, 0.5004, 0.9, 0.99, 0.9991, 0.99999]) {
      const exact = Math.max(1, (distribution.quantile(u) * 1000) / speed);
      expect(Math.abs(table.at(u) - exact)).toBeLessThan(1 + exact / 500);
    }
    expect(Number.isFinite(table.meanUs)).toBe(true);
  },
);

test('Stratified numbers have one in every stratum of each block, anywhere in it', () => {
  const numbers = new Stratified(RandomStream.named(1, 'strata'), 50);
  let within = 0;
  for (let block = 0; block < 200; block++) {
    const drawn = Array.from({ length: 50 }, () => numbers.next());
    expect(drawn.map((u) => Math.floor(u * 50)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, i) => i),
    );
    for (const u of drawn) within += (u * 50) % 1;
    if (block > 0) expect(drawn).not.toEqual(drawn.toSorted((a, b) => a - b));
  }
  expect(within / 10_000).toBeCloseTo(0.5, 1);
});

test('A tally counts a frame on its deadline as in time, and means over frames', () => {
  const tally = new FrameTally(20_000);
  for (const seen of [10_000, 20_000, 20_001, 50_000]) tally.addFrame(seen / 2, seen, 30_000);
  tally.addClick(60_000);
  const times = tally.times();
  expect(times.inTimeShare).toBe(0.5);
  expect(times.cycleMs).toBe(30);
  expect(times.gpuMs.mean).toBeCloseTo(12.50013, 4);
  expect(times.clickMs.mean).toBe(60);
});

describe('Rules', () => {
  test('turn an efficiency into a switch, always shorter than the slice', () => {
    expect(switchUsFor(2000, 0.93)).toBe(140);
    expect(switchUsFor(2000, 1)).toBe(0);
    expect(switchUsFor(5, 0.01)).toBe(4);
    expect(() => switchUsFor(2000, 0)).toThrow(/efficiency in \(0, 1\], got 0/);
    expect(() => switchUsFor(2000, 1.05)).toThrow(RangeError);
  });

  test('that cannot be are told apart from those that can', () => {
    const good = {
      scheduler: 'fixed-share',
      sliceUs: 1,
      switchUs: 0,
      averaging: 0,
      slots: 1,
      encoders: 0,
    } as const;
    expect(sliceRuleProblems(good)).toEqual([]);
    expect(sliceRuleProblems({ ...good, slots: 0 })).toEqual([
      'slots: need a whole number, 1 or more, got 0',
    ]);
    expect(sliceRuleProblems({ ...good, scheduler: 'equal-share', slots: 0 })).toEqual([]);
    expect(
      sliceRuleProblems({ ...good, sliceUs: 0.5, switchUs: 1, averaging: -1, encoders: -1 }),
    ).toHaveLength(4);
  });
});

test('Every frame parameter is in its bounds, and measured or documented ones name a record that exists', () => {
  const records = new Set(OVERHEAD_RECORDS.map(({ id }) => id));
  expect(new Set(FRAME_PARAMETERS.map(({ id }) => id)).size).toBe(FRAME_PARAMETERS.length);
  for (const { id, low, typical, high, min, max, source, evidence } of FRAME_PARAMETERS) {
    expect(id).toMatch(/^frames\.[a-z-]+$/);
    const order = [min, low, typical, high, max];
    expect(order, id).toEqual(order.toSorted((a, b) => a - b));
    if (evidence === 'inferred' || evidence === 'unverified') continue;
    const named = source.match(/[A-Z]{2}-\d+/g) ?? [];
    expect(named.length, id).toBeGreaterThan(0);
    for (const record of named) expect(records.has(record), record).toBe(true);
  }
});
