import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDistribution } from '../../sim/kernel/distributions/index.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { BatchMeans } from '../../sim/kernel/stats/batch-means.ts';
import { excludesZero, pairedInterval, studentInterval } from '../../sim/kernel/stats/confidence.ts';
import { ExactSum } from '../../sim/kernel/stats/exact-sum.ts';
import { Histogram } from '../../sim/kernel/stats/histogram.ts';
import { QuantileSketch } from '../../sim/kernel/stats/quantile-sketch.ts';
import { Tally } from '../../sim/kernel/stats/tally.ts';
import { meanOfSummary, mergeTimeWeighted, TimeWeighted } from '../../sim/kernel/stats/time-weighted.ts';
import type { Micros } from '../../sim/kernel/time.ts';

const us = (value: number) => value as Micros;
const whole = fc.integer({ min: -1000, max: 1000 });
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const moderate = fc.double({ noNaN: true, min: -1e6, max: 1e6 });

describe('ExactSum', () => {
  const big = fc.maxSafeInteger();

  test('sums products of whole numbers exactly, in any order and any grouping', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(big, fc.nat(2 ** 48 - 1)), { maxLength: 8 }), fc.nat(8), (terms, cut) => {
        // Eight terms of at most 2^53 times 2^48 stay below the promised 2^104.
        const [first, second] = [new ExactSum(), new ExactSum()];
        for (const [a, b] of terms.slice(0, cut)) first.addProduct(a, b);
        for (const [a, b] of terms.slice(cut).reverse()) second.addProduct(a, b);
        first.merge(second);
        const slow = terms.reduce((sum, [a, b]) => sum + BigInt(a) * BigInt(b), 0n);
        expect(first.toBigInt()).toBe(slow);
        expect(first.value).toBe(Number(slow));
      }),
    );
  });

  test('keeps what a plain sum of fractions loses', () => {
    const sum = new ExactSum();
    for (const x of [1e16, 0.125, -1e16]) sum.add(x);
    expect(sum.value).toBe(0.125);
    const product = new ExactSum();
    product.addProduct(0.1, 0.1);
    product.add(-(0.1 * 0.1));
    expect(product.value).not.toBe(0); // the rounding error of 0.1 * 0.1 itself
    expect(Math.abs(product.value)).toBeLessThan(1e-18);
  });
});

describe('TimeWeighted', () => {
  const steps = fc.array(fc.record({ heldUs: fc.nat(3), value: whole }), { minLength: 1 }); // often held for no time

  /** Every microsecond on its own: obviously right. */
  function slowly(changes: readonly { heldUs: number; value: number }[]) {
    const each = changes.flatMap(({ heldUs, value }) => Array.from({ length: heldUs }, () => value));
    return {
      durationUs: each.length,
      integral: each.reduce((sum, value) => sum + value, 0),
      min: each.length === 0 ? undefined : Math.min(...each),
      max: each.length === 0 ? undefined : Math.max(...each),
    };
  }

  test('agrees with a value looked at every microsecond', () => {
    fc.assert(
      fc.property(steps, fc.nat(50), (changes, startUs) => {
        const followed = new TimeWeighted(us(startUs));
        let nowUs = startUs;
        for (const { heldUs, value } of changes) {
          followed.set(us(nowUs), value);
          nowUs += heldUs;
        }
        const slow = slowly(changes);
        expect(followed.summary(us(nowUs))).toMatchObject(slow);
        expect(followed.integral(us(nowUs))).toBe(slow.integral);
        expect(followed.exactIntegral(us(nowUs))).toBe(BigInt(slow.integral));
        if (slow.durationUs > 0) expect(followed.mean(us(nowUs))).toBe(slow.integral / slow.durationUs);
      }),
    );
  });

  test('forgets what was before a reset, but not the value', () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const followed = new TimeWeighted(us(0));
        const fresh: { heldUs: number; value: number }[] = [];
        let nowUs = 0;
        for (const { heldUs, value } of before) {
          followed.set(us(nowUs), value);
          nowUs += heldUs;
        }
        followed.reset(us(nowUs));
        fresh.push({ heldUs: 2, value: followed.value });
        nowUs += 2;
        for (const { heldUs, value } of after) {
          followed.set(us(nowUs), value);
          nowUs += heldUs;
          fresh.push({ heldUs, value });
        }
        expect(followed.summary(us(nowUs))).toMatchObject(slowly(fresh));
      }),
    );
  });

  test('joins two stretches into what one would have seen', () => {
    fc.assert(
      fc.property(steps, steps, (a, b) => {
        const [whole, first, second] = [
          new TimeWeighted(us(0)),
          new TimeWeighted(us(0)),
          new TimeWeighted(us(0)),
        ];
        const follow = (followed: TimeWeighted, changes: typeof a, fromUs: number) => {
          let nowUs = fromUs;
          for (const { heldUs, value } of changes) {
            followed.set(us(nowUs), value);
            nowUs += heldUs;
          }
          return nowUs;
        };
        const endUs = follow(whole, b, follow(whole, a, 0));
        const merged = mergeTimeWeighted(
          first.summary(us(follow(first, a, 0))),
          second.summary(us(follow(second, b, 0))),
        );
        expect(merged).toEqual(whole.summary(us(endUs)));
        expect(meanOfSummary(merged)).toBe(endUs === 0 ? undefined : whole.mean(us(endUs)));
      }),
    );
  });

  test('is exact beyond 2^53: a year of a million GPU-milli in microseconds', () => {
    const followed = new TimeWeighted(us(0), 1_000_003);
    const yearUs = 365 * 86_400_000_000;
    for (let i = 1; i <= 1000; i++) followed.add(us(i), i % 2 === 0 ? 1 : -1);
    followed.set(us(yearUs), 0);
    expect(followed.exactIntegral(us(yearUs))).toBe(1_000_003n * BigInt(yearUs) - 500n);
  });

  test('refuses to go back in time and to follow what is not a number', () => {
    const followed = new TimeWeighted(us(10), 1);
    expect(() => followed.set(us(9), 2)).toThrow('last change at 10 us, asked for 9 us');
    expect(() => followed.integral(us(9))).toThrow(RangeError);
    expect(() => followed.set(us(11), Number.NaN)).toThrow('need a finite number, got NaN');
    expect(followed.mean(us(10))).toBe(1);
  });
});

describe('Tally', () => {
  test('agrees with two passes over the observations', () => {
    fc.assert(
      fc.property(fc.array(moderate, { minLength: 2 }), (values) => {
        const tally = Tally.of(values);
        const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
        const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
        const size = Math.max(...values.map(Math.abs));
        expect(tally.count).toBe(values.length);
        expect(Math.abs(tally.mean - mean)).toBeLessThanOrEqual(1e-12 * size);
        expect(Math.abs(tally.variance - variance)).toBeLessThanOrEqual(
          1e-9 * (variance + size * size * 1e-6),
        );
        expect([tally.min, tally.max]).toEqual([Math.min(...values), Math.max(...values)]);
        expect(Math.abs(tally.sum - mean * values.length)).toBeLessThanOrEqual(1e-12 * size * values.length);
      }),
    );
  });

  test('merged from parts is close to one over all', () => {
    fc.assert(
      fc.property(fc.array(moderate), fc.array(moderate), (a, b) => {
        const all = Tally.of([...a, ...b]);
        const merged = Tally.of(a);
        merged.merge(Tally.of(b));
        const size = Math.max(1, ...[...a, ...b].map(Math.abs));
        expect([merged.count, merged.min, merged.max]).toEqual([all.count, all.min, all.max]);
        if (all.count > 0) expect(Math.abs(merged.mean - all.mean)).toBeLessThanOrEqual(1e-12 * size);
        if (all.count > 1) {
          expect(Math.abs(merged.variance - all.variance)).toBeLessThanOrEqual(
            1e-9 * (all.variance + size * size * 1e-6),
          );
        }
      }),
    );
  });

  test('does not lose a small spread around a large mean', () => {
    const tally = Tally.of([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);
    expect(tally.variance).toBe(30);
    expect(tally.stdDev).toBe(Math.sqrt(30));
  });

  test('survives JSON, also empty', () => {
    for (const values of [[], [3], [1, 2.5, -4]]) {
      const tally = Tally.of(values);
      const back = Tally.fromData(JSON.parse(JSON.stringify(tally)));
      expect(back.toJSON()).toEqual(tally.toJSON());
      expect([back.min, back.max]).toEqual([tally.min, tally.max]);
    }
    expect(new Tally().mean).toBeNaN();
    expect(Tally.of([3]).variance).toBeNaN();
    expect(() => new Tally().add(Infinity)).toThrow('need a finite number, got Infinity');
  });
});

describe('QuantileSketch', () => {
  const sketchOf = (values: readonly number[]) => {
    const sketch = new QuantileSketch();
    for (const value of values) sketch.add(value);
    return sketch;
  };
  /** All sizes a double has, subnormal ones apart, and zeros often. */
  const observation = fc.oneof(
    finite.map((x) => (Math.abs(x) < 2.2250738585072014e-308 ? 0 : x)),
    fc.constant(0),
    fc.constantFrom(1, 2, 1 / 3, -7.7),
  );
  const observations = fc.array(observation, { minLength: 1 });

  test('is within 1/128 of the observation of nearest rank', () => {
    fc.assert(
      fc.property(observations, fc.double({ min: 0, max: 1, noNaN: true }), (values, p) => {
        const sorted = [...values].sort((a, b) => a - b);
        const exact = sorted.find((_, i) => (i + 1) / sorted.length >= p)!;
        expect(Math.abs(sketchOf(values).quantile(p) - exact)).toBeLessThanOrEqual(Math.abs(exact) / 128);
      }),
    );
  });

  test('knows smallest, largest and count exactly', () => {
    fc.assert(
      fc.property(observations, (values) => {
        const sketch = sketchOf(values);
        const [min, max] = [Math.min(...values), Math.max(...values)];
        expect([sketch.quantile(0) === min, sketch.quantile(1) === max]).toEqual([true, true]);
        expect([sketch.min === min, sketch.max === max, sketch.count]).toEqual([true, true, values.length]);
      }),
    );
  });

  test('merged from parts, or filled in any order, is the same to the last count', () => {
    fc.assert(
      fc.property(fc.array(observation), fc.array(observation), (a, b) => {
        const merged = sketchOf(a);
        merged.merge(sketchOf(b));
        const all = JSON.stringify(sketchOf([...b, ...a].reverse()));
        expect(JSON.stringify(merged)).toBe(all);
        expect(JSON.stringify(QuantileSketch.fromData(JSON.parse(all)))).toBe(all);
      }),
    );
  });

  test('read back from JSON it gives the same quantiles', () => {
    const sketch = sketchOf([-5, -5, 0, 1, 2, 3, 4e9]);
    const back = QuantileSketch.fromData(JSON.parse(JSON.stringify(sketch)));
    for (let i = 0; i <= 20; i++) expect(back.quantile(i / 20)).toBe(sketch.quantile(i / 20));
  });

  test('counts one observation many times at once', () => {
    const sketch = new QuantileSketch();
    sketch.add(10, 99);
    sketch.add(1000);
    expect(sketch.count).toBe(100);
    expect(sketch.quantile(0.99)).toBe(10.0625); // the middle of the bucket from 10 to 10.125
    expect(sketch.quantile(0.991)).toBe(1000);
  });

  test('takes numbers closer to zero than 2^-1022 for zero', () => {
    const sketch = sketchOf([5e-324, -5e-324, 1e-310]);
    expect(sketch.toJSON()).toMatchObject({ zeros: 3, positive: [], negative: [] });
    expect(sketch.quantile(0.5)).toBe(0);
  });

  test('stays as small as the range of sizes, however many observations', () => {
    const source = new RandomStreams(3).stream('sketch');
    const sketch = new QuantileSketch();
    for (let i = 0; i < 100_000; i++) sketch.add(1 + 1023 * source.next()); // ten octaves of 64 buckets
    expect(sketch.toJSON().positive.length).toBeLessThanOrEqual(2 * 640);
  });

  test('has pinned buckets: a change of layout would make stored sketches unreadable', () => {
    const sketch = sketchOf([1, 1.015625, 3, -0.1, 0, 1.7976931348623157e308, 2.2250738585072014e-308]);
    expect(JSON.stringify(sketch)).toBe(
      '{"zeros":1,"min":-0.1,"max":1.7976931348623157e+308,' +
        '"positive":[64,1,65472,1,65473,1,65568,1,131007,1],"negative":[65254,1]}',
    );
  });

  test.each([
    [{ zeros: -1, min: 0, max: 0, positive: [], negative: [] }, 'zeros must be whole and >= 0, got -1'],
    [{ zeros: 0, min: 1, max: 1, positive: [63, 1], negative: [] }, 'bucket must be 64 to 131007, got 63'],
    [
      { zeros: 0, min: 1, max: 1, positive: [70, 1, 70, 1], negative: [] },
      'bucket must be 71 to 131007, got 70',
    ],
    [
      { zeros: 0, min: 1, max: 1, positive: [70, 0], negative: [] },
      'count of bucket 70 must be whole and > 0, got 0',
    ],
    [{ zeros: 0, min: 1, max: 1, positive: [], negative: [70] }, 'count of bucket 70'],
  ])('refuses to read %j', (data, message) => {
    expect(() => QuantileSketch.fromData(data)).toThrow(message);
  });

  test('refuses what it cannot observe', () => {
    const sketch = new QuantileSketch();
    expect(sketch.quantile(0.5)).toBeNaN();
    expect(() => sketch.add(Number.NaN)).toThrow('need a finite number');
    expect(() => sketch.add(1, 0.5)).toThrow(RangeError);
    expect(() => sketch.quantile(1.01)).toThrow('p must be in 0 to 1, got 1.01');
  });
});

describe('Histogram', () => {
  const edges = [-2, 0, 1, 5];
  const observation = fc.oneof(fc.integer({ min: -4, max: 7 }), finite); // whole numbers fall on edges

  test('agrees with asking each bin whether it holds the number', () => {
    fc.assert(
      fc.property(fc.array(observation), (values) => {
        const histogram = new Histogram(edges);
        for (const x of values) histogram.add(x);
        const within = (lo: number, hi: number) => values.filter((x) => lo <= x && x < hi).length;
        expect(histogram.toJSON()).toEqual({
          edges,
          counts: [within(-2, 0), within(0, 1), within(1, 5)],
          below: within(-Infinity, -2),
          above: values.filter((x) => x >= 5).length,
        });
        expect(histogram.total).toBe(values.length);
      }),
    );
  });

  test('merged from parts is exactly one over all, and survives JSON', () => {
    const weighted = fc.array(fc.tuple(observation, fc.nat(1e9)));
    fc.assert(
      fc.property(weighted, weighted, (a, b) => {
        const fill = (values: typeof a) => {
          const histogram = new Histogram(edges);
          for (const [x, weight] of values) histogram.add(x, weight);
          return histogram;
        };
        const merged = fill(a);
        merged.merge(fill(b));
        expect(merged.toJSON()).toEqual(fill([...a, ...b]).toJSON());
        expect(Histogram.fromData(JSON.parse(JSON.stringify(merged))).toJSON()).toEqual(merged.toJSON());
      }),
    );
  });

  test('refuses edges and observations that make no sense', () => {
    expect(() => new Histogram([1])).toThrow('need 2 or more edges, got 1');
    expect(() => new Histogram([1, 1])).toThrow('edges[1] must be finite and ascending, got 1');
    expect(() => new Histogram([0, 1]).add(Number.NaN)).toThrow(RangeError);
    expect(() => new Histogram([0, 1]).add(0, -1)).toThrow('finite weight >= 0');
    expect(() => new Histogram([0, 1]).merge(new Histogram([0, 2]))).toThrow('their edges differ');
    expect(() => Histogram.fromData({ edges: [0, 1], counts: [], below: 0, above: 0 })).toThrow(
      'need 1 counts, got 0',
    );
  });
});

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

describe('BatchMeans', () => {
  const batchesOf = (values: Iterable<number>) => {
    const batches = new BatchMeans(10);
    for (const value of values) batches.add(value);
    return batches;
  };

  test('are the means of consecutive stretches, between B and 2B - 1 of them, of one size', () => {
    fc.assert(
      fc.property(fc.array(whole, { minLength: 10, maxLength: 500 }), (values) => {
        const batches = batchesOf(values);
        const { batchSize, batchMeans } = batches;
        expect(batchMeans.length).toBeGreaterThanOrEqual(10);
        expect(batchMeans.length).toBeLessThan(20);
        expect(values.length - batchMeans.length * batchSize).toBeLessThan(batchSize);
        const slow = batchMeans.map((_, i) =>
          values.slice(i * batchSize, (i + 1) * batchSize).reduce((sum, x) => sum + x / batchSize, 0),
        );
        for (const [i, mean] of batchMeans.entries()) expect(mean).toBeCloseTo(slow[i]!, 9);
        const interval = batches.interval();
        expect(interval.n).toBe(batchMeans.length);
      }),
    );
  });

  test('merged after whole batches are the batches of one series', () => {
    // 512 of each: at most 18 * 512 observations in at least ten batches, so every batch size divides 512.
    const series = fc
      .array(whole, { maxLength: 9 })
      .map((values) => values.flatMap((x) => spreadOut(x, 512)));
    fc.assert(
      fc.property(series, series, (first, second) => {
        const merged = batchesOf(first);
        merged.merge(batchesOf(second));
        const all = batchesOf([...first, ...second]);
        expect(merged.batchSize).toBe(all.batchSize);
        expect(merged.batchMeans).toEqual(all.batchMeans);
      }),
      { numRuns: 30 },
    );
  });

  test('merged drop what fills no batch, and go on with a fresh one', () => {
    const merged = batchesOf([...spreadOut(5, 20), 1000]); // ten batches of 2 and half a batch
    merged.merge(batchesOf([...spreadOut(7, 20), 1000]));
    expect(merged.batchSize).toBe(4);
    expect(merged.batchMeans).toHaveLength(10);
    for (const x of [1, 2, 3, 6]) merged.add(x);
    expect(merged.batchMeans.at(-1)).toBe(3);
    expect(Math.max(...merged.batchMeans)).toBeLessThan(100);
  });

  test('show by their correlation that neighbours depend on each other', () => {
    const source = new RandomStreams(5).stream('batches');
    const drawn = Array.from({ length: 1000 }, () => source.next());
    const independent = new BatchMeans(500);
    const walking = new BatchMeans(500);
    let position = 0;
    for (const x of drawn) {
      independent.add(x);
      position = 0.95 * position + x;
      walking.add(position);
    }
    expect(Math.abs(independent.lag1Correlation)).toBeLessThan(3 / Math.sqrt(500));
    expect(walking.lag1Correlation).toBeGreaterThan(0.8);
    expect(batchesOf([1, 2]).lag1Correlation).toBeNaN();
    expect(batchesOf([4, 4, 4, 4]).lag1Correlation).toBe(0);
  });

  test('refuse too few batches, and an interval of nothing', () => {
    expect(() => new BatchMeans(9)).toThrow('need a whole number >= 10, got 9');
    expect(() => new BatchMeans().interval()).toThrow('need 1 or more observations');
    expect(() => new BatchMeans().add(Number.NaN)).toThrow('need a finite number, got NaN');
  });
});

/** Observations that differ but have mean `x + 1/2`. */
function spreadOut(x: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => x + (i % 2));
}
