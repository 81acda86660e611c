import type { Bucket } from '../../observe/waterfall/buckets.ts';
import type { Candidate, Settings } from './candidate.ts';
import { type Observed, reduction, servedWorse, shownWorse } from './observed.ts';

/** What one change did in runs of the same seeds. */
export interface TriedChange {
  readonly text: string;
  /** The change as a variant (`whatIf`) takes it. */
  readonly set: Settings;
  /** GPU-hours of the bucket that are no more in it (of a fleet with fewer GPUs: that need not be there), mean over the seeds. */
  readonly gpuHours: number;
  /** 95 % interval of that (Student, paired by seed); absent with fewer than two seeds. */
  readonly ci95?: readonly [number, number];
  /** By how many GPU-hours there is more useful work. */
  readonly usefulGpuHours: number;
  /** By how many seconds the 95th percentile of waiting is longer; null where nobody started. */
  readonly waitP95Sec: number | null;
  /** Values of what people get that are worse: shown to be, or with fewer GPUs not shown to be as good. */
  readonly worse: readonly string[];
  /** Its interval leaves out zero, no more jobs are rejected, useful work is not shown to be less; with fewer GPUs, nothing is worse. */
  readonly isConfirmed: boolean;
}

/** What one change would give back of a bucket. */
export interface BucketGiveBack {
  readonly bucket: Bucket;
  readonly text: string;
  readonly gpuHours: number;
  /** Those that changed anything: what gives most back first, confirmed ones before. */
  readonly changes: readonly TriedChange[];
  /** So many were tried that changed nothing. */
  readonly withoutEffect: number;
}

/** What one change of the scenario would give back of the largest buckets that are not work. */
export interface GiveBackReport {
  readonly capacityGpuHours: number;
  /** Seeds of each change, the same as those of the scenario as it is. */
  readonly seeds: number;
  /** Runs that were made for it, those of the scenario itself apart. */
  readonly runs: number;
  readonly buckets: readonly BucketGiveBack[];
}

export function triedChange(
  bucket: Bucket,
  { text, set, takesAway }: Candidate,
  base: readonly Observed[],
  runs: readonly Observed[],
): TriedChange {
  const hours = (of: Bucket) => (each: Observed) => each.gpuHours?.[of] ?? 0;
  const given = reduction(base, runs, takesAway ? (each) => each.capacityGpuHours ?? 0 : hours(bucket));
  const lessUseful = reduction(base, runs, hours('useful'));
  const waits = [...base, ...runs].every(({ values }) => values.has('wait.p95'))
    ? -reduction(base, runs, ({ values }) => values.get('wait.p95') as number).mean
    : null;
  const rejected = -reduction(base, runs, ({ values }) => values.get('jobs.rejected') ?? 0).mean;
  const worse = takesAway ? servedWorse(base, runs) : shownWorse(base, runs);
  const isShown = base.length > 1 && given.lo > 0;
  const isNoWorse = takesAway ? worse.length === 0 : !(lessUseful.lo > 0);
  return {
    text,
    set,
    gpuHours: given.mean,
    ...(base.length > 1 ? { ci95: [given.lo, given.hi] as const } : {}),
    usefulGpuHours: 0 - lessUseful.mean,
    waitP95Sec: waits === null ? null : 0 + waits,
    worse,
    isConfirmed: isShown && isNoWorse && rejected <= 0,
  };
}

/** Confirmed ones first, then what gives most back; equal ones as they were tried. */
export function byGain(changes: readonly TriedChange[]): readonly TriedChange[] {
  return [...changes].sort(
    (a, b) => Number(b.isConfirmed) - Number(a.isConfirmed) || b.gpuHours - a.gpuHours,
  );
}
