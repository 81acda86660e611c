import { findCheapest, type RunSettings, type TriedPlan } from './cheapest.ts';
import type { Demand } from './demand.ts';
import { against, chosen } from './describe.ts';
import { type OptionSetting, PlanOption } from './option.ts';
import type { RegretReport } from './result.ts';
import type { Trials } from './trial-desk.ts';
import { tryOnce } from './try-once.ts';

/** One of the demands that there might be. */
export type NamedDemand = Demand & { readonly name: string };

/** A demand with the plans that were run under it. */
interface UnderDemand {
  readonly demand: NamedDemand;
  readonly options: readonly PlanOption[];
  readonly tried: TriedPlan[];
  readonly best: TriedPlan | undefined;
}

/**
 * The cheapest plan of each demand, and what each of these plans comes to under all the others: regret is what a plan has more than the
 * cheapest that serves the same demand.
 *
 * @param best plan for the scenario's own demand: looked at with the others
 */
export function* findRegret(
  settings: RunSettings,
  setting: OptionSetting,
  best: TriedPlan | undefined,
  demands: readonly NamedDemand[],
): Trials<RegretReport> {
  const under: UnderDemand[] = [];
  for (const demand of demands) {
    const options = setting.space.combinations.map(
      (combination) =>
        new PlanOption({ ...setting, demand: isAsStated(demand) ? undefined : demand }, combination),
    );
    const tried: TriedPlan[] = [];
    const found = yield* findCheapest(settings, options, tried);
    under.push({ demand, options, tried, best: found.best });
  }
  const plans = new Map<string, TriedPlan>();
  for (const plan of [best, ...under.map((each) => each.best)])
    if (plan !== undefined) plans.set(`${plan.option.combination.name} ${plan.counts.join()}`, plan);
  const rows: RegretReport['plans'][number][] = [];
  for (const { option, counts } of plans.values()) {
    const results: RegretReport['plans'][number]['under'][number][] = [];
    for (const { options, tried, best: cheapest } of under) {
      const own = options.find((each) => each.combination.name === option.combination.name) as PlanOption;
      const found = yield* tryOnce(settings, own, counts, tried);
      const serves = found?.judged.verdict === 'serves';
      const amount = found?.amount ?? own.floorAt(counts);
      results.push({
        serves,
        amount,
        // Search and verification have different seeds: the cheapest is told by the search, as the others are.
        regret:
          serves && cheapest !== undefined ? Math.max(0, amount - amountInSearch(cheapest, tried)) : null,
        against: serves
          ? null
          : found === undefined
            ? { broken: [own.whyNot(counts) ?? ''], objectives: [] }
            : against(found),
      });
    }
    const regrets = results.map(({ regret }) => regret);
    rows.push({
      name: option.combination.name,
      counts: chosen(setting.space, counts),
      under: results,
      mostRegret: regrets.some((each) => each === null) ? null : Math.max(...(regrets as number[])),
    });
  }
  const served = (row: RegretReport['plans'][number]) => row.under.filter(({ serves }) => serves).length;
  rows.sort(
    (a, b) =>
      served(b) - served(a) ||
      (a.mostRegret ?? Number.POSITIVE_INFINITY) - (b.mostRegret ?? Number.POSITIVE_INFINITY) ||
      0,
  );
  return {
    demands: under.map(({ demand: { name, factor }, best: cheapest, tried }) => ({
      name,
      factor,
      cheapest:
        cheapest === undefined ? null : [cheapest.option.combination.name, ...cheapest.counts].join(', '),
      amount: cheapest === undefined ? null : amountInSearch(cheapest, tried),
    })),
    plans: rows,
  };
}

const isAsStated = ({ factor, set = {} }: Demand) => factor === 1 && Object.keys(set).length === 0;

function amountInSearch(plan: TriedPlan, tried: readonly TriedPlan[]): number {
  const same = tried.find((each) => each.option === plan.option && each.counts.join() === plan.counts.join());
  return (same ?? plan).amount;
}
