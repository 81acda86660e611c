import type { Residents } from '../residents.ts';
import { Scratch, waterLevel } from './water-level.ts';

/**
 * Long-run average speeds where processes take exclusive turns with a GPU whose memory does not hold them all. As soon as
 * the working sets of the active residents together are larger than the memory, each turn begins with paging in all of
 * one's own: what was used longest ago goes first, and in a round that is always what is needed next. Within a turn the
 * pages come in while the work goes on, at the pace of those that are in.
 *
 * While all working sets fit together nothing is paged. A resident gives the GPU back as soon as it has nothing to do,
 * so that turns are divided by max-min fairness over busy time.
 *
 * What it leaves out: idle spells too short to be noticed, which keep the GPU from the others; the first page-in after a
 * resident has been idle; page-ins of turns that end early.
 */
export class Turns {
  readonly #turnSec: number;
  readonly #memoryMib: number;
  readonly #pageBytesPerSec: number;
  readonly #needs = new Scratch();

  /** @param pageBytesPerSec rate of paging in, one direction */
  constructor(turnSec: number, memoryMib: number, pageBytesPerSec: number) {
    this.#turnSec = turnSec;
    this.#memoryMib = memoryMib;
    this.#pageBytesPerSec = pageBytesPerSec;
  }

  /** @param into by seat, speeds in [0, 1] */
  speeds(residents: Residents, into: Float64Array): void {
    const { count, active, busy, weight, uses } = residents;
    const needs = this.#needs.for(count);
    let wantedMib = 0;
    for (let seat = 0; seat < count; seat++) {
      if (active[seat] === 1) wantedMib += uses[seat]?.memoryMib ?? 0;
    }
    const allFit = wantedMib <= this.#memoryMib;
    for (let seat = 0; seat < count; seat++) {
      const ownMib = (uses[seat]?.memoryMib ?? 0) / (weight[seat] as number);
      const part = allFit ? 1 : this.usefulPart(ownMib);
      needs[seat] = active[seat] === 1 ? (busy[seat] as number) / part : 0;
    }
    const level = waterLevel(needs, weight, count, 1);
    for (let seat = 0; seat < count; seat++) {
      const need = needs[seat] as number;
      into[seat] = need === 0 ? 0 : Math.min(1, (level * (weight[seat] as number)) / need);
    }
  }

  /**
   * Part of a turn in which work is done, in (0, 1].
   *
   * Paging costs the turn as long as it takes when it takes up to half of the turn. Beyond that, the turn ends before
   * the working set is in: what is done falls with the square of the turn, as the work goes at a pace that grows
   * evenly from nothing.
   */
  usefulPart(pageInMib: number): number {
    const paging = (pageInMib * 1048576) / this.#pageBytesPerSec / this.#turnSec;
    return paging <= 0.5 ? 1 - paging : 1 / (4 * paging);
  }
}
