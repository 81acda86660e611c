import { studentTQuantile } from '../../kernel/math.ts';
import type { MetricUnit, Reading } from '../../observe/metric.ts';
import type { Metric } from '../metric.ts';
import type { Replication } from '../replicate.ts';
import type { RunResult } from '../result.ts';
import type { ReplicationValues } from './kept.ts';

/** One of the things that are compared. */
export interface ComparedSide {
  readonly name: string;
  /** Where it comes from: a file, or a variant of one. */
  readonly source: string;
  readonly description: string;
  /** Its canonical document. */
  readonly document: unknown;
  readonly replications: readonly Replication[];
  /** Whether the replications are those of its seeds, rather than a sample of the same mean and spread. */
  readonly isExact: boolean;
  readonly notes: readonly string[];
}

type ReadResult =
  | { readonly ok: true; readonly replications: readonly Replication[]; readonly isExact: boolean }
  | { readonly ok: false; readonly message: string };

/**
 * The replications of a result that was read from a file, as far as it has them. One without single replications gives
 * a sample for each metric that has the mean and the spread of its interval, which is all that Welch's test looks at.
 */
export function replicationsOf(
  result: RunResult & { readonly replications?: readonly ReplicationValues[] },
): ReadResult {
  const { seeds, metrics, replications } = result;
  const isSound =
    Array.isArray(seeds) &&
    seeds.length > 0 &&
    seeds.every(Number.isSafeInteger) &&
    new Set(seeds).size === seeds.length &&
    typeof metrics === 'object' &&
    metrics !== null &&
    Object.values(metrics).every(isMetric);
  if (!isSound) return { ok: false, message: 'has no seeds and metrics as a result of slicewise has them' };
  if (seeds.length === 1)
    return { ok: true, isExact: true, replications: [ofMeans(seeds[0] as number, metrics)] };
  if (replications === undefined) return { ok: true, isExact: false, replications: standIns(seeds, metrics) };
  const fits =
    Array.isArray(replications) &&
    replications.length === seeds.length &&
    replications.every(
      (each, i) =>
        each?.seed === seeds[i] &&
        typeof each.metrics === 'object' &&
        each.metrics !== null &&
        Object.entries(each.metrics).every(([name, value]) => metrics[name] !== undefined && isValue(value)),
    );
  if (!fits) return { ok: false, message: 'has replications that do not fit its seeds and metrics' };
  return {
    ok: true,
    isExact: true,
    replications: replications.map(({ seed, metrics: values }) =>
      bare(
        seed,
        Object.entries(values as ReplicationValues['metrics']).map(([name, value]) => [
          name,
          { value, unit: unitOf(metrics, name) },
        ]),
      ),
    ),
  };
}

const isValue = (value: unknown) => value === null || Number.isFinite(value);
const unitOf = (metrics: Readonly<Record<string, Metric>>, name: string) => metrics[name]?.unit as MetricUnit;

function isMetric(metric: Metric): boolean {
  return (
    typeof metric === 'object' &&
    metric !== null &&
    isValue(metric.value) &&
    typeof metric.unit === 'string' &&
    Number.isSafeInteger(metric.n) &&
    (metric.ci95 === undefined || (metric.ci95.length === 2 && metric.ci95.every(isValue)))
  );
}

function ofMeans(seed: number, metrics: Readonly<Record<string, Metric>>): Replication {
  return bare(
    seed,
    Object.entries(metrics).map(([name, { value, unit }]) => [name, { value, unit }]),
  );
}

/** Values on both sides of the mean, with the standard deviation that Student's interval was made of. */
function standIns(
  seeds: readonly number[],
  metrics: Readonly<Record<string, Metric>>,
): readonly Replication[] {
  return seeds.map((seed, i) =>
    bare(
      seed,
      Object.entries(metrics).flatMap(([name, { value, unit, ci95, n }]): (readonly [string, Reading])[] => {
        if (i >= n || value === null) return [[name, { value: null, unit }]];
        if (ci95 === undefined || n < 2) return [[name, { value, unit }]];
        const stdDev = ((ci95[1] - ci95[0]) / 2 / studentTQuantile(0.975, n - 1)) * Math.sqrt(n);
        const isMiddle = n % 2 === 1 && i === n - 1;
        const far = isMiddle ? 0 : stdDev * Math.sqrt((n - 1) / (n - (n % 2)));
        return [[name, { value: value + (i % 2 === 0 ? far : -far), unit }]];
      }),
    ),
  );
}

function bare(seed: number, readings: readonly (readonly [string, Reading])[]): Replication {
  return {
    seed,
    digest: '',
    readings,
    byGpuModel: [],
    fill: undefined,
    statistics: undefined,
    rejectedFor: [],
    waitedFor: [],
    waited: [],
    withoutEffect: [],
  };
}
