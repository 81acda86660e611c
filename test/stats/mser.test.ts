import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../sim/kernel/random.ts';
import { mserTruncation, WarmupDetector } from '../../sim/kernel/stats/mser.ts';
import { TimeBuckets } from '../../sim/kernel/stats/time-buckets.ts';
import { normal } from './lindley.ts';

/** The definition, summed from nothing for every number left out. */
function slowMser(x: readonly number[]) {
  let best = { drop: 0, error: Number.POSITIVE_INFINITY };
  for (let d = 0; d <= x.length - 6; d++) {
    const rest = x.slice(d);
    const mean = rest.reduce((a, b) => a + b, 0) / rest.length;
    const error = rest.reduce((sum, each) => sum + (each - mean) ** 2, 0) / rest.length ** 2;
    if (error < best.error - 1e-12) best = { drop: d, error };
  }
  return { drop: best.drop, settled: x.length > 5 && best.drop <= x.length / 2 };
}

describe('MSER', () => {
  test('leaves out as many as the definition, computed from nothing for each number', () => {
    const rising = fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 60 });
    fc.assert(
      fc.property(rising, fc.nat(20), (noise, start) => {
        const x = noise.map((each, i) => each + start * Math.max(0, 10 - i));
        const slow = slowMser(x);
        const fast = mserTruncation(x);
        // Rounding may settle a tie the other way: the error is what counts.
        const error = (d: number) => {
          const rest = x.slice(d);
          const mean = rest.reduce((a, b) => a + b, 0) / rest.length;
          return rest.reduce((sum, each) => sum + (each - mean) ** 2, 0) / rest.length ** 2;
        };
        if (x.length > 5) expect(error(fast.drop)).toBeCloseTo(error(slow.drop), 9);
        expect(fast.settled).toBe(x.length > 5 && fast.drop <= x.length / 2);
      }),
      { numRuns: 300 },
    );
  });

  test('finds the end of a start that is plainly different, to within two batches', () => {
    const random = RandomStream.named(3, 'noise');
    const detector = new WarmupDetector();
    for (let i = 0; i < 2000; i++) detector.add(i * 1e6, normal(random) + (i < 300 ? 10 : 0));
    const { drop, settled, untilUs } = detector.truncation();
    expect(settled).toBe(true);
    expect(drop * detector.batchSize).toBeGreaterThanOrEqual(295);
    expect(drop * detector.batchSize).toBeLessThanOrEqual(310);
    expect(untilUs).toBe((drop * 5 - 1) * 1e6);
  });

  test('calls a series that rises to its end unsettled, and one that never changes settled at once', () => {
    expect(mserTruncation(Array.from({ length: 100 }, (_, i) => i)).settled).toBe(false);
    expect(mserTruncation(new Array(100).fill(0.1))).toEqual({ drop: 0, settled: true });
    expect(mserTruncation([1, 2, 3]).settled).toBe(false);
  });

  test('on a stream keeps the means of equal batches however often they were joined', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 900 }), (values) => {
        const detector = new WarmupDetector(10);
        for (const [i, x] of values.entries()) detector.add(i, x);
        const size = detector.batchSize;
        const slow = Array.from({ length: Math.floor(values.length / size) }, (_, b) => {
          const batch = values.slice(b * size, (b + 1) * size);
          return batch.reduce((a, c) => a + c, 0) / size;
        });
        expect(detector.batchMeans.length).toBeLessThan(20);
        expect(detector.batchMeans).toEqual(slow);
      }),
      { numRuns: 100 },
    );
  });
});

describe('TimeBuckets', () => {
  test('hold the mean of each stretch of time, as summed millisecond by millisecond', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 7 })), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(steps, (changes) => {
        const buckets = new TimeBuckets(10);
        const slow: number[] = [];
        let value = 0;
        for (const [ms, next] of changes) {
          for (let i = 0; i < ms; i++) slow.push(value);
          buckets.set(slow.length * 1000, next);
          value = next;
        }
        const width = buckets.widthUs / 1000;
        const means = buckets.means(slow.length * 1000);
        const wide = buckets.widthUs / 1000;
        expect(wide).toBeGreaterThanOrEqual(width);
        expect(means.length).toBe(Math.floor(slow.length / wide));
        expect(means.length).toBeLessThan(20);
        means.forEach((mean, b) => {
          const part = slow.slice(b * wide, (b + 1) * wide);
          expect(mean).toBeCloseTo(part.reduce((a, c) => a + c, 0) / wide, 9);
        });
      }),
      { numRuns: 200 },
    );
  });
});
