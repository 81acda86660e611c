import type { ObjectiveResult } from '../compare/index.ts';
import type { TriedPlan } from './cheapest.ts';
import type { PlanOption } from './option.ts';
import type { Infeasible } from './result.ts';

/** The plan that keeps most: fewest rules broken, fewest objectives missed, the least cost. */
export function closestOf(tried: readonly TriedPlan[]): TriedPlan | undefined {
  const missed = ({ judged }: TriedPlan) =>
    judged.broken.length + judged.objectives.filter(({ verdict }) => verdict !== 'pass').length;
  let best: TriedPlan | undefined;
  for (const each of tried) {
    if (each.replications.length === 0) continue;
    if (best === undefined || missed(each) < missed(best)) best = each;
    else if (missed(each) === missed(best) && furthest(each) < furthest(best)) best = each;
  }
  return best ?? tried[0];
}

/** By how much a plan misses the objective that it misses most, as a part of its limit. */
function furthest({ judged: { objectives } }: TriedPlan): number {
  return Math.max(0, ...objectives.map(missedBy));
}

/** How far an objective is missed, as a part of its limit; 0 where it is kept. */
function missedBy({ verdict, comparisons }: ObjectiveResult): number {
  if (verdict === 'pass') return 0;
  if (verdict === 'not-measured') return Number.POSITIVE_INFINITY;
  return Math.max(
    0,
    ...comparisons.map(({ verdict: own, margin, right }) =>
      own === 'pass' || margin === null
        ? 0
        : Math.abs(margin.value) / Math.max(Math.abs(right?.value ?? 0), 1e-9),
    ),
  );
}

/** What no plan that was run keeps, each as the plan has it that comes closest; or why no option has a plan that may serve. */
export function infeasibleIn(
  options: readonly PlanOption[],
  tried: readonly TriedPlan[],
): readonly Infeasible[] {
  const run = tried.filter(({ replications }) => replications.length > 0);
  if (run.length === 0)
    return options.slice(0, MOST_TOLD).map((option) => ({
      name: (whyNone(option) || undefined) ?? tried[0]?.judged.broken[0] ?? 'there is nothing to choose from',
      by: option.combination.name,
    }));
  const names = [...new Set(run.flatMap(({ judged }) => judged.objectives.map(({ name }) => name)))];
  return names.flatMap((name): readonly Infeasible[] => {
    const results = run.flatMap(({ judged, option }) =>
      judged.objectives
        .filter((each) => each.name === name)
        .map((result) => ({ result, by: option.combination.name })),
    );
    if (results.some(({ result }) => result.verdict === 'pass')) return [];
    const [first] = results;
    if (first === undefined) return [];
    const nearest = results.reduce((a, b) => (missedBy(b.result) < missedBy(a.result) ? b : a), first);
    return [{ name, nearest: nearest.result, by: nearest.by }];
  });
}

const MOST_TOLD = 5;

/** Why no plan of an option serves: of the largest, or where there is none so large, of the smallest. */
export function whyNone(option: PlanOption): string {
  const counts = option.scenarioAt(option.most) === undefined ? option.least : option.most;
  return option.whyNot(counts) ?? option.whyNot(option.most) ?? '';
}
