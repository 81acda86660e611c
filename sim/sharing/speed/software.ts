import type { Residents } from '../residents.ts';
import { Scratch, waterLevel } from './water-level.ts';

/**
 * Speeds of work whose GPU part a CPU does `factor` times as fast as the GPU would. The part of the time without GPU
 * work stays as long. Tenants divide the CPU by max-min fairness over what they need of it.
 */
export class SoftwareSpeed {
  readonly #factor: number;
  readonly #needs = new Scratch();

  /** @param factor in (0, 1] */
  constructor(factor: number) {
    this.#factor = factor;
  }

  /** @param into by seat, speeds in [0, 1] */
  speeds(residents: Residents, into: Float64Array): void {
    const { count, active, busy, weight } = residents;
    const needs = this.#needs.for(count);
    for (let seat = 0; seat < count; seat++) {
      const drawing = (busy[seat] as number) / this.#factor;
      needs[seat] = active[seat] === 1 ? drawing / (drawing + 1 - (busy[seat] as number)) : 0;
    }
    const level = waterLevel(needs, weight, count, 1);
    for (let seat = 0; seat < count; seat++) {
      const share = Math.min(needs[seat] as number, level * (weight[seat] as number));
      into[seat] = Math.min(1, (share * this.#factor) / (busy[seat] as number));
    }
  }
}
