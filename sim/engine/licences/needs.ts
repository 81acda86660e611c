import type { FleetView } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import type { TaskShape } from '../../cluster/request.ts';
import { editionNeeded } from '../../licences/index.ts';
import { isRefusal, type SharedGpu, type Slot } from '../../sharing/index.ts';
import type { LicencePoolSetup } from './setup.ts';

/** A licence that somebody needs: of which pool, and for which GPU where these are licensed. */
export interface Need {
  readonly pool: number;
  /** Number of the GPU in the fleet; -1 where the pool licenses virtual machines. */
  readonly gpu: number;
  /** Whether licences of the pool do not hold where it runs. */
  readonly isOutside: boolean;
}

/** Which licences jobs need where they are, or would be. */
export class LicenceNeeds {
  readonly #fleet: FleetView;
  readonly #pools: readonly LicencePoolSetup[];

  constructor(fleet: FleetView, pools: readonly LicencePoolSetup[]) {
    this.#fleet = fleet;
    this.#pools = pools;
  }

  /**
   * The licences that a job needs on these parts: one for each worker, whatever it has of GPUs (LR-1), or one for each
   * GPU that it has a part of.
   */
  of(parts: readonly Part[]): readonly Need[] {
    return parts.flatMap((part) => this.#ofPart(part));
  }

  /** The licence that a tenant of that shape would need on a GPU without others; null: none; undefined: it does not go there. */
  on(gpu: number, host: number, { ask }: TaskShape): Need | null | undefined {
    const shared = this.#fleet.sharing[gpu];
    const card = this.#fleet.cards[gpu];
    if (shared === undefined || card === undefined || ask === undefined) return null;
    const slot = card.admitEmpty(ask);
    return isRefusal(slot) ? undefined : (this.#need(gpu, host, shared, slot, ask) ?? null);
  }

  #ofPart({ shape, host, gpus, grant }: Part): readonly Need[] {
    const { ask } = shape;
    if (ask === undefined) return [];
    const { gpuStart, sharing } = this.#fleet;
    const found: Need[] = [];
    let next = 0;
    for (const index of gpus) {
      const gpu = (gpuStart[host] as number) + index;
      const shared = sharing[gpu];
      if (shared === undefined) continue;
      const need = this.#need(gpu, host, shared, grant[next] as Slot, ask);
      next += ask.count;
      if (need === undefined) continue;
      if (!found.some((other) => other.pool === need.pool && other.gpu === need.gpu)) found.push(need);
    }
    return found;
  }

  #need(
    gpu: number,
    host: number,
    shared: SharedGpu,
    slot: Slot,
    { use }: NonNullable<TaskShape['ask']>,
  ): Need | undefined {
    const edition = editionNeeded(shared, slot, use.workload);
    const covers = (pool: LicencePoolSetup) => pool.covers.includes(edition);
    const holds = (pool: LicencePoolSetup) => pool.holds?.[host] ?? true;
    const here = this.#pools.findIndex((pool) => covers(pool) && holds(pool));
    const pool = here >= 0 ? here : this.#pools.findIndex(covers);
    if (pool < 0) return undefined;
    return { pool, gpu: this.#pools[pool]?.metric === 'gpu' ? gpu : -1, isOutside: here < 0 };
  }
}
