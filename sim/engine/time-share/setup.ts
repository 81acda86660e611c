import type { RandomStream } from '../../kernel/random.ts';
import type { RoundOrder, SpeedView } from '../../policies/time-share/names.ts';
import type { Divider } from '../../policies/time-share/policy.ts';

/** How the time of a pool's GPUs is divided. */
export interface TimeShareSetup {
  readonly divider: Divider;
  readonly view: SpeedView;
  readonly order: RoundOrder;
  /** Least time from one division to the next, in whole microseconds. */
  readonly reviewUs: number;
  /** By tenant; those not named have 1. */
  readonly weights: Readonly<Record<string, number>>;
  /** Draws the order of models where that is `shuffled`. */
  readonly random: RandomStream;
}
