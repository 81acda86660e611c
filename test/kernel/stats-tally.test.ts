import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Tally } from '../../sim/kernel/stats/tally.ts';

/** Thousandths up to a million: products of much smaller numbers would vanish and leave no tolerance. */
const moderate = fc.integer({ min: -1e9, max: 1e9 }).map((x) => x / 1000);

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
