import { US_PER_SECOND } from '../../kernel/time.ts';
import type { Discipline, DisciplineContext, QueuedJob, QueueingPolicy } from './discipline.ts';

/** What was forgotten of a job's service when it was promoted last. */
interface Forgotten {
  readonly job: number;
  readonly attainedUs: number;
}

/** Number of a job's first start, from 0 in the order in which jobs started. */
interface FirstStart {
  readonly job: number;
  readonly number: number;
}

/** Ranks of one queue: above any number of first starts, and 2^20 times that is still a whole number in a double. */
const QUEUE_WIDTH = 2 ** 32;
/** Of all that have not started: they go by arrival. */
const NOT_STARTED = QUEUE_WIDTH - 1;

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
  /** By slot; undefined where queues are in order of arrival. */
  readonly #firstStarts: (FirstStart | undefined)[] | undefined;
  #starts = 0;
  /** Jobs that wait, by slot; only kept where waiting can change their queue. */
  readonly #waiting = new Map<number, QueuedJob>();

  constructor({ config }: DisciplineContext) {
    this.#limits = config.attainedLimits;
    this.#promoteAfter = config.promoteAfter;
    this.#firstStarts = config.queueOrder === 'first-start' ? [] : undefined;
    this.isFluid = config.promoteAfter !== Number.POSITIVE_INFINITY;
  }

  rank(job: QueuedJob): number {
    const level = this.#levelOf(job);
    if (this.#firstStarts === undefined) return level;
    return level * QUEUE_WIDTH + (this.#firstStartOf(job)?.number ?? NOT_STARTED);
  }

  mayEvict(waiting: QueuedJob, running: QueuedJob): boolean {
    return this.#levelOf(waiting) < this.#levelOf(running);
  }

  queued(job: QueuedJob): void {
    if (this.isFluid) this.#waiting.set(job.slot, job);
  }

  started(job: QueuedJob): void {
    this.#waiting.delete(job.slot);
    if (this.#firstStarts === undefined || this.#firstStartOf(job) !== undefined) return;
    this.#firstStarts[job.slot] = { job: job.job.number, number: this.#starts };
    this.#starts += 1;
  }

  stopped({ slot, attainedUs }: QueuedJob): void {
    // A decision was taken back: it has not held its GPUs for any time, and may have to wait for others to save their state.
    if (this.#firstStarts !== undefined && attainedUs === 0) this.#firstStarts[slot] = undefined;
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

  #firstStartOf({ slot, job }: QueuedJob): FirstStart | undefined {
    const first = this.#firstStarts?.[slot];
    return first?.job === job.number ? first : undefined;
  }

  /** When a waiting job goes back to the first queue; Infinity where it is there. */
  #promotedAtUs(job: QueuedJob): number {
    if (this.#levelOf(job) === 0) return Number.POSITIVE_INFINITY;
    return job.queuedSinceUs + Math.ceil(this.#promoteAfter * this.#countedUs(job));
  }
}

/**
 * Least attained service in discrete queues (Tiresias-L): a job starts in the first queue and goes to the next whenever
 * its GPU-time so far crosses a limit; lower queues are served first, each in order of arrival or of first starts. Nothing needs to be
 * known of run times. A running job gives way to one of a lower queue only. A job that has waited `promoteAfter` times
 * as long as it ran goes back to the first queue, and what it had counts no more.
 *
 * Tiresias itself orders each queue by the time of the first start: `queueOrder: first-start`. Jobs that start in one
 * instant are taken in the order in which they were started, and a job that has not started comes after all that have.
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
      'earliest of the first queue, or the first of it that started; by first start a new job may have to wait until all ' +
      'that have started are done; without promotion a long job waits as long as new ones keep coming',
  },
  fill: 'skip',
  create: (context) => new LeastAttained(context),
};
