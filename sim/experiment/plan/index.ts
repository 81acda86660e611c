import type { IntegerSolver } from '../../kernel/optimize/linear-program.ts';
import type { CanonicalDocument } from '../../scenario/canonical/scenario.ts';
import type { Scenario } from '../../scenario/types.ts';
import type { Counts } from './lattice.ts';
import { type PlanSpace, planSpace, scenarioOf, someCounts } from './space.ts';

/** The cheapest plan that serves, and what stands around it. */
export { planCheapest } from './planner.ts';
export type * from './result.ts';

/** Options that no combination can have, with why not. */
export function impossibleOptions(
  written: object,
  { plan }: CanonicalDocument,
  solver: IntegerSolver,
): readonly { readonly choice: number; readonly option: number; readonly why: string }[] {
  if (plan == null) return [];
  const space = planSpace(written, plan, solver);
  const why = new Map<string, string | undefined>();
  for (const combination of space.combinations) {
    const found = ofSome(space, (counts) => scenarioOf(space, combination, counts));
    combination.options.forEach(({ option }, choice) => {
      const key = `${choice} ${option}`;
      if (found.ok) why.set(key, undefined);
      else if (!why.has(key)) why.set(key, found.why);
    });
  }
  return (plan.choices ?? []).flatMap(({ options }, choice) =>
    options.flatMap(({ name }, option) => {
      const found = why.get(`${choice} ${name}`);
      return found === undefined ? [] : [{ choice, option, why: found }];
    }),
  );
}

/** One scenario of each combination of options and each demand: what they read is what all of theirs read. */
export function planScenarios(
  written: object,
  { plan }: CanonicalDocument,
  solver: IntegerSolver,
): readonly Scenario[] {
  if (plan == null) return [];
  const space = planSpace(written, plan, solver);
  const demands = [undefined, ...(plan.demands ?? []).map(({ factor = 1, set = {} }) => ({ factor, set }))];
  return space.combinations.flatMap((combination) =>
    demands.flatMap((demand) => {
      const found = ofSome(space, (counts) => scenarioOf(space, combination, counts, demand));
      return found.ok ? [found.scenario] : [];
    }),
  );
}

/** A scenario with some of everything: the most, or where there is none the least, or one between. */
function ofSome(
  space: PlanSpace,
  of: (counts: Counts) => ReturnType<typeof scenarioOf>,
): ReturnType<typeof scenarioOf> {
  let first: ReturnType<typeof scenarioOf> | undefined;
  for (const counts of someCounts(space)) {
    const found = of(counts);
    if (found.ok) return found;
    first ??= found;
  }
  return first as ReturnType<typeof scenarioOf>;
}
