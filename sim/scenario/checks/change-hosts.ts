import { hostName } from '../host-name.ts';
import { MAX_CHANGED_HOSTS } from '../limits.ts';
import { nameHint } from '../nearest-name.ts';
import { isMapping, type Path, valueAt } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';
import { type HostChoice, HostNames } from '../resolve/host-names.ts';
import type { ChangeDocument } from '../schema/changes.ts';
import { isStated } from './common.ts';
import type { CheckContext } from './context.ts';
import type { Sound } from './sound.ts';

/** The host groups as far as names need them; a group whose name is wrong has none. */
function hostNamesOf({ sound }: Pick<CheckContext, 'sound'>): HostNames {
  return new HostNames(
    // A position that the list leaves out is a group without a name, too.
    [...(sound.fleet?.hosts ?? [])].map((group) => ({ name: group?.name ?? '', count: group?.count ?? 1 })),
  );
}

/** Every name that a change has for its hosts, with its place; those that are wrong by themselves are missing. */
export function namedHosts(
  path: Path,
  { hosts }: Sound<ChangeDocument>,
): readonly { readonly path: Path; readonly name: string }[] {
  if (typeof hosts === 'string') return [{ path: [...path, 'hosts'], name: hosts }];
  const names: readonly (string | undefined)[] = Array.isArray(hosts) ? hosts : [];
  return names.flatMap((name, at) => (name === undefined ? [] : [{ path: [...path, 'hosts', at], name }]));
}

/**
 * Numbers of the groups some of whose hosts a change shares by a mode, whether it says so rightly or not: their GPUs must
 * be known as those of groups with a mode are.
 */
export function groupsToBeShared(context: CheckContext): ReadonlySet<number> {
  const names = hostNamesOf(context);
  const groups = new Set<number>();
  for (const [index, change] of (context.sound.changes ?? []).entries()) {
    const path = ['changes', index];
    if (change === undefined || valueAt(context.document, [...path, 'sharing']) == null) continue;
    for (const { name } of namedHosts(path, change)) {
      const group = names.find(name)?.group;
      if (group !== undefined) groups.add(group);
    }
  }
  return groups;
}

/** Hosts must be there, each once in a change, and not endlessly many in all. */
export function checkChangeHosts(context: CheckContext): readonly Finding[] {
  const { document, sound } = context;
  const isTraced = !isStated(document, ['fleet', 'hosts']);
  if (!isTraced && context.isFaulty(['fleet', 'hosts'])) return [];
  const names = hostNamesOf(context);
  const hints = new Map<string, string>();
  const hintFor = (name: string) => {
    const hint = hints.get(name) ?? nameHint(name, names.groupNames, names.near(name));
    hints.set(name, hint);
    return hint;
  };
  const groups = sound.fleet?.hosts ?? [];
  const countOf = (group: number) => groups[group]?.count ?? 1;
  let changed = 0;
  const findings = (sound.changes ?? []).flatMap((change, index): readonly Finding[] => {
    if (change === undefined) return [];
    const seen = new SeenHosts();
    return namedHosts(['changes', index], change).flatMap(({ path, name }): readonly Finding[] => {
      const choice = isTraced ? undefined : names.find(name);
      if (!isTraced && choice === undefined) {
        const message = `must be a host group or a host of the fleet${exampleOf(groups)}, got ${quoteValue(name)}`;
        return [{ path, message, hint: hintFor(name) }];
      }
      const other = names.clashing(name);
      if (other !== undefined) {
        const message = `is the name of a host group and of a host of group ${quoteValue(other)}`;
        return [{ path, message, hint: 'give one of the groups another name' }];
      }
      changed += choice?.host === null ? countOf(choice.group) : 1;
      if (seen.add(choice ?? name)) return [];
      return [{ path, message: `must be hosts that the list does not have yet, got ${quoteValue(name)}` }];
    });
  });
  if (changed <= MAX_CHANGED_HOSTS) return findings;
  const message = `must change at most ${MAX_CHANGED_HOSTS} hosts in all, got ${changed}`;
  return [...findings, { path: ['changes'], message }];
}

/** The name of a numbered host, where the fleet has one. */
function exampleOf(groups: readonly unknown[]): string {
  for (const group of groups) {
    if (!isMapping(group) || typeof group.name !== 'string' || typeof group.count !== 'number') continue;
    if (group.count > 1) return `, such as ${hostName(group.name, 0, group.count)}`;
  }
  return '';
}

/** What a list has so far. */
class SeenHosts {
  readonly #names = new Set<string>();
  readonly #byGroup = new Map<number, Set<number> | 'all'>();

  /** Whether none of the hosts was there before. */
  add(choice: HostChoice | string): boolean {
    if (typeof choice === 'string') return this.#names.size < this.#names.add(choice).size;
    const { group, host } = choice;
    const known = this.#byGroup.get(group);
    if (host === null || known === 'all') {
      this.#byGroup.set(group, 'all');
      return known === undefined;
    }
    const hosts = known ?? new Set<number>();
    this.#byGroup.set(group, hosts);
    return hosts.size < hosts.add(host).size;
  }
}
