import type { Micros } from '../../kernel/time.ts';

/** A job on a GPU instance, as far as re-partitioning concerns it. */
export interface ResidentJob {
  readonly id: string;
  /** Estimated time until it ends by itself; null where nobody knows. */
  readonly remainingUs: Micros | null;
  /** Part of a whole GPU that stands still when it does, in (0, 1]. */
  readonly gpuShare: number;
  /**
   * How it may be stopped before its end: how long that takes (grace period, checkpoint) and how much of its work is
   * lost with it (since the last checkpoint, and to start again). Null where it may not be interrupted.
   */
  readonly drain: { readonly takesUs: Micros; readonly lostUs: Micros } | null;
  /** How long it stands still when it moves to another instance. Null where it cannot move. */
  readonly migrate: { readonly stunUs: Micros } | null;
}

/** A GPU instance: `placement` is an index into the placements of the geometry. */
interface InstanceView {
  readonly placement: number;
  readonly job: ResidentJob | null;
}

/** A card in MIG mode. All cards of one question are of one model. */
export interface PartitionedCard {
  readonly id: string;
  readonly instances: readonly InstanceView[];
}
