import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExactSum } from '../../sim/kernel/stats/exact-sum.ts';

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
