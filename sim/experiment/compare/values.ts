import type { GroupKind, Observed, RunValues } from '../../objectives/index.ts';
import type { Reading } from '../../observe/metric.ts';
import type { Replication } from '../replicate.ts';

/** Readings of one replication by name, as `result.json` keeps them: units stand with the means. */
export interface ReplicationValues {
  readonly seed: number;
  readonly metrics: Readonly<Record<string, number | null>>;
}

/** Most values that a result keeps of single replications. */
const MOST_VALUES = 200_000;

/** The readings of each of several replications; undefined of one, which the metrics are, and where there are too many. */
export function replicationValues(
  replications: readonly Replication[],
): readonly ReplicationValues[] | undefined {
  const count = replications.reduce((sum, { readings }) => sum + readings.length, 0);
  if (replications.length < 2 || count > MOST_VALUES) return undefined;
  return replications.map(({ seed, readings }) => ({
    seed,
    metrics: Object.fromEntries(readings.map(([name, { value }]) => [name, value])),
  }));
}

type Named = readonly (readonly [string, Reading])[];

/** Readings of parts of a run, by kind and name. */
type GroupReadings = Partial<
  Readonly<Record<string, readonly { readonly name: string; readonly readings: Named }[]>>
>;

/** What objectives read of a replication. */
export function runValues(replication: Replication): RunValues {
  const whole = new Map<string, Observed>(replication.readings);
  const parts = new Map<string, ReadonlyMap<string, Observed>>();
  for (const { model, readings } of replication.byGpuModel)
    parts.set(keyOf('model', model), new Map(readings));
  // Other kinds are there where the run was asked for them.
  const groups = 'groups' in replication ? ((replication.groups as GroupReadings | undefined) ?? {}) : {};
  for (const [kind, list] of Object.entries(groups)) {
    for (const { name, readings } of list ?? []) parts.set(keyOf(kind as GroupKind, name), new Map(readings));
  }
  return {
    seed: replication.seed,
    read: ({ name, group }) =>
      (group === undefined ? whole : parts.get(keyOf(group.by, group.name)))?.get(name),
  };
}

const keyOf = (by: GroupKind, name: string) => `${by}:${name}`;
