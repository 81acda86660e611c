import type { FleetView } from '../../cluster/fleet.ts';
import type { LiveJob } from '../live-job.ts';
import { OnCardTable } from '../on-card.ts';

/**
 * Speeds of jobs on the GPU models of a pool, as stated for the model or as carried over to the cards of a mode. Leaves
 * out what depends on the place: neighbours on the card, and exchange between GPUs.
 */
export class JobSpeeds {
  readonly #fleet: FleetView;
  readonly #onCard: OnCardTable;
  /** By model: a GPU of the pool; -1: it has none. */
  readonly #gpuOfModel: readonly number[];

  constructor(fleet: FleetView, hosts: readonly number[]) {
    this.#fleet = fleet;
    this.#onCard = new OnCardTable(fleet);
    const gpuOfModel = fleet.modelNames.map(() => -1);
    for (const host of hosts) {
      for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
        const model = fleet.gpuModel[g] as number;
        if (gpuOfModel[model] === -1) gpuOfModel[model] = g;
      }
    }
    this.#gpuOfModel = gpuOfModel;
  }

  /** By model of the fleet; 0: the job cannot run there with all its workers. */
  of({ job, profile, gpus }: LiveJob, gpusOfModel: ArrayLike<number>): number[] {
    return this.#fleet.modelNames.map((name, model) => {
      const gpu = this.#gpuOfModel[model] as number;
      if (gpu < 0 || gpus > (gpusOfModel[model] as number)) return 0;
      if (job.shapes.some(({ accepts }) => accepts !== undefined && accepts[model] !== 1)) return 0;
      if (profile === undefined) return 1;
      return this.#fleet.sharing[gpu] === undefined
        ? (profile.speedByModel[name] ?? 1)
        : this.#onCard.of(profile, gpu).speed;
    });
  }
}
