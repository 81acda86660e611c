import type { FleetView } from '../cluster/fleet.ts';
import { useOn } from '../sharing/index.ts';
import type { WorkProfile } from '../workload/task.ts';
import type { OnCard } from './residency.ts';

/** What work profiles are on the fleet's GPU models: answered once for each pair. */
export class OnCardTable {
  readonly #fleet: FleetView;
  readonly #known = new Map<WorkProfile, (OnCard | undefined)[]>();

  constructor(fleet: FleetView) {
    this.#fleet = fleet;
  }

  /** @param gpu GPU number of the fleet, of a card shared by a mode */
  of(profile: WorkProfile, gpu: number): OnCard {
    const model = this.#fleet.gpuModel[gpu] as number;
    let byModel = this.#known.get(profile);
    if (byModel === undefined) {
      byModel = [];
      this.#known.set(profile, byModel);
    }
    let answer = byModel[model];
    if (answer === undefined) {
      const name = this.#fleet.modelNames[model] as string;
      const card = this.#fleet.sharing[gpu]?.spec.catalogue ?? null;
      // Stated by the fleet's name of the model, or by the catalogue's.
      const stated = profile.speedByModel[name] ?? profile.speedByModel[card?.id ?? name];
      answer = useOn(profile.use, profile.reference, card, stated);
      byModel[model] = answer;
    }
    return answer;
  }
}
