import { z } from 'zod';
import { durationQuantity, positiveDurationQuantity } from '../quantities/duration.ts';
import { finiteNumber, flag, identifier, orNone, quantity, section } from './leaves.ts';
import { queuePath } from './scheduling.ts';

const checkpoint = section(
  {
    every: orNone(
      quantity(
        positiveDurationQuantity,
        'Work between two checkpoints that it takes by itself. Default: only when it is stopped.',
      ),
    ),
    save: quantity(durationQuantity, 'Time to write one. Default 0s.').optional(),
    restore: quantity(durationQuantity, 'Time to read one back at the next start. Default 0s.').optional(),
  },
  'How a job saves what it has done.',
);

/**
 * The keys that say who asks, and how the scheduler may treat it.
 *
 * @param isPreemptible whether it may be stopped where nothing is written
 */
export function claimShape(isPreemptible: boolean) {
  return {
    tenant: queuePath('User or team that it belongs to. Default: nobody.').optional(),
    queue: queuePath(
      'Its place in the tree of queues (policy.scheduling.quotas). Default: the tenant.',
    ).optional(),
    pool: identifier('Pool that it goes to (policy.pools). Default: default.').optional(),
    priority: finiteNumber(-1e9, 1e9, 'Higher is more urgent. Default 0.').optional(),
    preemptible: flag(
      `Whether it may be stopped to make room. Default ${isPreemptible ? 'true' : 'false'}.`,
    ).optional(),
    checkpoint: orNone(checkpoint),
  };
}

/** The keys of a class of tasks, which may belong to several tenants. */
export function classClaimShape() {
  return {
    ...claimShape(true),
    tenants: z
      .record(queuePath('A tenant.'), finiteNumber(0, 1e12, 'Its share of the tasks.'), {
        error: 'must be a mapping of tenants to weights',
      })
      .optional()
      .meta({ description: 'Tenants that its tasks belong to, by weight, in place of tenant.' }),
  };
}

export type ClaimDocument = z.infer<z.ZodObject<ReturnType<typeof claimShape>>>;
