import type { PlacementPolicyName } from '../../policies/placement/names.ts';
import type { QueueingPolicyName } from '../../policies/queueing/names.ts';
import type { TieBreakName } from '../names.ts';
import { cpuQuantity } from '../quantities/cpu.ts';
import { readValid } from '../quantities/quantity.ts';
import { shareQuantity } from '../quantities/ratio.ts';
import type { PoolDocument } from '../schema/policy.ts';
import type { PolicyDocument } from '../schema/scenario.ts';
import { sorted } from './demand.ts';
import { canonicalNumber } from './distribution.ts';
import { canonicalScheduling } from './scheduling.ts';

type Scheduled = Omit<PoolDocument, 'name' | 'hosts'>;

/** How a pool is scheduled: `placement`, or `scores` in its place. */
export interface CanonicalScheduled {
  placement?: PlacementPolicyName;
  scores?: NonNullable<PoolDocument['scores']>;
  tieBreak: TieBreakName;
  queueing: QueueingPolicyName;
  scheduling?: ReturnType<typeof canonicalScheduling>;
}

/** `auto` stays, as what it stands for depends on the experiment; what is not stated of the scheduling stays out. */
function canonicalScheduled({
  placement,
  scores,
  tieBreak,
  queueing,
  scheduling,
}: Scheduled): CanonicalScheduled {
  const stated = canonicalScheduling(scheduling ?? {});
  return {
    ...(scores === undefined
      ? { placement: placement ?? ('best-fit' as const) }
      : { scores: sorted(scores, (weight) => canonicalNumber(weight ?? 1)) as NonNullable<typeof scores> }),
    tieBreak: tieBreak ?? ('auto' as const),
    queueing: queueing ?? ('fifo' as const),
    ...(Object.keys(stated).length === 0 ? {} : { scheduling: stated }),
  };
}

/** The policy with every default written out, keys in a fixed order. */
export function canonicalPolicy(written: PolicyDocument) {
  const { typicalShare, referenceHost, pools } = written;
  return {
    ...canonicalScheduled(written),
    typicalShare: shareQuantity.write(readValid(shareQuantity, typicalShare ?? '95%')),
    referenceHost:
      referenceHost == null
        ? null
        : { cpu: cpuQuantity.write(readValid(cpuQuantity, referenceHost.cpu)), gpus: referenceHost.gpus },
    ...(pools === undefined
      ? {}
      : {
          pools: pools.map((pool) => ({
            name: pool.name,
            hosts: [...pool.hosts],
            ...canonicalScheduled(pool),
          })),
        }),
  };
}
