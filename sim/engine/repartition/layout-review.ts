import type { Fleet } from '../../cluster/fleet.ts';
import { mixOf, placementCount } from '../../hardware/index.ts';
import { chooseMigLayouts, type Demand, profilesBySize, serve } from '../../policies/repartition/index.ts';
import type { InstanceLayout } from '../../sharing/index.ts';
import type { LiveJob } from '../live-job.ts';
import type { CardWork } from './card-work.ts';
import { demandOf, lessServed } from './demand.ts';
import type { Field } from './field.ts';
import { layoutOf } from './layout-of.ts';
import { mayInterrupt, remainingUs } from './resident-view.ts';
import type { PeriodicPolicy } from './setup.ts';
import { type Tenant, tenantsOn } from './tenants.ts';

/** What a review says of a card: the instances that it is to have, by profile index. */
export interface Retarget {
  readonly gpu: number;
  readonly target: readonly number[];
}

/**
 * Chooses the layouts of a field's cards for the requests that run and wait. Cards on which a step is being made keep
 * their target, and what they will serve is taken off the demand first. An instance stays whose job can neither be
 * stopped nor has a known end.
 *
 * @param gpus cards of the field that may be changed at all
 * @param works what is being done, by GPU number
 * @returns the cards that are to be another; undefined: none, the layouts as they stand serve as much
 */
export function reviewLayouts(
  fleet: Fleet,
  live: readonly (LiveJob | undefined)[],
  field: Field,
  gpus: readonly number[],
  works: ReadonlyMap<number, CardWork>,
  waiting: readonly LiveJob[],
  policy: PeriodicPolicy,
  nowUs: number,
): readonly Retarget[] | undefined {
  const { geometry } = field;
  const order = profilesBySize(geometry).flat();
  const tenants = tenantsOn(fleet, live, gpus);
  const free = gpus.filter((g) => works.get(g)?.isWaiting !== false);
  const running: Tenant[] = [];
  const cards = free.map((g) => {
    const { standing } = layoutOf(fleet, g) as InstanceLayout & { standing: number };
    let keep = 0;
    for (const [placement, there] of tenants.get(g) ?? []) {
      if (there.some((tenant) => stays(tenant, policy, nowUs))) keep |= 1 << placement;
      else running.push(...there.filter(({ isComing }) => !isComing));
    }
    return { present: standing, keep };
  });
  if (cards.length === 0) return undefined;
  const demands = leftBy(works, gpus, order, demandOf(field, running, waiting, policy, nowUs)).filter(
    ({ count }) => count > 0,
  );
  if (demands.length === 0) return undefined;
  const choice = chooseMigLayouts(geometry, demands, cards);
  const present = geometry.profiles.map(() => 0);
  for (const { present: standing, keep } of cards) {
    mixOf(geometry, standing & ~keep).forEach((count, profile) => {
      present[profile]! += count;
    });
  }
  if (choice.value <= serve(demands, present, order).value * (1 + 1e-12)) return undefined;
  const layouts = cheapestFirst(cards, choice.layouts, (card) =>
    busyUs(field, tenants.get(free[card] as number) ?? new Map(), nowUs),
  );
  return free.flatMap((gpu, card) => {
    const target = mixOf(geometry, layouts[card] as number);
    const now = mixOf(geometry, cards[card]?.present as number);
    return target.every((count, profile) => count === now[profile]) ? [] : [{ gpu, target }];
  });
}

/**
 * Of cards that are alike to the choice, those whose jobs have the least left to do are changed most.
 *
 * @param workOf slices x time that the jobs of a card still take
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

/** Slices x microseconds that the jobs of a card still take; infinite where nobody knows of one. */
function busyUs({ geometry }: Field, tenants: ReadonlyMap<number, readonly Tenant[]>, nowUs: number): number {
  let sum = 0;
  for (const [placement, there] of tenants) {
    const slices = geometry.placements[placement]?.profile.gpuSlices ?? 0;
    for (const { live } of there) sum += slices * (remainingUs(live, nowUs) ?? Number.POSITIVE_INFINITY);
  }
  return sum;
}

/** Below 0 where `a` comes first; works for infinities, too. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether an instance stays for the sake of a tenant: it can neither be stopped nor does anybody know when it ends. */
function stays(tenant: Tenant, { running }: PeriodicPolicy, nowUs: number): boolean {
  if (!tenant.isComing && remainingUs(tenant.live, nowUs) !== null) return false;
  if (running === 'wait' || !mayInterrupt(tenant)) return true;
  return tenant.live.job.claim.checkpoint === null && running !== 'stop';
}

/** The demand without what cards serve that are being changed. */
function leftBy(
  works: ReadonlyMap<number, CardWork>,
  gpus: readonly number[],
  order: readonly number[],
  demands: readonly Demand[],
): readonly Demand[] {
  const parts: number[] = [];
  let isAny = false;
  for (const gpu of gpus) {
    const work = works.get(gpu);
    if (work === undefined || work.isWaiting) continue;
    isAny = true;
    work.target.forEach((count, profile) => {
      parts[profile] = (parts[profile] ?? 0) + count;
    });
  }
  return isAny ? lessServed(demands, serve(demands, parts, order).served) : demands;
}

/** Whether some waiting job has no instance on any of the cards that would do, busy or not, now or when the work there is over. */
export function hasUnserved(
  fleet: Fleet,
  field: Field,
  gpus: readonly number[],
  works: ReadonlyMap<number, CardWork>,
  waiting: readonly LiveJob[],
): boolean {
  const { geometry } = field;
  const has = geometry.profiles.map(() => false);
  for (const gpu of gpus) {
    const standing = fleet.cards[gpu]?.layout?.standing ?? 0;
    const counts = works.get(gpu)?.target ?? mixOf(geometry, standing);
    counts.forEach((count, profile) => {
      if (count > 0) has[profile] = true;
    });
  }
  return waiting.some(({ job }) =>
    job.shapes.some((shape) => {
      const accepts = field.accepts(shape);
      return accepts.length > 0 && !accepts.some((profile) => has[profile]);
    }),
  );
}
