import type { Discipline, DisciplineContext, QueuedJob, QueueingPolicy } from './discipline.ts';

/**
 * Finish-time fairness: the job that the shared cluster delays most is next. A job's rho is the time from its arrival to
 * its end if it ran from now on, over the time it would take alone on a part 1/N of the GPUs. There a job of g GPUs
 * goes at full speed if it has them, else at the part of g that it has.
 *
 * N is the mean number of jobs in the system, waiting or running, from its arrival to now. Left out: jobs between a stop
 * and the end of their saving, which count neither as waiting nor as running.
 */
class FinishTimes implements Discipline {
  readonly isFluid = true;
  readonly #gpus: number;
  /** Jobs in the system, and their number integrated over time up to `#countedUs`. */
  #count = 0;
  #jobTime = 0;
  #countedUs = 0;
  /** By slot: which job has it, whether it is in the system, and the integral when it arrived. */
  readonly #number: number[] = [];
  readonly #isIn: boolean[] = [];
  readonly #jobTimeBefore: number[] = [];

  constructor({ capacity }: DisciplineContext) {
    this.#gpus = capacity.gpus;
  }

  rank(job: QueuedJob, nowUs: number): number {
    return -this.#rho(job, nowUs);
  }

  queued(job: QueuedJob, nowUs: number): void {
    this.#enter(job, nowUs);
  }

  started(job: QueuedJob, nowUs: number): void {
    this.#enter(job, nowUs);
  }

  stopped(job: QueuedJob, nowUs: number): void {
    this.#leave(job, nowUs);
  }

  withdrawn(job: QueuedJob, nowUs: number): void {
    this.#leave(job, nowUs);
  }

  mayEvict(waiting: QueuedJob, running: QueuedJob, nowUs: number): boolean {
    return this.#rho(waiting, nowUs) > this.#rho(running, nowUs);
  }

  #rho(job: QueuedJob, nowUs: number): number {
    const { estimateUs, arrivalUs } = job.job;
    const waitedFor = Math.max(0, nowUs - arrivalUs);
    this.#countTo(nowUs);
    const jobTime = this.#jobTime - (this.#jobTimeBefore[job.slot] as number);
    const others = waitedFor > 0 ? jobTime / waitedFor : this.#count;
    const slowdown = this.#gpus > 0 ? Math.max(1, (job.gpus * others) / this.#gpus) : 1;
    // A job without end is delayed by nothing that has an end.
    if (estimateUs === Number.POSITIVE_INFINITY) return 1 / slowdown;
    return (waitedFor + job.estimateLeftUs) / (estimateUs * slowdown);
  }

  #enter({ slot, job }: QueuedJob, nowUs: number): void {
    this.#countTo(nowUs);
    if (this.#number[slot] !== job.number) {
      this.#number[slot] = job.number;
      this.#isIn[slot] = false;
      this.#jobTimeBefore[slot] = this.#jobTime;
    }
    if (this.#isIn[slot] === true) return;
    this.#isIn[slot] = true;
    this.#count += 1;
  }

  #leave({ slot }: QueuedJob, nowUs: number): void {
    this.#countTo(nowUs);
    if (this.#isIn[slot] !== true) return;
    this.#isIn[slot] = false;
    this.#count -= 1;
  }

  #countTo(nowUs: number): void {
    this.#jobTime += this.#count * (nowUs - this.#countedUs);
    this.#countedUs = nowUs;
  }
}

/** The job furthest behind a private part 1/N of the cluster is next. */
export const ftf: QueueingPolicy = {
  name: 'ftf',
  summary: 'the job whose end is delayed most against running alone on its 1/N of the GPUs is next (Themis)',
  source:
    'Mahajan et al., Themis, NSDI 2020, section 3.2; a gang on less than it asks for as in Narayanan et al., Gavel, OSDI 2020',
  promises: {
    starvationFree: 'no',
    preempts: true,
    words:
      'what a job is delayed grows while it waits, so under block or refill it is next some day; under skip alone, small jobs may keep taking the room that a large one waits for',
  },
  fill: 'skip',
  create: (context) => new FinishTimes(context),
};
