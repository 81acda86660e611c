import { isMapping } from '../../scenario/path.ts';
import { GROUP_KINDS, type GroupReadings } from '../groups.ts';
import type { Groups } from '../join-groups.ts';
import { isMetric, sampleOf } from './mean-samples.ts';

type KeptGroups = Readonly<Record<string, Groups | undefined>>;

/** Whether groups as a result keeps them can be read; a result without any has none to read. */
export function areGroups(value: unknown): value is KeptGroups | undefined {
  if (value === undefined) return true;
  return (
    isMapping(value) &&
    Object.values(value).every(
      (groups) =>
        groups === undefined ||
        (isMapping(groups) &&
          Object.values(groups).every(
            (metrics) => isMapping(metrics) && Object.values(metrics).every(isMetric),
          )),
    )
  );
}

/** Readings of all groups of a result in the replication `at` of `count`: samples of their means and intervals. */
export function groupsIn(groups: KeptGroups | undefined, at: number, count: number): GroupReadings {
  return Object.fromEntries(
    GROUP_KINDS.map((kind) => [
      kind,
      Object.entries(groups?.[kind] ?? {}).map(([name, metrics]) => ({
        name,
        readings: Object.entries(metrics).map(
          ([metric, summary]) => [metric, sampleOf(summary, at, count)] as const,
        ),
      })),
    ]),
  ) as unknown as GroupReadings;
}
