import type { WorkloadClass } from '../ask.ts';
import type { Residents } from '../residents.ts';
import { Scratch, waterLevel } from './water-level.ts';

/**
 * Speeds of residents whose kernels run side by side. A resident is as fast as the tightest of four bounds lets it be:
 * its own ceiling of compute; the slowdown `1 + c x (busy time of the others)`, with one constant c for each class of
 * work; its max-min fair part of the compute; its max-min fair part of the memory bandwidth.
 *
 * The parts are taken as if nobody were slowed down by the slowdown itself. So a newcomer can never make anybody faster,
 * at the price of a little work that the card could have done.
 *
 * What it leaves out: who interferes (a bandwidth hog costs as much as a compute hog of the same busy time), and that
 * the weaker of two unlike partners loses more (MP-8).
 */
export class Interference {
  readonly #constants: Readonly<Record<WorkloadClass, number>>;
  readonly #compute = new Scratch();
  readonly #bandwidth = new Scratch();

  /** @param constants slowdown for each fully busy neighbour, >= 0, by class of the one who is slowed down */
  constructor(constants: Readonly<Record<WorkloadClass, number>>) {
    this.#constants = constants;
  }

  /**
   * @param residents each with its ceiling of compute in `slot.computeShare`
   * @param into by seat, speeds in [0, 1]
   */
  speeds(residents: Residents, into: Float64Array): void {
    const { count, active, busy, compute, bandwidth, computeShare, weight, uses } = residents;
    const computeNeeds = this.#compute.for(count);
    const bandwidthNeeds = this.#bandwidth.for(count);
    let activity = 0;
    for (let seat = 0; seat < count; seat++) {
      const isActive = active[seat] === 1;
      if (isActive) activity += busy[seat] as number;
      const own = compute[seat] as number;
      const ceiling = Math.min(1, (computeShare[seat] as number) / own);
      into[seat] = isActive ? ceiling : 0;
      computeNeeds[seat] = isActive ? own * ceiling : 0;
      bandwidthNeeds[seat] = isActive ? (bandwidth[seat] as number) * ceiling : 0;
    }
    const computeLevel = waterLevel(computeNeeds, weight, count, 1);
    const bandwidthLevel = waterLevel(bandwidthNeeds, weight, count, 1);
    for (let seat = 0; seat < count; seat++) {
      if (active[seat] !== 1) continue;
      const others = Math.max(0, activity - (busy[seat] as number));
      const constant = this.#constants[uses[seat]?.workload ?? 'generic'];
      const parts = weight[seat] as number;
      const byCompute = (computeLevel * parts) / (compute[seat] as number);
      const need = bandwidth[seat] as number;
      const byBandwidth = need === 0 ? 1 : (bandwidthLevel * parts) / need;
      into[seat] = Math.min(into[seat] as number, 1 / (1 + constant * others), byCompute, byBandwidth);
    }
  }
}
