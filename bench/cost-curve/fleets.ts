import { normalizeScenario, replicate } from '../../sim/index.ts';
import { say, startPart } from './machine.ts';
import { median } from './sweeps.ts';

/** One run by the size of its fleet, with the same load a host. */
export interface FleetRow {
  readonly hosts: number;
  readonly jobs: number;
  /** The first run of a process, whose code is not compiled yet. */
  readonly coldSec: number;
  /** Median of the later ones. */
  readonly warmSec: number;
  readonly residentBytes: number;
}

/** What a process is asked to run. */
interface FleetTask {
  readonly hosts: number;
  readonly jobs: number;
}

const JOBS_A_HOST = 30;
/** Of the jobs of the largest fleet a tenth, so that the smallest has them in moderate time. */
const FIXED_JOBS = 30_000;
/** 6.25 GPUs a host are busy on average, of 8. */
const ARRIVALS_A_HOST_HOUR = 5;
const LEAST_SEC = 1;
const MOST_RUNS = 30;

function documentOf({ hosts, jobs }: FleetTask): object {
  const lifetime = { kind: 'exponential', mean: '1h' };
  return {
    apiVersion: 'slicewise/v1',
    name: 'fleet',
    fleet: {
      hosts: [{ name: 'a', count: hosts, cpu: 64, memory: '512GiB', gpus: { model: 'A100', count: 8 } }],
    },
    workload: {
      synthetic: {
        tasks: jobs,
        arrivals: { process: 'poisson', rate: `${hosts * ARRIVALS_A_HOST_HOUR}/h` },
        classes: [
          { name: 'half', cpu: 2, memory: '4GiB', gpus: 1, gpu: '50%', lifetime },
          { name: 'two', cpu: 2, memory: '4GiB', gpus: 2, lifetime },
        ],
      },
    },
    policy: { placement: 'best-fit' },
  };
}

/** In a process of its own, so that its memory is its own. */
export function runFleet(task: FleetTask): Omit<FleetRow, 'hosts' | 'jobs'> {
  const checked = normalizeScenario(documentOf(task));
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const times: number[] = [];
  const began = performance.now();
  while (times.length < 2 || (times.length < MOST_RUNS && performance.now() - began < LEAST_SEC * 1000)) {
    const from = performance.now();
    replicate(checked.scenario, {}, 7 + times.length);
    times.push((performance.now() - from) / 1000);
  }
  const [coldSec = 0, ...warm] = times;
  return { coldSec, warmSec: median(warm), residentBytes: process.resourceUsage().maxRSS * 1024 };
}

export interface FleetRows {
  readonly inProportion: readonly FleetRow[];
  readonly fixed: readonly FleetRow[];
}

export async function measureFleets(sizes: readonly number[], share: number): Promise<FleetRows> {
  const measure = async (jobsOf: (hosts: number) => number) => {
    const rows: FleetRow[] = [];
    for (const hosts of sizes) {
      const task: FleetTask = { hosts, jobs: jobsOf(hosts) };
      rows.push({ ...task, ...(await startPart('fleet', task).answer<Omit<FleetRow, 'hosts' | 'jobs'>>()) });
    }
    return rows;
  };
  const inProportion = await measure((hosts) => Math.ceil(hosts * JOBS_A_HOST * share));
  const fixed = await measure(() => FIXED_JOBS * share);
  say(`fleets of ${sizes.join(', ')} hosts measured`);
  return { inProportion, fixed };
}
