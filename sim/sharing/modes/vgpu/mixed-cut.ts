import type { GpuAsk } from '../../ask.ts';
import type { Cut, PartKind } from '../../card-cut.ts';
import type { ConfigOf } from '../../config.ts';
import type { Slot } from '../../slot.ts';
import type { CardType } from './card-types.ts';
import { gibText } from './equal-cut.ts';
import type { MixedSizeRoom } from './mixed-size.ts';
import type { Offers } from './offers.ts';
import { type Place, packings } from './packings.ts';
import { type CutCard, VgpuCut } from './vgpu-cut.ts';

/** The sizes and places of a card in mixed-size mode (rules R-mixed-1 to 3) as a choice. */
export class MixedCut extends VgpuCut {
  readonly kinds: readonly PartKind[];
  /** By kind, in GiB, and how many of it the card may have whatever their types. */
  readonly #sizes: readonly { readonly gib: number; readonly most: number }[];
  readonly #room: MixedSizeRoom;

  constructor(card: CutCard, offers: Offers, config: ConfigOf<'vgpu'>, room: MixedSizeRoom) {
    super(card, offers, config);
    this.#room = room;
    const { all, gpu } = offers.types;
    const most = new Map<number, number>();
    for (const { sizeMib, maxMixed } of all) {
      const gib = sizeMib / 1024;
      if (maxMixed > 0) most.set(gib, Math.min(maxMixed, most.get(gib) ?? maxMixed));
    }
    this.#sizes = [...most].map(([gib, limit]) => ({ gib, most: limit })).sort((a, b) => a.gib - b.gib);
    this.kinds = this.#sizes.map(({ gib }) => ({
      name: gibText(gib * 1024),
      milli: Math.min(1000, Math.floor((1000 * gib) / gpu.memoryGib)),
    }));
  }

  protected kindsOf(type: CardType): readonly number[] {
    return type.maxMixed > 0 ? [this.#kindOfSize(type.sizeMib / 1024)] : [];
  }

  protected keepTo(cut: Cut | null): void {
    this.#room.keepTo(
      cut === null ? null : cut.places.map(({ kind, start }) => ({ size: this.#sizes[kind]!.gib, start })),
    );
  }

  now(): Cut {
    return this.present ?? this.#cut(this.card.slots.map(placeOf));
  }

  cuts(kept: readonly Slot[], wanted: readonly number[]): readonly Cut[] {
    const taken = kept.map(placeOf);
    const found = packings({
      memoryGib: this.offers.types.gpu.memoryGib,
      sizes: wanted.map((kind) => this.#sizes[kind]!),
      taken,
      preferred: this.card.slots.map(placeOf),
    });
    return found.map(({ places }) => this.#cut([...taken, ...places]));
  }

  kindIn(_cut: Cut, slot: Slot): number {
    return this.#kindOfSize(slot.size);
  }

  has({ places }: Cut, slot: Slot): boolean {
    const kind = this.#kindOfSize(slot.size);
    return places.some((each) => each.kind === kind && each.start === slot.start);
  }

  couldTake(ask: GpuAsk): boolean {
    const types = this.offers.wanted(ask);
    return !('refused' in types) && types.some((type) => this.#room.couldFit(type, 1));
  }

  #kindOfSize(gib: number): number {
    return this.#sizes.findIndex((each) => each.gib === gib);
  }

  #cut(list: readonly Place[]): Cut {
    const places = list
      .map(({ size, start }) => ({ kind: this.#kindOfSize(size), start }))
      .sort((a, b) => a.start - b.start);
    return {
      text: places.map(({ kind, start }) => `${this.kinds[kind]!.name}@${start}`).join(', '),
      counts: this.kinds.map((_, kind) => places.filter((each) => each.kind === kind).length),
      places,
    };
  }
}

function placeOf({ size, start }: Slot): Place {
  return { size, start };
}
