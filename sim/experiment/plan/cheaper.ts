import { type RunSettings, type TriedPlan, verifyPlan } from './cheapest.ts';
import type { Counts } from './lattice.ts';
import type { PlanOption } from './option.ts';
import type { CheaperPlans } from './result.ts';
import type { Trials } from './trial-desk.ts';
import { tryOnce } from './try-once.ts';

/** A plan of which nothing is proven, and that may be cheaper than the best. */
interface Open {
  readonly option: PlanOption;
  readonly counts: Counts;
  readonly floor: number;
}

/** What came of them. */
export interface Checked {
  readonly best: TriedPlan;
  /** Served in the search, and not with fresh seeds. */
  readonly refuted: number;
}

/**
 * Runs plans that may be cheaper than the best and that only the assumption rules out that more never serves worse, the
 * cheapest first. What has been run by itself needs no assumption: below the first that was not run there is no plan that serves.
 * One that serves after all is the better plan.
 *
 * @param most plans that are run for this
 */
export function* checkCheaper(
  settings: RunSettings,
  options: readonly PlanOption[],
  found: TriedPlan,
  tried: TriedPlan[],
  most: number,
): Trials<Checked> {
  let best = found;
  let refuted = 0;
  let left = most;
  const everyOpen = openPlans(options);
  const isKnown = (open: Open) => tried.some((each) => isSame(each, open));
  for (const open of everyOpen) {
    if (open.floor >= best.amount || left === 0) break;
    if (isKnown(open)) continue;
    left -= 1;
    const own = (yield* tryOnce(settings, open.option, open.counts, tried)) as TriedPlan;
    if (own.judged.verdict !== 'serves' || own.amount >= best.amount) continue;
    const verified = yield* verifyPlan(settings, own);
    if (verified.judged.verdict === 'serves' && verified.amount < best.amount) best = verified;
    else if (verified.judged.verdict !== 'serves') {
      refuted += 1;
      tried[tried.indexOf(own)] = verified;
    }
  }
  return { best, refuted };
}

/** What became of the plans that may be cheaper than the best and that nothing is proven of. */
export function cheaperPlans(
  options: readonly PlanOption[],
  best: TriedPlan,
  tried: readonly TriedPlan[],
): CheaperPlans {
  const isKnown = (open: Open) => tried.some((each) => isSame(each, open));
  const cheaper = openPlans(options).filter((each) => each.floor < best.amount && !isSame(each, best));
  const first = cheaper.find((each) => !isKnown(each));
  const bound = first?.floor ?? best.amount;
  return {
    plans: cheaper.length,
    run: cheaper.filter(isKnown).length,
    bound,
    gap: best.amount > 0 ? (best.amount - bound) / best.amount : 0,
  };
}

/** All plans that nothing is proven of, by ascending floor; of equals those of the earlier option first. */
function openPlans(options: readonly PlanOption[]): readonly Open[] {
  return options
    .flatMap((option) => option.lattice.possible.map(({ counts, floor }) => ({ option, counts, floor })))
    .sort((a, b) => a.floor - b.floor);
}

function isSame(a: Pick<Open, 'option' | 'counts'>, b: Pick<Open, 'option' | 'counts'>): boolean {
  return a.option === b.option && a.counts.join() === b.counts.join();
}
