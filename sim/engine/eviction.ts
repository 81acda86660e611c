import { refusalMask } from '../cluster/fit.ts';
import type { Fleet } from '../cluster/fleet.ts';
import type { Placer } from '../policies/placement/placer.ts';
import type { LiveJob } from './live-job.ts';
import { giveBack, isBound, reserve, takeBack } from './reserve.ts';

/**
 * Which running jobs to stop so that a waiting one finds room: as few as will do. Of several hosts the one whose victims
 * matter least: the most urgent of them is less urgent, then less GPU-time was put into them, then they are fewer, then
 * the first host.
 *
 * A gang of several workers, and a job with rules about its place, takes the place of the least urgent jobs wherever they are, and of no more than it needs.
 *
 * @param evictable running jobs that may be stopped for it
 * @param choice how urgent a job is, who gives way beside whom, and what else keeps the waiting one
 * @returns undefined where stopping all of them would not make room; the fleet is left as it was
 */
export function findVictims(
  fleet: Fleet,
  placer: Placer,
  live: LiveJob,
  evictable: readonly LiveJob[],
  choice: Choice,
): readonly LiveJob[] | undefined {
  const { gains } = fleet;
  const order = evictable.map((job) => ({ job, rank: choice.rank(job) }));
  // The least urgent first; of equals the one that started last, which loses least.
  order.sort(
    (a, b) =>
      compare(b.rank, a.rank) ||
      compare(b.job.startedUs, a.job.startedUs) ||
      compare(b.job.job.number, a.job.job.number),
  );
  const anywhere = () =>
    fewest(fleet, order, choice, () => {
      const parts = reserve(fleet, placer, live.job);
      if (parts !== undefined) giveBack(fleet, parts);
      return parts !== undefined;
    });
  const goesAnywhere = live.job.shapes.length === 1 && !isBound(fleet, live.job);
  let found = goesAnywhere ? onOneHost(fleet, placer, live, order, choice) : anywhere();
  // Who has to stop so that a limit is kept, or a licence is free, need not be where the room is.
  const isElsewhere = fleet.seats !== undefined || choice.isHeld?.([]) === true;
  if (found === undefined && goesAnywhere && isElsewhere) found = anywhere();
  fleet.gains = gains;
  return found?.map(({ job }) => job);
}

/** What a discipline says of victims. */
interface Choice {
  /** How urgent a job is: lower is more urgent. */
  rank(job: LiveJob): number;
  /** How readily it gives way beside others; undefined: not at all. Absent: by rank. */
  readonly yields?: ((job: LiveJob, beside: readonly LiveJob[]) => number | undefined) | undefined;
  /** Whether a limit would keep the waiting job all the same if these were stopped. */
  readonly isHeld?: ((without: readonly LiveJob[]) => boolean) | undefined;
}

interface Ranked {
  readonly job: LiveJob;
  readonly rank: number;
}

/** The best set of victims that all have a part on one host. */
function onOneHost(
  fleet: Fleet,
  placer: Placer,
  live: LiveJob,
  order: readonly Ranked[],
  choice: Choice,
): readonly Ranked[] | undefined {
  const byHost = new Map<number, Ranked[]>();
  for (const each of order) {
    for (const { host } of each.job.parts) {
      const there = byHost.get(host);
      if (there === undefined) byHost.set(host, [each]);
      else if (there[there.length - 1] !== each) there.push(each);
    }
  }
  const { shape } = live.job;
  let best: readonly Ranked[] | undefined;
  for (const host of [...byHost.keys()].sort((a, b) => a - b)) {
    if (!placer.covers(host) || (fleet.closedFor[host] as number) > 0) continue;
    const fits = () => refusalMask(fleet, host, shape) === 0 && hasSeat(fleet, placer, live);
    const victims = fewest(fleet, byHost.get(host) as Ranked[], choice, fits);
    if (victims !== undefined && (best === undefined || isMilder(victims, best))) best = victims;
  }
  return best;
}

/**
 * Releases jobs in order until there is room, then puts back those without whom there is room as well, the most urgent
 * first. The fleet is left as it was.
 */
function fewest(
  fleet: Fleet,
  order: readonly Ranked[],
  choice: Choice,
  hasRoom: () => boolean,
): readonly Ranked[] | undefined {
  const out: Ranked[] = [];
  const mayStart = (without: readonly Ranked[]) =>
    choice.isHeld?.(without.map(({ job }) => job)) !== true && hasRoom();
  let fits = false;
  for (const each of inTurn(order, choice, out)) {
    giveBack(fleet, each.job.parts);
    out.push(each);
    fits = mayStart(out);
    if (fits) break;
  }
  const needed: Ranked[] = [];
  for (let last = out.pop(); last !== undefined; last = out.pop()) {
    takeBack(fleet, last.job.parts);
    if (!fits) continue;
    if (mayStart([...out, ...needed])) continue;
    needed.push(last);
    giveBack(fleet, last.job.parts);
  }
  for (const each of needed.toReversed()) takeBack(fleet, each.job.parts);
  return fits ? needed : undefined;
}

/** Jobs in the order in which they give way, which may depend on those that are `out` by then. */
function* inTurn(order: readonly Ranked[], { yields }: Choice, out: readonly Ranked[]): Iterable<Ranked> {
  if (yields === undefined) {
    yield* order;
    return;
  }
  const left = order.map(({ job }) => job);
  for (;;) {
    const beside = out.map(({ job }) => job);
    let best = -1;
    let most = 0;
    for (let i = 0; i < left.length; i++) {
      const readiness = yields(left[i] as LiveJob, beside);
      if (readiness === undefined || (best >= 0 && readiness <= most)) continue;
      best = i;
      most = readiness;
    }
    if (best < 0) return;
    const [job] = left.splice(best, 1);
    yield { job: job as LiveJob, rank: most };
  }
}

/** Whether a job that has room would have its licences as well. */
function hasSeat(fleet: Fleet, placer: Placer, { job }: LiveJob): boolean {
  if (fleet.seats === undefined) return true;
  const parts = reserve(fleet, placer, job);
  if (parts !== undefined) giveBack(fleet, parts);
  return parts !== undefined;
}

function isMilder(a: readonly Ranked[], b: readonly Ranked[]): boolean {
  const urgent = (of: readonly Ranked[]) =>
    of.reduce((least, { rank }) => Math.min(least, rank), Number.POSITIVE_INFINITY);
  const spent = (of: readonly Ranked[]) => of.reduce((sum, { job }) => sum + job.attainedUs * job.gpus, 0);
  const byUrgency = compare(urgent(b), urgent(a));
  if (byUrgency !== 0) return byUrgency < 0;
  const bySpent = compare(spent(a), spent(b));
  return bySpent !== 0 ? bySpent < 0 : a.length < b.length;
}

/** Below 0 where `a` comes first; works for infinities, too. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
