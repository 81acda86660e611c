import { relative } from 'node:path';
import { loadTraces } from '../../../cli/load-traces.ts';
import { normalizeScenario, replicate } from '../../../sim/index.ts';

const US_PER_HOUR = 3600e6;
const GPUS_A_HOST = 4;
const HOSTS_A_TYPE = 9;

/**
 * The published experiment as a scenario of the product: 36 GPUs of each type, rounds of 6 minutes, in each of which all
 * jobs get GPUs anew in order of arrival, the fastest free type first. Stopping and moving costs nothing.
 *
 * It differs from the published program in that a job's work is whole microseconds, not whole steps a round.
 */
function scenarioOf(folder: string, jobsPerHour: number): object {
  const host = (model: string) => ({
    name: model.toLowerCase(),
    count: HOSTS_A_TYPE,
    cpu: 64,
    memory: '256GiB',
    gpus: { model, count: GPUS_A_HOST },
  });
  return {
    apiVersion: 'slicewise/v1',
    name: 'gavel fifo_perf',
    // In alphabetical order, which settles ties.
    fleet: { hosts: ['k80', 'p100', 'v100'].map(host) },
    workload: {
      trace: {
        format: 'gavel-continuous',
        jobs: `${folder}/continuous_single_gpu_seed0.csv`,
        throughputs: `${folder}/simulation_throughputs.json`,
        rate: `${jobsPerHour}/h`,
      },
    },
    policy: {
      placement: 'fastest',
      queueing: 'fifo',
      scheduling: { fill: 'skip', preemption: 'refill', stopBy: 'suspend', rounds: '6m', keepPlace: false },
    },
  };
}

/**
 * Completion times of the jobs in hours, by arrival, from the product's own engine.
 *
 * @param endJob jobs from this one on count as load only
 */
export async function fifoPerfOfProduct(
  folder: string,
  jobsPerHour: number,
  endJob: number,
): Promise<readonly number[]> {
  const checked = normalizeScenario(scenarioOf(relative(process.cwd(), folder), jobsPerHour));
  if (!checked.ok) throw new RangeError(JSON.stringify(checked.problems));
  const { traces } = await loadTraces(checked.scenario, process.cwd());
  const hours: number[] = [];
  replicate(checked.scenario, traces, 1, {
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
