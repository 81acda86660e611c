/** What the disciplines look at. */
export interface Contender {
  readonly gpus: number;
  /** Seconds that it still runs. */
  readonly remainingSec: number;
}

/** Shortest remaining time first (SRTF). Equals keep their order. */
export function byRemainingTime<J extends Contender>(jobs: readonly J[]): J[] {
  return jobs.toSorted((a, b) => a.remainingSec - b.remainingSec);
}

/** Shortest remaining service first (SRSF): remaining time x GPUs. Equals keep their order. */
export function byRemainingService<J extends Contender>(jobs: readonly J[]): J[] {
  return jobs.toSorted((a, b) => a.remainingSec * a.gpus - b.remainingSec * b.gpus);
}

/** Tiresias-L: GPU-seconds of attained service at which a job leaves the first and the second of its three queues. */
const QUEUE_LIMITS_GPU_SEC = [3250, 7200] as const;

export const QUEUE_COUNT = QUEUE_LIMITS_GPU_SEC.length + 1;

/** Whether a job has attained enough in its queue to go to the next. Never in the last queue. */
export function isDemoted(queue: number, attainedSec: number, gpus: number): boolean {
  const limit = QUEUE_LIMITS_GPU_SEC[queue];
  return limit !== undefined && attainedSec * gpus >= limit;
}

/** Seconds of attained service at which a job leaves its queue; infinite in the last queue. */
export function queueEndSec(queue: number, gpus: number): number {
  return (QUEUE_LIMITS_GPU_SEC[queue] ?? Number.POSITIVE_INFINITY) / gpus;
}

/**
 * How Tiresias-L's queues are served: in the order in which jobs entered them, as published; in order of arrival; or by first
 * start, where those that have not started come last and by arrival.
 */
export type QueueOrder = 'entered' | 'arrival' | 'first-start';

/** A queue after a turn: those that run first, then those that wait, each in their order. */
export function waitingToTail<J>(queue: J[], runs: (job: J) => boolean): J[] {
  const firstWaiting = queue.findIndex((job) => !runs(job));
  if (firstWaiting < 0 || queue.findLastIndex(runs) < firstWaiting) return queue;
  const running: J[] = [];
  const waiting: J[] = [];
  for (const job of queue) (runs(job) ? running : waiting).push(job);
  return running.concat(waiting);
}
