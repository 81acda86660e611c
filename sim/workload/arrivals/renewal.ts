import { createDistribution, type DistributionSpec } from '../../kernel/distributions/index.ts';
import type { RandomStream } from '../../kernel/random.ts';
import { durationUsOf } from '../task.ts';
import type { ArrivalProcess } from './process.ts';

/** Independent gaps of any distribution. */
export interface RenewalSpec {
  readonly process: 'renewal';
  /** Gap between arrivals, in seconds; a draw below 0 counts as 0. */
  readonly gapSec: DistributionSpec;
}

/** The first after one gap. */
export function renewal({ gapSec }: RenewalSpec, gaps: RandomStream): ArrivalProcess {
  const distribution = createDistribution(gapSec);
  let atUs = 0;
  return {
    nextUs() {
      atUs += durationUsOf(distribution.sample(gaps));
      return atUs;
    },
  };
}
