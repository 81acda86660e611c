import { amountInSearch, cheapestOf, findCheapest, type RunSettings, type TriedPlan } from './cheapest.ts';
import { type Describing, describePlan } from './describe.ts';
import { closestOf, whyNone } from './infeasible.ts';
import type { PlanOption } from './option.ts';
import type { Rival } from './result.ts';
import type { Trials } from './trial-desk.ts';

/**
 * What became of every option that the plan does not have. Of the first so many, by what is proven of them, the cheapest plan is
 * sought too, however dear it is.
 *
 * @param bounds by option: no plan of it has less
 * @param most options of which the cheapest plan is sought
 */
export function* findRivals(
  settings: RunSettings,
  describing: Describing,
  options: readonly PlanOption[],
  bounds: readonly number[],
  best: TriedPlan | undefined,
  tried: TriedPlan[],
  most: number,
): Trials<readonly Rival[]> {
  const others = options
    .map((option, i) => ({ option, bound: bounds[i] as number }))
    .filter(({ option }) => option !== best?.option)
    .sort((a, b) => a.bound - b.bound);
  const rivals: Rival[] = [];
  let looked = 0;
  for (const { option, bound } of others) {
    const about = { name: option.combination.name, options: option.combination.options };
    if (!Number.isFinite(bound) && option.some === undefined) {
      rivals.push({ ...about, verdict: 'invalid', why: option.whyNot(option.most) ?? '', bound: null });
      continue;
    }
    if (!Number.isFinite(bound)) {
      rivals.push({ ...about, verdict: 'proven', why: whyNone(option), bound: null });
      continue;
    }
    let own = cheapestOf(tried.filter((each) => each.option === option));
    if (looked < most && best !== undefined) {
      looked += 1;
      // What the plan has ruled out as too dear is open again.
      option.reopen();
      own = (yield* findCheapest(settings, [option], tried)).best;
      if (own !== undefined) {
        rivals.push({
          ...about,
          verdict: 'dearer',
          why: '',
          bound,
          plan: describePlan(describing, own, true),
          more: own.amount - best.amount,
        });
        continue;
      }
    }
    if (own !== undefined) {
      rivals.push({
        ...about,
        verdict: 'dearer',
        why: '',
        bound,
        plan: describePlan(describing, own, false),
        ...(best === undefined ? {} : { more: own.amount - amountInSearch(best, tried) }),
      });
    } else if (best !== undefined && bound >= best.amount && looked >= most) {
      rivals.push({ ...about, verdict: 'out-of-reach', why: '', bound });
    } else {
      const last = closestOf(tried.filter((each) => each.option === option));
      rivals.push(
        last === undefined
          ? { ...about, verdict: 'out-of-reach', why: '', bound }
          : { ...about, verdict: 'fails', why: '', bound, plan: describePlan(describing, last, false) },
      );
    }
  }
  return rivals;
}
