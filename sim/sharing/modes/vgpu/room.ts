import type { Refusal } from '../../slot.ts';
import type { CardType } from './card-types.ts';

/** What is taken of one card, by the rules of a size mode. */
export interface Room {
  /** Whether `count` more vGPUs of the type fit now, and the cut has places for them. */
  fits(type: CardType, count: number): boolean;
  /** The rule against it, for a type that does not fit. */
  refusal(type: CardType, count: number): Refusal;
  /** Placement id that the next vGPU of the type gets, GiB; -1 where there are none. For a type that fits. */
  startFor(type: CardType): number;
  /**
   * Takes room whether or not the cut has it, as for a tenant that is put back.
   *
   * @throws {RangeError} if there is no room for the type at `start`; nothing is taken then
   */
  take(type: CardType, start: number): void;
  give(type: CardType, start: number): void;
  /** Thousandths of the card that are free and that no type can have now. */
  strandedMilli(): number;
}
