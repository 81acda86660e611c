import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bucketMeans,
  coarser,
  FIRST_WIDTH_US,
  MOST_BUCKETS,
  type SeriesData,
  SeriesRecorder,
} from '../../sim/observe/series/series-recorder.ts';
import { joinTimeSeries } from '../../sim/observe/series/time-series.ts';

interface Held {
  readonly us: number;
  readonly value: number;
  readonly whole: number;
}

/** Few values, some of no time, some longer than the whole series so far, some that end with a bucket. */
const stretches = fc.array(
  fc.record({
    us: fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 3 * FIRST_WIDTH_US }) },
      { weight: 1, arbitrary: fc.constantFrom(0, FIRST_WIDTH_US, 64 * FIRST_WIDTH_US) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 1_000_000 * FIRST_WIDTH_US }) },
    ),
    value: fc.integer({ min: 0, max: 8 }),
    whole: fc.constantFrom(0, 8, 16),
  }),
  { minLength: 1, maxLength: 60 },
);

function record(startUs: number, all: readonly Held[]): SeriesData {
  const recorder = new SeriesRecorder(0);
  // What was before the warm-up leaves no trace.
  recorder.hold(startUs, 7, 9);
  recorder.reset(startUs);
  let atUs = startUs;
  for (const { us, value, whole } of all) {
    atUs += us;
    recorder.hold(atUs, value, whole);
  }
  return recorder.read();
}

/** A bucket worked out from the stretches alone. */
function slowBucket(all: readonly Held[], fromUs: number, toUs: number) {
  let [atUs, value, whole] = [0, 0, 0];
  const parts: number[] = [];
  for (const held of all) {
    const us = Math.min(toUs, atUs + held.us) - Math.max(fromUs, atUs);
    atUs += held.us;
    if (us <= 0) continue;
    value += us * held.value;
    whole += us * held.whole;
    if (held.whole > 0) parts.push(held.value / held.whole);
  }
  return {
    value,
    whole,
    min: parts.length === 0 ? null : Math.min(...parts),
    max: parts.length === 0 ? null : Math.max(...parts),
  };
}

test('a series has the integrals and extremes of every bucket, however often buckets were joined', () => {
  fc.assert(
    fc.property(fc.constantFrom(0, 12_345), stretches, (startUs, all) => {
      const found = record(startUs, all);
      const totalUs = all.reduce((sum, { us }) => sum + us, 0);
      expect(found).toMatchObject({ startUs, endUs: startUs + totalUs });
      expect(found.value.length).toBe(Math.ceil(totalUs / found.widthUs));
      expect(found.value.length).toBeLessThanOrEqual(MOST_BUCKETS);
      // No wider than it has to be.
      if (found.widthUs > FIRST_WIDTH_US)
        expect(totalUs).toBeGreaterThanOrEqual((MOST_BUCKETS / 2) * found.widthUs);
      found.value.forEach((value, i) => {
        const slow = slowBucket(all, i * found.widthUs, (i + 1) * found.widthUs);
        expect(value).toBeCloseTo(slow.value, 3);
        expect(found.whole[i]).toBeCloseTo(slow.whole, 3);
        expect([found.min[i], found.max[i]]).toEqual([slow.min, slow.max]);
      });
    }),
  );
});

test('a series made coarser is the series recorded in buckets as wide', () => {
  fc.assert(
    fc.property(stretches, fc.integer({ min: 1, max: 5 }), (all, times) => {
      let found = record(0, all);
      for (let i = 0; i < times; i++) found = coarser(found);
      found.value.forEach((value, i) => {
        const slow = slowBucket(all, i * found.widthUs, (i + 1) * found.widthUs);
        expect(value).toBeCloseTo(slow.value, 3);
        expect([found.min[i], found.max[i]]).toEqual([slow.min, slow.max]);
      });
    }),
  );
});

test('replications are joined in the buckets of the longest: mean of means, least of least, greatest of greatest', () => {
  const constant = (value: number, us: number) => record(0, [{ us, value, whole: 8 }]);
  const run = (series: SeriesData) => [{ name: 'gpu.allocated', unit: 'fraction', series }] as const;
  // 512 first buckets and one more: twice as wide.
  const long = constant(8, 513 * FIRST_WIDTH_US);
  const short = constant(2, 2 * FIRST_WIDTH_US);
  const joined = joinTimeSeries([run(long), run(short)]);
  expect(joined).toMatchObject({ bucketSeconds: (2 * FIRST_WIDTH_US) / 1e6, startSeconds: 0 });
  const { mean = [], min = [], max = [] } = joined?.names['gpu.allocated'] ?? {};
  expect(mean.length).toBe(257);
  expect([mean[0], min[0], max[0]]).toEqual([(1 + 0.25) / 2, 0.25, 1]);
  // The short run is over by then.
  expect([mean[1], min[1], max[1], mean[256]]).toEqual([1, 1, 1, 1]);
  expect(joinTimeSeries([])).toBeUndefined();
});

test('a value that is no part of anything has means in its own unit, and nothing to measure has none', () => {
  const recorder = new SeriesRecorder(0);
  recorder.hold(FIRST_WIDTH_US / 3, 4);
  recorder.hold(FIRST_WIDTH_US, 1);
  recorder.hold(2 * FIRST_WIDTH_US, 1, 0);
  expect(bucketMeans(recorder.read())).toEqual([2, null]);
});
