import type { ClaimDocument } from '../schema/claim.ts';
import { canonicalDuration, canonicalNumber } from './distribution.ts';

/** What is stated of who asks, keys in a fixed order, and no key where there is nothing. */
export function canonicalClaim({ tenant, queue, pool, priority, preemptible, checkpoint }: ClaimDocument) {
  return {
    ...(tenant === undefined ? {} : { tenant }),
    ...(queue === undefined ? {} : { queue }),
    ...(pool === undefined || pool === 'default' ? {} : { pool }),
    ...(priority === undefined ? {} : { priority: canonicalNumber(priority) }),
    ...(preemptible === undefined ? {} : { preemptible }),
    ...(checkpoint == null
      ? {}
      : {
          checkpoint: {
            every: checkpoint.every == null ? null : canonicalDuration(checkpoint.every),
            save: canonicalDuration(checkpoint.save ?? '0s'),
            restore: canonicalDuration(checkpoint.restore ?? '0s'),
          },
        }),
  };
}
