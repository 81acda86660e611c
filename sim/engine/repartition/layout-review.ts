import type { Fleet } from '../../cluster/fleet.ts';
import { mixOf, placementCount } from '../../hardware/index.ts';
import {
  chooseMigLayouts,
  type Demand,
  type MigLayoutChoice,
  profilesBySize,
  serve,
} from '../../policies/repartition/index.ts';
import type { InstanceLayout } from '../../sharing/index.ts';
import type { LiveJob } from '../live-job.ts';
import type { CardWork } from './card-work.ts';
import { demandOf, jobsServed, lessServed, type Seated, stopCostOf } from './demand.ts';
import type { Field } from './field.ts';
import { layoutOf } from './layout-of.ts';
import { drainOf, mustStay, remainingUs } from './resident-view.ts';
import type { PeriodicPolicy } from './setup.ts';
import { type Tenant, tenantsOn } from './tenants.ts';

/** What a review says of a card: the instances that it is to have, by profile index. */
export interface Retarget {
  readonly gpu: number;
  readonly target: readonly number[];
}

/** What a review looks at. */
export interface ReviewedInstances {
  readonly fleet: Fleet;
  readonly live: readonly (LiveJob | undefined)[];
  readonly field: Field;
  /** Cards of the field that may be changed at all. */
  readonly gpus: readonly number[];
  /** What is being done, by GPU number. */
  readonly works: ReadonlyMap<number, CardWork>;
  /** In the order of the queue. */
  readonly waiting: readonly LiveJob[];
  /** Whether a waiting job that finds no room keeps all those behind it from starting. */
  readonly isStrict: boolean;
  /** Whether those behind the first wait for it to start, or may only use what it does not. */
  readonly isInOrder: boolean;
  /** Whether an instance like that of a tenant of a card is free on another one that stays as it is. */
  isFreeElsewhere(tenant: Tenant, gpu: number): boolean;
}

/**
 * Chooses the layouts of a field's cards for the requests that run and wait. Cards on which a step is being made keep
 * their target, and what they will serve is taken off the demand first. An instance stays whose job can neither be made
 * to leave nor has a known end.
 *
 * @returns the cards that are to be another; none where the layouts as they stand serve as much
 */
export function reviewLayouts(
  reviewed: ReviewedInstances,
  policy: PeriodicPolicy,
  nowUs: number,
): readonly Retarget[] {
  const { fleet, live, field, gpus, works } = reviewed;
  const { geometry } = field;
  const order = profilesBySize(geometry).flat();
  const tenants = tenantsOn(fleet, live, gpus);
  const free = gpus.filter((g) => works.get(g)?.isWaiting !== false);
  const running: Seated[] = [];
  const cards = free.map((g) => {
    const { standing } = layoutOf(fleet, g) as InstanceLayout & { standing: number };
    let keep = 0;
    const stopCost = geometry.placements.map(() => 0);
    for (const [placement, there] of tenants.get(g) ?? []) {
      if (there.some((tenant) => stays(reviewed, tenant, g, policy, nowUs))) keep |= 1 << placement;
      else {
        const profile = geometry.placements[placement]?.profileIndex as number;
        const seated = there.filter(({ isComing }) => !isComing).map((each) => ({ ...each, profile }));
        running.push(...seated);
        stopCost[placement] = stopCostOf(field, seated, policy, nowUs);
      }
    }
    return { present: standing, keep, stopCost };
  });
  if (cards.length === 0) return [];
  const best = forThoseWhoStart(reviewed, (first) => {
    const requests = demandOf(field, running, first, policy, reviewed.isInOrder, nowUs);
    const left = leftBy(reviewed, order, requests.demands);
    const places = left.flatMap(({ count }, d) => (count > 0 ? [d] : []));
    if (places.length === 0) return undefined;
    const demands = places.map((d) => left[d] as Demand);
    const choice = chooseMigLayouts(geometry, demands, cards);
    const served = requests.demands.map(({ count }, d) => count - (left[d] as Demand).count);
    places.forEach((d, i) => {
      served[d]! += choice.served[i] as number;
    });
    return { demands, choice, starts: jobsServed(requests, served) };
  });
  if (best === undefined) return [];
  const { demands, choice } = best;
  const present = geometry.profiles.map(() => 0);
  for (const { present: standing, keep } of cards) {
    mixOf(geometry, standing & ~keep).forEach((count, profile) => {
      present[profile]! += count;
    });
  }
  if (choice.value - choice.cost <= serve(demands, present, order).value * (1 + 1e-12)) return [];
  const layouts = cheapestFirst(cards, choice.layouts, (card) =>
    clearingUs(field, tenants.get(free[card] as number) ?? new Map(), policy, nowUs),
  );
  return free.flatMap((gpu, card) => {
    const target = mixOf(geometry, layouts[card] as number);
    const now = mixOf(geometry, cards[card]?.present as number);
    return target.every((count, profile) => count === now[profile]) ? [] : [{ gpu, target }];
  });
}

interface Chosen {
  readonly demands: readonly Demand[];
  readonly choice: MigLayoutChoice;
  /** How many of the waiting jobs that were looked at it serves. */
  readonly starts: number;
}

/**
 * The choice for the waiting jobs that will start. Where a queue is strict, the instances that are made for others go to
 * those at its head, or stand idle while these wait for theirs: so only the first jobs are looked at, as many as a
 * choice serves of them, and that one must serve all of them.
 *
 * Jobs that want none of these cards are taken to start elsewhere.
 */
function forThoseWhoStart(
  { field, gpus, waiting, isStrict }: ReviewedInstances,
  choose: (first: readonly LiveJob[]) => Chosen | undefined,
): Chosen | undefined {
  if (!isStrict) return choose(waiting);
  const own = waiting.filter(({ job }) => job.shapes.some((shape) => field.accepts(shape).length > 0));
  // No more can start than there are slices.
  let length = Math.min(own.length, gpus.length * field.geometry.model.gpuSlicesTotal);
  for (;;) {
    const found = choose(own.slice(0, length));
    if (found === undefined || found.starts >= length) return found;
    length = found.starts;
  }
}

/**
 * Of cards with the same instances, those that take the least to rid of their jobs are changed most.
 *
 * @param workOf slices x time to rid a card of its jobs
 */
function cheapestFirst(
  cards: readonly { readonly present: number; readonly keep: number }[],
  layouts: readonly number[],
  workOf: (card: number) => number,
): readonly number[] {
  const alike = new Map<string, number[]>();
  cards.forEach(({ present, keep }, card) => {
    const key = `${present} ${keep}`;
    const group = alike.get(key);
    if (group === undefined) alike.set(key, [card]);
    else group.push(card);
  });
  const result = [...layouts];
  for (const group of alike.values()) {
    const present = cards[group[0] as number]?.present as number;
    const work = new Map(group.map((card) => [card, workOf(card)]));
    const byWork = [...group].sort((a, b) => compare(work.get(a) as number, work.get(b) as number) || a - b);
    const byChange = group
      .map((card) => layouts[card] as number)
      .sort((a, b) => placementCount(b ^ present) - placementCount(a ^ present) || b - a);
    byWork.forEach((card, i) => {
      result[card] = byChange[i] as number;
    });
  }
  return result;
}

/**
 * Slices x microseconds that it takes at least to rid a card of its jobs: each ends, or is stopped where that may be and
 * costs less; infinite where neither is to be had.
 */
function clearingUs(
  { geometry }: Field,
  tenants: ReadonlyMap<number, readonly Tenant[]>,
  { running }: PeriodicPolicy,
  nowUs: number,
): number {
  let sum = 0;
  for (const [placement, there] of tenants) {
    const slices = geometry.placements[placement]?.profile.gpuSlices ?? 0;
    for (const tenant of there) {
      const drain = drainOf(tenant, running, nowUs);
      const stopUs = drain === null ? Number.POSITIVE_INFINITY : drain.takesUs + drain.lostUs;
      sum += slices * Math.min(stopUs, remainingUs(tenant.live, nowUs) ?? Number.POSITIVE_INFINITY);
    }
  }
  return sum;
}

/** Below 0 where `a` comes first; works for infinities, too. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether an instance stays for the sake of a tenant, which can move only while there is room for it elsewhere. */
function stays(
  { isFreeElsewhere }: ReviewedInstances,
  tenant: Tenant,
  gpu: number,
  { running, migratePath }: PeriodicPolicy,
  nowUs: number,
): boolean {
  if (mustStay(tenant, { running, migratePath }, nowUs)) return true;
  const movesOnly = migratePath !== null && mustStay(tenant, { running, migratePath: null }, nowUs);
  return movesOnly && !isFreeElsewhere(tenant, gpu);
}

/** The demand without what cards serve that are being changed: instances that they will have and nobody is on. */
function leftBy(
  { fleet, field, gpus, works }: ReviewedInstances,
  order: readonly number[],
  demands: readonly Demand[],
): readonly Demand[] {
  const parts: number[] = [];
  let isAny = false;
  for (const gpu of gpus) {
    const work = works.get(gpu);
    if (work === undefined || work.isWaiting) continue;
    isAny = true;
    const { used, held } = layoutOf(fleet, gpu);
    const taken = mixOf(field.geometry, used & ~held);
    work.target.forEach((count, profile) => {
      parts[profile] = (parts[profile] ?? 0) + Math.max(0, count - (taken[profile] as number));
    });
  }
  return isAny ? lessServed(demands, serve(demands, parts, order).served) : demands;
}

/**
 * Whether some waiting job has no instance that would do on as many of the cards as it wants, busy or not, now or when
 * the work there is over.
 */
export function hasUnserved(
  fleet: Fleet,
  field: Field,
  gpus: readonly number[],
  works: ReadonlyMap<number, CardWork>,
  waiting: readonly LiveJob[],
): boolean {
  const { geometry } = field;
  /** Cards by the set of profiles that they have. */
  const cardsWith = new Map<number, number>();
  for (const gpu of gpus) {
    const standing = fleet.cards[gpu]?.layout?.standing ?? 0;
    const counts = works.get(gpu)?.target ?? mixOf(geometry, standing);
    const has = counts.reduce((set, count, profile) => (count > 0 ? set | (1 << profile) : set), 0);
    cardsWith.set(has, (cardsWith.get(has) ?? 0) + 1);
  }
  return waiting.some(({ job }) =>
    job.shapes.some((shape) => {
      const wanted = field.accepts(shape).reduce((set, profile) => set | (1 << profile), 0);
      let cards = 0;
      for (const [has, count] of cardsWith) if ((has & wanted) !== 0) cards += count;
      return wanted !== 0 && cards < Math.min(shape.gpuCount, gpus.length);
    }),
  );
}
