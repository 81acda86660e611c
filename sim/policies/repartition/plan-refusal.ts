import { NO_PLACEMENTS } from './mig-geometry.ts';
import { chooseMigLayouts } from './mig-layout-choice.ts';
import { type PlanGround, planGround, type RepartitionProblem } from './plan-problem.ts';
import { searchPlan } from './plan-search.ts';
import type { ResidentJob } from './view.ts';

/** Which rule a target breaks. */
export interface PlanRefusal {
  /**
   * `geometry`: the wanted instances do not fit on the cards even without jobs. `jobs-that-stay`: jobs without known end
   * that may not be interrupted, and cannot move out of the way, are in the way. `driver-placement`: they would fit if
   * the plan could name the starts. `unknown`: more than one of these, not told apart within the limit.
   */
  readonly constraint: 'geometry' | 'jobs-that-stay' | 'driver-placement' | 'unknown';
  readonly detail: string;
  /**
   * Jobs by which the target could be reached if they could be stopped: a smallest set of them, or, where that takes too
   * long to find, a set of which none can be left out.
   */
  readonly jobs: readonly string[];
}

/** Sets of jobs tried from the smallest up, and then by leaving out one job after another. */
const SETS_TRIED = 400;

/** Says why a target cannot be reached that is known to be out of reach. */
export function refusalOf(problem: RepartitionProblem, nodeLimit: number): PlanRefusal {
  const lacking = misfit(problem);
  if (lacking !== undefined) return { constraint: 'geometry', detail: lacking, jobs: [] };
  const ground = planGround(problem);
  const reaches = (changed: RepartitionProblem) =>
    searchPlan(planGround(changed), nodeLimit, 'some').kind === 'found';
  const staying = ground.jobs.filter((job) => job.remainingUs === null && job.drain === null);
  if (staying.length > 0 && reaches(withStopped(problem, staying))) {
    const jobs = smallestSet(staying, (set) => reaches(withStopped(problem, set))).map((job) => job.id);
    return { constraint: 'jobs-that-stay', detail: stayingText(ground, jobs), jobs };
  }
  if (problem.creation === 'driver-default' && reaches({ ...problem, creation: 'any-start' })) {
    return {
      constraint: 'driver-placement',
      detail: 'the driver puts the instances where they do not all fit; with starts of the plan they would',
      jobs: [],
    };
  }
  return { constraint: 'unknown', detail: 'several rules together keep the target out of reach', jobs: [] };
}

/** Why the wanted instances do not fit on empty cards; undefined where they do. */
function misfit({ geometry, cards, target: { wanted } }: RepartitionProblem): string | undefined {
  const empty = { present: NO_PLACEMENTS, keep: NO_PLACEMENTS };
  const questions =
    wanted.on === 'all-cards'
      ? [
          {
            counts: wanted.counts,
            on: cards.map(() => empty),
            where: cards.length === 1 ? 'one empty card' : `${cards.length} empty cards`,
          },
        ]
      : wanted.counts.map((counts, card) => ({
          counts,
          on: [empty],
          where: `card ${cards[card]!.id} when empty`,
        }));
  for (const { counts, on, where } of questions) {
    const demands = counts.flatMap((count, profile) =>
      count > 0 ? [{ accepts: [profile], count, value: 1 }] : [],
    );
    const total = demands.reduce((sum, { count }) => sum + count, 0);
    if (on.length === 0 ? total === 0 : chooseMigLayouts(geometry, demands, on).bound >= total) continue;
    const names = demands.map(({ accepts, count }) => `${count} x ${geometry.profiles[accepts[0]!]!.name}`);
    return `${names.join(', ')} do not fit on ${where}`;
  }
  return undefined;
}

function stayingText(ground: PlanGround, ids: readonly string[]): string {
  const { geometry, cards } = ground.problem;
  const places = ids.map((id) => {
    const place = ground.start.at[ground.jobs.findIndex((job) => job.id === id)]!;
    const { profile, start } = geometry.placements[place & 31]!;
    return `job ${id} on ${profile.name} at ${start} on card ${cards[place >> 5]!.id}`;
  });
  return `${places.join(' and ')} may not be interrupted and ${ids.length === 1 ? 'has' : 'have'} no known end`;
}

/** The first smallest set that will do, in the order of the list; of many jobs, one of which none can be left out. */
function smallestSet(
  jobs: readonly ResidentJob[],
  suffices: (set: readonly ResidentJob[]) => boolean,
): readonly ResidentJob[] {
  let tried = 0;
  for (let size = 1; size < jobs.length; size++) {
    for (const set of setsOf(jobs, size)) {
      tried += 1;
      if (tried > SETS_TRIED) return irreducible(jobs, suffices);
      if (suffices(set)) return set;
    }
  }
  return jobs;
}

/** Leaves out jobs from the last on, as long as the rest will do. */
function irreducible(
  jobs: readonly ResidentJob[],
  suffices: (set: readonly ResidentJob[]) => boolean,
): readonly ResidentJob[] {
  let kept = jobs;
  for (const job of jobs.slice(-SETS_TRIED).reverse()) {
    const rest = kept.filter((each) => each !== job);
    if (suffices(rest)) kept = rest;
  }
  return kept;
}

function* setsOf<T>(list: readonly T[], size: number): Iterable<readonly T[]> {
  if (size === 0) yield [];
  for (let i = 0; size > 0 && i + size <= list.length; i++) {
    for (const rest of setsOf(list.slice(i + 1), size - 1)) yield [list[i]!, ...rest];
  }
}

/** The same problem if these jobs could be stopped at no cost. */
function withStopped(problem: RepartitionProblem, stopped: readonly ResidentJob[]): RepartitionProblem {
  const free = { takesUs: 0, lostUs: 0 } as unknown as NonNullable<ResidentJob['drain']>;
  return {
    ...problem,
    cards: problem.cards.map((card) => ({
      ...card,
      instances: card.instances.map((each) =>
        each.job !== null && stopped.includes(each.job)
          ? { ...each, job: { ...each.job, drain: free } }
          : each,
      ),
    })),
  };
}
