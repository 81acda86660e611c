import { readValid } from '../quantities/quantity.ts';
import { shareOrZeroQuantity } from '../quantities/ratio.ts';
import type { SchedulingDocument } from '../schema/scheduling.ts';
import { sorted } from './demand.ts';
import { canonicalDuration, canonicalNumber } from './distribution.ts';

/** What is stated of the scheduling, keys in a fixed order; defaults depend on the discipline and stay out. */
export function canonicalScheduling(written: SchedulingDocument) {
  const { fill, depth, preemption, stopBy, migrate, rounds, keepPlace, minRun, estimates } = written;
  const { timeShare } = written;
  const { maxJobsPerUser, maxGpusPerUser, ageing, halfLife, weights, resourceWeights } = written;
  const { attainedLimits, promoteAfter, queueOrder, quotas } = written;
  return {
    ...(fill === undefined ? {} : { fill }),
    ...(depth === undefined ? {} : { depth }),
    ...(preemption === undefined ? {} : { preemption }),
    ...(stopBy === undefined ? {} : { stopBy }),
    ...(migrate == null ? {} : { migrate }),
    ...(rounds == null ? {} : { rounds: canonicalDuration(rounds) }),
    ...(keepPlace === undefined ? {} : { keepPlace }),
    ...(timeShare === undefined ? {} : { timeShare: canonicalTimeShare(timeShare) }),
    ...(minRun === undefined ? {} : { minRun: canonicalDuration(minRun) }),
    ...(estimates === undefined ? {} : { estimates: canonicalEstimates(estimates) }),
    ...(maxJobsPerUser == null ? {} : { maxJobsPerUser }),
    ...(maxGpusPerUser == null ? {} : { maxGpusPerUser: canonicalNumber(maxGpusPerUser) }),
    ...(ageing == null ? {} : { ageing: canonicalDuration(ageing) }),
    ...(halfLife == null ? {} : { halfLife: canonicalDuration(halfLife) }),
    ...(weights === undefined ? {} : { weights: sorted(weights, canonicalNumber) }),
    ...(resourceWeights === undefined
      ? {}
      : {
          resourceWeights: {
            compute: readValid(shareOrZeroQuantity, resourceWeights.compute ?? 1),
            memory: readValid(shareOrZeroQuantity, resourceWeights.memory ?? 0),
          },
        }),
    ...(attainedLimits === undefined ? {} : { attainedLimits: attainedLimits.map(canonicalNumber) }),
    ...(promoteAfter == null ? {} : { promoteAfter: canonicalNumber(promoteAfter) }),
    ...(queueOrder === undefined ? {} : { queueOrder }),
    ...(quotas === undefined ? {} : { quotas: sorted(quotas, canonicalQuota) }),
  };
}

type Estimates = NonNullable<SchedulingDocument['estimates']>;

function canonicalEstimates(written: Estimates) {
  return typeof written === 'string' || written.noise > 0
    ? typeof written === 'string'
      ? written
      : { of: written.of ?? ('exact' as const), noise: written.noise }
    : (written.of ?? ('exact' as const));
}

function canonicalTimeShare(written: NonNullable<SchedulingDocument['timeShare']>) {
  const { by, speeds, order, review, weights, costs } = written;
  return {
    by,
    speeds: speeds ?? ('known' as const),
    order: order ?? ('pairs' as const),
    review: review === undefined ? '0s' : canonicalDuration(review),
    ...(weights === undefined ? {} : { weights: sorted(weights, canonicalNumber) }),
    ...(costs === undefined ? {} : { costs: sorted(costs, canonicalNumber) }),
  };
}

function canonicalQuota({ guaranteed, max, weight }: NonNullable<SchedulingDocument['quotas']>[string]) {
  return {
    guaranteed: canonicalNumber(guaranteed ?? 0),
    max: max == null ? null : canonicalNumber(max),
    weight: canonicalNumber(weight ?? 1),
  };
}
