import { hostName } from '../host-name.ts';

/** What names of hosts are made of. */
interface NamedGroup {
  readonly name: string;
  readonly count: number;
}

/** Hosts that a name stands for, by numbers in the document: all of a group, or one of them. */
export interface HostChoice {
  readonly group: number;
  /** Null: all. */
  readonly host: number | null;
}

/** Finds host groups and single hosts of a fleet by their names. */
export class HostNames {
  readonly #groups: readonly NamedGroup[];
  readonly #groupOf = new Map<string, number>();

  constructor(groups: readonly NamedGroup[]) {
    this.#groups = groups;
    for (const [index, { name }] of groups.entries()) {
      if (!this.#groupOf.has(name)) this.#groupOf.set(name, index);
    }
  }

  /** What the name stands for: a group before a host; undefined where it stands for nothing. */
  find(name: string): HostChoice | undefined {
    const group = this.#groupOf.get(name);
    return group === undefined ? this.#numbered(name) : { group, host: null };
  }

  /** The group that has a host by the name of another group: the name is of both. */
  clashing(name: string): string | undefined {
    const numbered = this.#groupOf.has(name) ? this.#numbered(name) : undefined;
    return numbered === undefined ? undefined : this.#groups[numbered.group]?.name;
  }

  /** Names among which a misspelt one may be sought: groups, and of each group the host of that number or the last. */
  near(name: string): readonly string[] {
    const number = Number(/-(\d{1,9})$/.exec(name)?.[1] ?? Number.NaN);
    const hosts = Number.isNaN(number)
      ? []
      : this.#groups.map((group) => hostName(group.name, Math.min(number, group.count - 1), group.count));
    return [...this.#groupOf.keys(), ...hosts];
  }

  get groupNames(): readonly string[] {
    return [...this.#groupOf.keys()];
  }

  #numbered(name: string): HostChoice | undefined {
    const match = /^(.+)-(\d{1,9})$/.exec(name);
    const group = this.#groupOf.get(match?.[1] ?? '');
    const host = Number(match?.[2]);
    if (group === undefined) return undefined;
    const { name: groupName, count } = this.#groups[group] as NamedGroup;
    if (count === 1 || host >= count || hostName(groupName, host, count) !== name) return undefined;
    return { group, host };
  }
}
