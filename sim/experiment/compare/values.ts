import type { GroupKind, Observed, RunValues } from '../../objectives/index.ts';
import type { Replication } from '../replicate.ts';
import type { ReplicationValues } from './kept.ts';

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

/** What objectives read of a replication. */
export function runValues(replication: Replication): RunValues {
  const whole = new Map<string, Observed>(replication.readings);
  const parts = new Map<string, ReadonlyMap<string, Observed>>();
  for (const { model, readings } of replication.byGpuModel)
    parts.set(keyOf('model', model), new Map(readings));
  for (const [kind, list] of Object.entries(replication.groups ?? {})) {
    const by = kind === 'gpuModel' ? 'model' : (kind as GroupKind);
    for (const { name, readings } of list) {
      // What both have is the same but for the last digit: results keep the first.
      const known = parts.get(keyOf(by, name)) ?? new Map<string, Observed>();
      parts.set(keyOf(by, name), new Map([...readings, ...known]));
    }
  }
  return {
    seed: replication.seed,
    read: ({ name, group }) =>
      (group === undefined ? whole : parts.get(keyOf(group.by, group.name)))?.get(name),
  };
}

const keyOf = (by: GroupKind, name: string) => `${by}:${name}`;
