import { GPU_MILLI } from '../../cluster/request.ts';
import type { Discipline, DisciplineContext, QueuedJob, QueueingPolicy } from './discipline.ts';
import { Tenants } from './tenants.ts';

/** What one tenant's running jobs ask for. */
interface Use {
  cpuMilli: number;
  memoryMib: number;
  gpuMilli: number;
  /** Its largest part of any capacity, by its weight. */
  share: number;
}

/**
 * Dominant resource fairness by progressive filling: the tenant with the least dominant share is next. Shares are those
 * of what jobs ask for in CPU, host memory and GPUs; a resource of which there is none counts for nobody. Hosts that
 * come or go later do not change what shares are parts of.
 */
class DominantShares implements Discipline {
  readonly #capacity: DisciplineContext['capacity'];
  readonly #tenants: Tenants;
  /** By tenant. */
  readonly #uses: Use[] = [];

  constructor({ capacity, config }: DisciplineContext) {
    this.#capacity = capacity;
    this.#tenants = new Tenants(config.weights);
  }

  rank(): number {
    return 0;
  }

  laneOf(job: QueuedJob): number {
    return this.#tenants.numberOf(job);
  }

  laneRank(lane: number): number {
    return this.#uses[lane]?.share ?? 0;
  }

  started(job: QueuedJob): void {
    this.#add(job, 1);
  }

  stopped(job: QueuedJob): void {
    this.#add(job, -1);
  }

  #add(job: QueuedJob, sign: 1 | -1): void {
    const tenant = this.#tenants.numberOf(job);
    const use = this.#uses[tenant] ?? { cpuMilli: 0, memoryMib: 0, gpuMilli: 0, share: 0 };
    this.#uses[tenant] = use;
    for (const { cpuMilli, memoryMib, totalGpuMilli } of job.job.shapes) {
      use.cpuMilli += sign * cpuMilli;
      use.memoryMib += sign * memoryMib;
      use.gpuMilli += sign * totalGpuMilli;
    }
    const weight = this.#tenants.weights[tenant] as number;
    const { cpuMilli, memoryMib, gpus } = this.#capacity;
    use.share = Math.max(
      partOf(use.cpuMilli, cpuMilli, weight),
      partOf(use.memoryMib, memoryMib, weight),
      partOf(use.gpuMilli, gpus * GPU_MILLI, weight),
    );
  }
}

/** One division, so that equal parts of different resources are equal numbers. */
function partOf(used: number, capacity: number, weight: number): number {
  return capacity > 0 ? used / (capacity * weight) : 0;
}

/** The tenant with the least dominant share by weight is next. */
export const drf: QueueingPolicy = {
  name: 'drf',
  summary: 'the tenant whose largest share of CPU, host memory or GPUs, by its weight, is least is next',
  source: 'Ghodsi et al., Dominant Resource Fairness, NSDI 2011, algorithm 1 and section 4.3',
  promises: {
    starvationFree: 'no',
    preempts: false,
    words:
      'under skip, small jobs may keep taking the room that a large one waits for; under block each job waits for a finite number of others',
  },
  fill: 'skip',
  create: (context) => new DominantShares(context),
};
