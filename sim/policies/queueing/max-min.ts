import type { Discipline, DisciplineContext, QueuedJob, QueueingPolicy } from './discipline.ts';
import { gpuMilliOf } from './gpu-milli.ts';
import { Tenants } from './tenants.ts';

/**
 * Max-min fairness of the GPUs held now: the tenant that has the fewest by its weight is next. A job may take the place
 * of a richer tenant's where that one keeps more than the waiting one has now: then the least of the two grows, the
 * allocation is fairer in the order that looks at the poorest first, and no sequence of such steps leads back.
 */
class LeastAllocated implements Discipline {
  readonly #tenants: Tenants;
  /** By tenant: GPUs of its running jobs, and of those that others are being stopped for. */
  readonly #milli: number[] = [];
  /** Slots of waiting jobs that others are being stopped for. */
  readonly #awaited = new Set<number>();

  constructor({ config }: DisciplineContext) {
    this.#tenants = new Tenants(config.weights);
  }

  rank(): number {
    return 0;
  }

  laneOf(job: QueuedJob): number {
    return this.#tenants.numberOf(job);
  }

  laneRank(lane: number): number {
    return this.#wealth(lane, 0);
  }

  started(job: QueuedJob): void {
    if (!this.#awaited.delete(job.slot)) this.#add(job, 1);
  }

  stopped(job: QueuedJob): void {
    this.#add(job, -1);
  }

  awaits(job: QueuedJob): void {
    if (this.#awaited.has(job.slot)) return;
    this.#awaited.add(job.slot);
    this.#add(job, 1);
  }

  awaitsNoMore(job: QueuedJob): void {
    if (this.#awaited.delete(job.slot)) this.#add(job, -1);
  }

  withdrawn(job: QueuedJob): void {
    if (this.#awaited.delete(job.slot)) this.#add(job, -1);
  }

  mayEvict(waiting: QueuedJob, running: QueuedJob): boolean {
    return this.yields(waiting, running, []) !== undefined;
  }

  yields(waiting: QueuedJob, running: QueuedJob, beside: readonly QueuedJob[]): number | undefined {
    const poor = this.laneOf(waiting);
    const rich = this.laneOf(running);
    if (poor === rich || waiting.gpus === 0 || running.gpus === 0) return undefined;
    let lostMilli = 0;
    for (const other of beside) if (this.laneOf(other) === rich) lostMilli += gpuMilliOf(other);
    const kept = this.#wealth(rich, lostMilli + gpuMilliOf(running));
    return kept > this.#wealth(poor, 0) ? this.#wealth(rich, lostMilli) : undefined;
  }

  /** GPUs by weight that are left to a tenant when it loses some. */
  #wealth(tenant: number, lostMilli: number): number {
    return ((this.#milli[tenant] ?? 0) - lostMilli) / (this.#tenants.weights[tenant] as number);
  }

  #add(job: QueuedJob, sign: 1 | -1): void {
    const tenant = this.laneOf(job);
    this.#milli[tenant] = (this.#milli[tenant] ?? 0) + sign * gpuMilliOf(job);
  }
}

/** The tenant with the fewest GPUs by weight is next, and may take some from the one with the most. */
export const maxMin: QueueingPolicy = {
  name: 'max-min',
  summary:
    'the tenant that holds the fewest GPUs by its weight is next, and may take them from the one that holds the most',
  source: 'Bertsekas and Gallager, Data Networks, 2nd ed., section 6.5.2',
  promises: {
    starvationFree: 'no',
    preempts: true,
    words:
      'a tenant gets its weighted max-min share of the GPUs within one job of its own and one of each other; a job too large for that share may wait for ever',
  },
  fill: 'skip',
  create: (context) => new LeastAllocated(context),
};
