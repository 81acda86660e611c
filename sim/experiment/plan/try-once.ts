import { type RunSettings, type TriedPlan, tryPlan } from './cheapest.ts';
import type { Counts } from './lattice.ts';
import type { PlanOption } from './option.ts';
import type { PlanScenario } from './space.ts';
import type { Trials } from './trial-desk.ts';

/** Runs a plan unless it was run before; undefined where there is no such scenario, or it is proven not to do. */
export function* tryOnce(
  settings: RunSettings,
  option: PlanOption,
  counts: Counts,
  tried: TriedPlan[],
): Trials<TriedPlan | undefined> {
  const known = tried.find((each) => each.option === option && each.counts.join() === counts.join());
  if (known !== undefined) return known;
  if (option.whyNot(counts) !== undefined) return undefined;
  const found = yield* tryPlan(settings, option, counts, option.scenarioAt(counts) as PlanScenario);
  tried.push(found);
  return found;
}
