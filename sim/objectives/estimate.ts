import { studentTQuantile } from '../kernel/math.ts';
import { studentInterval } from '../kernel/stats/confidence.ts';
import { Tally } from '../kernel/stats/tally.ts';
import { evaluate } from './evaluate.ts';
import type { MetricRef, Quantity, Side } from './expression.ts';
import { unitOf } from './units.ts';

/** A metric of one run, in the unit that results write. */
export interface Observed {
  readonly value: number | null;
  readonly unit: string;
}

/** What one replication measured. */
export interface RunValues {
  readonly seed: number;
  /** Undefined where the run has no such metric. */
  read(metric: MetricRef): Observed | undefined;
}

/** The replications that an expression is about. */
export type Samples =
  /** One scenario: nothing is said of a base. */
  | { readonly kind: 'alone'; readonly candidate: readonly RunValues[] }
  /** Entry i of both has the same seed. */
  | { readonly kind: 'paired'; readonly base: readonly RunValues[]; readonly candidate: readonly RunValues[] }
  /** Independent of each other. */
  | { readonly kind: 'apart'; readonly base: readonly RunValues[]; readonly candidate: readonly RunValues[] };

/** A quantity over the replications. */
export interface Estimate {
  readonly mean: number;
  /** Ends of the interval; the mean itself where there is one replication only. */
  readonly lo: number;
  readonly hi: number;
  /** Replications or pairs with a value; where the sides are apart the smaller number. */
  readonly n: number;
  /** Standard deviation of one replication; where the sides are apart null. */
  readonly stdDev: number | null;
}

/** How sure intervals are, unless something else is asked for. */
export const CONFIDENCE = 0.95;
/** Metrics that a run does not list when there is none of what they count. */
const ABSENT_IS_ZERO = /^(jobs\.(failed|preemptions|rejected\..+|failed\..+)|work\.lost|faults\.ended\..+)$/;

/** Replications or pairs of samples; where the sides are apart those of the smaller. */
export function sizeOf(samples: Samples): number {
  return samples.kind === 'apart'
    ? Math.min(samples.base.length, samples.candidate.length)
    : samples.candidate.length;
}

/** Whether any replication of a side has a metric, or needs none of it. */
export function isMeasured(samples: Samples, side: Side, metric: MetricRef): boolean {
  if (metric.group === undefined && ABSENT_IS_ZERO.test(metric.name)) return true;
  return runsOf(samples, side).some((run) => run.read(metric) !== undefined);
}

/** The unit that a side has a metric in; undefined where it has none. */
export function observedUnit(samples: Samples, side: Side, metric: MetricRef): string | undefined {
  for (const run of runsOf(samples, side)) {
    const found = run.read(metric);
    if (found !== undefined) return found.unit;
  }
  return undefined;
}

function runsOf(samples: Samples, side: Side): readonly RunValues[] {
  return side === 'candidate' ? samples.candidate : samples.kind === 'alone' ? [] : samples.base;
}

/**
 * The mean of a quantity over replications with Student's interval: the quantity is worked out in each replication,
 * or each pair of them, so that what its parts share cancels; replications where it has no value are left out. Where the
 * two sides have no common seeds it is worked out of the means, with the variance of the jackknife over both sides and
 * Welch's degrees of freedom; of a difference of means that is Welch's interval.
 *
 * @param confidence of the interval, in (0, 1)
 * @returns undefined where no replication has a value
 * @see Efron and Stein, The jackknife estimate of variance, Annals of Statistics 9 (1981), 586-596
 */
export function estimate(
  node: Quantity,
  samples: Samples,
  confidence: number = CONFIDENCE,
): Estimate | undefined {
  if (samples.kind === 'apart') return jackknife(node, samples.base, samples.candidate, confidence);
  const values = samples.candidate.flatMap((run, i) => {
    const base = samples.kind === 'paired' ? samples.base[i] : undefined;
    const value = evaluate(node, (side, metric) => inRun(side === 'base' ? base : run, metric));
    return value === null ? [] : [value];
  });
  if (values.length === 0) return undefined;
  const n = values.length;
  if (values.some((value) => !Number.isFinite(value))) return infinite(values);
  const tally = Tally.of(values);
  const { mean, stdDev } = tally;
  if (n === 1 || values.every((value) => value === values[0])) {
    const value = values[0] as number;
    return { mean: value, lo: value, hi: value, n, stdDev: 0 };
  }
  const { lo, hi } = studentInterval(tally, confidence);
  return { mean, lo, hi, n, stdDev };
}

/** All infinite alike: that is what it is; some of them: nothing is known of the mean. */
function infinite(values: readonly number[]): Estimate {
  const n = values.length;
  const first = values[0] as number;
  if (values.every((value) => value === first)) return { mean: first, lo: first, hi: first, n, stdDev: 0 };
  const mean = values.find((value) => !Number.isFinite(value)) as number;
  return { mean, lo: -Infinity, hi: Infinity, n, stdDev: null };
}

function inRun(run: RunValues | undefined, metric: MetricRef): number | null {
  if (run === undefined) return null;
  const found = run.read(metric);
  if (found === undefined) {
    return metric.group === undefined && ABSENT_IS_ZERO.test(metric.name) ? 0 : null;
  }
  return found.value === null ? null : found.value * (unitOf(found.unit)?.factor ?? 1);
}

function jackknife(
  node: Quantity,
  base: readonly RunValues[],
  candidate: readonly RunValues[],
  confidence: number,
): Estimate | undefined {
  const n = Math.min(base.length, candidate.length);
  const at = (sides: Readonly<Record<Side, readonly RunValues[]>>) =>
    evaluate(node, (side, metric) => meanOf(sides[side], metric));
  const mean = at({ base, candidate });
  if (mean === null) return undefined;
  const without = (runs: readonly RunValues[], i: number) => runs.filter((_, at) => at !== i);
  const parts = [
    { runs: base, values: base.map((_, i) => at({ base: without(base, i), candidate })) },
    { runs: candidate, values: candidate.map((_, i) => at({ base, candidate: without(candidate, i) })) },
  ].map(({ runs, values }) => {
    const known = values.filter((value) => value !== null);
    // A side that plays no part leaves the value as it is, however few replications it has.
    if (runs.length < 2) return { variance: 0, degrees: 0 };
    return {
      variance: (((known.length - 1) * (known.length - 1)) / known.length) * Tally.of(known).variance,
      degrees: known.length - 1,
    };
  });
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  if (!Number.isFinite(variance)) return { mean, lo: -Infinity, hi: Infinity, n, stdDev: null };
  if (!(variance > 0)) return { mean, lo: mean, hi: mean, n, stdDev: null };
  const below = parts.reduce(
    (sum, part) => sum + (part.variance > 0 ? (part.variance * part.variance) / part.degrees : 0),
    0,
  );
  const half =
    studentTQuantile(0.5 + confidence / 2, Math.max(1, (variance * variance) / below)) * Math.sqrt(variance);
  return { mean, lo: mean - half, hi: mean + half, n, stdDev: null };
}

function meanOf(runs: readonly RunValues[], metric: MetricRef): number | null {
  const values = runs.flatMap((run) => inRun(run, metric) ?? []);
  return values.length === 0 ? null : Tally.of(values).mean;
}
