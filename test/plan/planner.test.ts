import { beforeAll, describe, expect, test } from 'vitest';
import { plan } from '../../bench/validation/plan/answering.ts';
import { questionOf } from '../../bench/validation/plan/questions.ts';
import { cheapestOfAll } from '../../bench/validation/plan/trying-all.ts';
import { loadSolver } from '../../cli/load-solver.ts';
import type { IntegerSolver } from '../../sim/index.ts';

let solver: IntegerSolver;
beforeAll(async () => {
  solver = await loadSolver();
});

/** `npm run validate:plan` tries all 30. */
const QUESTIONS = 5;

describe('the cheapest plan', () => {
  test.each(Array.from({ length: QUESTIONS }, (_, i) => i + 1))(
    'is that of trying all, and the bound is never above it: question %i',
    (number) => {
      const { document, about } = questionOf(number, 'small');
      const found = plan(document, solver);
      const all = cheapestOfAll(document);
      expect(found.plan?.amount.value ?? Number.POSITIVE_INFINITY, about).toBeCloseTo(all.amount, 6);
      if (all.serving > 0) expect(found.bound).toBeLessThanOrEqual(all.amount + 1e-6);
    },
  );
});
