import { normalizeScenario, replicate, type TraceData } from '../../../sim/index.ts';
import type { Job } from './jobs.ts';
import type { Completion } from './outcome.ts';

const HOSTS = 8;
const GPUS_A_HOST = 8;
const MODEL = 'V100-SXM2-32GB';

export type ProductPolicy = 'srtf' | 'srsf' | 'las';

/** In which order las serves each of its queues. */
export type QueueOrder = 'arrival' | 'first-start';

export interface ProductOptions {
  /** Seconds that each job runs, all in all. */
  readonly workSec: (job: Job) => number;
  /** Decisions are made at multiples of this only; null: at every arrival and completion. */
  readonly roundSec: number | null;
  /** Of las alone; absent: the product's default. */
  readonly queueOrder?: QueueOrder;
}

/**
 * The published cluster as a scenario of the product: 8 hosts of 8 V100, decided anew for all jobs each time, skipping
 * what does not fit, where stopping and moving costs nothing.
 */
function scenarioOf(
  policy: ProductPolicy,
  { roundSec, queueOrder }: Pick<ProductOptions, 'roundSec' | 'queueOrder'>,
): object {
  return {
    apiVersion: 'slicewise/v1',
    name: `muri ${policy}`,
    fleet: {
      hosts: [
        { name: 'h', count: HOSTS, cpu: 92, memory: '350GiB', gpus: { model: MODEL, count: GPUS_A_HOST } },
      ],
    },
    // The jobs are handed over as they are.
    workload: { trace: { format: 'muri', jobs: 'jobs.csv' } },
    policy: {
      placement: 'best-fit',
      queueing: policy,
      scheduling: {
        fill: 'skip',
        preemption: 'refill',
        stopBy: 'suspend',
        keepPlace: false,
        ...(roundSec === null ? {} : { rounds: `${roundSec}s` }),
        ...(queueOrder === undefined ? {} : { queueOrder }),
      },
    },
  };
}

/** Completions of the jobs by the product's own engine. */
export function runOnProduct(
  jobs: readonly Job[],
  policy: ProductPolicy,
  { workSec, ...decides }: ProductOptions,
): Completion[] {
  const checked = normalizeScenario(scenarioOf(policy, decides));
  if (!checked.ok) throw new RangeError(JSON.stringify(checked.problems));
  const traces: TraceData = {
    tasks: jobs.map((job) => ({
      name: String(job.id),
      request: { cpuMilli: 0, memoryMib: 0, gpuCount: job.gpus, gpuMilli: 1000, models: [] },
      arrivalSec: job.submitSec,
      durationSec: workSec(job),
      spansHosts: true,
    })),
  };
  const completions: Completion[] = [];
  const firstSec = Math.min(...jobs.map((job) => job.submitSec));
  replicate(checked.scenario, traces, 1, {
    observers: () => [
      {
        finished: (atUs, job) => {
          completions.push({
            submitSec: job.arrivalUs / 1e6 + firstSec,
            endSec: atUs / 1e6 + firstSec,
          });
        },
      },
    ],
  });
  if (completions.length !== jobs.length) {
    throw new RangeError(`${completions.length} of ${jobs.length} jobs have ended`);
  }
  return completions;
}
