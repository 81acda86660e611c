import type { Slot } from '../../sharing/index.ts';

/** A part of a card of the fleet. */
export interface FreePart {
  readonly gpu: number;
  readonly slot: Slot;
}
