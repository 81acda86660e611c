import type { CanonicalChange } from '../canonical/changes.ts';
import { hostName } from '../host-name.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import type { Change, Fleet, HostGroup } from '../types.ts';
import { type HostChoice, HostNames } from './host-names.ts';
import { resolveSharing } from './sharing.ts';

/** Planned changes in numbers. Hosts of a trace are named as written, one after another: the caller knows their order. */
export function resolveChanges(changes: readonly CanonicalChange[], fleet: Fleet): readonly Change[] {
  const nameList = fleet.kind === 'hosts' ? new HostLists(fleet.groups) : undefined;
  return changes.map(({ at, hosts, sharing, path, closed, running, migrate }) => ({
    atUs: readValid(durationQuantity, at),
    hosts: nameList === undefined ? hosts : nameList.of(hosts),
    sharing: sharing === null ? null : resolveSharing(sharing),
    path,
    closedUs: readValid(durationQuantity, closed),
    running,
    migratePath: migrate,
  }));
}

/**
 * The groups as some of their hosts are from some change on: one for each group and different sharing that a change
 * gives hosts of it, in the order of the changes.
 */
export function changedGroups(
  changes: readonly Pick<CanonicalChange, 'hosts' | 'sharing'>[],
  groups: readonly HostGroup[],
): readonly HostGroup[] {
  const names = new HostNames(groups);
  const changed = new Map<string, HostGroup>();
  for (const { hosts, sharing } of changes) {
    if (sharing === null) continue;
    const config = resolveSharing(sharing);
    const text = JSON.stringify(config);
    for (const { group } of choicesOf(names, hosts)) {
      const key = `${group} ${text}`;
      if (!changed.has(key)) changed.set(key, { ...(groups[group] as HostGroup), sharing: config });
    }
  }
  return [...changed.values()];
}

/** What names found valid stand for. */
export function choicesOf(names: HostNames, hosts: readonly string[]): readonly HostChoice[] {
  return hosts.flatMap((name) => names.find(name) ?? []);
}

/** Writes out which hosts are meant. Equal lists are one, so that a list that repeats costs nothing more. */
export class HostLists {
  readonly #groups: readonly HostGroup[];
  readonly #names: HostNames;
  readonly #known = new Map<string, readonly string[]>();

  constructor(groups: readonly HostGroup[]) {
    this.#groups = groups;
    this.#names = new HostNames(groups);
  }

  /** The hosts in the order of the fleet, each once. */
  of(hosts: readonly string[]): readonly string[] {
    const key = JSON.stringify(hosts);
    const list = this.#known.get(key) ?? this.#listed(hosts);
    this.#known.set(key, list);
    return list;
  }

  #listed(hosts: readonly string[]): readonly string[] {
    const byGroup = new Map<number, Set<number> | 'all'>();
    for (const { group, host } of choicesOf(this.#names, hosts)) {
      const chosen = byGroup.get(group) ?? new Set<number>();
      if (host === null) byGroup.set(group, 'all');
      else if (chosen !== 'all') byGroup.set(group, chosen.add(host));
    }
    return [...byGroup]
      .sort(([a], [b]) => a - b)
      .flatMap(([index, chosen]) => {
        const { name, count } = this.#groups[index] as HostGroup;
        const numbers =
          chosen === 'all' ? Array.from({ length: count }, (_, i) => i) : [...chosen].sort((a, b) => a - b);
        return numbers.map((number) => hostName(name, number, count));
      });
  }
}
