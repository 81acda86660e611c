import type { GpuAsk } from '../../ask.ts';
import type { CardCut, Cut, PartKind } from '../../card-cut.ts';
import type { Slot } from '../../slot.ts';
import { milliOf, slotIn } from './functions.ts';
import type { SplitCard } from './split-card.ts';

/** The number of virtual functions of a card as a choice, among those that its model allows. */
export class VfCut implements CardCut {
  readonly kinds: readonly PartKind[];
  isHeld = false;
  mayBecomeAny = false;
  readonly #card: SplitCard;
  /** By kind: smallest functions first. */
  readonly #counts: readonly number[];

  constructor(card: SplitCard) {
    this.#card = card;
    this.#counts = [...card.kind.counts].reverse();
    this.kinds = this.#counts.map((vfs) => ({ name: `1 of ${vfs} VFs`, milli: milliOf(vfs) }));
  }

  get present(): Cut {
    return this.#cut(this.#counts.indexOf(this.#card.vfs));
  }

  get config() {
    return this.#card.kind.config(this.#card.vfs);
  }

  now(): Cut {
    return this.present;
  }

  vfsOf(kind: number): number {
    return this.#counts[kind] as number;
  }

  accepts(ask: GpuAsk): readonly number[] {
    return this.#counts.flatMap((vfs, kind) =>
      'refused' in slotIn(this.#card.kind.layout(vfs), ask) ? [] : [kind],
    );
  }

  /** With a guest that stays the number does (rule SR-1). */
  cuts(kept: readonly Slot[], wanted: readonly number[]): readonly Cut[] {
    return kept.length > 0 ? [this.present] : wanted.map((kind) => this.#cut(kind));
  }

  kindIn({ counts }: Cut): number {
    return counts.findIndex((count) => count > 0);
  }

  /** All functions are made anew for another number. */
  has(cut: Cut): boolean {
    return this.vfsOf(this.kindIn(cut)) === this.#card.vfs;
  }

  couldTake(ask: GpuAsk): boolean {
    return this.#card.slots.length === 0 && this.accepts({ ...ask, count: 1 }).length > 0;
  }

  wayTo(cut: Cut): string | undefined {
    const vfs = this.vfsOf(this.kindIn(cut));
    return vfs === this.#card.vfs ? undefined : this.#card.kind.way(this.#card.vfs, vfs);
  }

  set(cut: Cut | null, isHeld: boolean): void {
    if (cut === null)
      throw new RangeError('Cannot leave the number of virtual functions open: it is always set');
    this.#card.split(this.vfsOf(this.kindIn(cut)));
    this.isHeld = isHeld;
  }

  letBecomeAny(): void {
    this.mayBecomeAny = true;
    this.#card.version += 1;
  }

  #cut(kind: number): Cut {
    const vfs = this.vfsOf(kind);
    return {
      text: vfs === 1 ? '1 VF' : `${vfs} VFs`,
      counts: this.#counts.map((_, k) => (k === kind ? vfs : 0)),
      places: [],
    };
  }
}
