import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shownTimes } from '../../../sim/experiment/bound/shortfall.ts';

test('what is a little too much is never said to be as much as is possible', () => {
  expect(shownTimes(1.0026)).toBe('1.003');
  expect(shownTimes(1.28)).toBe('1.28');
  expect(shownTimes(1 + 1e-9)).toBe('a little more than 1');
  fc.assert(
    fc.property(fc.double({ min: 1.000001, max: 900, noNaN: true }), (factor) => {
      const written = shownTimes(factor);
      expect(written).not.toBe('1');
      const number = Number(written);
      if (!Number.isNaN(number)) expect(Math.abs(number / factor - 1)).toBeLessThan(0.006);
    }),
  );
});
