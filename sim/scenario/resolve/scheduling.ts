import type { canonicalScheduling } from '../canonical/scheduling.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import type { Scheduling } from '../types.ts';

const never = Number.POSITIVE_INFINITY;

/** Length of a round where GPU time is divided: that of Gavel's experiments (Narayanan et al., OSDI 2020, section 7). */
const ROUND_US = 360e6;

/** Canonical scheduling in numbers; what depends on the discipline stays null where it is not stated. */
export function resolveScheduling(written: ReturnType<typeof canonicalScheduling>): Scheduling {
  const us = (duration: string | undefined) =>
    duration === undefined ? never : readValid(durationQuantity, duration);
  const { estimates = 'exact', timeShare } = written;
  return {
    fill: written.fill ?? null,
    depth: written.depth ?? 100,
    preemption: written.preemption ?? null,
    way: written.stopBy ?? 'suspend',
    migratePath: written.migrate ?? null,
    roundUs: written.rounds === undefined ? (timeShare === undefined ? null : ROUND_US) : us(written.rounds),
    timeShare:
      timeShare === undefined
        ? null
        : {
            by: timeShare.by,
            speeds: timeShare.speeds,
            order: timeShare.order,
            reviewUs: us(timeShare.review),
            weights: timeShare.weights ?? {},
            costs: timeShare.costs ?? {},
          },
    isSticky: written.keepPlace ?? true,
    minRunUs: written.minRun === undefined ? 0 : us(written.minRun),
    estimates: typeof estimates === 'string' ? { of: estimates, noise: 0 } : estimates,
    maxJobsPerUser: written.maxJobsPerUser ?? never,
    maxGpusPerUser: written.maxGpusPerUser ?? never,
    ageingUs: us(written.ageing),
    halfLifeUs: us(written.halfLife),
    weights: written.weights ?? {},
    resourceWeights: written.resourceWeights ?? { compute: 1, memory: 0 },
    attainedLimits: written.attainedLimits ?? [3250, 7200],
    promoteAfter: written.promoteAfter ?? never,
    queueOrder: written.queueOrder ?? 'arrival',
    quotas: Object.entries(written.quotas ?? {}).map(([path, { guaranteed, max, weight }]) => ({
      path,
      guaranteedGpus: guaranteed,
      maxGpus: max ?? never,
      weight,
    })),
  };
}
