import type { GpuModel } from '../hardware/index.ts';

/** One physical GPU as a mode sees it. */
export interface CardSpec {
  /** Name used in the scenario. */
  readonly model: string;
  /** Null for a GPU that the catalogue does not have: the scenario then states what is needed of it. */
  readonly catalogue: GpuModel | null;
  /** Memory that programs can see, MiB. */
  readonly memoryMib: number;
  /** Bytes a second between host and card, one direction, after lanes, generation and what is shared with other cards. */
  readonly linkBytesPerSec: number;
}
