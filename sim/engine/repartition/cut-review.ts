import type { Fleet } from '../../cluster/fleet.ts';
import { type CutOption, chooseCuts, serve } from '../../policies/repartition/index.ts';
import type { CardCut, Cut, Slot } from '../../sharing/index.ts';
import type { LiveJob } from '../live-job.ts';
import type { CardWork } from './card-work.ts';
import { cutDemands } from './cut-demand.ts';
import { type CutField, cutOf } from './cut-field.ts';
import { CutWork } from './cut-work.ts';
import { lessServed } from './demand.ts';
import { mustStay, remainingUs } from './resident-view.ts';
import type { PeriodicPolicy } from './setup.ts';
import { type Tenant, tenantsOn } from './tenants.ts';

/** What a review says of a card: the cut that it is to have. */
export interface Recut {
  readonly gpu: number;
  readonly cut: Cut;
}

/** What a review looks at. */
export interface ReviewedCards {
  readonly fleet: Fleet;
  readonly live: readonly (LiveJob | undefined)[];
  readonly field: CutField;
  /** Cards of the field that may be changed at all. */
  readonly gpus: readonly number[];
  /** What is being done, by GPU number. */
  readonly works: ReadonlyMap<number, CardWork>;
  /** In the order of the queue. */
  readonly waiting: readonly LiveJob[];
  /** Whether those behind the first wait for it to start, or may only use what it does not. */
  readonly isInOrder: boolean;
}

/**
 * Chooses how a field's cards are cut for the requests that run and wait. Cards that are being changed keep their target,
 * and what they will serve is taken off the demand first. A part stays whose job can neither be stopped nor has a known
 * end, and with it the size or the number of functions of its card.
 *
 * @returns the cards that are to be cut otherwise; none where the cuts as they are serve as much
 */
export function reviewCuts(
  { fleet, live, field, gpus, works, waiting, isInOrder }: ReviewedCards,
  policy: PeriodicPolicy,
  nowUs: number,
): readonly Recut[] {
  const tenants = tenantsOn(fleet, live, gpus);
  const running: Tenant[] = [];
  const cards = gpus
    .filter((gpu) => works.get(gpu)?.isWaiting !== false)
    .map((gpu) => {
      const there = [...(tenants.get(gpu) ?? new Map()).values()].flat() as Tenant[];
      const kept = there.filter((tenant) => mustStay(tenant, policy, nowUs));
      running.push(...there.filter((tenant) => !tenant.isComing && !kept.includes(tenant)));
      return { gpu, there, kept: kept.map(({ slot }) => slot) };
    });
  const changing = gpus.flatMap((gpu) => {
    const work = works.get(gpu);
    return work === undefined || work.isWaiting ? [] : [work.target];
  });
  const demands = withoutServed(
    field,
    cutDemands(field, running, waiting, policy, isInOrder, nowUs),
    changing,
  );
  if (demands.length === 0 || cards.length === 0) return [];
  const wanted = field.kinds
    .map((_, kind) => kind)
    .filter((kind) => demands.some((d) => d.accepts.includes(kind)));
  const all = cards.map(({ gpu, there, kept }) => {
    const own = cutOf(fleet, gpu);
    const work = works.get(gpu);
    const now = work instanceof CutWork ? work.was : own.now();
    const seen = new Set<string>();
    return [
      now,
      ...own.cuts(
        there.map(({ slot }) => slot),
        wanted,
      ),
      ...own.cuts(kept, wanted),
    ].flatMap((cut) => {
      if (seen.has(cut.text)) return [];
      seen.add(cut.text);
      return [{ cut, option: optionOf(own, cut, kept, there, cut === now, nowUs) }];
    });
  });
  const choice = chooseCuts(
    demands,
    all.map((options) => options.map(({ option }) => option)),
  );
  const asNow = serve(
    demands,
    sumOf(
      field,
      all.map(([first]) => first!.option.parts),
    ),
    kindOrder(field),
  );
  if (choice.value <= asNow.value * (1 + 1e-12)) return [];
  return cards.flatMap(({ gpu }, card) => {
    const pick = choice.picks[card] as number;
    return pick === 0 ? [] : [{ gpu, cut: all[card]![pick]!.cut }];
  });
}

/** @param isNow whether the card is cut so already; its cost then is nothing, whoever is to leave it anyway */
function optionOf(
  own: CardCut,
  cut: Cut,
  kept: readonly Slot[],
  there: readonly Tenant[],
  isNow: boolean,
  nowUs: number,
): CutOption {
  const parts = [...cut.counts];
  for (const slot of kept) parts[own.kindIn(cut, slot)]! -= 1;
  const leaving = isNow ? [] : there.filter(({ slot }) => !own.has(cut, slot));
  // An idle card is changed rather than none, and rather than one whose jobs have to leave.
  const cost = leaving.reduce(
    (sum, { live, slot }) => sum + slot.milli * (remainingUs(live, nowUs) ?? Number.POSITIVE_INFINITY),
    isNow ? 0 : 1,
  );
  return { parts: parts.map((count) => Math.max(0, count)), cost };
}

/** Whether a waiting job could have a part if some card were cut otherwise now, or no card has such a part at all. */
export function couldServeMore({ fleet, field, gpus, works, waiting }: ReviewedCards): boolean {
  const counts = sumOf(
    field,
    gpus.map((gpu) => works.get(gpu)?.target ?? cutOf(fleet, gpu).now().counts),
  );
  const answers = new Map<object, boolean>();
  return waiting.some(({ job }) =>
    job.shapes.some((shape) => {
      const accepts = field.accepts(shape);
      const { ask } = shape;
      if (accepts.length === 0 || ask === undefined) return false;
      let answer = answers.get(shape);
      if (answer === undefined) {
        answer =
          !accepts.some((kind) => counts[kind]! > 0) ||
          (gpus.some((gpu) => works.get(gpu)?.isWaiting !== false && cutOf(fleet, gpu).couldTake(ask)) &&
            !gpus.some((gpu) => fleet.hasRoom(gpu, shape)));
        answers.set(shape, answer);
      }
      return answer;
    }),
  );
}

/**
 * What idle cards become for waiting jobs, in the order of the queue: who finds no part free, nor one that is being made,
 * gets the next idle card, cut so that it serves the most of those that wait; of equals as it is, then with the most parts.
 *
 * @returns idle cards that are to be cut otherwise
 */
export function cutsOnDemand({ fleet, field, gpus, works, waiting }: ReviewedCards): readonly Recut[] {
  const isIdle = (gpu: number) => !works.has(gpu) && fleet.cards[gpu]?.slots.length === 0;
  const idle = gpus.filter(isIdle);
  const spare = sumOf(
    field,
    gpus.filter((gpu) => !isIdle(gpu)).map((gpu) => works.get(gpu)?.target ?? freeOf(fleet, gpu)),
  );
  const asked = waiting.flatMap(({ job }) =>
    job.shapes.flatMap((shape) => new Array<readonly number[]>(shape.gpuCount).fill(field.accepts(shape))),
  );
  const found: Recut[] = [];
  for (const [first, accepts] of asked.entries()) {
    if (accepts.length === 0) continue;
    let kind = accepts.find((each) => spare[each]! > 0);
    if (kind === undefined) {
      const gpu = idle.shift();
      if (gpu === undefined) break;
      const own = cutOf(fleet, gpu);
      const now = own.now();
      const worth = (cut: Cut) => {
        const at = cut.counts.findIndex((count) => count > 0);
        const served = asked.slice(first).filter((each) => each.includes(at));
        return served
          .slice(0, cut.counts[at])
          .reduce((sum, each) => sum + (field.kinds[each[0] as number]?.milli ?? 0), 0);
      };
      let best: Cut | undefined;
      for (const cut of [now, ...own.cuts([], accepts)]) {
        const serves = accepts.some((each) => cut.counts[each]! > 0);
        if (serves && (best === undefined || worth(cut) > worth(best))) best = cut;
      }
      if (best === undefined) break;
      if (best.text !== now.text) found.push({ gpu, cut: best });
      best.counts.forEach((count, each) => {
        spare[each]! += count;
      });
      kind = accepts.find((each) => spare[each]! > 0) as number;
    }
    spare[kind]! -= 1;
  }
  return found;
}

/** By kind, the free parts of a card whose parts are all alike. */
function freeOf(fleet: Fleet, gpu: number): readonly number[] {
  const taken = fleet.cards[gpu]?.slots.length ?? 0;
  return cutOf(fleet, gpu)
    .now()
    .counts.map((count) => (count > 0 ? count - taken : 0));
}

/** The demand without what cards serve that are being changed. */
function withoutServed(
  field: CutField,
  demands: ReturnType<typeof cutDemands>,
  changing: readonly (readonly number[])[],
) {
  if (changing.length === 0) return demands;
  const { served } = serve(demands, sumOf(field, changing), kindOrder(field));
  return lessServed(demands, served).filter(({ count }) => count > 0);
}

function kindOrder({ kinds }: CutField): readonly number[] {
  return kinds.map((_, kind) => kind);
}

function sumOf({ kinds }: CutField, all: readonly (readonly number[])[]): number[] {
  return kinds.map((_, kind) => all.reduce((sum, counts) => sum + (counts[kind] ?? 0), 0));
}
