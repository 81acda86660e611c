import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Histogram } from '../../sim/kernel/stats/histogram.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

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
