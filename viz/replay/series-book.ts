import type { ReplayEvent, ReplayState } from '../../sim/observe/replay/index.ts';

/** A value that follows from the state, kept up event by event, and what it is a part of. */
export interface SeriesBook {
  /** As metrics have it. */
  readonly unit: string;
  readonly value: number;
  /** 1 where it is no part of anything. */
  readonly whole: number;
  /** Takes over a state as it is, in place of the one before. */
  begin(state: ReplayState): void;
  /** Looks again at a host of which something may have changed. */
  look?(host: number): void;
  /** Something has happened to a job, or a GPU works at another rate. */
  follow?(event: ReplayEvent): void;
}
