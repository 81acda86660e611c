import type { Job } from '../../cluster/changes.ts';
import type { Discipline, DisciplineContext, QueuedJob, QueueingPolicy } from './discipline.ts';
import { type GpuShares, gpuShares } from './gpu-shares.ts';
import { Tenants } from './tenants.ts';

/**
 * The clock of the fluid server that weighted fair queueing follows (generalized processor sharing): all tenants who
 * have work are served at once, each at a rate by its weight. Virtual time passes by capacity / (weights of those who
 * have work), so that a job's tag is the virtual time at which the fluid server would be done with it.
 */
class FluidClock {
  readonly #capacity: number;
  readonly #tenants: Tenants;
  /** By tenant: virtual time at which the fluid server is done with all that it has brought. */
  readonly #doneAt: number[] = [];
  /** Tenants who have work on the fluid server. */
  #busy: number[] = [];
  #virtual = 0;
  #realUs = 0;

  /** @param capacity cost that can be served in a microsecond */
  constructor(capacity: number, tenants: Tenants) {
    this.#capacity = capacity;
    this.#tenants = tenants;
  }

  /** A tenant brings a job of that cost; the answer is the job's finish tag. */
  arrive(tenant: number, cost: number, nowUs: number): number {
    this.#advance(nowUs);
    const weight = this.#tenants.weights[tenant] as number;
    const tag = Math.max(this.#doneAt[tenant] ?? 0, this.#virtual) + cost / weight;
    this.#doneAt[tenant] = tag;
    if (tag > this.#virtual && !this.#busy.includes(tenant)) this.#busy.push(tenant);
    return tag;
  }

  #advance(nowUs: number): void {
    let left = (nowUs - this.#realUs) * this.#capacity;
    this.#realUs = nowUs;
    while (this.#busy.length > 0) {
      let weights = 0;
      let next = Number.POSITIVE_INFINITY;
      for (const tenant of this.#busy) {
        weights += this.#tenants.weights[tenant] as number;
        next = Math.min(next, this.#doneAt[tenant] as number);
      }
      const needed = (next - this.#virtual) * weights;
      if (needed > left) {
        this.#virtual += left / weights;
        return;
      }
      left -= needed;
      this.#virtual = next;
      this.#busy = this.#busy.filter((tenant) => (this.#doneAt[tenant] as number) > next);
    }
  }
}

class WeightedFairQueueing implements Discipline {
  readonly #context: DisciplineContext;
  readonly #tenants: Tenants;
  readonly #clock: FluidClock;
  /** By slot: the tag of the job that is or was there. A job that was stopped keeps its tag. */
  readonly #tags: { readonly job: number; readonly tag: number }[] = [];
  /** By shape. */
  readonly #shares: GpuShares[] = [];

  constructor(context: DisciplineContext) {
    this.#context = context;
    this.#tenants = new Tenants(context.config.weights);
    const { compute, memory } = context.config.resourceWeights;
    this.#clock = new FluidClock(context.capacity.gpus * (compute + memory), this.#tenants);
  }

  queued(job: QueuedJob, nowUs: number): void {
    const { number } = job.job;
    if (this.#tags[job.slot]?.job === number) return;
    const tag = this.#clock.arrive(this.#tenants.numberOf(job), this.#costOf(job.job), nowUs);
    this.#tags[job.slot] = { job: number, tag };
  }

  rank({ slot }: QueuedJob): number {
    return (this.#tags[slot] as { readonly tag: number }).tag;
  }

  /** Estimated run time times the weighted shares of GPUs that it takes. */
  #costOf({ estimateUs, shapes }: Job): number {
    const { compute, memory } = this.#context.config.resourceWeights;
    let shares = 0;
    for (const shape of shapes) {
      const of = this.#shares[shape.id] ?? gpuShares(this.#context.fleet, shape);
      this.#shares[shape.id] = of;
      shares += compute * of.compute + memory * of.memory;
    }
    return estimateUs * shares;
  }
}

/**
 * Weighted fair queueing over tenants: next is the job that a server which divides itself among all tenants by weight
 * would be done with first. A job costs its run time times what it takes of GPUs, where `resourceWeights` say how much
 * compute and memory count.
 *
 * The fluid server has all GPUs of the pool and can give all of them to one job; the delay bound holds where that is so,
 * on one GPU. Jobs without GPUs cost nothing and go first. What a withdrawn job would have cost stays on its tenant's account.
 */
export const wfq: QueueingPolicy = {
  name: 'wfq',
  summary:
    'weighted fair queueing over tenants; a job costs run time x weighted shares of compute and memory',
  source: 'Parekh and Gallager, IEEE/ACM Transactions on Networking 1(3), 1993; Demers et al., SIGCOMM 1989',
  promises: {
    starvationFree: 'yes',
    preempts: false,
    words:
      'with a finite number of tenants, weights above 0 and no fill past the head; on one GPU with true estimates a ' +
      'job ends no later than on the fluid server plus the longest job',
  },
  fill: 'block',
  create: (context) => new WeightedFairQueueing(context),
};
