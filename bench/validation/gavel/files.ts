import { join } from 'node:path';
import { csvRows, jsonOf } from '../sharing/files.ts';
import type { GavelJob } from './twin.ts';

/** GPU types of the published cluster in alphabetical order, which settles ties, and how many of each. */
const GPU_TYPES = ['k80', 'p100', 'v100'] as const;
export const GPUS_OF_TYPE = [36, 36, 36];

/** Steps a second: type -> "(model, scale factor)" -> alone, under "null", or beside another job. */
type Throughputs = Readonly<Record<string, Readonly<Record<string, { readonly null: number }>>>>;

/** Single-GPU jobs of the generated trace by arrival, with their throughput alone on each type. */
export function readGavelJobs(folder: string): GavelJob[] {
  const throughputs = jsonOf<Throughputs>(join(folder, 'simulation_throughputs.json'));
  return csvRows(join(folder, 'continuous_single_gpu_seed0.csv')).map((row) => ({
    arrivalUnit: Number(row.arrival_unit),
    steps: Number(row.total_steps),
    throughputs: GPU_TYPES.map((type) => {
      const alone = throughputs[type]?.[`('${row.model}', ${row.scale_factor})`]?.null;
      if (alone === undefined) throw new RangeError(`There is no throughput of ${row.model} on ${type}`);
      return alone;
    }),
  }));
}

/** A published point: arrival rate and mean completion time. */
export interface PublishedRate {
  readonly jobsPerHour: number;
  readonly hours: number;
}

/** Published mean completion times of a policy, by rate. */
export function readPublishedRates(
  folder: string,
  workload: 'single' | 'multi',
  policy: string,
): PublishedRate[] {
  return csvRows(join(folder, 'expected_avg_jct_hours.csv'))
    .filter((row) => row.workload === workload && row.policy === policy)
    .map((row) => ({
      jobsPerHour: Number(row.input_jobs_per_hour),
      hours: Number(row.avg_jct_hours_jobs_4000_to_5000_seed0),
    }))
    .sort((a, b) => a.jobsPerHour - b.jobsPerHour);
}
