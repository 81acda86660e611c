import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestFill, commonStep, type GpuPart, roomWorth } from '../../../sim/policies/packing/gpu-fill.ts';

const parts: fc.Arbitrary<GpuPart[]> = fc.array(
  fc.record({
    milli: fc.constantFrom(0, 100, 150, 200, 250, 350, 400, 650, 1000),
    worth: fc.integer({ min: -50, max: 900 }),
  }),
  { minLength: 1, maxLength: 5 },
);

/** The best of all multisets, by trying them. */
function bruteForce(all: readonly GpuPart[], room: number, from = 0): number {
  let best = 0;
  for (let i = from; i < all.length; i++) {
    const { milli, worth } = all[i] as GpuPart;
    if (milli === 0 || milli > room) continue;
    best = Math.max(best, worth + bruteForce(all, room - milli, i));
  }
  return best;
}

test('the worth of room on a GPU is the best of all ways to fill it', () => {
  fc.assert(
    fc.property(parts, fc.integer({ min: 0, max: 20 }), (all, steps) => {
      const step = commonStep(all.map(({ milli }) => milli));
      const room = Math.min(1000, steps * 50);
      expect(roomWorth(all, step)[Math.floor(room / step)]).toBe(bruteForce(all, room));
    }),
    { numRuns: 200 },
  );
});

test('the best fill fits and has the worth of an empty GPU', () => {
  fc.assert(
    fc.property(parts, (all) => {
      const step = commonStep(all.map(({ milli }) => milli));
      const { worth, counts } = bestFill(all, step);
      let size = 0;
      let sum = 0;
      for (const [i, n] of counts) {
        size += n * (all[i] as GpuPart).milli;
        sum += n * (all[i] as GpuPart).worth;
      }
      expect(size).toBeLessThanOrEqual(1000);
      expect(sum).toBe(worth);
      expect(worth).toBe(bruteForce(all, 1000));
    }),
    { numRuns: 200 },
  );
});

test('the common step divides every size and a whole GPU', () => {
  expect(commonStep([460, 810, 50])).toBe(10);
  expect(commonStep([])).toBe(1000);
  expect(commonStep([0, 333])).toBe(1);
});
