import type { JobFormatName } from '../../sim/scenario/names.ts';
import type { Chunks } from './csv-rows.ts';
import { readGavel, readGavelContinuous } from './gavel.ts';
import type { GavelThroughputs } from './gavel-throughputs.ts';
import type { ImportOptions } from './import-report.ts';
import { readItp } from './itp.ts';
import type { ImportedJobs } from './job-row.ts';
import { readKubernetes } from './kubernetes.ts';
import { readMuri } from './muri.ts';
import { readPhilly } from './philly.ts';
import { readPhillySubset } from './philly-subset.ts';
import { readSacct } from './sacct.ts';
import { readSwf } from './swf.ts';

/** What readers of job lists may need to know. Each takes what its format lacks. */
export interface JobReadOptions extends ImportOptions {
  readonly throughputs?: GavelThroughputs;
  /** Mean arrivals per hour, for files that count time in mean gaps. */
  readonly arrivalsPerHour?: number;
  readonly timeUnit?: 'ms' | 's';
  readonly processorsAre?: 'gpus' | 'cores';
  readonly processorsPerGpu?: number;
  readonly utcOffsetMinutes?: number;
  readonly amounts?: 'allocated' | 'requested';
  readonly shardsPerGpu?: number;
  readonly gpuTypes?: Readonly<Record<string, string>>;
  readonly pods?: 'all' | 'gpu';
  readonly gpuProducts?: Readonly<Record<string, string>>;
}

/** A file format of recorded jobs. */
export interface JobFormat {
  readonly name: JobFormatName;
  /** What it is, for lists and help. */
  readonly title: string;
  /** Reads a file as a whole. Wrong input never throws: it is in the report. */
  read(chunks: Chunks, options: JobReadOptions): Promise<ImportedJobs>;
}

/** All formats of recorded jobs. Scenarios, help and the shared tests read this list. */
export const JOB_FORMATS: readonly JobFormat[] = [
  {
    name: 'philly',
    title: 'Microsoft Philly, job log (JSON)',
    read: readPhilly,
  },
  {
    name: 'philly-subset',
    title: 'Microsoft Philly, flattened copies of the job log (CSV)',
    read: readPhillySubset,
  },
  { name: 'itp', title: 'Microsoft ITP clusters, as published with ElasticFlow (CSV)', read: readItp },
  { name: 'gavel', title: 'Gavel .trace files, 7 or 10 fields separated by tabs', read: readGavel },
  {
    name: 'gavel-continuous',
    title: 'Gavel synthetic arrivals at any rate (CSV)',
    read: readGavelContinuous,
  },
  { name: 'muri', title: 'Muri and Tiresias simulators (CSV)', read: readMuri },
  { name: 'swf', title: 'Standard Workload Format', read: readSwf },
  { name: 'sacct', title: 'Slurm accounting (sacct -P)', read: readSacct },
  {
    name: 'kubernetes',
    title: 'Kubernetes nodes and pods (kubectl get nodes,pods -A -o json)',
    read: readKubernetes,
  },
];

/** @throws {RangeError} if there is no such format */
export function jobFormat(name: string): JobFormat {
  const format = JOB_FORMATS.find((each) => each.name === name);
  if (format === undefined) {
    const known = JOB_FORMATS.map((each) => each.name).join(', ');
    throw new RangeError(`Cannot read jobs of the format "${name}": known are ${known}`);
  }
  return format;
}
