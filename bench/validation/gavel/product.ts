import { relative } from 'node:path';
import { loadSolver } from '../../../cli/load-solver.ts';
import { loadTraces } from '../../../cli/load-traces.ts';
import { normalizeScenario, replicate } from '../../../sim/index.ts';

const US_PER_HOUR = 3600e6;
const GPUS_A_HOST = 4;
const HOSTS_A_TYPE = 9;

/** What a published policy is in a scenario. */
export interface ProductPolicy {
  /** In the order in which the models of the fleet stand. */
  readonly models: readonly string[];
  readonly policy: object;
}

/** Least time between two divisions of GPU time in the published experiments. */
const REVIEW = '32m';

/** In alphabetical order, which settles ties of `fifo_perf`; the others go through the fastest type first. */
const BY_NAME = ['k80', 'p100', 'v100'];
const FASTEST_FIRST = ['v100', 'p100', 'k80'];

const dividedBy = (by: string, more: object = {}): ProductPolicy => ({
  models: FASTEST_FIRST,
  policy: {
    placement: 'best-fit',
    queueing: 'fifo',
    scheduling: {
      stopBy: 'suspend',
      rounds: '6m',
      timeShare: { by, order: 'models', review: REVIEW, ...more },
    },
  },
});

const ALIKE = { speeds: 'alike', order: 'shuffled' };

/** By published name: rounds of 6 minutes, in each of which all jobs get GPUs anew; stopping and moving costs nothing. */
export const PRODUCT_POLICIES: Readonly<Record<string, ProductPolicy>> = {
  fifo_perf: {
    models: BY_NAME,
    policy: {
      placement: 'fastest',
      queueing: 'fifo',
      scheduling: {
        fill: 'skip',
        preemption: 'refill',
        stopBy: 'suspend',
        rounds: '6m',
        keepPlace: false,
      },
    },
  },
  max_min_fairness_perf: dividedBy('max-min'),
  max_min_fairness: dividedBy('max-min', ALIKE),
  finish_time_fairness_perf: dividedBy('finish-time'),
  finish_time_fairness: dividedBy('finish-time', ALIKE),
  allox: dividedBy('allox'),
  /** Not published: the same fairness to the end, for comparison. */
  water_filling: dividedBy('water-filling'),
};

/**
 * The published experiment as a scenario of the product: 36 GPUs of each type.
 *
 * It differs from the published program in that a job's work is whole microseconds, not whole steps a round.
 */
function scenarioOf(
  folder: string,
  jobs: string,
  jobsPerHour: number,
  { models, policy }: ProductPolicy,
): object {
  const host = (model: string) => ({
    name: model,
    count: HOSTS_A_TYPE,
    cpu: 64,
    memory: '256GiB',
    gpus: { model, count: GPUS_A_HOST },
  });
  return {
    apiVersion: 'slicewise/v1',
    name: 'gavel',
    fleet: { hosts: models.map(host) },
    workload: {
      trace: {
        format: 'gavel-continuous',
        jobs: `${folder}/${jobs}`,
        throughputs: `${folder}/simulation_throughputs.json`,
        rate: `${jobsPerHour}/h`,
      },
    },
    policy,
  };
}

/**
 * Completion times of the jobs in hours, by arrival, from the product's own engine.
 *
 * @param endJob jobs from this one on count as load only
 */
export async function runProduct(
  folder: string,
  workload: 'single' | 'multi',
  policy: ProductPolicy,
  jobsPerHour: number,
  endJob: number,
): Promise<readonly number[]> {
  const jobs = `continuous_${workload}_gpu_seed0.csv`;
  const checked = normalizeScenario(scenarioOf(relative(process.cwd(), folder), jobs, jobsPerHour, policy));
  if (!checked.ok) throw new RangeError(JSON.stringify(checked.problems));
  const { traces } = await loadTraces(checked.scenario, process.cwd());
  const hours: number[] = [];
  replicate(checked.scenario, traces, 1, {
    solver: await loadSolver(),
    observers: () => [
      {
        finished: (atUs, job) => {
          if (job.number < endJob) hours[job.number] = (atUs - job.arrivalUs) / US_PER_HOUR;
        },
      },
    ],
  });
  return hours;
}
