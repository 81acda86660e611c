import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { loadSolver } from '../../../cli/load-solver.ts';
import { CapacityBound } from '../../../sim/experiment/bound/index.ts';
import type { IntegerSolver } from '../../../sim/index.ts';
import { scenarioOf } from '../../engine/scenario-for-tests.ts';
import { lives } from '../../property/life-scenarios.ts';
import { growthOf, ruledOutLimits, run } from './deeds.ts';

/** Gangs, pools, rules about places, jobs that are stopped, hosts that fail, come and go: the bound must hold in all of it. */

let solver: IntegerSolver;
beforeAll(async () => {
  solver = await loadSolver();
});

interface Policy {
  readonly placement?: string;
  readonly pools?: readonly (Policy & { readonly name: string; readonly hosts: readonly string[] })[];
}

/** First come, first served, without stopping anybody: what limits of waiting are judged under. */
function calm({ placement, pools }: Policy): object {
  return {
    ...(placement === undefined ? {} : { placement }),
    queueing: 'fifo',
    ...(pools === undefined
      ? {}
      : { pools: pools.map((each) => ({ name: each.name, hosts: each.hosts, ...calm(each) })) }),
  };
}

test('holds where jobs are gangs in pools, are stopped, fail and come back, and hosts come and go', () => {
  let [tight, ruledOut, without] = [0, 0, 0];
  fc.assert(
    fc.property(lives, fc.boolean(), (document, isCalm) => {
      const { repartition: _r, changes: _c, faults, elastic, policy, ...rest } = document;
      const scenario = scenarioOf({
        ...rest,
        ...(isCalm
          ? { policy: calm(policy as Policy) }
          : {
              policy,
              ...(faults === undefined ? {} : { faults }),
              ...(elastic === undefined ? {} : { elastic }),
            }),
      });
      const { deeds } = run(scenario, solver);
      const growth = growthOf(scenario, deeds, solver);
      if (growth !== undefined) {
        if (growth < 1.5) tight += 1;
        expect(growth).toBeGreaterThanOrEqual(1 - 1e-6);
      }
      const bound = new CapacityBound({ traces: {}, solver, seeds: [scenario.seed], limits: [] });
      const shortfall = bound.shortfall(scenario);
      if (shortfall?.kind === 'no-place') {
        without += 1;
        expect(deeds.placed).not.toContain(shortfall.what);
        return;
      }
      // Quotas turn jobs away, too.
      if (isCalm) expect([...deeds.rejected]).toEqual([]);
      ruledOut += ruledOutLimits(scenario, solver);
    }),
    { numRuns: 70, seed: 10 },
  );
  expect(tight).toBeGreaterThan(3);
  expect(without).toBeGreaterThan(3);
  expect(ruledOut).toBeGreaterThan(15);
}, 60_000);
