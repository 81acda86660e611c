import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { QuantileSketch } from '../../sim/kernel/stats/quantile-sketch.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

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
