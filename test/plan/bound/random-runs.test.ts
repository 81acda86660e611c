import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSolver } from '../../../cli/load-solver.ts';
import { CapacityBound } from '../../../sim/experiment/bound/index.ts';
import type { IntegerSolver } from '../../../sim/index.ts';
import { sharedScenarios } from '../../property/shared-scenarios.ts';
import { growthOf, ruledOutLimits, run } from './deeds.ts';

/** Fleets of random sharing modes with too much to do: what a run did, the bound must hold to be possible. */

let solver: IntegerSolver;
beforeAll(async () => {
  solver = await loadSolver();
});

const scenarios = sharedScenarios({ services: 'any', sessions: true, changes: 'none' });

describe('the capacity bound on random fleets of all sharing modes', () => {
  test('never says that what a run did in its time is more than is possible', () => {
    let tight = 0;
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const growth = growthOf(scenario, run(scenario, solver).deeds, solver);
        if (growth === undefined) return;
        if (growth < 1.5) tight += 1;
        expect(growth).toBeGreaterThanOrEqual(1 - 1e-6);
      }),
      { numRuns: 120, seed: 7 },
    );
    // A bound that is far above everything would pass too.
    expect(tight).toBeGreaterThan(15);
  }, 60_000);

  test('says that a kind of job has no place exactly where a run turns it away for good', () => {
    let without = 0;
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const { deeds } = run(scenario, solver);
        const bound = new CapacityBound({ traces: {}, solver, seeds: [scenario.seed], limits: [] });
        const shortfall = bound.shortfall(scenario);
        if (shortfall?.kind === 'no-place') {
          without += 1;
          expect(deeds.placed).not.toContain(shortfall.what);
        } else {
          expect([...deeds.rejected]).toEqual([]);
        }
      }),
      { numRuns: 80, seed: 8 },
    );
    expect(without).toBeGreaterThan(10);
  }, 60_000);

  test('rules out no fleet whose run keeps the limits of waiting', () => {
    let ruledOut = 0;
    fc.assert(
      fc.property(scenarios, (scenario) => {
        ruledOut += ruledOutLimits(scenario, solver);
      }),
      { numRuns: 120, seed: 9 },
    );
    expect(ruledOut).toBeGreaterThan(50);
  }, 60_000);
});
