import type { Layout } from './layout.ts';

/** What a job is to those that it shares a host with. Jobs of one class share the object. */
export interface Kin {
  readonly label: string;
  /** Classes that it keeps away from, and that keep away from it where it came first. */
  readonly apartFrom: readonly string[];
  readonly maxOfClassPerHost: number;
}

/**
 * Workers on each host by class, and those that keep away from a class: what rules about neighbours are about. Classes
 * are known by their names; jobs without one have no neighbours and are none.
 */
export class Neighbours {
  readonly #hostCount: number;
  readonly #kin = new Map<string, Map<Layout | undefined, Kin>>();
  /** By class: workers of it by host. */
  readonly #present = new Map<string, Int32Array>();
  /** By class: workers by host that keep away from it. */
  readonly #shunning = new Map<string, Int32Array>();
  readonly #named = new Set<string>();

  constructor(hostCount: number) {
    this.#hostCount = hostCount;
  }

  /** What a job of a class with that layout is to its neighbours; undefined for one that is nothing to anybody. */
  kinOf(label: string, layout: Layout | undefined): Kin | undefined {
    if (label === '' && layout === undefined) return undefined;
    let ofLabel = this.#kin.get(label);
    if (ofLabel === undefined) {
      ofLabel = new Map();
      this.#kin.set(label, ofLabel);
    }
    let kin = ofLabel.get(layout);
    if (kin === undefined) {
      kin = {
        label,
        apartFrom: layout?.apartFrom ?? [],
        maxOfClassPerHost: layout?.maxOfClassPerHost ?? Number.POSITIVE_INFINITY,
      };
      ofLabel.set(layout, kin);
      this.learn(kin);
    }
    return kin;
  }

  /** Makes known which classes a rule names, before anybody who follows it comes. */
  learn({ apartFrom }: Pick<Layout, 'apartFrom'>): void {
    for (const label of apartFrom) this.#named.add(label);
  }

  /** Whether some rule names the class, so that it matters on which hosts its jobs are. */
  isNamed(label: string): boolean {
    return this.#named.has(label);
  }

  join(kin: Kin, host: number): void {
    this.#count(kin, host, 1);
  }

  leave(kin: Kin, host: number): void {
    this.#count(kin, host, -1);
  }

  /** Workers of a class on a host. */
  countOf(label: string, host: number): number {
    return this.#present.get(label)?.[host] ?? 0;
  }

  /**
   * Whether nobody on a host and the newcomer keep away from each other.
   *
   * @param own workers of the newcomer's own job on the host
   */
  getAlong({ label, apartFrom }: Kin, host: number, own: number): boolean {
    let shunning = this.#shunning.get(label)?.[host] ?? 0;
    for (const other of apartFrom) {
      const itself = other === label ? own : 0;
      shunning -= itself;
      if (this.countOf(other, host) > itself) return false;
    }
    return shunning <= 0;
  }

  #count({ label, apartFrom }: Kin, host: number, sign: 1 | -1): void {
    if (label !== '') this.#row(this.#present, label)[host]! += sign;
    for (const other of apartFrom) this.#row(this.#shunning, other)[host]! += sign;
  }

  #row(table: Map<string, Int32Array>, label: string): Int32Array {
    let row = table.get(label);
    if (row === undefined) {
      row = new Int32Array(this.#hostCount);
      table.set(label, row);
    }
    return row;
  }
}
