import { planCheapest } from '../../../sim/experiment/plan/planner.ts';
import type { PlanResult } from '../../../sim/experiment/plan/result.ts';
import type { TrialOutcome, Trials } from '../../../sim/experiment/plan/trial-desk.ts';
import { type IntegerSolver, normalizeScenario, replicate } from '../../../sim/index.ts';

/** Makes the runs of a search in this thread. */
function answered<T>(search: Trials<T>): T {
  let next = search.next();
  while (next.done !== true) {
    next = search.next(
      next.value.map(
        ({ scenario, seed }): TrialOutcome => ({
          replication: replicate(scenario, {}, seed, { keepsUsage: true }),
        }),
      ),
    );
  }
  return next.value;
}

/** @throws {RangeError} if the document is not valid */
export function plan(written: object, solver: IntegerSolver): PlanResult {
  const normalized = normalizeScenario(written);
  if (!normalized.ok) {
    const problems = normalized.problems.map(({ path, message }) => `${path}: ${message}`);
    throw new RangeError(`Cannot plan: ${problems.join('; ')}`);
  }
  const { document, scenario } = normalized;
  return answered(planCheapest({ written, document, scenario, version: 'test', solver, traces: () => ({}) }));
}
