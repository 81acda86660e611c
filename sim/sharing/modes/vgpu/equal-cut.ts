import type { GpuAsk } from '../../ask.ts';
import type { Cut, PartKind } from '../../card-cut.ts';
import type { ConfigOf } from '../../config.ts';
import type { Slot } from '../../slot.ts';
import type { CardType } from './card-types.ts';
import type { EqualSizeRoom, SizeLimit } from './equal-size.ts';
import type { Offers } from './offers.ts';
import { type CutCard, VgpuCut } from './vgpu-cut.ts';

/**
 * The size of a card in equal-size mode (rule R-equal-1) as a choice. Types of one size that allow different counts make
 * several kinds of part: a card that is kept for the larger count takes only types that allow it.
 */
export class EqualCut extends VgpuCut {
  readonly kinds: readonly PartKind[];
  readonly #limits: readonly SizeLimit[];
  readonly #room: EqualSizeRoom;

  constructor(card: CutCard, offers: Offers, config: ConfigOf<'vgpu'>, room: EqualSizeRoom) {
    super(card, offers, config);
    this.#room = room;
    const seen = new Map<string, SizeLimit>();
    for (const { sizeMib, maxPerGpu } of offers.types.all) {
      seen.set(`${sizeMib} ${maxPerGpu}`, { sizeMib, limit: maxPerGpu });
    }
    this.#limits = [...seen.values()].sort((a, b) => a.sizeMib - b.sizeMib || b.limit - a.limit);
    this.kinds = this.#limits.map(({ sizeMib, limit }) => ({
      name: gibText(sizeMib),
      milli: Math.floor(1000 / limit),
    }));
  }

  protected kindsOf(type: CardType): readonly number[] {
    return this.#limits.flatMap(({ sizeMib, limit }, kind) =>
      type.sizeMib === sizeMib && type.maxPerGpu >= limit ? [kind] : [],
    );
  }

  protected keepTo(cut: Cut | null): void {
    this.#room.only = cut === null ? null : (this.#limits[this.#kindOf(cut)] ?? null);
  }

  now(): Cut {
    const { lock } = this.#room;
    if (this.present !== null) return this.present;
    if (lock === null) return { text: '', counts: this.kinds.map(() => 0), places: [] };
    return this.#cut(
      this.#limits.findIndex(({ sizeMib, limit }) => sizeMib === lock.sizeMib && limit === lock.limit),
    );
  }

  cuts(kept: readonly Slot[], wanted: readonly number[]): readonly Cut[] {
    if (kept.length === 0) return wanted.map((kind) => this.#cut(kind));
    const least = Math.min(...kept.map((slot) => this.typeOf(slot).maxPerGpu));
    const size = this.typeOf(kept[0] as Slot).sizeMib;
    return this.#limits.flatMap(({ sizeMib, limit }, kind) =>
      sizeMib === size && limit <= least && (limit === least || wanted.includes(kind))
        ? [this.#cut(kind)]
        : [],
    );
  }

  kindIn(cut: Cut): number {
    return this.#kindOf(cut);
  }

  has(cut: Cut, slot: Slot): boolean {
    const kept = this.#limits[this.#kindOf(cut)];
    const { sizeMib, maxPerGpu } = this.typeOf(slot);
    return kept !== undefined && sizeMib === kept.sizeMib && maxPerGpu >= kept.limit;
  }

  couldTake(ask: GpuAsk): boolean {
    return this.card.slots.length === 0 && this.accepts({ ...ask, count: 1 }).length > 0;
  }

  #kindOf({ counts }: Cut): number {
    return counts.findIndex((count) => count > 0);
  }

  #cut(kind: number): Cut {
    const { sizeMib, limit } = this.#limits[kind] as SizeLimit;
    const counts = this.kinds.map((_, k) => (k === kind ? limit : 0));
    return { text: `${limit} x ${gibText(sizeMib)}`, counts, places: [] };
  }
}

export function gibText(mib: number): string {
  return `${mib / 1024} GiB`;
}
