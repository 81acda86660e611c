import { type Command, InvalidArgumentError } from 'commander';
import type { JobRow } from '../../../scenarios/importers/job-row.ts';
import { plural } from '../../../sim/report/format.ts';
import { catalogueGpu } from '../../../sim/scenario/resolve/card-spec.ts';

/** A fleet of equal hosts, as options state it. */
export interface FleetOptions {
  readonly hosts?: number;
  readonly gpusPerHost?: number;
  readonly gpu?: string;
  readonly cpu?: string;
  readonly memory?: string;
}

export interface StatedFleet {
  readonly hosts: readonly object[];
  readonly hostCount: number;
  readonly gpuCount: number;
  readonly notes: readonly string[];
}

const MOST_HOSTS = 1_000_000;
const MOST_GPUS = 64;
const UNNAMED_MODEL = 'unnamed';

/** The options of a fleet, for formats whose files hold jobs alone. */
export function addFleetOptions(command: Command, hostsDefault: string): Command {
  return command
    .option('--hosts <n>', `fleet: number of hosts (default: ${hostsDefault})`, wholeUpTo(MOST_HOSTS))
    .option('--gpus-per-host <n>', 'fleet: GPUs of each host (default: 8)', wholeUpTo(MOST_GPUS))
    .option('--gpu <model>', 'fleet: GPU model (default: the one that most jobs name)')
    .option('--cpu <cores>', 'fleet: CPU cores of each host (default: enough for its GPUs)')
    .option('--memory <size>', 'fleet: main memory of each host (default: enough for its GPUs)');
}

/** A whole number from 1, for options. */
export function wholeUpTo(most: number): (text: string) => number {
  return (text) => {
    const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= 1 && value <= most) return value;
    throw new InvalidArgumentError(`must be a whole number from 1 to ${most}`);
  };
}

/**
 * The fleet that the options state; what they leave out is made to fit the jobs, and told.
 *
 * @param known what the file says of the machine
 */
export function statedFleet(
  jobs: readonly JobRow[],
  options: FleetOptions,
  known: { readonly hosts: number; readonly gpusPerHost?: number | undefined },
): StatedFleet {
  const hostCount = options.hosts ?? known.hosts;
  const gpusPerHost = Math.min(MOST_GPUS, options.gpusPerHost ?? known.gpusPerHost ?? 8);
  const model = modelFor(jobs, options.gpu);
  const cpuMilli = roomFor(jobs, gpusPerHost, (job) => job.cpuMilli);
  const memoryMib = roomFor(jobs, gpusPerHost, (job) => job.memoryMib);
  const isMadeUp =
    (options.cpu === undefined && cpuMilli > 0) || (options.memory === undefined && memoryMib > 0);
  const gpuCount = hostCount * gpusPerHost;
  const wide = jobs.filter((job) => job.gpuCount > gpusPerHost && job.gpuCount <= gpuCount).length;
  const beyond = jobs.filter((job) => job.gpuCount > gpuCount).length;
  const elsewhere = jobs.filter(({ models }) => models.length > 0 && !models.includes(model));
  const others = [...new Set(elsewhere.flatMap(({ models }) => models))];
  return {
    hosts: [
      {
        name: 'host',
        count: hostCount,
        cpu: options.cpu ?? Math.max(1, Math.ceil(cpuMilli / 1000)),
        memory: options.memory ?? `${Math.max(1, Math.ceil(memoryMib / 1024))}GiB`,
        gpus: { model, count: gpusPerHost },
      },
    ],
    hostCount,
    gpuCount,
    notes: [
      ...(isMadeUp
        ? [
            'hosts have CPU and memory for their GPUs at the largest ask for a GPU (or of a job without): assumed',
          ]
        : []),
      ...(wide > 0 ? [`${plural(wide, 'job')} ask for more GPUs than a host has (${gpusPerHost})`] : []),
      ...(beyond > 0 ? [`${plural(beyond, 'job')} ask for more GPUs than the fleet has (${gpuCount})`] : []),
      ...(elsewhere.length > 0
        ? [
            `${plural(elsewhere.length, 'job')} take other models than ${model} (${others.slice(0, 10).join(', ')})`,
          ]
        : []),
    ],
  };
}

/** The model given, as the jobs write it where they mean the same one; else the one that most of them name. */
function modelFor(jobs: readonly JobRow[], given: string | undefined): string {
  const counts = new Map<string, number>();
  for (const model of jobs.flatMap(({ models }) => models)) counts.set(model, (counts.get(model) ?? 0) + 1);
  if (given === undefined) {
    return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best), [
      UNNAMED_MODEL,
      0,
    ] as const)[0];
  }
  if (counts.has(given)) return given;
  const id = catalogueGpu(given)?.id;
  return id !== undefined && counts.has(id) ? id : given;
}

/** What a host needs so that its GPUs can all be taken by the jobs that ask for most beside one. */
function roomFor(jobs: readonly JobRow[], gpusPerHost: number, of: (job: JobRow) => number): number {
  let aGpu = 0;
  let without = 0;
  for (const job of jobs) {
    if (job.gpuCount > 0) aGpu = Math.max(aGpu, of(job) / job.gpuCount);
    else without = Math.max(without, of(job) / Math.max(1, job.workers));
  }
  return Math.max(aGpu * gpusPerHost, without);
}
