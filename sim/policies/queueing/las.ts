import { US_PER_SECOND } from '../../kernel/time.ts';
import type { Discipline, DisciplineContext, QueuedJob, QueueingPolicy } from './discipline.ts';

/** What was forgotten of a job's service when it was promoted last. */
interface Forgotten {
  readonly job: number;
  readonly attainedUs: number;
}

/**
 * Queues by attained service. A job's service counts from its arrival, or from when it was last sent back to the first
 * queue.
 */
class LeastAttained implements Discipline {
  readonly isFluid: boolean;
  readonly #limits: readonly number[];
  readonly #promoteAfter: number;
  /** By slot. */
  readonly #forgotten: (Forgotten | undefined)[] = [];
  /** Jobs that wait, by slot; only kept where waiting can change their queue. */
  readonly #waiting = new Map<number, QueuedJob>();

  constructor({ config }: DisciplineContext) {
    this.#limits = config.attainedLimits;
    this.#promoteAfter = config.promoteAfter;
    this.isFluid = config.promoteAfter !== Number.POSITIVE_INFINITY;
  }

  rank(job: QueuedJob): number {
    return this.#levelOf(job);
  }

  mayEvict(waiting: QueuedJob, running: QueuedJob): boolean {
    return this.#levelOf(waiting) < this.#levelOf(running);
  }

  queued(job: QueuedJob): void {
    if (this.isFluid) this.#waiting.set(job.slot, job);
  }

  started({ slot }: QueuedJob): void {
    this.#waiting.delete(slot);
  }

  withdrawn({ slot }: QueuedJob): void {
    this.#waiting.delete(slot);
  }

  beginPass(nowUs: number): void {
    for (const job of this.#waiting.values()) {
      if (this.#promotedAtUs(job) > nowUs) continue;
      this.#forgotten[job.slot] = { job: job.job.number, attainedUs: job.attainedUs };
    }
  }

  /** When a running job crosses its next limit or a waiting one is promoted. */
  reviewUs(running: Iterable<QueuedJob>, nowUs: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const job of running) {
      const level = this.#levelOf(job);
      if (level === this.#limits.length) continue;
      next = Math.min(next, nowUs + this.#limitUs(level, job) - this.#countedUs(job));
    }
    for (const job of this.#waiting.values()) next = Math.min(next, this.#promotedAtUs(job));
    return next;
  }

  /** Number of the job's queue, from 0. */
  #levelOf(job: QueuedJob): number {
    const counted = this.#countedUs(job);
    let level = 0;
    while (level < this.#limits.length && counted >= this.#limitUs(level, job)) level += 1;
    return level;
  }

  /** Time on its GPUs after which a job leaves a queue, in whole microseconds; Infinity for a job without GPUs. */
  #limitUs(level: number, { gpus }: QueuedJob): number {
    return Math.ceil(((this.#limits[level] as number) * US_PER_SECOND) / gpus);
  }

  #countedUs({ slot, job, attainedUs }: QueuedJob): number {
    const forgotten = this.#forgotten[slot];
    return forgotten?.job === job.number ? attainedUs - forgotten.attainedUs : attainedUs;
  }

  /** When a waiting job goes back to the first queue; Infinity where it is there. */
  #promotedAtUs(job: QueuedJob): number {
    if (this.#levelOf(job) === 0) return Number.POSITIVE_INFINITY;
    return job.queuedSinceUs + Math.ceil(this.#promoteAfter * this.#countedUs(job));
  }
}

/**
 * Least attained service in discrete queues (Tiresias-L): a job starts in the first queue and goes to the next whenever
 * its GPU-time so far crosses a limit; lower queues are served first, each in order of arrival. Nothing needs to be
 * known of run times. A running job gives way to one of a lower queue only. A job that has waited `promoteAfter` times
 * as long as it ran goes back to the first queue, and what it had counts no more.
 *
 * Tiresias itself orders each queue by the time of the first start; this here by arrival.
 */
export const las: QueueingPolicy = {
  name: 'las',
  summary:
    'least attained GPU-time first, in discrete queues; a running job gives way to one of a lower queue',
  source: 'Gu et al., Tiresias: A GPU Cluster Manager for Distributed Deep Learning, NSDI 2019',
  promises: {
    starvationFree: 'yes',
    preempts: true,
    words:
      'with promotion, no fill past the head, and stops that cost less than the first limit gives: a promoted job is the ' +
      'earliest of the first queue; without promotion a long job waits as long as new ones keep coming',
  },
  fill: 'skip',
  create: (context) => new LeastAttained(context),
};
