import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { BatchMeans } from '../../sim/kernel/stats/batch-means.ts';

const whole = fc.integer({ min: -1000, max: 1000 });

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
