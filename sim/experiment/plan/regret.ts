import { amountInSearch, findCheapest, type RunSettings, type TriedPlan } from './cheapest.ts';
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
  const least = under.map(({ best: cheapest, tried }) =>
    // Search and verification have different seeds: the cheapest is told by the search, as the others are.
    cheapest === undefined ? undefined : { name: nameOf(cheapest), amount: amountInSearch(cheapest, tried) },
  );
  for (const { option, counts } of plans.values())
    for (const [d, { options, tried }] of under.entries()) {
      const found = yield* tryOnce(settings, sameOption(options, option), counts, tried);
      // A plan of another demand may come to be cheaper: then regret is from there.
      if (found?.judged.verdict === 'serves' && found.amount < (least[d]?.amount ?? Number.POSITIVE_INFINITY))
        least[d] = { name: nameOf(found), amount: found.amount };
    }
  for (const { option, counts } of plans.values()) {
    const results: RegretReport['plans'][number]['under'][number][] = [];
    for (const [d, { options, tried }] of under.entries()) {
      const own = sameOption(options, option);
      const found = yield* tryOnce(settings, own, counts, tried);
      const serves = found?.judged.verdict === 'serves';
      const amount = found?.amount ?? own.floorAt(counts);
      results.push({
        serves,
        amount,
        regret: serves ? amount - (least[d]?.amount ?? amount) : null,
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
    demands: under.map(({ demand: { name, factor } }, d) => ({
      name,
      factor,
      cheapest: least[d]?.name ?? null,
      amount: least[d]?.amount ?? null,
    })),
    plans: rows,
  };
}

const nameOf = ({ option, counts }: TriedPlan) => [option.combination.name, ...counts].join(', ');

const sameOption = (options: readonly PlanOption[], { combination: { name } }: PlanOption) =>
  options.find((each) => each.combination.name === name) as PlanOption;

const isAsStated = ({ factor, set = {} }: Demand) => factor === 1 && Object.keys(set).length === 0;
