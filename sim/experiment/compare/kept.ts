import type { Judgement, ObjectiveVerdict } from '../../objectives/index.ts';

/** What became of one objective. */
export interface ObjectiveResult extends Judgement {
  readonly name: string;
  readonly expect: string;
  readonly why: string;
  /** Its place among the objectives of the scenario; null: the caller asked for it. */
  readonly index: number | null;
  /** Why nothing was measured. */
  readonly reason?: string;
  /** The verdict on the base, where it speaks of one scenario alone; only of `compare`. */
  readonly onBase?: ObjectiveVerdict;
}

/** Readings of one replication by name, as `result.json` keeps them: units stand with the means. */
export interface ReplicationValues {
  readonly seed: number;
  readonly metrics: Readonly<Record<string, number | null>>;
}
