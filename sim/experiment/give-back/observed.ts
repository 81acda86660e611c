import { type ConfidenceInterval, pairedInterval, studentInterval } from '../../kernel/stats/confidence.ts';
import { Tally } from '../../kernel/stats/tally.ts';
import { BUCKETS, type Bucket } from '../../observe/waterfall/buckets.ts';
import type { Replication } from '../replicate.ts';
import { waterfallReport } from '../waterfall.ts';

/** What is looked at of one run: little enough to be kept of many. */
export interface Observed {
  /** Absent of runs without detail. */
  readonly capacityGpuHours?: number;
  readonly gpuHours?: Readonly<Partial<Record<Bucket, number>>>;
  readonly values: ReadonlyMap<string, number>;
}

export function observed({ waterfall, readings }: Replication): Observed {
  const report = waterfall && waterfallReport([waterfall]);
  return {
    ...(report === undefined
      ? {}
      : {
          capacityGpuHours: report.capacityGpuHours,
          gpuHours: Object.fromEntries(report.buckets.map(({ bucket, gpuHours }) => [bucket, gpuHours])),
        }),
    values: new Map(
      readings.flatMap(([name, { value }]) =>
        value !== null && (LESS.test(name) || MORE.test(name)) ? [[name, value]] : [],
      ),
    ),
  };
}

/** What people get of a fleet: of these less is better, of the others more. */
const LESS =
  /^(wait\.(mean|p95)|completion\.(mean|p95)|jobs\.(rejected|failed)|service\..+\.(overdue|latency\.(mean|p95))|session\..+\.frame\.(gpu|seen)\.p95)$/;
const MORE =
  /^(jobs\.(placed|completed)|service\..+\.(throughput|withinObjective)|session\..+\.(on\.mean|speed\.mean|frame\.inTime))$/;

/**
 * What is worse with a change than without it: of each value that both have, paired by seed.
 *
 * @returns names of values of which the interval of the difference reaches further into the worse than half the
 *   interval of the value itself; of single runs, those that are worse at all
 */
export function servedWorse(base: readonly Observed[], runs: readonly Observed[]): readonly string[] {
  return namesOf(base, runs).filter((name) => {
    const { worst, margin } = worsening(name, base, runs);
    return worst > margin;
  });
}

/** Names of values that are shown to be worse: the interval of the difference leaves out zero. */
export function shownWorse(base: readonly Observed[], runs: readonly Observed[]): readonly string[] {
  if (base.length < 2) return [];
  return namesOf(base, runs).filter((name) => worsening(name, base, runs).least > ROUNDING);
}

/** Differences by less are those of sums of doubles. */
const ROUNDING = 1e-9;

/** Whether nothing that is looked at is different: the change is not felt. */
export function areSame(base: readonly Observed[], runs: readonly Observed[]): boolean {
  return base.every(({ values, gpuHours }, i) => {
    const other = runs[i];
    return (
      other !== undefined &&
      values.size === other.values.size &&
      [...values].every(([name, value]) => other.values.get(name) === value) &&
      BUCKETS.every((bucket) => gpuHours?.[bucket] === other.gpuHours?.[bucket])
    );
  });
}

function namesOf(base: readonly Observed[], runs: readonly Observed[]): readonly string[] {
  const [first] = base;
  const all = [...base, ...runs];
  return [...(first?.values.keys() ?? [])].filter((name) => all.every(({ values }) => values.has(name)));
}

function worsening(name: string, base: readonly Observed[], runs: readonly Observed[]) {
  const sign = LESS.test(name) ? 1 : -1;
  const of = (each: Observed) => sign * (each.values.get(name) as number);
  const before = base.map(of);
  const difference = pairedInterval(before, runs.map(of));
  if (base.length < 2) return { least: difference.mean, worst: difference.mean, margin: 0 };
  const own = studentInterval(Tally.of(before));
  return { least: difference.lo, worst: difference.hi, margin: (own.hi - own.lo) / 2 + ROUNDING };
}

/** Interval of what a change takes away of something, paired by seed. */
export function reduction(
  base: readonly Observed[],
  runs: readonly Observed[],
  of: (each: Observed) => number,
): Pick<ConfidenceInterval, 'mean' | 'lo' | 'hi'> {
  return pairedInterval(runs.map(of), base.map(of));
}
