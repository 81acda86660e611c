import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PairSums } from '../../sim/kernel/stats/pair-sums.ts';

const numbers = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('PairSums', () => {
  test('depends on what the numbers are, not on what they were nor on the order in which they came', () => {
    fc.assert(
      fc.property(
        fc.array(numbers, { maxLength: 40 }),
        fc.array(fc.tuple(fc.nat(100), numbers), { maxLength: 60 }),
        fc.infiniteStream(fc.nat(1000)),
        (last, before, keys) => {
          const [sums, fresh] = [new PairSums(last.length), new PairSums(last.length)];
          if (last.length > 0) for (const [i, x] of before) sums.set(i % last.length, x);
          const order = last
            .map((x, i) => ({ x, i, key: keys.next().value as number }))
            .sort((a, b) => a.key - b.key);
          for (const { x, i } of order) sums.set(i, x);
          last.forEach((x, i) => {
            fresh.set(i, x);
          });
          expect(sums.total).toBe(fresh.total);
          // Whole multiples of 2^-30 add up without rounding.
          const exact = last.reduce((sum, x) => sum + BigInt(Math.round(x * 2 ** 30)), 0n);
          expect(Math.abs(sums.total - Number(exact) / 2 ** 30)).toBeLessThan(1e-7);
        },
      ),
    );
  });

  test('is the sum to the last unit where no addition rounds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 70 }), (all) => {
        const sums = new PairSums(all.length);
        all.forEach((x, i) => {
          sums.set(i, x);
        });
        expect(sums.total).toBe(all.reduce((sum, x) => sum + x, 0));
      }),
    );
  });

  test('is zero again where all are, though a running sum would not be', () => {
    const [a, b] = [900 / 3, 500 / 3];
    expect(a + b - a - b).not.toBe(0);
    const sums = new PairSums(2);
    for (const [i, x] of [
      [0, a],
      [1, b],
      [0, 0],
      [1, 0],
    ] as const)
      sums.set(i, x);
    expect(sums.total).toBe(0);
  });

  test('holds one number, and none', () => {
    const one = new PairSums(1);
    one.set(0, 2.5);
    expect(one.total).toBe(2.5);
    expect(new PairSums(0).total).toBe(0);
  });
});
