import { lowestIndex, type PlacementSet, placementCount } from './mig-geometry.ts';
import { compareCosts, costOf, lesser, type PlanCost, plus } from './plan-cost.ts';
import { extensions, placementsWith } from './plan-ends.ts';
import { idleRate, shareLoss } from './plan-moves.ts';
import { GONE, type PlanGround, type PlanState } from './plan-problem.ts';
import { type Followers, type JobSet, removalCosts } from './plan-removals.ts';

const NO_FOLLOWERS: Followers = { deleteUs: [], creations: [] };

/** The wanted instances at certain placements. */
interface End {
  readonly ends: PlacementSet;
  /** Placements that cannot stand beside them. */
  readonly conflicts: PlacementSet;
}

/** What a state has to do for an end, whoever stays. */
interface Changes extends Followers {
  /** Deletions of instances without a job. */
  readonly takesUs: number;
  readonly steps: number;
  /** Jobs that cannot stay where they are. */
  readonly leave: JobSet;
  /** By job, the time of all that may follow it. */
  readonly followUs: readonly number[];
  /** By profile, instances that stand and may take jobs at the end. */
  readonly room: readonly number[];
}

/**
 * A lower bound on the rest of a plan for one card: the least over the sets of jobs that are still there at the end, and
 * over the placements of the wanted instances, of
 *
 * - the waits and stops that leave those jobs (`removalCosts`);
 * - deletions of what cannot stand beside the wanted instances and creations of those that do not stand, each while all
 *   that is idle now is idle, and the slices of stopped and ended jobs that it has to come after;
 * - a move of every job that is there at the end but cannot stay where it is, and creations of instances for them where
 *   too few stand.
 *
 * Undefined where the target cannot be reached: the jobs have to fit on the card together with the wanted instances.
 */
export function oneCardBound(ground: PlanGround): (state: PlanState) => PlanCost | undefined {
  const { problem, jobs, times, profileOf, slicesOf, sliceUnits } = ground;
  const { geometry, target, objective } = problem;
  const counts = target.wanted.on === 'all-cards' ? target.wanted.counts : target.wanted.counts[0]!;
  const isIdle = target.ready === 'idle';
  const targets = placementsWith(geometry, counts).map((ends): End => {
    let conflicts = 0;
    for (let rest = ends; rest !== 0; rest &= rest - 1) conflicts |= geometry.overlapping[lowestIndex(rest)]!;
    return { ends, conflicts: conflicts & ~ends };
  });
  const removals = removalCosts(ground);
  const everyJob = 1 << jobs.length;
  const jobProfiles = [...new Set(profileOf)];
  const stuns = new Array<number>(everyJob).fill(0);
  const shares = new Array<number>(everyJob).fill(0);
  const sizes = new Array<number>(everyJob).fill(0);
  const slices = new Array<number>(everyJob).fill(0);
  let movable = 0;
  for (let set = 1; set < everyJob; set++) {
    const job = lowestIndex(set);
    const { migrate, gpuShare } = jobs[job]!;
    const rest = set & (set - 1);
    if (migrate !== null && placementCount(geometry.ofProfile[profileOf[job]!]!) > 1) movable |= 1 << job;
    stuns[set] = stuns[rest]! + (migrate?.stunUs ?? 0);
    shares[set] = shares[rest]! + shareLoss(migrate?.stunUs ?? 0, gpuShare);
    sizes[set] = sizes[rest]! + 1;
    slices[set] = slices[rest]! + slicesOf[job]!;
  }
  const ofProfile = geometry.profiles.map((_, profile) =>
    profileOf.reduce((set, own, job) => (own === profile ? set | (1 << job) : set), 0),
  );
  const fitting = new Map<number, readonly number[]>();

  /** The ends beside which these jobs have places, those that cannot move where they are. */
  const endsFor = (remaining: JobSet, at: readonly number[]): readonly number[] => {
    let fixed = 0;
    for (let rest = remaining & ~movable; rest !== 0; rest &= rest - 1) fixed |= 1 << at[lowestIndex(rest)]!;
    const key = fixed * everyJob + remaining;
    const before = fitting.get(key);
    if (before !== undefined) return before;
    const fits = targets.flatMap(({ ends, conflicts }, number) => {
      if ((fixed & (isIdle ? conflicts | ends : conflicts)) !== 0) return [];
      const more = geometry.profiles.map((_, profile) => {
        const moving = sizes[remaining & movable & ofProfile[profile]!]!;
        const open = isIdle ? 0 : placementCount(ends & geometry.ofProfile[profile]! & ~fixed);
        return Math.max(0, moving - open);
      });
      return extensions(geometry, ends | fixed, more, 1).length > 0 ? [number] : [];
    });
    fitting.set(key, fits);
    return fits;
  };

  const changesFor = ({ ends, conflicts }: End, { layouts, at }: PlanState, busy: PlacementSet): Changes => {
    const layout = layouts[0]!;
    let takesUs = 0;
    let steps = 0;
    for (let rest = layout & conflicts & ~busy; rest !== 0; rest &= rest - 1) {
      takesUs += times.deleteUs[geometry.placements[lowestIndex(rest)]!.profileIndex]!;
      steps += 1;
    }
    // Jobs that have gone count where they began, so that the table of a state serves those that follow.
    const places = at.map((place, job) => 1 << (place === GONE ? ground.start.at[job]! : place));
    const mustLeave = isIdle ? conflicts | ends : conflicts;
    let leave = 0;
    const deleteUs = places.map((place, job) => {
      if ((mustLeave & place) !== 0 && at[job] !== GONE) leave |= 1 << job;
      return (conflicts & place) === 0 ? 0 : times.deleteUs[profileOf[job]!]!;
    });
    const creations: { over: JobSet; takesUs: number }[] = [];
    for (let rest = ends & ~layout; rest !== 0; rest &= rest - 1) {
      const place = lowestIndex(rest);
      let over = 0;
      places.forEach((other, job) => {
        if ((geometry.overlapping[place]! & other) !== 0) over |= 1 << job;
      });
      creations.push({ over, takesUs: times.createUs[geometry.placements[place]!.profileIndex]! });
    }
    const followUs = deleteUs.map((own, job) =>
      creations.reduce((sum, each) => ((each.over & (1 << job)) !== 0 ? sum + each.takesUs : sum), own),
    );
    const usable = (isIdle ? layout & ~ends : layout | ends) & ~conflicts;
    const room = geometry.ofProfile.map((own) => placementCount(usable & own));
    return { takesUs, steps, leave, deleteUs, creations, followUs, room };
  };

  /** All but the waits and stops, and what follows them. */
  const costFor = (
    change: Changes,
    remaining: JobSet,
    removed: JobSet,
    moved: JobSet,
    rate: number,
    later: number,
  ): PlanCost => {
    let nowUs = change.takesUs;
    let laterUs = stuns[moved]!;
    let steps = change.steps + sizes[moved]!;
    for (const profile of jobProfiles) {
      const more = sizes[remaining & ofProfile[profile]!]! - change.room[profile]!;
      if (more <= 0) continue;
      laterUs += more * times.createUs[profile]!;
      steps += more;
    }
    for (let rest = moved; rest !== 0; rest &= rest - 1) {
      const deleteUs = change.deleteUs[lowestIndex(rest)]!;
      laterUs += deleteUs;
      if (deleteUs > 0) steps += 1;
    }
    for (const { over, takesUs } of change.creations) {
      if ((over & removed & ~moved) !== 0) continue;
      if ((over & moved) !== 0) laterUs += takesUs;
      else nowUs += takesUs;
      steps += 1;
    }
    const loss = rate * nowUs + later * laterUs + shares[moved]!;
    return costOf(objective, loss, sizes[moved]!, nowUs + laterUs, steps);
  };

  return (state) => {
    const { at, waitedUs } = state;
    const rate = idleRate(ground, state);
    let present = 0;
    let busy = 0;
    for (let job = 0; job < at.length; job++) {
      if (at[job] === GONE) continue;
      present |= 1 << job;
      busy |= 1 << at[job]!;
    }
    const hasRoom = jobProfiles.some((profile) => {
      if ((present & movable & ofProfile[profile]!) === 0) return false;
      for (let rest = geometry.ofProfile[profile]!; rest !== 0; rest &= rest - 1) {
        if ((geometry.overlapping[lowestIndex(rest)]! & busy) === 0) return true;
      }
      return false;
    });
    const changes = new Array<Changes | undefined>(targets.length);
    let best: PlanCost | undefined;
    for (let remaining = present; ; remaining = (remaining - 1) & present) {
      const ends = endsFor(remaining, at);
      const least = ends.length > 0 ? removals(present, remaining, waitedUs, NO_FOLLOWERS) : undefined;
      if (least !== undefined && (best === undefined || least[0] <= best[0])) {
        const removed = present & ~remaining;
        let fewest = Number.POSITIVE_INFINITY;
        for (let rest = removed; rest !== 0; rest &= rest - 1) {
          fewest = Math.min(fewest, slicesOf[lowestIndex(rest)]!);
        }
        for (const number of ends) {
          changes[number] ??= changesFor(targets[number]!, state, busy);
          const change = changes[number];
          const moved = change.leave & remaining;
          if ((moved & ~movable) !== 0 || (moved !== 0 && !hasRoom && removed === 0)) continue;
          // Without room for a move now, moves and what follows them come after the first who goes.
          const later = hasRoom || removed === 0 ? rate : rate + fewest * sliceUnits;
          const until = slices[removed]! * sliceUnits;
          let loose = removed & change.leave & movable;
          for (let rest = loose; rest !== 0; rest &= rest - 1) {
            const job = lowestIndex(rest);
            const saved = costOf(objective, change.followUs[job]! * until, 0, 0, 0);
            const move = costOf(objective, stuns[1 << job]! * later + shares[1 << job]!, 1, 0, 0);
            if (compareCosts(saved, move) <= 0) loose &= ~(1 << job);
          }
          for (let before = 0; ; before = (before - loose) & loose) {
            const cost = costFor(change, remaining, removed, moved | before, rate, later);
            if (best === undefined || compareCosts(plus(least, cost), best) < 0) {
              const followers = before === 0 ? change : onlyOf(change, removed & ~before);
              const removal = removals(present, remaining, waitedUs, followers)!;
              best = lesser(best, plus(removal, cost));
            }
            if (before === loose) break;
          }
        }
      }
      if (remaining === 0) return best;
    }
  };
}

/** What follows only some of the jobs. */
function onlyOf({ deleteUs, creations }: Followers, jobs: JobSet): Followers {
  return {
    deleteUs: deleteUs.map((each, job) => ((jobs & (1 << job)) !== 0 ? each : 0)),
    creations: creations.map(({ over, takesUs }) => ({ over: over & jobs, takesUs })),
  };
}
