import { GPU_MILLI } from '../../cluster/request.ts';
import type { Discipline, QueuedJob, QueueingPolicy } from './discipline.ts';
import { gpuMilliOf } from './gpu-milli.ts';

/** What each tenant may run at a time; Infinity: no limit. */
export interface UserLimits {
  /** Running jobs, whole, >= 1. */
  readonly maxJobsPerUser: number;
  /** GPUs of running jobs, > 0. */
  readonly maxGpusPerUser: number;
}

export const NO_LIMITS: UserLimits = {
  maxJobsPerUser: Number.POSITIVE_INFINITY,
  maxGpusPerUser: Number.POSITIVE_INFINITY,
};

/**
 * The same discipline, with what each tenant may run at a time limited. A job that its tenant's limit keeps from running
 * holds nobody else back, whatever the fill rule. Jobs of nobody named are not limited. A job that is stopped counts
 * until what it held is free.
 *
 * @throws {RangeError} if a limit is out of range
 */
export function withLimits(policy: QueueingPolicy, limits: UserLimits): QueueingPolicy {
  const { maxJobsPerUser, maxGpusPerUser } = limits;
  if (!(maxJobsPerUser >= 1 && maxGpusPerUser > 0)) {
    throw new RangeError(
      `Cannot limit tenants: need at least 1 job and more than 0 GPUs, got ${maxJobsPerUser} and ${maxGpusPerUser}`,
    );
  }
  return { ...policy, create: (context) => limited(policy.create(context), limits) };
}

/** Jobs of a tenant, and what they ask for. */
interface Count {
  jobs: number;
  gpuMilli: number;
}

interface User {
  readonly running: Count;
  /** Stopped, and still holding what they have. */
  readonly leaving: Count;
  /** Waiting jobs that others are being stopped for: they will run. */
  readonly awaited: Count;
}

function limited(inner: Discipline, { maxJobsPerUser, maxGpusPerUser }: UserLimits): Discipline {
  const users = new Map<string, User>();
  /** Each tenant has lanes of its own, so that a limit passes over nobody else; by number, the lane inside. */
  const lanes = new Map<string, number>();
  const innerLanes: number[] = [];
  const laneOf = (job: QueuedJob): number => {
    const innerLane = inner.laneOf?.(job) ?? 0;
    const key = `${innerLane} ${job.job.claim.tenant}`;
    let lane = lanes.get(key);
    if (lane === undefined) {
      lane = innerLanes.push(innerLane) - 1;
      lanes.set(key, lane);
    }
    return lane;
  };
  /** Slots of waiting jobs that others are being stopped for. */
  const awaited = new Set<number>();
  const userOf = ({ job }: QueuedJob): User => {
    const { tenant } = job.claim;
    let user = users.get(tenant);
    if (user === undefined) {
      user = {
        running: { jobs: 0, gpuMilli: 0 },
        leaving: { jobs: 0, gpuMilli: 0 },
        awaited: { jobs: 0, gpuMilli: 0 },
      };
      users.set(tenant, user);
    }
    return user;
  };
  const count = (job: QueuedJob, kind: keyof User, sign: 1 | -1) => {
    const counted = userOf(job)[kind];
    counted.jobs += sign;
    counted.gpuMilli += sign * gpuMilliOf(job);
  };
  const isOver = (jobs: number, gpuMilli: number) =>
    jobs > maxJobsPerUser || gpuMilli > maxGpusPerUser * GPU_MILLI;
  /** The limit holds now, with those who are leaving, and later, with those who are awaited. */
  const isOverLimit = (job: QueuedJob): boolean => {
    if (job.job.claim.tenant === '') return false;
    const { running, leaving, awaited: later } = userOf(job);
    const milli = gpuMilliOf(job);
    const isOverWith = (more: Count) =>
      isOver(running.jobs + more.jobs + 1, running.gpuMilli + more.gpuMilli + milli);
    return isOverWith(leaving) || (!awaited.has(job.slot) && isOverWith(later));
  };
  return {
    rank: (job, nowUs) => inner.rank(job, nowUs),
    ...(inner.isFluid !== undefined && { isFluid: inner.isFluid }),
    laneOf,
    ...(inner.laneRank && {
      laneRank: (lane: number, nowUs: number) =>
        inner.laneRank?.(innerLanes[lane] as number, nowUs) as number,
    }),
    holds: (job, nowUs, without) => (isOverLimit(job) ? 'user-limit' : inner.holds?.(job, nowUs, without)),
    ...(inner.beginPass && { beginPass: (nowUs: number) => inner.beginPass?.(nowUs) }),
    never: (job) =>
      job.job.claim.tenant !== '' && isOver(1, gpuMilliOf(job)) ? 'user-limit' : inner.never?.(job),
    queued: (job, nowUs) => inner.queued?.(job, nowUs),
    started(job, nowUs) {
      if (awaited.delete(job.slot)) count(job, 'awaited', -1);
      count(job, 'running', 1);
      inner.started?.(job, nowUs);
    },
    stopped(job, nowUs) {
      count(job, 'running', -1);
      count(job, 'leaving', 1);
      inner.stopped?.(job, nowUs);
    },
    vacated(job, nowUs) {
      count(job, 'leaving', -1);
      inner.vacated?.(job, nowUs);
    },
    awaits(job, nowUs) {
      if (!awaited.has(job.slot)) count(job, 'awaited', 1);
      awaited.add(job.slot);
      inner.awaits?.(job, nowUs);
    },
    awaitsNoMore(job, nowUs) {
      if (awaited.delete(job.slot)) count(job, 'awaited', -1);
      inner.awaitsNoMore?.(job, nowUs);
    },
    withdrawn(job, nowUs) {
      if (awaited.delete(job.slot)) count(job, 'awaited', -1);
      inner.withdrawn?.(job, nowUs);
    },
    ...(inner.mayEvict && {
      mayEvict: (waiting: QueuedJob, running: QueuedJob, nowUs: number) =>
        inner.mayEvict?.(waiting, running, nowUs) === true,
    }),
    ...(inner.yields && {
      yields: (waiting: QueuedJob, running: QueuedJob, beside: readonly QueuedJob[], nowUs: number) =>
        inner.yields?.(waiting, running, beside, nowUs),
    }),
    ...(inner.reviewUs && {
      reviewUs: (running: Iterable<QueuedJob>, nowUs: number) => inner.reviewUs?.(running, nowUs) as number,
    }),
  };
}
