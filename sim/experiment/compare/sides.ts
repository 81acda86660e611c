import type { MetricUnit, Reading } from '../../observe/metric.ts';
import type { Metric } from '../metric.ts';
import type { Replication } from '../replicate.ts';
import type { RunResult } from '../result.ts';
import type { Exactness } from './exactness.ts';
import { areGroups, groupsIn } from './group-samples.ts';
import type { ReplicationValues } from './kept.ts';
import { isMetric, isValue, sampleOf } from './mean-samples.ts';

/** One of the things that are compared. */
export interface ComparedSide extends Exactness {
  readonly name: string;
  /** Where it comes from: a file, or a variant of one. */
  readonly source: string;
  readonly description: string;
  /** Its canonical document. */
  readonly document: unknown;
  readonly replications: readonly Replication[];
  readonly notes: readonly string[];
}

type ReadResult =
  | ({ readonly ok: true; readonly replications: readonly Replication[] } & Exactness)
  | { readonly ok: false; readonly message: string };

/**
 * The replications of a result that was read from a file, as far as it has them. What it keeps by mean and interval alone
 * (all of it without single replications, and its groups) becomes a sample of that mean and spread, which is all that
 * Welch's test looks at.
 */
export function replicationsOf(
  result: RunResult & { readonly replications?: readonly ReplicationValues[] },
): ReadResult {
  const { seeds, metrics, replications, groups } = result;
  const isSound =
    Array.isArray(seeds) &&
    seeds.length > 0 &&
    seeds.every(Number.isSafeInteger) &&
    new Set(seeds).size === seeds.length &&
    typeof metrics === 'object' &&
    metrics !== null &&
    Object.values(metrics).every(isMetric);
  if (!isSound) return { ok: false, message: 'has no seeds and metrics as a result of slicewise has them' };
  if (!areGroups(groups)) return { ok: false, message: 'has groups that no result of slicewise has' };
  const count = seeds.length;
  const isOne = count === 1;
  const read = (readingsAt: (at: number) => Replication['readings'], isExact: boolean): ReadResult => ({
    ok: true,
    isExact,
    hasExactGroups: isOne,
    replications: seeds.map((seed, at) => bare(seed, readingsAt(at), groupsIn(groups, at, count))),
  });
  if (isOne || replications === undefined) {
    const all = Object.entries(metrics);
    return read((at) => all.map(([name, metric]) => [name, sampleOf(metric, at, count)]), isOne);
  }
  const fits =
    Array.isArray(replications) &&
    replications.length === count &&
    replications.every(
      (each, i) =>
        each?.seed === seeds[i] &&
        typeof each.metrics === 'object' &&
        each.metrics !== null &&
        Object.entries(each.metrics).every(([name, value]) => metrics[name] !== undefined && isValue(value)),
    );
  if (!fits) return { ok: false, message: 'has replications that do not fit its seeds and metrics' };
  return read(
    (at) =>
      Object.entries((replications[at] as ReplicationValues).metrics).map(([name, value]) => [
        name,
        { value, unit: unitOf(metrics, name) },
      ]),
    true,
  );
}

const unitOf = (metrics: Readonly<Record<string, Metric>>, name: string) => metrics[name]?.unit as MetricUnit;

function bare(
  seed: number,
  readings: readonly (readonly [string, Reading])[],
  groups: Replication['groups'],
): Replication {
  return {
    seed,
    digest: '',
    readings,
    groups,
    byGpuModel: [],
    fill: undefined,
    statistics: undefined,
    rejectedFor: [],
    waitedFor: [],
    waited: [],
    withoutEffect: [],
  };
}
