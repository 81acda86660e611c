import type { SharingConfig } from '../../sharing/index.ts';
import type { HostChoice } from './host-names.ts';

/** How GPUs are shared: by a mode, by fraction (null), or nobody can say (undefined). */
export type Shared = SharingConfig | null | undefined;

/** A planned change, as far as it says how hosts share their GPUs. */
export interface PlannedSharing {
  readonly atUs: number;
  readonly hosts: readonly HostChoice[];
  /** From then on; null: as before. */
  readonly sharing: Shared;
}

/** A change in its turn. */
export interface ChangeStep {
  /** Number of the change in the list. */
  readonly change: number;
  /** Of each group that it touches, every different way in which the hosts that it changes shared their GPUs until then. */
  readonly before: ReadonlyMap<number, ReadonlySet<Shared>>;
}

/**
 * Goes through planned changes in the order of their times, those of one time in the order of the list. A change counts
 * as made when the next one begins.
 *
 * @param groups how each shares its GPUs at the start
 */
export function changeSteps(
  groups: readonly { readonly count: number; readonly sharing: Shared }[],
  changes: readonly PlannedSharing[],
): readonly ChangeStep[] {
  const states = groups.map(({ count, sharing }) => new GroupState(count, sharing));
  const inOrder = [...changes.keys()].sort((a, b) => timeOf(changes, a) - timeOf(changes, b));
  return inOrder.map((change) => {
    const { hosts, sharing } = changes[change] as PlannedSharing;
    const before = new Map<number, Set<Shared>>();
    for (const { group, host } of hosts) {
      const known = before.get(group) ?? new Set<Shared>();
      before.set(group, known);
      states[group]?.addTo(known, host);
    }
    if (sharing !== null) for (const { group, host } of hosts) states[group]?.set(host, sharing);
    return { change, before };
  });
}

const timeOf = (changes: readonly PlannedSharing[], change: number) => changes[change]?.atUs ?? 0;

/** How the hosts of one group share their GPUs at a time: as the group, but for some. */
class GroupState {
  readonly #count: number;
  #usual: Shared;
  readonly #others = new Map<number, Shared>();

  constructor(count: number, sharing: Shared) {
    this.#count = count;
    this.#usual = sharing;
  }

  addTo(known: Set<Shared>, host: number | null): void {
    if (host !== null) {
      known.add(this.#others.has(host) ? this.#others.get(host) : this.#usual);
      return;
    }
    if (this.#others.size < this.#count) known.add(this.#usual);
    for (const sharing of this.#others.values()) known.add(sharing);
  }

  set(host: number | null, sharing: Shared): void {
    if (host !== null) {
      this.#others.set(host, sharing);
      return;
    }
    this.#others.clear();
    this.#usual = sharing;
  }
}
