import { studentInterval } from '../../kernel/stats/confidence.ts';
import { Tally } from '../../kernel/stats/tally.ts';
import { COST, type RunSettings, type TriedPlan, verifyPlan } from './cheapest.ts';
import { chosen, type Describing } from './describe.ts';
import { meanReading } from './judged.ts';
import type { Contender } from './result.ts';
import type { PlanSpace } from './space.ts';
import type { Trials } from './trial-desk.ts';

/** What a plan costs more than the best, in the runs of the same seeds. */
interface Rated {
  readonly tried: TriedPlan;
  readonly runs: number;
  readonly mean: number;
  readonly stdDev: number;
  /** Of the interval. */
  readonly lo: number;
  readonly hi: number;
}

/** Who is the cheapest for sure. */
export interface Raced {
  readonly best: TriedPlan;
  /** Plans that got more runs, or are not told apart from the best. */
  readonly contenders: readonly Contender[];
  /** Served in the search, and not with fresh seeds. */
  readonly refuted: number;
}

/**
 * Plans that serve and cost nearly the same are told apart: where cost depends on chance, by energy, licences of users or hosts
 * that come and go, a few runs may have them in the wrong order. Runs go to the plan that is hardest to tell from the best for
 * the runs it has, which is how optimal computing budget allocation divides them among plans that are compared with the best
 * one (Chen, Lin, Yucesan and Chick, Simulation budget allocation for further enhancing the efficiency of ordinal
 * optimization, Discrete Event Dynamic Systems 10 (2000), 251-270: runs in proportion to (spread / difference)^2). All have
 * the same seeds, so that spread is that of the differences.
 *
 * @param tried plans that were run; one that is refuted is there as it was verified
 * @param wasBest plans that were the best in a race before, or were refuted: they are not again; those of this one are added
 */
export function* raceContenders(
  settings: RunSettings,
  { space, unit }: Pick<Describing, 'space' | 'unit'>,
  found: TriedPlan,
  tried: TriedPlan[],
  wasBest: TriedPlan[] = [],
): Trials<Raced> {
  if (settings.minimise !== 'cost') return yield* cheapestTried(settings, found, tried, wasBest);
  const fewest = Math.max(settings.search, Math.min(2, settings.most));
  const runsOf = new Map<TriedPlan, number>();
  wasBest.push(found);
  const isOut = (each: TriedPlan) => wasBest.some((other) => isSame(each, other));
  let best = found;
  let refuted = 0;
  for (;;) {
    const rated: Rated[] = [];
    for (const each of tried) {
      const { option, counts, judged } = each;
      // Who costs as much with nobody there needs no runs.
      const isClose = judged.verdict === 'serves' && option.floorAt(counts) < best.amount;
      if (isClose && !isSame(each, best))
        rated.push(yield* rate(settings, best, each, runsOf.get(each) ?? fewest));
    }
    const hardest = hardestToTell(rated.filter(({ runs }) => runs < settings.most));
    if (hardest !== undefined) {
      runsOf.set(hardest.tried, Math.min(settings.most, hardest.runs + fewest));
      continue;
    }
    const cheaper = rated
      .filter((each) => each.mean < 0 && !isOut(each.tried))
      .sort((a, b) => a.mean - b.mean)[0];
    if (cheaper === undefined) {
      const contenders = rated.filter((each) => runsOf.has(each.tried) || isOpen(each));
      return { best, refuted, contenders: contenders.map((each) => describe(space, unit, each)) };
    }
    wasBest.push(cheaper.tried);
    const verified = yield* verifyPlan(settings, cheaper.tried);
    if (verified.judged.verdict === 'serves') best = verified;
    else {
      refuted += 1;
      tried[tried.indexOf(cheaper.tried)] = verified;
    }
  }
}

/** The same where what is minimised does not depend on chance: the least of those that serve with fresh seeds, too. */
function* cheapestTried(
  settings: RunSettings,
  found: TriedPlan,
  tried: TriedPlan[],
  wasBest: TriedPlan[],
): Trials<Raced> {
  wasBest.push(found);
  let best = found;
  let refuted = 0;
  for (;;) {
    const cheaper = tried
      .filter(
        (each) =>
          each.judged.verdict === 'serves' &&
          each.amount < best.amount &&
          !wasBest.some((other) => isSame(each, other)),
      )
      .sort((a, b) => a.amount - b.amount)[0];
    if (cheaper === undefined) return { best, contenders: [], refuted };
    wasBest.push(cheaper);
    const verified = yield* verifyPlan(settings, cheaper);
    if (verified.judged.verdict === 'serves') best = verified;
    else {
      refuted += 1;
      tried[tried.indexOf(cheaper)] = verified;
    }
  }
}

/** Differences as small as this part of the cost are what numbers leave over. */
const ROUNDING = 1e-9;

function* rate(settings: RunSettings, best: TriedPlan, tried: TriedPlan, runs: number): Trials<Rated> {
  const [own, others] = [yield* costs(settings, tried, runs), yield* costs(settings, best, runs)];
  const more = Tally.of(
    own.map((cost, i) => {
      const other = others[i] as number;
      return Math.abs(cost - other) <= ROUNDING * Math.abs(other) ? 0 : cost - other;
    }),
  );
  const { mean, stdDev } = more;
  // One run is taken as it is, as everywhere.
  const isFixed = runs < 2 || stdDev <= ROUNDING * Math.abs(mean);
  const { lo, hi } = isFixed ? { lo: mean, hi: mean } : studentInterval(more, settings.confidence);
  return { tried, runs, mean, stdDev, lo, hi };
}

/** The cost in each of the first runs of the search. */
function* costs(
  { desk, seed }: RunSettings,
  { option, plan }: TriedPlan,
  runs: number,
): Trials<readonly number[]> {
  const found = yield* desk.run(
    Array.from({ length: runs }, (_, i) => ({ plan, seed: seed + i })),
    option.tracesOf(plan),
  );
  if ('wrong' in found) throw new RangeError(`A plan that serves cannot be run: ${found.wrong}`);
  return found.replications.map((each) => meanReading([each], COST) ?? 0);
}

const isOpen = ({ lo, hi }: Rated) => lo <= 0 && hi > lo;

/** The one that should have most runs for those that it has. */
function hardestToTell(rated: readonly Rated[]): Rated | undefined {
  let hardest: Rated | undefined;
  let most = -1;
  for (const each of rated) {
    if (!isOpen(each)) continue;
    const { mean, stdDev, runs } = each;
    const share = mean === 0 || runs < 2 ? Number.POSITIVE_INFINITY : (stdDev / mean) * (stdDev / mean);
    if (share / runs > most) [hardest, most] = [each, share / runs];
  }
  return hardest;
}

function describe(
  space: PlanSpace,
  unit: Describing['unit'],
  { tried: { option, counts }, runs, mean, lo, hi }: Rated,
): Contender {
  return {
    name: option.combination.name,
    options: option.combination.options,
    counts: chosen(space, counts),
    more: { value: mean, unit, ...(runs > 1 ? { ci95: [lo, hi] as const } : {}), n: runs },
    isToldApart: lo > 0,
  };
}

function isSame(a: TriedPlan, b: TriedPlan): boolean {
  return a.option === b.option && a.counts.join() === b.counts.join();
}
