import type { GpuAsk } from './ask.ts';
import type { SharingConfig } from './config.ts';
import type { Slot } from './slot.ts';

/** A kind of part that a card can be cut into: a vGPU size, or one of so many virtual functions. */
export interface PartKind {
  /** `4 GiB`, `1 of 4 VFs`. */
  readonly name: string;
  /** Thousandths of the card. */
  readonly milli: number;
}

/** A way to cut a card. */
export interface Cut {
  /** What people call it: `6 x 4 GiB`, `8 GiB@0, 4 GiB@8`, `4 VFs`. */
  readonly text: string;
  /** By kind of part, how many. */
  readonly counts: readonly number[];
  /** Where the parts start on the card's axis; empty where they have no place of their own. */
  readonly places: readonly CutPlace[];
}

/** A part of a cut: its kind, and the GiB at which it starts. */
export interface CutPlace {
  readonly kind: number;
  readonly start: number;
}

/**
 * What a card without GPU instances is cut into, where that is a choice: the one size of its vGPUs, the places of vGPUs
 * of mixed sizes, its number of virtual functions. Tenants stay on their parts whatever the cut is; a part that the cut
 * does not have takes nobody in again.
 */
export interface CardCut {
  /** By ascending size. */
  readonly kinds: readonly PartKind[];
  /** What was said with `set`, or what the mode's options say; null: parts are made as tenants come. */
  readonly present: Cut | null;
  /** Whether the card takes nobody in. */
  readonly isHeld: boolean;
  /** The mode's options as they are with this cut. */
  readonly config: SharingConfig;
  /** The present cut; of a card that is cut as tenants come, the one that they make it have. */
  now(): Cut;
  /** Kinds of part of which one does for one slot of an ask; none where no part of any cut does. */
  accepts(ask: GpuAsk): readonly number[];
  /**
   * Every cut that has the parts of these tenants and to which no part of a wanted kind can be added; of cuts with as
   * many parts of each kind the one that leaves most of the card's other tenants where they are.
   *
   * @param kept of the card's tenants
   * @param wanted kinds that anybody wants
   */
  cuts(kept: readonly Slot[], wanted: readonly number[]): readonly Cut[];
  /** Kind of the part that a tenant has in a cut which has it. */
  kindIn(cut: Cut, slot: Slot): number;
  /** Whether a cut has the part of a tenant of the card. */
  has(cut: Cut, slot: Slot): boolean;
  /** Whether the ask would fit beside the tenants if the rest of the card were cut for it. */
  couldTake(ask: GpuAsk): boolean;
  /** Name of the way to `change-layout` that leads from the present cut to another; undefined where it takes no time. */
  wayTo(cut: Cut): string | undefined;
  /**
   * Says what the card is cut into from now on, and whether it takes nobody in.
   *
   * @throws {RangeError} if tenants have parts that cannot be there with that cut at all; nothing changes then
   */
  set(cut: Cut | null, isHeld: boolean): void;
  /** From now on an ask could ever be met if any cut of the card meets it. */
  letBecomeAny(): void;
}
