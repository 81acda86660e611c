import type { canonicalClaim } from '../canonical/claim.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import type { ClaimSpec } from '../types.ts';

/** Canonical claims in numbers. */
export function resolveClaim(
  { tenant, queue, pool, priority, preemptible, checkpoint }: ReturnType<typeof canonicalClaim>,
  isPreemptible: boolean,
): ClaimSpec {
  return {
    tenant: tenant ?? '',
    queue: queue ?? null,
    pool: pool ?? 'default',
    priority: priority ?? 0,
    isPreemptible: preemptible ?? isPreemptible,
    checkpoint:
      checkpoint === undefined
        ? null
        : {
            intervalUs:
              checkpoint.every === null
                ? Number.POSITIVE_INFINITY
                : readValid(durationQuantity, checkpoint.every),
            saveUs: readValid(durationQuantity, checkpoint.save),
            restoreUs: readValid(durationQuantity, checkpoint.restore),
          },
  };
}
