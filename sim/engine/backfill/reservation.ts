import type { Part } from '../../cluster/part.ts';

/** Room that is kept for a waiting job from an instant on. */
export interface Reservation {
  readonly startUs: number;
  readonly spanUs: number;
  /** One for each worker. */
  readonly parts: readonly Part[];
  /** Its GPUs are to be joined by NVLink that works. */
  readonly needsFabric?: boolean;
}
