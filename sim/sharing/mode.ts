import type { GpuAsk, GpuUse } from './ask.ts';
import type { CardCut } from './card-cut.ts';
import type { CardSpec } from './card-spec.ts';
import type { ConfigOf } from './config.ts';
import type { InstanceLayout } from './instance-layout.ts';
import type { SharingModeName } from './names.ts';
import type { OperationPath } from './operation.ts';
import type { Parameter, ParameterValues } from './parameters.ts';
import type { Residents } from './residents.ts';
import type { Refusal, Slot } from './slot.ts';
import type { LicenceNeed, ModeTraits } from './traits.ts';

/** Something wrong with the use of a mode on a GPU. */
export interface ConfigProblem {
  /** Key of the mode's options that is to blame; `mode` where the GPU cannot do it at all. */
  readonly key: string;
  /** What is accepted and what there is: `must be 1 to 16, got 20`. */
  readonly message: string;
}

/**
 * A way to let one or several tenants use one GPU. It answers five questions: what fits and where (`createCard`), what
 * isolation and features a tenant gets (`traits`), how fast each resident runs (`Card.speeds`), what a change costs
 * (`operations`), and which licence a tenant consumes (`licence`).
 */
export interface SharingMode<N extends SharingModeName = SharingModeName> {
  readonly name: N;
  /** Words for people: `NVIDIA MIG`. */
  readonly title: string;
  /** One line: how the card is shared. */
  readonly summary: string;
  /** What the model leaves out, one sentence each. */
  readonly leavesOut: readonly string[];
  /** Figures that the model depends on; ids start with the mode's name. */
  readonly parameters: readonly Parameter[];
  readonly traits: ModeTraits;
  /** Every problem of using the mode with these options on this GPU; empty = it can be done. */
  check(config: ConfigOf<N>, card: CardSpec): readonly ConfigProblem[];
  /**
   * A card in this mode, without tenants.
   *
   * @param config without problems for `card` (see `check`)
   */
  createCard(config: ConfigOf<N>, card: CardSpec, values: ParameterValues): Card;
  operations(config: ConfigOf<N>, card: CardSpec): readonly OperationPath[];
  /** What a tenant in `slot` consumes while it runs. */
  licence(config: ConfigOf<N>, card: CardSpec, slot: Slot): LicenceNeed;
}

/** One GPU with its tenants' slots. `place` and `release` are the only changes; both are exact inverses in any order. */
export interface Card {
  readonly spec: CardSpec;
  /** Counts up at every change, so that answers can be kept. */
  readonly version: number;
  /** Slots in use, in order of placement. */
  readonly slots: readonly Slot[];
  /** Its GPU instances, where it is cut into such and they can be changed one by one; absent elsewhere. */
  readonly layout?: InstanceLayout;
  /** What else it is cut into, where that can be changed as a whole; absent elsewhere. */
  readonly cut?: CardCut;
  /** Where the ask would go now, or which rule refuses it. Changes nothing. */
  admit(ask: GpuAsk): Slot | Refusal;
  /** The same for a card without tenants: whether it could ever go there. */
  admitEmpty(ask: GpuAsk): Slot | Refusal;
  /**
   * Takes a slot that `admit` has answered since the last change.
   *
   * @throws {RangeError} if the slot is not free; nothing is taken then
   */
  place(slot: Slot): void;
  /** @throws {RangeError} if the slot is not taken */
  release(slot: Slot): void;
  /**
   * Speed of each resident relative to running alone on the whole card in bare metal, in [0, 1]: 0 for residents that
   * are not active. O(residents), no allocation.
   *
   * Holds for every mode: alone is fastest; more for one resident is never more for another; capacity is conserved.
   *
   * @param into by seat, at least `residents.count` long
   */
  speeds(residents: Residents, into: Float64Array): void;
  /** Thousandths of the card that no request can have now although they are free: stranded by geometry. */
  strandedMilli(): number;
  /**
   * Whether what the resident allocates goes beyond what there is: its allocation fails. Asked once at each start, with
   * the newcomer as last seat. Modes that reserve memory answer false.
   */
  overflows(residents: Residents, use: GpuUse): boolean;
}
