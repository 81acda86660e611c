import type { ClusterObserver, Job } from '../cluster/changes.ts';
import type { Part } from '../cluster/part.ts';
import type { Micros } from '../kernel/time.ts';
import { DeadlineBook } from './deadline-book.ts';
import type { Readings } from './metric.ts';
import { TallyWithQuantiles } from './tally-with-quantiles.ts';

const US_PER_SECOND = 1e6;

/** Jobs held back for one reason. */
export interface HeldBack {
  jobs: number;
  /** Time that jobs waited while this reason held the head of the queue, the jobs behind it included. */
  jobSeconds: number;
}

/** How many jobs ended in which state and why, how long they waited for their start, and how long until they had finished. */
export class JobMeter implements ClusterObserver {
  /** By binding constraint. */
  readonly rejectedFor = new Map<string, number>();
  readonly waitedFor = new Map<string, HeldBack>();
  /** From arrival to the first start, and to the end, of jobs that arrived after the warm-up; in seconds. */
  readonly wait = new TallyWithQuantiles();
  readonly completion = new TallyWithQuantiles();
  readonly #deadlines: DeadlineBook;
  readonly #warmupUs: Micros;
  #arrived = 0;
  #placed = 0;
  #completed = 0;
  #rejected = 0;
  /** Numbers of jobs that were stopped and wait to start again. */
  readonly #waitingAgain = new Set<number>();
  #preemptions = 0;
  #lostSec = 0;
  readonly #failedFor = new Map<string, number>();
  #failed = 0;
  /** Time from placement to completion as a multiple of the work (the time alone on whole reference GPUs). */
  readonly #stretch: TallyWithQuantiles | undefined;
  #headReason = '';
  #heldSinceUs = 0;

  /**
   * @param warmupUs times of jobs that arrived before are left out; counts are of the whole run
   * @param isShared whether GPUs are shared by modes, so that jobs may run longer than their work
   */
  constructor(warmupUs: Micros, isShared = false) {
    this.#warmupUs = warmupUs;
    this.#deadlines = new DeadlineBook(warmupUs);
    this.#stretch = isShared ? new TallyWithQuantiles() : undefined;
  }

  arrived(atUs: Micros, job: Job): void {
    this.#holdUntil(atUs);
    if (job.deadlineUs !== undefined) this.#deadlines.arrived(job);
    this.#arrived += 1;
  }

  placed(atUs: Micros, job: Job): void {
    this.#holdUntil(atUs);
    const isAgain = this.#waitingAgain.delete(job.number);
    if (!isAgain) this.#placed += 1;
    if (this.#waiting() === 0) this.#headReason = '';
    if (isAgain) return;
    if (job.arrivalUs >= this.#warmupUs) this.wait.add((atUs - job.arrivalUs) / US_PER_SECOND);
  }

  finished(atUs: Micros, job: Job, _parts: readonly Part[], startedUs: Micros): void {
    this.#completed += 1;
    if (job.deadlineUs !== undefined) this.#deadlines.finished(atUs, job);
    if (job.arrivalUs < this.#warmupUs) return;
    this.completion.add((atUs - job.arrivalUs) / US_PER_SECOND);
    if (job.shape.gpuCount > 0 && job.durationUs > 0 && job.kind === 'batch')
      this.#stretch?.add((atUs - startedUs) / job.durationUs);
  }

  preempted(atUs: Micros, job: Job, _parts: readonly Part[], reason: string, lostUs: number): void {
    this.#holdUntil(atUs);
    // Who was stopped by a fault made no room for anybody: see the readings of faults.
    if (!reason.startsWith('fault:')) this.#preemptions += 1;
    this.#waitingAgain.add(job.number);
    this.#lostSec += lostUs / US_PER_SECOND;
  }

  failed(_atUs: Micros, job: Job, _parts: readonly Part[], reason: string): void {
    this.#failed += 1;
    if (job.deadlineUs !== undefined) this.#deadlines.lost(job);
    this.#failedFor.set(reason, (this.#failedFor.get(reason) ?? 0) + 1);
  }

  rejected(atUs: Micros, job: Job, reason: string): void {
    this.#holdUntil(atUs);
    this.#rejected += 1;
    if (job.deadlineUs !== undefined) this.#deadlines.lost(job);
    this.rejectedFor.set(reason, (this.rejectedFor.get(reason) ?? 0) + 1);
  }

  blocked(atUs: Micros, _job: Job, reason: string): void {
    this.#holdUntil(atUs);
    this.#headReason = reason;
    const held = this.waitedFor.get(reason) ?? { jobs: 0, jobSeconds: 0 };
    held.jobs += 1;
    this.waitedFor.set(reason, held);
  }

  ended(atUs: Micros): void {
    this.#holdUntil(atUs);
    this.#deadlines.ended(atUs);
  }

  /** Counts, and with `overTime` also waiting and completion times. */
  read(into: Readings, overTime: boolean): void {
    const count = (name: string, value: number) => into.set(name, { value, unit: 'jobs' });
    count('jobs.arrived', this.#arrived);
    count('jobs.placed', this.#placed);
    count('jobs.rejected', this.#rejected);
    for (const [reason, jobs] of [...this.rejectedFor].sort()) count(`jobs.rejected.${reason}`, jobs);
    if (!overTime) return;
    count('jobs.completed', this.#completed);
    if (this.#failed > 0) {
      count('jobs.failed', this.#failed);
      for (const [reason, jobs] of [...this.#failedFor].sort()) count(`jobs.failed.${reason}`, jobs);
    }
    if (this.#preemptions > 0) {
      count('jobs.preemptions', this.#preemptions);
      into.set('work.lost', { value: this.#lostSec, unit: 'seconds' });
    }
    count('jobs.running', this.#placed - this.#waitingAgain.size - this.#completed - this.#failed);
    count('jobs.waiting', this.#waiting());
    this.wait.read(into, 'wait');
    this.completion.read(into, 'completion');
    this.#stretch?.read(into, 'stretch', 'ratio');
    this.#deadlines.read(into);
  }

  #waiting(): number {
    return this.#arrived - this.#placed - this.#rejected + this.#waitingAgain.size;
  }

  /** Books the time since the last change to the reason that held the head of the queue. */
  #holdUntil(atUs: Micros): void {
    const held = this.#headReason === '' ? undefined : this.waitedFor.get(this.#headReason);
    if (held !== undefined) held.jobSeconds += (this.#waiting() * (atUs - this.#heldSinceUs)) / US_PER_SECOND;
    this.#heldSinceUs = atUs;
  }
}
