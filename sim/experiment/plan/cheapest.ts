import type { Replication } from '../replicate.ts';
import type { Minimised } from './cost-floor.ts';
import { type Judged, judgePlan, meanReading } from './judged.ts';
import type { Counts } from './lattice.ts';
import type { PlanOption } from './option.ts';
import type { PlanScenario } from './space.ts';
import type { TrialDesk, Trials } from './trial-desk.ts';
import { verificationRuns } from './verification.ts';

/** A plan that was run. */
export interface TriedPlan {
  readonly option: PlanOption;
  readonly counts: Counts;
  readonly plan: PlanScenario;
  readonly judged: Judged;
  /** In order of the seeds; empty where it cannot be run, which `judged.broken` says. */
  readonly replications: readonly Replication[];
  /** Mean of what is minimised. */
  readonly amount: number;
}

/** How plans are run. */
export interface RunSettings {
  readonly desk: TrialDesk;
  readonly minimise: Minimised;
  /** First seed. */
  readonly seed: number;
  readonly search: number;
  readonly most: number;
  readonly verify: number;
  readonly isUncertain: boolean;
  /** Of the intervals by which objectives are judged, in (0, 1). */
  readonly confidence: number;
}

/** The metric that a minimised amount is read from; GPUs and hosts are counted. */
export const COST = 'cost.perMonth';

/** Runs a plan until it is decided, or has run as often as it may: more runs only where the intervals leave it open. */
export function* tryPlan(
  settings: RunSettings,
  option: PlanOption,
  counts: Counts,
  plan: PlanScenario,
): Trials<TriedPlan> {
  const { desk, search, most, seed, confidence } = settings;
  let runs = search;
  for (;;) {
    const found = yield* desk.run(
      Array.from({ length: runs }, (_, i) => ({ plan, seed: seed + i })),
      option.tracesOf(plan),
    );
    if ('wrong' in found) return cannotRun(option, counts, plan, found.wrong);
    const { replications } = found;
    const judged = judgePlan(plan.scenario.objectives ?? [], replications, confidence);
    if (judged.objectives.some(({ verdict }) => verdict === 'not-measured') && desk.wantDetail()) continue;
    if (judged.verdict !== 'undecided' || runs >= most)
      return {
        option,
        counts,
        plan,
        judged,
        replications,
        amount: amountOf(settings, option, counts, replications),
      };
    // As many as the projection asks for, but never more than twice as many at once: it rests on few runs.
    runs = Math.min(most, runs + Math.max(1, Math.min(judged.needed ?? runs, runs)));
  }
}

/** Runs a plan with fresh seeds, and with overheads drawn from their ranges where that is wanted. */
export function* verifyPlan(settings: RunSettings, tried: TriedPlan): Trials<TriedPlan> {
  const { desk, confidence } = settings;
  const { option, counts, plan } = tried;
  const replications: Replication[] = [];
  // Where the first runs leave it open, once as many again.
  for (let part = 0; ; part++) {
    const found = yield* desk.run(
      verificationRuns(plan, settings, settings.verify, part),
      option.tracesOf(plan),
    );
    if ('wrong' in found) return cannotRun(option, counts, plan, found.wrong);
    replications.push(...found.replications);
    const judged = judgePlan(plan.scenario.objectives ?? [], replications, confidence);
    if (judged.verdict !== 'undecided' || part > 0)
      return { ...tried, judged, replications, amount: amountOf(settings, option, counts, replications) };
  }
}

/** What options came to. */
export interface CheapestPlan {
  /** As verified; absent: no plan does. */
  readonly best?: TriedPlan;
  /** Plans that served in the search and did not when they were run with fresh seeds. */
  readonly refuted: number;
}

/**
 * The cheapest plan of all options that serves, verified. Always goes on with the option of which a plan may be cheapest, as
 * far as is proven; options none of whose plans can be as cheap as one that serves are not run at all.
 *
 * @param tried plans that were run before; those that are run now are added, and one that is refuted is there as it was verified
 */
export function* findCheapest(
  settings: RunSettings,
  options: readonly PlanOption[],
  tried: TriedPlan[],
): Trials<CheapestPlan> {
  let refuted = 0;
  for (;;) {
    yield* search(settings, options, tried);
    const best = cheapestOf(tried.filter((each) => options.includes(each.option)));
    if (best === undefined) return { refuted };
    const verified = yield* verifyPlan(settings, best);
    if (verified.judged.verdict === 'serves') return { best: verified, refuted };
    refuted += 1;
    tried[tried.indexOf(best)] = verified;
    best.option.learn(best.counts, { serves: false, rulesOut: verified.judged.rulesOut });
    for (const option of options) option.reopen();
  }
}

/** Tries plans until none that is open can be cheaper than the cheapest that serves. */
function* search(settings: RunSettings, options: readonly PlanOption[], tried: TriedPlan[]): Trials<void> {
  // Where a search goes on after a refutation, what else served still says what is too dear.
  const known = cheapestOf(tried.filter((each) => options.includes(each.option)));
  if (known !== undefined) for (const option of options) option.lattice.cap(known.amount);
  for (;;) {
    let next: PlanOption | undefined;
    for (const option of options) {
      const { leastOpen } = option.lattice;
      if (leastOpen < (next?.lattice.leastOpen ?? Number.POSITIVE_INFINITY)) next = option;
    }
    const counts = next?.lattice.next();
    if (next === undefined || counts === undefined) return;
    const plan = next.scenarioAt(counts) as PlanScenario;
    const found = yield* tryPlan(settings, next, counts, plan);
    tried.push(found);
    const serves = found.judged.verdict === 'serves';
    next.learn(
      counts,
      serves ? { serves, cost: found.amount } : { serves: false, rulesOut: found.judged.rulesOut },
    );
    if (serves) for (const option of options) option.lattice.cap(found.amount);
  }
}

/** What is minimised, as the runs of the search have it where the plan was run there: the same seeds for all. */
export function amountInSearch(plan: TriedPlan, tried: readonly TriedPlan[]): number {
  const same = tried.find((each) => each.option === plan.option && each.counts.join() === plan.counts.join());
  return (same ?? plan).amount;
}

/** The cheapest that serves; of equals the one of the earlier option. */
export function cheapestOf(tried: readonly TriedPlan[]): TriedPlan | undefined {
  let best: TriedPlan | undefined;
  for (const each of tried)
    if (each.judged.verdict === 'serves' && each.amount < (best?.amount ?? Number.POSITIVE_INFINITY))
      best = each;
  return best;
}

/** A plan as it is in the first of its runs. */
export function firstRuns(settings: RunSettings, tried: TriedPlan, runs: number): TriedPlan {
  const replications = tried.replications.slice(0, runs);
  return { ...tried, replications, amount: amountOf(settings, tried.option, tried.counts, replications) };
}

function amountOf(
  { minimise }: RunSettings,
  option: PlanOption,
  counts: Counts,
  replications: readonly Replication[],
): number {
  if (minimise !== 'cost') return option.floorAt(counts);
  return meanReading(replications, COST) ?? Number.POSITIVE_INFINITY;
}

function cannotRun(option: PlanOption, counts: Counts, plan: PlanScenario, why: string): TriedPlan {
  return {
    option,
    counts,
    plan,
    judged: {
      verdict: 'fails',
      objectives: [],
      broken: [`it cannot be run: ${why}`],
      rulesOut: 'fewer',
      needed: null,
    },
    replications: [],
    amount: Number.POSITIVE_INFINITY,
  };
}
