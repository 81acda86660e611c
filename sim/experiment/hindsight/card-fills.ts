import { type GpuAsk, isRefusal, openCard, type SharedGpu, type Slot } from '../../sharing/index.ts';
import { stateKey } from '../bound/slot-room.ts';

/** Tenants that stand on one card together. */
interface CardFill {
  /** By ask: how many have it. */
  readonly counts: readonly number[];
  /** Thousandths of the card that they are counted as, at most. */
  readonly milli: number;
}

/** All that can stand on one card. */
export interface CardFills {
  /** All of them, the empty card left out; where `isOpen`, those alone that are a part of no other one. */
  readonly fills: readonly CardFill[];
  /** Whether any part of them can stand alone, and tenants are counted as the same in any company (`milliOf`). */
  readonly isOpen: boolean;
  /** By ask: thousandths that one tenant is counted as, where `isOpen`. */
  readonly milliOf: readonly number[];
}

/** States of a card that are looked at. */
const MOST_STATES = 4000;

/**
 * All that can stand on one card when tenants come in any order and stay: each state that the mode itself makes of them.
 *
 * @param asks that the mode tells apart
 * @param most by ask: tenants that there are
 * @returns undefined where there are too many states
 */
export function cardFills(
  gpu: SharedGpu,
  asks: readonly GpuAsk[],
  most: readonly number[],
): CardFills | undefined {
  const card = openCard(gpu);
  const best = new Map<string, CardFill>();
  const seen = new Set<string>();
  const queue: { readonly slots: readonly Slot[]; readonly counts: readonly number[] }[] = [
    { slots: [], counts: asks.map(() => 0) },
  ];
  for (let at = 0; at < queue.length; at++) {
    if (queue.length > MOST_STATES) return undefined;
    const { slots, counts } = queue[at] as (typeof queue)[number];
    asks.forEach((ask, a) => {
      if ((counts[a] as number) >= (most[a] as number)) return;
      for (const slot of [...card.slots]) card.release(slot);
      for (const slot of slots) card.place(slot);
      const own = slotsFor(card, ask);
      if (own === undefined) return;
      const after = [...slots, ...own];
      const more = counts.with(a, (counts[a] as number) + 1);
      const key = `${more.join()} ${after.map(stateKey).sort().join(' ')}`;
      if (seen.has(key)) return;
      seen.add(key);
      queue.push({ slots: after, counts: more });
      const milli = after.reduce((sum, slot) => sum + slot.milli, 0);
      const known = best.get(more.join());
      if (known === undefined || known.milli < milli) best.set(more.join(), { counts: more, milli });
    });
  }
  return openFills(best, asks.length) ?? { fills: [...best.values()], isOpen: false, milliOf: [] };
}

/** As a fleet takes them: each looks at all that are still to come. */
function slotsFor(card: ReturnType<typeof openCard>, ask: GpuAsk): readonly Slot[] | undefined {
  const own: Slot[] = [];
  for (let i = 0; i < ask.count; i++) {
    const slot = card.admit({ ...ask, count: ask.count - i });
    if (isRefusal(slot)) return undefined;
    card.place(slot);
    own.push(slot);
  }
  return own;
}

/** The largest fills, where all parts of them are fills and everybody is counted alike in each. */
function openFills(all: ReadonlyMap<string, CardFill>, asks: number): CardFills | undefined {
  const unit = (a: number) => Array.from({ length: asks }, (_, i) => (i === a ? 1 : 0)).join();
  const milliOf = Array.from({ length: asks }, (_, a) => all.get(unit(a))?.milli ?? 0);
  const inner = new Set<string>();
  for (const { counts, milli } of all.values()) {
    if (counts.reduce((sum, n, a) => sum + n * (milliOf[a] as number), 0) !== milli) return undefined;
    const isEmptyNext = counts.reduce((sum, n) => sum + n, 0) === 1;
    for (let a = 0; a < asks; a++) {
      if (counts[a] === 0 || isEmptyNext) continue;
      const part = counts.with(a, (counts[a] as number) - 1).join();
      if (!all.has(part)) return undefined;
      inner.add(part);
    }
  }
  const fills = [...all.values()].filter(({ counts }) => !inner.has(counts.join()));
  return { fills, isOpen: true, milliOf };
}
