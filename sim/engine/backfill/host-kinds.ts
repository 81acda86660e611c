import type { FleetView } from '../../cluster/fleet.ts';
import type { SharedGpu } from '../../sharing/index.ts';

/** Tells hosts apart by the GPU models that they have, and by the ways in which these are shared. */
export class HostKinds {
  readonly #kindOf: Int32Array;
  /** By kind: one GPU index of each sort, as they stand on any host of the kind. */
  readonly #gpus: (readonly number[])[] = [];

  constructor(fleet: FleetView) {
    const numbers = new Map<string, number>();
    const ways = new Map<SharedGpu | undefined, number>();
    const sortOf = (g: number) => {
      const shared = fleet.sharing[g];
      const way = ways.get(shared) ?? ways.size;
      ways.set(shared, way);
      return `${fleet.gpuModel[g]}/${way}`;
    };
    this.#kindOf = Int32Array.from({ length: fleet.hostCount }, (_, host) => {
      const start = fleet.gpuStart[host] as number;
      const sorts = Array.from({ length: fleet.gpusOf(host) }, (__, g) => sortOf(start + g));
      const key = sorts.join(' ');
      let number = numbers.get(key);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(key, number);
        this.#gpus.push([...sorts.keys()].filter((g) => sorts.indexOf(sorts[g] as string) === g));
      }
      return number;
    });
  }

  of(host: number): number {
    return this.#kindOf[host] as number;
  }

  gpus(kind: number): readonly number[] {
    return this.#gpus[kind] as readonly number[];
  }
}
