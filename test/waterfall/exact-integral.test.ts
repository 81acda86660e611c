import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExactIntegral, Instant } from '../../sim/kernel/stats/exact-integral.ts';

const steps = fc.array(
  fc.record({
    forUs: fc.oneof(
      fc.nat(3),
      fc.nat(1e9),
      fc.maxSafeNat().map((n) => n % 4e14),
    ),
    level: fc.oneof(fc.nat(1_000_000), fc.nat(2_000_000_000), fc.integer({ min: -(2 ** 45), max: 2 ** 45 })),
    byChange: fc.boolean(),
  }),
  { minLength: 1, maxLength: 20 },
);

test('an integral is exact at any length and level, as a sum of rectangles in bigints says', () => {
  fc.assert(
    fc.property(steps, fc.nat(19), (all, restartAt) => {
      const at = new Instant();
      const integral = new ExactIntegral();
      let slow = 0n;
      let nowUs = 0;
      all.forEach(({ forUs, level, byChange }, i) => {
        at.set(nowUs);
        if (byChange) integral.change(level - integral.level, at);
        else integral.set(level, at);
        if (i === restartAt) {
          integral.restart(at);
          slow = 0n;
        }
        slow += BigInt(level) * BigInt(forUs);
        nowUs += forUs;
      });
      expect(integral.upTo(nowUs)).toBe(slow);
    }),
    { numRuns: 500 },
  );
});
