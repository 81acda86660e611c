import type { ImportOptions } from '../import-report.ts';

/**
 * What Slurm's accounting prints with `sacct --parsable2` (or `--parsable`): a header and a line a job, fields in any
 * order between "|", nothing quoted.
 *
 * @see SchedMD, "sacct", slurm.schedmd.com/sacct.html; fields: SchedMD/slurm, src/sacct/print.c
 */
export interface SacctOptions extends ImportOptions {
  /** How far the site's clock is ahead of UTC, in minutes from -840 to 840; default 0. sacct prints local time. */
  readonly utcOffsetMinutes?: number;
  /** Whose amounts a job asks for: what it was allocated, or requested where it never was (default); or what it requested. */
  readonly amounts?: 'allocated' | 'requested';
  /** Parts that `gres/shard` cuts a GPU into; jobs with shards are refused without it. */
  readonly shardsPerGpu?: number;
  /** Models by the site's names of GPU types, where those say too little: `{ a100: 'A100-SXM4-80GB' }`. */
  readonly gpuTypes?: Readonly<Record<string, string>>;
}

const MAX_OFFSET_MINUTES = 14 * 60;

/** @throws {RangeError} if one is out of range */
export function checkedOptions(options: SacctOptions): SacctOptions {
  const { utcOffsetMinutes = 0, shardsPerGpu = 1 } = options;
  if (!(Number.isInteger(utcOffsetMinutes) && Math.abs(utcOffsetMinutes) <= MAX_OFFSET_MINUTES)) {
    throw new RangeError(`utcOffsetMinutes must be a whole number from -840 to 840, got ${utcOffsetMinutes}`);
  }
  if (!(Number.isInteger(shardsPerGpu) && shardsPerGpu >= 1 && shardsPerGpu <= 1000)) {
    throw new RangeError(`shardsPerGpu must be a whole number from 1 to 1000, got ${shardsPerGpu}`);
  }
  return options;
}
