import fc from 'fast-check';
import { expect, test } from 'vitest';
import { breakEven } from '../../bench/claims/break-even.ts';
import { Lab } from '../../bench/claims/lab.ts';

const SEARCH = { from: 0, to: 10, level: 5, steps: 4, runs: 4 } as const;

test('of runs that are lines it is the mean of where each crosses, with the interval of that mean', () => {
  const crosses = fc.array(fc.double({ min: 1, max: 9, noNaN: true }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(crosses, fc.constantFrom(-2, -0.1, 0.1, 2), (own, slope) => {
      const found = breakEven('', 'ratio', SEARCH, (x, only) => 5 + slope * (x - (own[only] ?? 0)));
      const mean = own.reduce((sum, each) => sum + each, 0) / 4;
      expect(found?.value).toBeCloseTo(mean, 9);
      const spread = Math.sqrt(own.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 3);
      // Student's 97.5 % quantile with three degrees of freedom, as tables have it.
      if (spread > 1e-6) expect((found?.ci95?.[1] ?? 0) - mean).toBeCloseTo((3.182446 * spread) / 2, 4);
    }),
  );
});

test('of a curve it is found to the width that the halvings leave', () => {
  const found = breakEven('', 'ratio', { ...SEARCH, level: 0.5, steps: 8 }, (x) => 1 / (1 + x));
  expect(found?.value).toBeCloseTo(1, 3);
  expect(found?.ci95).toBeUndefined();
});

test('where a single run does not cross there is none', () => {
  expect(breakEven('', 'ratio', SEARCH, (x, only) => (only === 2 ? 1 : x))).toBeNull();
});

test('one run of several is that run, whichever is asked for first', () => {
  const lab = new Lab();
  const ask = { set: ['experiment.horizon=2m', 'experiment.warmup=0s'] };
  const third = lab.run('claims/c03-frames', { ...ask, only: 2 });
  const all = lab.run('claims/c03-frames', { ...ask, replications: 3 });
  expect(third.replications).toEqual([all.replications[2]]);
  expect(all.replications.map(({ seed }) => seed - all.scenario.seed)).toEqual([0, 1, 2]);
});
