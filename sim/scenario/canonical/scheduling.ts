import { readValid } from '../quantities/quantity.ts';
import { shareOrZeroQuantity } from '../quantities/ratio.ts';
import type { SchedulingDocument } from '../schema/scheduling.ts';
import { sorted } from './demand.ts';
import { canonicalDuration, canonicalNumber } from './distribution.ts';

/** What is stated of the scheduling, keys in a fixed order; defaults depend on the discipline and stay out. */
export function canonicalScheduling(written: SchedulingDocument) {
  const { fill, depth, preemption, stopBy, migrate, rounds, keepPlace, minRun, estimates } = written;
  const { maxJobsPerUser, maxGpusPerUser, ageing, halfLife, weights, resourceWeights } = written;
  const { attainedLimits, promoteAfter, quotas } = written;
  return {
    ...(fill === undefined ? {} : { fill }),
    ...(depth === undefined ? {} : { depth }),
    ...(preemption === undefined ? {} : { preemption }),
    ...(stopBy === undefined ? {} : { stopBy }),
    ...(migrate == null ? {} : { migrate }),
    ...(rounds == null ? {} : { rounds: canonicalDuration(rounds) }),
    ...(keepPlace === undefined ? {} : { keepPlace }),
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

function canonicalQuota({ guaranteed, max, weight }: NonNullable<SchedulingDocument['quotas']>[string]) {
  return {
    guaranteed: canonicalNumber(guaranteed ?? 0),
    max: max == null ? null : canonicalNumber(max),
    weight: canonicalNumber(weight ?? 1),
  };
}
