import { nameHint } from '../nearest-name.ts';
import { type Path, valueAt } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';
import { HostLists } from '../resolve/changes.ts';
import { HostNames } from '../resolve/host-names.ts';
import type { HostGroup } from '../types.ts';
import { isStated } from './common.ts';
import type { CheckContext } from './context.ts';

/** The hosts of a stated fleet, as other sections name them: by group or by host, one or several. */
export class StatedHosts {
  readonly names: HostNames;
  readonly lists: HostLists;
  readonly #document: unknown;

  /** @returns undefined where the fleet states no hosts, or faulty ones */
  static of({ document, sound, isFaulty }: CheckContext): StatedHosts | undefined {
    if (!isStated(document, ['fleet', 'hosts']) || isFaulty(['fleet', 'hosts'])) return undefined;
    const groups = (sound.fleet?.hosts ?? []).map((group) => ({
      name: group?.name ?? '',
      count: group?.count ?? 1,
    }));
    return new StatedHosts(document, groups);
  }

  private constructor(document: unknown, groups: readonly Pick<HostGroup, 'name' | 'count'>[]) {
    this.#document = document;
    this.names = new HostNames(groups);
    this.lists = new HostLists(groups as unknown as readonly HostGroup[]);
  }

  /** The hosts that are named at a path. Names that the fleet does not have are added to the findings. */
  at(path: Path, findings: Finding[]): readonly string[] {
    const { names } = this;
    const written = valueAt(this.#document, path);
    const all = typeof written === 'string' ? [written] : Array.isArray(written) ? written : [];
    const found = all.filter((name): name is string => typeof name === 'string');
    for (const [at, name] of found.entries()) {
      if (names.find(name) !== undefined) continue;
      findings.push({
        path: typeof written === 'string' ? path : [...path, at],
        message: `must be a host group or a host of the fleet, got ${quoteValue(name)}`,
        hint: nameHint(name, names.groupNames, names.near(name)),
      });
    }
    return this.lists.of(found.filter((name) => names.find(name) !== undefined));
  }
}
