import type { Residents } from '../../residents.ts';
import type { Slot } from '../../slot.ts';
import { ALL_DOMAINS, maxMinShares } from '../../speed/max-min.ts';
import { Scratch, waterLevel } from '../../speed/water-level.ts';
import type { TurnHolders } from './turns.ts';

/** How much of bare metal's speed is left, each > 0. Values above 1 count as 1: nothing runs faster than on bare metal. */
export interface TurnEfficiency {
  /** One tenant that has all the time it can use. */
  readonly lone: number;
  /** The same where a person waits for frames. */
  readonly loneInteractive: number;
  /** All tenants together while turns change hands. */
  readonly aggregate: number;
}

/**
 * Speeds where tenants have a GPU in turn. Both efficiencies are relative to bare metal, so the time left while turns
 * change hands is aggregate / lone: saturated tenants add up to `aggregate`, and one that gets all it can use runs as
 * fast as alone. Under the strict schedulers the turns of idle or empty places are switched to as well, so the loss
 * depends on who runs and not on who works: a neighbour's work never changes a tenant's speed.
 */
export class TurnSpeeds {
  readonly #holders: TurnHolders;
  /** By whether a person waits for frames: 0 = no. */
  readonly #alone: Float64Array;
  readonly #shared: number;
  readonly #placesOf: (slot: Slot) => number;
  readonly #needs = new Scratch();
  readonly #evenly = new Scratch();

  /** @param placesOf equal turns that the card is divided into for a slot's kind, >= 1; asked where `places` hold turns */
  constructor(holders: TurnHolders, efficiency: TurnEfficiency, placesOf: (slot: Slot) => number) {
    this.#holders = holders;
    const lone = Math.min(1, efficiency.lone);
    this.#alone = Float64Array.of(lone, Math.min(1, efficiency.loneInteractive));
    this.#shared = Math.min(1, efficiency.aggregate / lone);
    this.#placesOf = placesOf;
  }

  /** Speeds by seat relative to bare metal, the link aside. O(residents), a few passes; no allocation. */
  speeds(residents: Residents, into: Float64Array): void {
    const { count, busy, interactive } = residents;
    this.#shares(residents, into);
    const alone = this.#alone;
    for (let seat = 0; seat < count; seat++) {
      const full = alone[interactive[seat] as number] as number;
      into[seat] = Math.min(1, (into[seat] as number) / (busy[seat] as number)) * full;
    }
  }

  #shares(residents: Residents, into: Float64Array): void {
    const { count, active, activeCount, busy, slots } = residents;
    if (this.#holders === 'active') {
      const capacity = activeCount > 1 ? this.#shared : 1;
      if (residents.heavyCount === 0) {
        maxMinShares(residents, ALL_DOMAINS, capacity, into);
        return;
      }
      // A machine has its turns whatever number of processes it runs, so their weights do not serve.
      const needs = this.#needs.for(count);
      for (let seat = 0; seat < count; seat++) needs[seat] = active[seat] === 1 ? (busy[seat] as number) : 0;
      const weights = this.#evenly.for(count).fill(1);
      const level = waterLevel(needs, weights, count, capacity);
      for (let seat = 0; seat < count; seat++) into[seat] = Math.min(level, needs[seat] as number);
      return;
    }
    for (let seat = 0; seat < count; seat++) {
      const turns = this.#holders === 'running' ? count : this.#placesOf(slots[seat]!);
      const share = (turns > 1 ? this.#shared : 1) / turns;
      into[seat] = active[seat] === 1 ? Math.min(share, busy[seat] as number) : 0;
    }
  }
}
