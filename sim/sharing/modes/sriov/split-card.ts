import type { ConfigOf } from '../../config.ts';
import type { Residents } from '../../residents.ts';
import type { Slot } from '../../slot.ts';
import type { VfLayout } from './functions.ts';

/** What the cards of one model have in common that can be split into other numbers of functions. */
export interface VfCardKind {
  /** Numbers of functions that it can be set to, ascending. */
  readonly counts: readonly number[];
  /** How the card is split into so many. */
  layout(vfs: number): VfLayout;
  /** Speeds by seat relative to bare metal with so many, the link aside. */
  speeds(vfs: number): (residents: Residents, into: Float64Array) => void;
  /** The mode's options with so many. */
  config(vfs: number): ConfigOf<'sriov'>;
  /** Name of the way to `change-layout` from one number to another. */
  way(from: number, to: number): string;
}

/** A card that is split into virtual functions, as the choice of their number sees it. */
export interface SplitCard {
  readonly kind: VfCardKind;
  /** Number of functions now. */
  readonly vfs: number;
  /** Those in use. */
  readonly slots: readonly Slot[];
  /** Counts changes of what the card would answer. */
  version: number;
  /** @throws {RangeError} while a function is in use */
  split(vfs: number): void;
}
