import type { Part } from './part.ts';

/** Why a job that holds GPUs does not work on them. */
export const AT_REST = ['starting', 'saving', 'stopping', 'moving'] as const;
export type AtRest = (typeof AT_REST)[number];

/** How a job works on the GPUs that it holds: what the engine knows of it besides its parts. */
export interface WorkOnGpus {
  /** Speed of the whole job, relative to its stated time: that of its slowest GPU, less what exchanging data takes. */
  readonly pace: number;
  /** Speed of GPU number `g` of the fleet by itself, relative to the same. */
  speedOn(g: number): number;
  /** Part of GPU number `g`'s compute that one slot of the job uses there at full speed, on GPUs that a mode shares. */
  needOn(g: number): number;
}

/**
 * Keeps the books of what GPUs that somebody holds do. Told of each change after the fleet and the cards have changed;
 * `slot` is the number of a live job.
 */
export interface WorkBooks {
  /** The job holds these parts from now on, in place of what it held, and does not work. */
  rests(nowUs: number, slot: number, parts: readonly Part[], why: AtRest): void;
  /**
   * The same, and it works.
   *
   * @param workLeftUs in microseconds at full speed; Infinity where none can be lost
   * @param drag part of its time that is left beside the checkpoints of its own, in (0, 1]
   * @param on absent: it goes at full speed on each of its GPUs
   */
  works(
    nowUs: number,
    slot: number,
    parts: readonly Part[],
    workLeftUs: number,
    drag: number,
    on?: WorkOnGpus,
  ): void;
  /**
   * It is about to give back what it holds before its work is done, and does so much of its work once more (or, where
   * it is over, has done it for nothing).
   *
   * @param workLeftUs before that work was lost
   */
  stops(nowUs: number, slot: number, workLeftUs: number, lostUs: number, reason: string): void;
  /** It holds nothing any more. */
  leaves(nowUs: number, slot: number): void;
  /** It is not in the system any more. */
  gone(slot: number): void;
  /** What was done up to now cannot be lost any more, because it is not counted: the warm-up is over. */
  warmedUp(workLeftUs: (slot: number) => number): void;
  /**
   * What a card that a mode shares does from now on, as parts of its compute.
   *
   * @param used work of its tenants
   * @param lost what they would do beyond that if the mode cost nothing
   * @param waiting what of `used` is not done because a job waits for its slower GPUs, or exchanges data
   * @param restricted what of the rest is not done because a job has no licence
   * @param saving what of the rest is not done because a job writes a checkpoint of its own beside its work
   */
  carded(
    nowUs: number,
    g: number,
    used: number,
    lost: number,
    waiting: number,
    restricted: number,
    saving: number,
  ): void;
  /** So much of the card takes nobody in, or does not stand, while it is cut anew: a part of it. */
  cutting(nowUs: number, g: number, part: number): void;
}
