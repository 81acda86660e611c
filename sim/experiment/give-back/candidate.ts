import { formatPath, type Path } from '../../scenario/path.ts';
import type { HostGroup, Policy, Pool, Scenario } from '../../scenario/types.ts';

/** Changes by path, as `set` of a variant (`whatIf`) takes them; null takes a key away. */
export type Settings = Readonly<Record<string, unknown>>;

/** One change of the scenario that may give something of a bucket back. */
export interface Candidate {
  /** What is changed, in a few words. */
  readonly text: string;
  readonly set: Settings;
  /** It takes capacity away: it gives something back only if nobody is served worse. */
  readonly takesAway: boolean;
}

/** Something of which there may be fewer: as few are sought as serve everybody as well. */
export interface Ladder {
  /** How many there are now. */
  readonly from: number;
  /** The fewest that make sense. */
  readonly least: number;
  at(count: number): Candidate;
}

export const change = (text: string, set: Settings): Candidate => ({ text, set, takesAway: false });

/** One setting at a path of keys, names and positions. */
export const at = (path: Path, value: unknown): Settings => ({ [formatPath(path)]: value });

/** Host groups that are changed one by one: those with most GPUs. */
const MOST_GROUPS = 6;

export const gpusOf = ({ count, gpus }: HostGroup): number =>
  count * gpus.reduce((sum, each) => sum + each.count, 0);

/** Host groups with GPUs that are changed one by one, in the order of the fleet; none of a fleet from a trace. */
export function changedGroups({ fleet }: Scenario): readonly HostGroup[] {
  const groups = statedGroups(fleet);
  const largest = [...groups].sort((a, b) => gpusOf(b) - gpusOf(a)).slice(0, MOST_GROUPS);
  return groups.filter((group) => largest.includes(group));
}

/** All host groups with GPUs. */
export function statedGroups(fleet: Scenario['fleet']): readonly HostGroup[] {
  return fleet.kind === 'hosts' ? fleet.groups.filter((group) => gpusOf(group) > 0) : [];
}

/** The same change on each host group, and on all together where there are several. */
export function byGroup(
  groups: readonly HostGroup[],
  all: readonly HostGroup[],
  text: (hosts: string) => string,
  settings: (group: HostGroup) => Settings | undefined,
): readonly Candidate[] {
  const single = groups.flatMap((group) => {
    const set = settings(group);
    return set === undefined ? [] : [change(text(group.name), set)];
  });
  const together = all.flatMap((group) => settings(group) ?? []);
  if (together.length < 2) return single;
  return [...single, change(text('all hosts'), Object.assign({}, ...together))];
}

/** The rules of each queue, and where they are stated. */
export function queuesOf({ policy }: Scenario): readonly {
  readonly path: Path;
  /** `` of the pool of all other hosts, ` in pool batch`. */
  readonly where: string;
  readonly rules: Policy | Pool;
}[] {
  return [
    { path: ['policy'], where: '', rules: policy },
    ...policy.pools.map((rules) => ({
      path: ['policy', 'pools', rules.name],
      where: ` in pool ${rules.name}`,
      rules,
    })),
  ];
}
