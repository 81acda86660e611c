import type { Reading } from '../observe/metric.ts';
import { GROUP_KINDS, type GroupKind, type GroupReadings, OTHERS, sumOf } from './groups.ts';
import type { Metric } from './metric.ts';

type ReadingList = readonly (readonly [string, Reading])[];
type Join = (all: readonly ReadingList[]) => Record<string, Metric>;

/** Metrics of groups by name. */
export type Groups = Readonly<Record<string, Readonly<Record<string, Metric>>>>;

/**
 * Joins the groups of replications. Where they are not about the same groups, those with the most GPU-hours over all of
 * them are told, as many as the longest list has; what the others come to is added to theirs.
 *
 * @param join metrics of one group over the replications that have it
 */
export function joinGroups(
  all: readonly GroupReadings[],
  join: Join,
): Readonly<Partial<Record<GroupKind, Groups>>> {
  const found: [GroupKind, Groups][] = [];
  for (const kind of GROUP_KINDS) {
    const runs = all.map((groups) => groups[kind]);
    if (runs.some((groups) => groups.length > 0)) found.push([kind, joinKind(runs, join)]);
  }
  return Object.fromEntries(found);
}

function joinKind(runs: readonly GroupReadings[GroupKind][], join: Join): Groups {
  const hours = new Map<string, number>();
  for (const groups of runs) {
    for (const { name, readings } of groups) {
      if (name === OTHERS) continue;
      const own = readings.find(([metric]) => metric === 'gpu.hours')?.[1].value ?? 0;
      hours.set(name, (hours.get(name) ?? 0) + own);
    }
  }
  const most = Math.max(...runs.map((groups) => groups.filter(({ name }) => name !== OTHERS).length));
  const kept =
    hours.size <= most
      ? new Set(hours.keys())
      : new Set(
          [...hours]
            .map(([name, own], order) => ({ name, own, order }))
            .sort((a, b) => b.own - a.own || a.order - b.order)
            .slice(0, most)
            .map(({ name }) => name),
        );
  const joined: Record<string, Readonly<Record<string, Metric>>> = {};
  for (const name of hours.keys()) {
    if (!kept.has(name)) continue;
    joined[name] = join(
      runs.flatMap((groups) => groups.filter((each) => each.name === name).map(({ readings }) => readings)),
    );
  }
  const rest = runs.map((groups) => groups.filter(({ name }) => !kept.has(name)));
  if (rest.some((groups) => groups.length > 0)) {
    joined[OTHERS] = join(
      rest.map((groups) => sumOf(groups.map(({ name, readings }) => [name, new Map(readings)] as const))),
    );
  }
  return joined;
}
