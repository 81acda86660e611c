import type { MisoLists } from './jobs.ts';
import type { SpeedByProfile } from './speeds.ts';

/** Time to save the jobs of a card, cut it and load them again, in seconds, as the authors take it. */
export const CUT_SEC = 30;
/** Ranges of the change of the mean completion time in percent (see the README of the data). */
export const AGAINST_NONE = [-60, -35] as const;
export const AGAINST_STATIC = [-25, -5] as const;
/** What the abstract of the paper gives. */
export const PAPER = { none: -49, static: -16 };

/** What the authors' files say. */
export interface MisoInputs extends MisoLists {
  /** Measured speeds by program. */
  readonly speeds: ReadonlyMap<string, SpeedByProfile>;
  /** Partitions of a card, by compute slices in the order of placement. */
  readonly partitions: readonly (readonly number[])[];
}
