import type { LinearSolver } from '../../kernel/optimize/linear-program.ts';
import { type ConfidenceInterval, pairedInterval } from '../../kernel/stats/confidence.ts';
import type { Bucket } from '../../observe/waterfall/buckets.ts';
import { normalizeScenario } from '../../scenario/normalize.ts';
import { type Replication, replicate } from '../replicate.ts';
import { ScenarioError } from '../scenario-error.ts';
import type { TraceData } from '../trace-data.ts';
import { waterfallReport } from '../waterfall.ts';
import { type Candidate, candidatesFor, withCandidate } from './candidates.ts';

/** Buckets that are looked at: the largest of those that are not work. */
const MOST_BUCKETS = 5;

/** What one change did in runs of the same seeds. */
export interface TriedChange extends Pick<Candidate, 'text' | 'settings'> {
  /** GPU-hours of the bucket that are no more in it (of a fleet of fewer hosts: that need not be there), mean over the seeds. */
  readonly gpuHours: number;
  /** 95 % interval of that (Student, paired by seed); absent with fewer than two seeds. */
  readonly ci95?: readonly [number, number];
  /** By how many GPU-hours there is more useful work. */
  readonly usefulGpuHours: number;
  /** By how many seconds the 95th percentile of waiting is longer; null where nobody started. */
  readonly waitP95Sec: number | null;
  /** Its interval leaves out zero, no more jobs are rejected, and useful work (or, with fewer hosts, waiting) is not shown to be worse. */
  readonly isConfirmed: boolean;
}

/** What one change would give back of a bucket. */
export interface GiveBack {
  readonly bucket: Bucket;
  readonly gpuHours: number;
  /** What gives most back first, confirmed ones before. */
  readonly changes: readonly TriedChange[];
}

/**
 * What one change of the scenario would give back of each of the five largest buckets: every candidate is run again with
 * the same seeds, so that arrivals and demands are the same.
 *
 * @param document the scenario document, valid
 * @param seeds at least one; intervals need two
 * @throws {RangeError} if the document is not valid
 */
export function giveBack(
  document: unknown,
  traces: TraceData,
  seeds: readonly number[],
  solver?: LinearSolver,
): readonly GiveBack[] {
  const base = runsOf(document, traces, seeds, solver);
  const normalized = normalizeScenario(document);
  if (base === undefined || !normalized.ok) {
    throw new RangeError('Cannot look for what gives capacity back: the scenario cannot be run as it is');
  }
  const report = waterfallReport(base.flatMap(({ waterfall }) => waterfall ?? []));
  return (report?.buckets ?? [])
    .filter(({ bucket, gpuHours }) => bucket !== 'useful' && gpuHours > 0)
    .sort((a, b) => b.gpuHours - a.gpuHours)
    .slice(0, MOST_BUCKETS)
    .map(({ bucket, gpuHours }) => ({
      bucket,
      gpuHours,
      changes: candidatesFor(bucket, normalized.scenario)
        .flatMap((candidate) => {
          const changed = withCandidate(document, candidate);
          const runs = changed === undefined ? undefined : runsOf(changed, traces, seeds, solver);
          return runs === undefined ? [] : [compared(bucket, candidate, base, runs)];
        })
        .sort((a, b) => Number(b.isConfirmed) - Number(a.isConfirmed) || b.gpuHours - a.gpuHours),
    }));
}

/** Undefined where the document is not valid or cannot be run. */
function runsOf(
  document: unknown,
  traces: TraceData,
  seeds: readonly number[],
  solver: LinearSolver | undefined,
): readonly Replication[] | undefined {
  const normalized = normalizeScenario(document);
  if (!normalized.ok) return undefined;
  try {
    return seeds.map((seed) => replicate(normalized.scenario, traces, seed, { solver }));
  } catch (error) {
    if (error instanceof ScenarioError) return undefined;
    throw error;
  }
}

function compared(
  bucket: Bucket,
  { text, settings, takesAway }: Candidate,
  base: readonly Replication[],
  runs: readonly Replication[],
): TriedChange {
  const differences = (of: (run: Replication) => number) => pairedInterval(base.map(of), runs.map(of));
  const given = takesAway
    ? negative(differences(capacityOf))
    : negative(differences((run) => hoursOf(run, bucket)));
  const useful = differences((run) => hoursOf(run, 'useful'));
  const rejected = differences((run) => readingOf(run, 'jobs.rejected') ?? 0);
  const waits = [...base, ...runs].every((run) => readingOf(run, 'wait.p95') !== undefined)
    ? differences((run) => readingOf(run, 'wait.p95') as number)
    : undefined;
  const isShown = base.length > 1 && given.lo > 0;
  const isNoWorse = takesAway ? waits !== undefined && waits.hi <= 0 : !(useful.hi < 0);
  return {
    text,
    settings,
    gpuHours: given.mean,
    ...(base.length > 1 ? { ci95: [given.lo, given.hi] as const } : {}),
    usefulGpuHours: useful.mean,
    waitP95Sec: waits?.mean ?? null,
    isConfirmed: isShown && isNoWorse && rejected.mean <= 0,
  };
}

function negative({ mean, lo, hi }: ConfidenceInterval): Pick<ConfidenceInterval, 'mean' | 'lo' | 'hi'> {
  return { mean: -mean, lo: -hi, hi: -lo };
}

function hoursOf({ waterfall }: Replication, bucket: Bucket): number {
  const report = waterfall && waterfallReport([waterfall]);
  return report?.buckets.find((each) => each.bucket === bucket)?.gpuHours ?? 0;
}

function capacityOf({ waterfall }: Replication): number {
  return (waterfall && waterfallReport([waterfall])?.capacityGpuHours) ?? 0;
}

function readingOf({ readings }: Replication, name: string): number | undefined {
  return readings.find(([each]) => each === name)?.[1].value ?? undefined;
}
