import type { FleetView } from '../../cluster/fleet.ts';
import type { TaskShape } from '../../cluster/request.ts';

export type Ask = NonNullable<TaskShape['ask']>;
type CardOf = NonNullable<FleetView['cards'][number]>;
type SlotOf = CardOf['slots'][number];

/** What the tenants of a card leave for others. */
export interface CardState {
  /** Frame buffer that is set aside for tenants, MiB. */
  readonly reservedMib: number;
  /** Free frame buffer that the wanted parts cannot fill, MiB; 0 on cards that set none aside. */
  readonly fragmentedMib: number;
  /** Thousandths of the card that no request can have although they are free. */
  readonly strandedMilli: number;
  /** The largest wanted part that it can still take; empty where it takes none. */
  readonly largest: string;
  readonly largestMilli: number;
}

/** Most states that are remembered; a busy card of many small parts can have more. */
const MOST_KNOWN = 20_000;

/**
 * Looks at what is left of shared cards by what the workload asks for. The free frame buffer is filled, on a copy, with
 * wanted parts, the largest first and as many of each as fit: what stays free is of no use to anybody. That is not the best
 * filling, so the fragment is an upper bound; it is exact where each size is a multiple of the next.
 */
export class CardStates {
  readonly #fleet: FleetView;
  readonly #wanted: readonly Ask[];
  readonly #known = new Map<string, CardState>();
  readonly #numbers = new Map<object, number>();

  /** @param wanted asks of the usual mix of the workload */
  constructor(fleet: FleetView, wanted: readonly Ask[]) {
    this.#fleet = fleet;
    this.#wanted = [...new Set(wanted)];
  }

  of(gpu: number): CardState {
    const card = this.#fleet.cards[gpu] as CardOf;
    const key = this.#keyOf(gpu, card);
    let state = this.#known.get(key);
    if (state === undefined) {
      state = this.#look(gpu, card);
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      this.#known.set(key, state);
    }
    return state;
  }

  #keyOf(gpu: number, card: CardOf): string {
    const { layout, cut, spec } = card;
    const config = this.#numberOf(this.#fleet.sharing[gpu]?.config as object);
    let key = `${this.#numberOf(spec)};${config};${layout?.standing};${layout?.held};${cut?.isHeld};`;
    if (cut != null) key += cut.present === null ? '' : `${this.#numberOf(cut.present as object)}`;
    for (const slot of card.slots) {
      key += `;${slot.profile},${slot.start},${slot.domain},${slot.milli},${slot.memoryMib}`;
    }
    return key;
  }

  #numberOf(object: object): number {
    let number = this.#numbers.get(object);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(object, number);
    }
    return number;
  }

  #look(gpu: number, card: CardOf): CardState {
    const reservedMib = card.slots.reduce((sum, { memoryMib }) => sum + memoryMib, 0);
    const copy = copyOf(this.#fleet, gpu, card);
    const fits: { readonly ask: Ask; readonly slot: SlotOf }[] = [];
    for (const ask of this.#wanted) {
      const slot = copy.admit(ask);
      if (!('refused' in slot)) fits.push({ ask, slot });
    }
    const largest = fits.reduce<SlotOf | undefined>(
      (best, { slot }) =>
        best === undefined ||
        slot.milli > best.milli ||
        (slot.milli === best.milli && slot.memoryMib > best.memoryMib)
          ? slot
          : best,
      undefined,
    );
    return {
      reservedMib,
      fragmentedMib: this.#fragment(copy, fits, reservedMib),
      strandedMilli: card.strandedMilli(),
      largest: largest?.profile ?? '',
      largestMilli: largest?.milli ?? 0,
    };
  }

  /** Fills the copy. */
  #fragment(
    copy: CardOf,
    fits: readonly { readonly ask: Ask; readonly slot: SlotOf }[],
    reservedMib: number,
  ): number {
    const setsAside = reservedMib > 0 || this.#wanted.some((ask) => reserves(copy, ask));
    if (!setsAside) return 0;
    let free = copy.spec.memoryMib - reservedMib;
    const bySize = fits.toSorted((a, b) => b.slot.memoryMib - a.slot.memoryMib);
    for (const { ask, slot: first } of bySize) {
      if (first.memoryMib === 0) continue;
      const one = ask.count === 1 ? ask : { ...ask, count: 1 };
      for (;;) {
        const slot = copy.admit(one);
        if ('refused' in slot) break;
        copy.place(slot);
        free -= slot.memoryMib;
      }
    }
    return Math.max(0, free);
  }
}

/** The card with its tenants. They may sit on parts that take nobody in any more, so those are said last. */
function copyOf(fleet: FleetView, gpu: number, card: CardOf): CardOf {
  const copy = fleet.emptyCopy(gpu) as CardOf;
  const { cut, layout } = copy;
  const { present = null, isHeld = false } = cut ?? {};
  const { standing = null, held } = layout ?? {};
  // The number of virtual functions is always set: none of its tenants can be anywhere else.
  if (present !== null || isHeld) cut?.set(cut.config.mode === 'sriov' ? present : null, false);
  if (standing !== null) layout?.set(standing, 0);
  for (const slot of card.slots) copy.place(slot);
  if (present !== null || isHeld) cut?.set(present, isHeld);
  if (standing !== null && held !== undefined) layout?.set(standing, held);
  return copy;
}

/** Whether an empty card would set frame buffer aside for it. */
function reserves(card: CardOf, ask: Ask): boolean {
  const slot = card.admitEmpty(ask);
  return !('refused' in slot) && slot.memoryMib > 0;
}
