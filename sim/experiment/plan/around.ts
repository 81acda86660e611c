import { type Criterion, paretoFront } from '../compare/pareto.ts';
import { firstRuns, type RunSettings, type TriedPlan } from './cheapest.ts';
import { against, chosen, type Describing } from './describe.ts';
import { meanReading } from './judged.ts';
import type { Binding, ParetoReport } from './result.ts';
import type { PlanSpace } from './space.ts';
import type { Trials } from './trial-desk.ts';
import { tryOnce } from './try-once.ts';

/** What one step less of each axis does to a plan. */
export function* findBinding(
  settings: RunSettings,
  space: PlanSpace,
  { option, counts }: TriedPlan,
  tried: TriedPlan[],
): Trials<readonly Binding[]> {
  const binding: Binding[] = [];
  for (const [axis, { name, values }] of space.axes.entries()) {
    const less = values[values.indexOf(counts[axis] as number) - 1];
    if (less === undefined) continue;
    const fewer = counts.with(axis, less);
    const proven = option.whyNot(fewer);
    if (proven !== undefined) {
      binding.push({
        axis: name,
        count: less,
        against: { broken: [proven], objectives: [] },
        isProven: true,
      });
      continue;
    }
    const found = (yield* tryOnce(settings, option, fewer, tried)) as TriedPlan;
    const serves = found.judged.verdict === 'serves';
    binding.push({ axis: name, count: less, against: serves ? null : against(found), isProven: false });
  }
  return binding;
}

/** Steps above a plan that are run, so that there is something to choose from beyond the cheapest. */
const LADDER = [1, 2, 4];
const HEADROOM = 'plan.headroom';

/**
 * The plans that serve, by what is minimised and what they are weighed by, with some that have more than they need. All are
 * valued by the first runs, of the same seeds, that each of them has: others would have one by better luck before another.
 */
export function* findFront(
  settings: RunSettings,
  describing: Describing,
  criteria: readonly Criterion[],
  best: TriedPlan,
  tried: TriedPlan[],
): Trials<ParetoReport> {
  const { space, minimise } = describing;
  for (const [axis, { values }] of space.axes.entries()) {
    const at = values.indexOf(best.counts[axis] as number);
    for (const step of LADDER) {
      const more = values[at + step];
      if (more !== undefined) yield* tryOnce(settings, best.option, best.counts.with(axis, more), tried);
    }
  }
  const serves = tried.filter(({ judged }) => judged.verdict === 'serves');
  const runs = Math.min(...serves.map(({ replications }) => replications.length));
  const serving = serves.map((each) => firstRuns(settings, each, runs));
  const all: readonly (Criterion & { readonly unit: string })[] = [
    {
      metric: minimise === 'cost' ? 'cost.perMonth' : minimise,
      better: 'lower',
      unit: unitOf(best, minimise),
    },
    ...criteria
      .filter(({ metric }) => metric !== 'cost.perMonth')
      .map((each) => ({ ...each, unit: unitOfMetric(best, each.metric) })),
    { metric: HEADROOM, better: 'higher', unit: 'fraction' },
  ];
  const values = new Map(
    serving.map((each, i) => [
      String(i),
      all.map(({ metric }, c) =>
        c === 0
          ? each.amount
          : metric === HEADROOM
            ? headroomOf(each)
            : meanReading(each.replications, metric),
      ),
    ]),
  );
  const { points } = paretoFront(all, values);
  return {
    criteria: all,
    runs,
    plans: points.map(({ values: own, dominatedBy, isComplete }, i) => {
      const { option, counts } = serving[i] as TriedPlan;
      return {
        name: option.combination.name,
        counts: chosen(space, counts),
        values: own,
        isOnFront: isComplete && dominatedBy === null,
      };
    }),
  };
}

/** What the layouts could do beyond what is asked, as a part of what they can do. */
function headroomOf({ option, counts }: TriedPlan): number | null {
  const load = option.loadAt(counts);
  return load === undefined ? null : 1 - load;
}

function unitOf(best: TriedPlan, minimise: Describing['minimise']): string {
  return minimise === 'cost' ? unitOfMetric(best, 'cost.perMonth') : minimise === 'gpus' ? 'GPU' : 'hosts';
}

function unitOfMetric({ replications }: TriedPlan, metric: string): string {
  for (const { readings } of replications) {
    const found = readings.find(([name]) => name === metric);
    if (found !== undefined) return found[1].unit;
  }
  return '';
}
