import { type OperationName, sharingMode } from '../../sharing/index.ts';
import { quoteValue } from '../problem.ts';
import type { ChangeStep, Shared } from '../resolve/change-steps.ts';
import { CardTable } from '../resolve/fleet-cards.ts';
import type { GpuGroup, HostGroup } from '../types.ts';

/** The ways by which a change may be made, and jobs moved before it. Undefined: nobody can say. */
export interface Ways {
  /** Names that `path` may have for every GPU of the hosts. */
  readonly change: readonly string[] | undefined;
  /** Names that `migrate` may have for every GPU of the hosts. */
  readonly migrate: readonly string[] | undefined;
  /** Why hosts of the change cannot migrate at all, in words. */
  readonly stay: string | undefined;
}

export const UNKNOWN_WAYS: Ways = { change: undefined, migrate: undefined, stay: undefined };

/** Finds the ways of changes of a fleet whose groups are all sound by themselves. */
export class ChangeWays {
  readonly #groups: readonly HostGroup[];
  readonly #table = new CardTable();

  constructor(groups: readonly HostGroup[]) {
    this.#groups = groups;
  }

  /** @param next how the hosts share their GPUs from the change on; null: as before */
  of({ before }: ChangeStep, next: Shared): Ways {
    const change = new CommonNames();
    const migrate = new CommonNames();
    let stay: string | undefined;
    for (const [index, states] of before) {
      const group = this.#groups[index] as HostGroup;
      for (const now of states) {
        stay ??= this.#whyStay(group, now);
        for (const gpu of group.gpus) {
          migrate.add(this.#names(group, gpu, now, 'migrate'));
          const operation = now?.mode === next?.mode ? 'change-layout' : 'switch-mode';
          // Who does not know the mode before cannot tell one operation from the other.
          change.add(now === undefined ? undefined : this.#names(group, gpu, next, operation));
        }
      }
    }
    return { change: change.names, migrate: migrate.names, stay };
  }

  #whyStay(group: HostGroup, now: Shared): string | undefined {
    const where = `host group ${quoteValue(group.name)}`;
    if (now === undefined) return undefined;
    if (group.gpus.length === 0) return `hosts without GPU have no way to migrate (${where})`;
    if (now === null) return `hosts that share their GPUs by fraction have no way to migrate (${where})`;
    const isStuck = group.gpus.some((gpu) => this.#names(group, gpu, now, 'migrate')?.length === 0);
    if (!isStuck) return undefined;
    return `${sharingMode(now.mode).title} cannot migrate live (${where} at that time)`;
  }

  /** Names of a mode's ways on a GPU; undefined where it cannot share it so. */
  #names(
    group: HostGroup,
    gpu: GpuGroup,
    sharing: Shared,
    operation: OperationName,
  ): readonly string[] | undefined {
    if (sharing == null) return undefined;
    const card = this.#table.of({ ...group, sharing }, gpu);
    if (card === undefined || card.problems.length > 0) return undefined;
    return card.mode
      .operations(card.config, card.spec)
      .filter((each) => each.operation === operation)
      .map(({ path }) => path);
  }
}

/** What several lists of names have in common. */
class CommonNames {
  #common: readonly string[] | undefined;
  #isKnown = true;

  add(names: readonly string[] | undefined): void {
    if (names === undefined) this.#isKnown = false;
    else this.#common = [...new Set((this.#common ?? names).filter((name) => names.includes(name)))];
  }

  /** In the order of the first list; none of no list; undefined where a list is not known. */
  get names(): readonly string[] | undefined {
    return this.#isKnown ? (this.#common ?? []) : undefined;
  }
}
