import { costOf, lesser, type PlanCost, plus } from './plan-cost.ts';
import { shareLoss } from './plan-moves.ts';
import type { PlanGround } from './plan-problem.ts';

/** Jobs as a bit mask over their numbers. */
export type JobSet = number;

/** More jobs than this make too many sets; no MIG card has as many instances. */
export const MOST_JOBS_IN_SETS = 8;

/** Deletions and creations that have to come after certain jobs have gone. */
export interface Followers {
  /** By job, how long the deletion of its instance takes; 0 where it need not be deleted. */
  readonly deleteUs: readonly number[];
  /** Creations on the places of jobs. */
  readonly creations: readonly { readonly over: JobSet; readonly takesUs: number }[];
}

/**
 * By how little the jobs of one card come to be a given set: waits and stops in the best order, each deletion and
 * creation that has to follow right after the last of the jobs that it has to follow. What is idle meanwhile and which
 * waits are shared counts in full.
 *
 * The steps of a whole plan that do this cost no less: all other steps leave the jobs that are present, and the waits,
 * as they are, and nothing that follows gets cheaper later, since jobs only go. Creations count that follow at least
 * one job which goes; moves are left out.
 *
 * @returns undefined where some of the jobs can neither be waited for nor stopped, or others would end before them
 */
export function removalCosts(
  ground: PlanGround,
): (present: JobSet, remaining: JobSet, waitedUs: number, followers: Followers) => PlanCost | undefined {
  const { jobs, problem, sliceUnits, slicesOf } = ground;
  const { objective, geometry, cards } = problem;
  const ends = [...new Set([0, ...jobs.flatMap(({ remainingUs }) => remainingUs ?? [])])].sort(
    (a, b) => a - b,
  );
  const everyJob = 1 << jobs.length;
  const total = cards.length * geometry.model.gpuSlicesTotal;
  const rates = Array.from({ length: everyJob }, (_, present) => {
    let idle = total;
    for (let job = 0; job < jobs.length; job++) if ((present & (1 << job)) !== 0) idle -= slicesOf[job]!;
    return idle * sliceUnits;
  });
  const drainCosts = jobs.map(({ drain, gpuShare }) =>
    drain === null ? undefined : { takesUs: drain.takesUs, lost: shareLoss(drain.lostUs, gpuShare) },
  );
  const tables = new Map<string, Map<number, PlanCost | null>>();

  return (start, remaining, waitedUs, { deleteUs, creations }) => {
    const signature = `${deleteUs.join(',')}|${creations.map(({ over, takesUs }) => `${over}:${takesUs}`).join(',')}`;
    let known = tables.get(signature);
    if (known === undefined) {
      known = new Map();
      tables.set(signature, known);
    }
    const table = known;

    /** The step from some jobs to fewer, with all that follows it at once. */
    const costTo = (before: JobSet, after: JobSet, loss: number, touches: number, takesUs: number) => {
      let followUs = 0;
      let steps = 1;
      for (let job = 0; job < jobs.length; job++) {
        if ((before & ~after & (1 << job)) === 0 || !deleteUs[job]) continue;
        followUs += deleteUs[job]!;
        steps += 1;
      }
      for (const { over, takesUs: createUs } of creations) {
        if ((over & before & ~remaining) === 0 || (over & after & ~remaining) !== 0) continue;
        followUs += createUs;
        steps += 1;
      }
      return costOf(objective, loss + followUs * rates[after]!, touches, takesUs + followUs, steps);
    };

    const cheapest = (present: JobSet, waited: number): PlanCost | undefined => {
      if (present === remaining) return costOf(objective, 0, 0, 0, 0);
      const key = (waited * everyJob + present) * everyJob + remaining;
      const before = table.get(key);
      if (before !== undefined) return before ?? undefined;
      let best: PlanCost | undefined;
      let next = Number.POSITIVE_INFINITY;
      for (let job = 0; job < jobs.length; job++) {
        if ((present & (1 << job)) === 0) continue;
        next = Math.min(next, jobs[job]!.remainingUs ?? next);
        const drain = drainCosts[job];
        if (drain === undefined || (remaining & (1 << job)) !== 0) continue;
        const without = present & ~(1 << job);
        const rest = cheapest(without, waited);
        if (rest === undefined) continue;
        const loss = drain.takesUs * rates[without]! + drain.lost;
        best = lesser(best, plus(rest, costTo(present, without, loss, 1, drain.takesUs)));
      }
      if (next < Number.POSITIVE_INFINITY) {
        let ended = 0;
        for (let job = 0; job < jobs.length; job++) {
          if ((present & (1 << job)) !== 0 && jobs[job]!.remainingUs === next) ended |= 1 << job;
        }
        const without = present & ~ended;
        const rest =
          (ended & remaining) === 0 ? cheapest(without, Math.max(waited, ends.indexOf(next))) : undefined;
        if (rest !== undefined) {
          const takesUs = Math.max(0, next - ends[waited]!);
          best = lesser(best, plus(rest, costTo(present, without, takesUs * rates[present]!, 0, takesUs)));
        }
      }
      table.set(key, best ?? null);
      return best;
    };
    return cheapest(start, ends.indexOf(waitedUs));
  };
}
