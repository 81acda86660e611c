import { EventDigest } from '../../observe/digest.ts';
import type { Reading } from '../../observe/metric.ts';
import { type Criterion, criterionOf } from '../compare/pareto.ts';
import type { Metric } from '../metric.ts';
import { joinReadings } from '../summarize.ts';
import type { SweepDesign } from './design.ts';
import { sweepPoints } from './design.ts';

/** What one run of a sweep gave. Runs of a point follow each other, in order of the seeds. */
type RunOutcome =
  | {
      readonly index: number;
      readonly status: 'done';
      readonly digest: string;
      readonly metrics: Readonly<Record<string, { readonly value: number | null; readonly unit: string }>>;
    }
  | { readonly index: number; readonly status: 'failed'; readonly error: string };

/** One point of a sweep with what its runs gave. */
export interface SweptPoint {
  /** Place among the points that are run, from 0. */
  readonly point: number;
  /** In the order of the factors, as the document writes them. */
  readonly values: readonly string[];
  readonly done: number;
  readonly failed: number;
  /** Means over the runs that are done, with 95 % intervals where there are two or more. */
  readonly metrics: Readonly<Record<string, Metric>>;
}

/** What a sweep found. */
export interface SweepResults {
  readonly name: string;
  readonly version: string;
  readonly sweepId: string;
  readonly scenario: object;
  readonly overlays: readonly string[];
  readonly design: SweepDesign;
  readonly seeds: readonly number[];
  readonly runs: number;
  readonly done: number;
  readonly failures: readonly {
    readonly index: number;
    readonly point: number;
    readonly seed: number;
    readonly error: string;
  }[];
  /** Of all runs in order of their indices; null while any is missing or has failed. */
  readonly digest: string | null;
  readonly points: readonly SweptPoint[];
}

/** What of a sweep is known before its runs are. */
export type SweepFacts = Pick<
  SweepResults,
  'name' | 'version' | 'sweepId' | 'scenario' | 'overlays' | 'design' | 'seeds' | 'runs'
>;

/**
 * Joins the runs of a sweep by points.
 *
 * @param places of the points within the design, in order
 */
export function joinPoints(
  facts: SweepFacts,
  places: readonly number[],
  outcomes: ReadonlyMap<number, RunOutcome>,
): SweepResults {
  const { seeds, runs } = facts;
  const design = sweepPoints(facts.design);
  const failures: SweepResults['failures'][number][] = [];
  const digests: string[] = [];
  const points = places.map((place, point): SweptPoint => {
    const done: Extract<RunOutcome, { status: 'done' }>[] = [];
    let failed = 0;
    for (const [r, seed] of seeds.entries()) {
      const outcome = outcomes.get(point * seeds.length + r);
      if (outcome?.status === 'done') {
        done.push(outcome);
        digests.push(outcome.digest);
      } else if (outcome !== undefined) {
        failed += 1;
        failures.push({ index: outcome.index, point, seed, error: outcome.error });
      }
    }
    const readings = done.map(({ metrics }) => Object.entries(metrics) as [string, Reading][]);
    const { values } = design.at(place);
    return { point, values, done: done.length, failed, metrics: joinReadings(readings) };
  });
  const isWhole = digests.length === runs && runs > 0;
  return {
    ...facts,
    done: digests.length,
    failures,
    digest: isWhole ? EventDigest.ofDigests(digests) : null,
    points,
  };
}

/** Metrics that are looked at where nobody names any, as far as they differ between points. */
const USUAL = [
  'cost.perMonth',
  'wait.mean',
  'wait.p95',
  'completion.mean',
  'slo.attained',
  'deadline.met',
  'jobs.rejected',
  'gpu.utilized.mean',
  'gpu.allocated.mean',
  'gpu.allocated.end',
  'energy.gpu',
  'jobs.completed',
];

/** The usual metrics that some points have and in which they differ, the first `most` of them. */
export function tellingMetrics(points: readonly SweptPoint[], most: number): readonly string[] {
  const differ = USUAL.filter((name) => {
    const values = new Set(points.flatMap(({ metrics }) => metrics[name]?.value ?? []));
    return values.size > 1;
  });
  const there = USUAL.filter((name) => points.some(({ metrics }) => metrics[name]?.value != null));
  return (differ.length > 0 ? differ : there).slice(0, most);
}

/** Metrics that have a better and a worse, with `metric:higher` or `metric:lower` where somebody says so. */
export function criteriaOf(texts: readonly string[]): readonly Criterion[] {
  return texts.flatMap((text) => criterionOf(text) ?? []);
}

/** Points that have the metric and all of their runs, the best first; equals in the order of the design. */
export function ranked(
  points: readonly SweptPoint[],
  { metric, better }: Criterion,
  seeds: number,
): readonly SweptPoint[] {
  const sign = better === 'higher' ? -1 : 1;
  return points
    .filter(({ metrics, done }) => done === seeds && metrics[metric]?.value != null)
    .sort(
      (a, b) =>
        sign * ((a.metrics[metric]?.value as number) - (b.metrics[metric]?.value as number)) ||
        a.point - b.point,
    );
}
