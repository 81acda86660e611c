import type { MetricUnit } from '../metric.ts';
import { bucketMeans, coarser, type SeriesData } from './series-recorder.ts';

/** The courses of one run by name. */
export type RunSeries = readonly {
  readonly name: string;
  readonly unit: MetricUnit;
  readonly series: SeriesData;
}[];

/** Least, mean and greatest value of a series by bucket; null where there was nothing to measure. */
export interface SeriesBuckets {
  readonly unit: MetricUnit;
  readonly min: readonly (number | null)[];
  readonly mean: readonly (number | null)[];
  readonly max: readonly (number | null)[];
}

/** `series.time`: what changed over time, all in the same buckets. */
export interface TimeSeries {
  readonly bucketSeconds: number;
  /** Where the first bucket begins: the end of the warm-up. */
  readonly startSeconds: number;
  /** Where the last bucket, which may be a short one, ends. */
  readonly endSeconds: number;
  readonly names: Readonly<Record<string, SeriesBuckets>>;
}

/** Digits of a value in a file: more than a chart shows, fewer than a double has. */
const DIGITS = 9;

/**
 * Joins the series of replications bucket by bucket: mean of the means, least of the least and greatest of the greatest
 * of those that lasted as long. Buckets are counted from each run's own start and are those of the longest run.
 * Undefined where no run has any.
 */
export function joinTimeSeries(runs: readonly RunSeries[]): TimeSeries | undefined {
  const all = runs.flat();
  const first = all[0];
  if (first === undefined) return undefined;
  const widthUs = Math.max(...all.map(({ series }) => series.widthUs));
  const names = new Map<string, { unit: MetricUnit; series: SeriesData[] }>();
  for (const { name, unit, series } of all) {
    const found = names.get(name) ?? { unit, series: [] };
    let wide = series;
    while (wide.widthUs < widthUs) wide = coarser(wide);
    found.series.push(wide);
    names.set(name, found);
  }
  return {
    bucketSeconds: widthUs / 1e6,
    startSeconds: first.series.startUs / 1e6,
    endSeconds: Math.max(...all.map(({ series }) => series.endUs)) / 1e6,
    names: Object.fromEntries([...names].map(([name, found]) => [name, joinBuckets(found)])),
  };
}

function joinBuckets({ unit, series }: { unit: MetricUnit; series: readonly SeriesData[] }): SeriesBuckets {
  const buckets = Math.max(...series.map(({ value }) => value.length));
  const means = series.map(bucketMeans);
  const join = (
    of: readonly (readonly (number | null)[])[],
    how: (found: readonly number[]) => number,
  ): (number | null)[] =>
    Array.from({ length: buckets }, (_, b) => {
      const found = of.flatMap((each) => each[b] ?? []);
      return found.length === 0 ? null : Number(how(found).toPrecision(DIGITS));
    });
  return {
    unit,
    min: join(
      series.map(({ min }) => min),
      (found) => Math.min(...found),
    ),
    mean: join(means, (found) => found.reduce((a, b) => a + b, 0) / found.length),
    max: join(
      series.map(({ max }) => max),
      (found) => Math.max(...found),
    ),
  };
}
