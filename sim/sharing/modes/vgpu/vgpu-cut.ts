import type { GpuAsk } from '../../ask.ts';
import type { CardCut, Cut, PartKind } from '../../card-cut.ts';
import type { ConfigOf } from '../../config.ts';
import type { Slot } from '../../slot.ts';
import type { CardType } from './card-types.ts';
import type { Offers } from './offers.ts';

/** What a cut needs to know of the card that it is of. */
export interface CutCard {
  readonly slots: readonly Slot[];
  version: number;
}

/** The part that both size modes have in common: which types and kinds serve whom, and that no cut takes time to make. */
export abstract class VgpuCut implements CardCut {
  abstract readonly kinds: readonly PartKind[];
  readonly config: ConfigOf<'vgpu'>;
  present: Cut | null = null;
  isHeld = false;
  protected readonly card: CutCard;
  protected readonly offers: Offers;

  constructor(card: CutCard, offers: Offers, config: ConfigOf<'vgpu'>) {
    this.card = card;
    this.offers = offers;
    this.config = config;
  }

  /** Kinds of which one is enough for a vGPU of the type. */
  protected abstract kindsOf(type: CardType): readonly number[];
  /** Lets newcomers have the parts of a cut alone; null: any. */
  protected abstract keepTo(cut: Cut | null): void;
  abstract now(): Cut;
  abstract cuts(kept: readonly Slot[], wanted: readonly number[]): readonly Cut[];
  abstract kindIn(cut: Cut, slot: Slot): number;
  abstract has(cut: Cut, slot: Slot): boolean;
  abstract couldTake(ask: GpuAsk): boolean;

  accepts(ask: GpuAsk): readonly number[] {
    const types = this.offers.wanted(ask);
    if ('refused' in types) return [];
    return [...new Set(types.flatMap((type) => this.kindsOf(type)))].sort((a, b) => a - b);
  }

  /** A vGPU is made when its machine starts (R-alloc-1): until then its size and place are a matter of the books. */
  wayTo(): undefined {
    return undefined;
  }

  set(cut: Cut | null, isHeld: boolean): void {
    this.keepTo(cut);
    this.present = cut;
    this.isHeld = isHeld;
    this.card.version += 1;
  }

  /** An empty card has any size and place already. */
  letBecomeAny(): void {}

  protected typeOf({ profile }: Slot): CardType {
    const type = this.offers.types.typeOf(profile);
    if (type === undefined) throw new RangeError(`Cannot find the vGPU type ${profile}: the card has none`);
    return type;
  }
}
