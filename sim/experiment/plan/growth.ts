import { log } from '../../kernel/math.ts';
import type { Scenario } from '../../scenario/types.ts';
import { summarize } from '../summarize.ts';
import { type RunSettings, type TriedPlan, tryPlan } from './cheapest.ts';
import { whyNotScaled } from './demand.ts';
import { against, amountOf, chosen, type Describing } from './describe.ts';
import type { Counts } from './lattice.ts';
import { type OptionSetting, PlanOption } from './option.ts';
import type { Against, GrowthReport, GrowthStep } from './result.ts';
import type { Trials } from './trial-desk.ts';

/** Parts that the range of demand is divided into, which is how closely its ends are found. */
const STEPS = 32;
const MONTHS_PER_YEAR = 12;

/** How demand may grow. */
export interface GrowthQuestion {
  readonly upTo: number;
  readonly perYear: number | null;
  /** That are looked ahead. */
  readonly purchases: number;
}

/**
 * Up to which demand a plan does, what is bought then, and up to which demand that does. Found by halving, as if more demand
 * were never served better. What is bought is the fewest steps of one axis that serve the demand at which the plan fails, the
 * cheapest where several axes do.
 *
 * @returns undefined where the demand cannot grow
 */
export function* findGrowth(
  settings: RunSettings,
  describing: Describing,
  setting: OptionSetting,
  best: TriedPlan,
  { upTo, perYear, purchases }: GrowthQuestion,
): Trials<GrowthReport | undefined> {
  if (whyNotScaled(best.plan.document) !== undefined) return undefined;
  const grown = new Grown(settings, setting, best);
  const steps: GrowthStep[] = [];
  let counts = best.counts;
  let bought: GrowthStep['bought'];
  let from = 0;
  for (let purchase = 0; purchase <= purchases; purchase++) {
    const limit = yield* grown.limit(counts, from, upTo);
    const plan = (yield* grown.at(counts, limit.serves)) ?? best;
    steps.push({
      plan: {
        counts: chosen(describing.space, counts),
        amount: amountOf(describing, plan, summarize(plan.replications)),
      },
      ...(bought === undefined ? {} : { bought }),
      servesUpTo: grown.factor(limit.serves, upTo),
      failsAt: limit.fails === null ? null : grown.factor(limit.fails, upTo),
      against: limit.against,
      months: limit.fails === null ? null : monthsUntil(grown.factor(limit.fails, upTo), perYear),
    });
    if (limit.fails === null) break;
    const next = yield* grown.next(counts, limit.fails, upTo);
    if (next === undefined) break;
    counts = next.counts;
    bought = next.bought;
    from = limit.fails;
  }
  return { unit: demandOf(best.plan.scenario), perYear, steps };
}

function monthsUntil(factor: number, perYear: number | null): number | null {
  if (perYear === null) return null;
  return (MONTHS_PER_YEAR * log(factor)) / log(1 + perYear);
}

/** Demand at a place of 0 to STEPS between today's and the largest. */
class Grown {
  readonly #settings: RunSettings;
  readonly #setting: OptionSetting;
  readonly #best: TriedPlan;
  readonly #options = new Map<number, PlanOption>();
  readonly #tried = new Map<string, TriedPlan | undefined>();
  #upTo = 1;

  constructor(settings: RunSettings, setting: OptionSetting, best: TriedPlan) {
    this.#settings = settings;
    this.#setting = setting;
    this.#best = best;
  }

  factor(place: number, upTo: number): number {
    return 1 + (place / STEPS) * (upTo - 1);
  }

  /** The last place that is served and the first that is not. */
  *limit(
    counts: Counts,
    from: number,
    upTo: number,
  ): Trials<{ readonly serves: number; readonly fails: number | null; readonly against: Against | null }> {
    this.#upTo = upTo;
    const most = yield* this.#verdict(counts, STEPS);
    if (most === null) return { serves: STEPS, fails: null, against: null };
    let [serves, fails, why] = [from, STEPS, most];
    while (fails - serves > 1) {
      const middle = Math.floor((serves + fails) / 2);
      const verdict = yield* this.#verdict(counts, middle);
      if (verdict === null) serves = middle;
      else [fails, why] = [middle, verdict];
    }
    return { serves, fails, against: why };
  }

  /** The fewest steps of an axis that serve the demand at a place, the cheapest of the axes. */
  *next(
    counts: Counts,
    place: number,
    upTo: number,
  ): Trials<{ readonly counts: Counts; readonly bought: NonNullable<GrowthStep['bought']> } | undefined> {
    this.#upTo = upTo;
    let best:
      | { readonly counts: Counts; readonly bought: { axis: string; more: number }; amount: number }
      | undefined;
    for (const [axis, { name }] of this.#setting.space.axes.entries()) {
      const now = counts[axis] as number;
      const more = yield* this.#fewestMore(counts, axis, place);
      if (more === undefined) continue;
      const grown = counts.with(axis, more);
      const { amount } = (yield* this.at(grown, place)) as TriedPlan;
      if (amount < (best?.amount ?? Number.POSITIVE_INFINITY))
        best = { counts: grown, bought: { axis: name, more: more - now }, amount };
    }
    return best;
  }

  /** The least value of an axis above the present one that serves; found by doubling, then halving. */
  *#fewestMore(counts: Counts, axis: number, place: number): Trials<number | undefined> {
    const values = this.#setting.space.axes[axis]?.values ?? [];
    const now = values.indexOf(counts[axis] as number);
    const last = values.length - 1;
    const at = (index: number) => this.#verdict(counts.with(axis, values[index] as number), place);
    let fails = now;
    let serves: number | undefined;
    for (let by = 1; serves === undefined && fails < last; by *= 2) {
      const index = Math.min(last, now + by);
      if ((yield* at(index)) === null) serves = index;
      else fails = index;
    }
    if (serves === undefined) return undefined;
    while (serves - fails > 1) {
      const middle = Math.floor((serves + fails) / 2);
      if ((yield* at(middle)) === null) serves = middle;
      else fails = middle;
    }
    return values[serves];
  }

  /** A plan under the demand at a place; undefined where it is proven not to do. */
  *at(counts: Counts, place: number): Trials<TriedPlan | undefined> {
    const option = this.#option(place);
    const key = `${place} ${counts.join()}`;
    if (!this.#tried.has(key)) {
      const plan = option.whyNot(counts) === undefined ? option.scenarioAt(counts) : undefined;
      this.#tried.set(
        key,
        plan === undefined ? undefined : yield* tryPlan(this.#settings, option, counts, plan),
      );
    }
    return this.#tried.get(key);
  }

  /** What stands against it; null: it serves. */
  *#verdict(counts: Counts, place: number): Trials<Against | null> {
    const found = yield* this.at(counts, place);
    if (found === undefined)
      return { broken: [this.#option(place).whyNot(counts) ?? 'there is no such scenario'], objectives: [] };
    return found.judged.verdict === 'serves' ? null : against(found);
  }

  #option(place: number): PlanOption {
    let option = this.#options.get(place);
    if (option === undefined) {
      const { demand } = this.#setting;
      const factor = (demand?.factor ?? 1) * this.factor(place, this.#upTo);
      option = new PlanOption(
        { ...this.#setting, demand: { ...demand, factor } },
        this.#best.option.combination,
      );
      this.#options.set(place, option);
    }
    return option;
  }
}

const SECONDS_PER_HOUR = 3600;

/** The demand of a workload in one number, where it has one. */
function demandOf({ workload: { trace, synthetic, services, sessions } }: Scenario): GrowthReport['unit'] {
  const users = sessions.reduce((sum, each) => sum + each.users, 0);
  const kinds = [trace, synthetic, services[0], sessions[0]].filter((each) => each != null).length;
  if (kinds !== 1) return null;
  if (sessions.length > 0) return { amount: users, unit: 'users' };
  const arrivals = synthetic?.arrivals;
  if (arrivals?.process === 'poisson' || arrivals?.process === 'deterministic')
    return { amount: arrivals.ratePerSecond * SECONDS_PER_HOUR, unit: 'jobs/h' };
  return null;
}
