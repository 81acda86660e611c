import type { GpuAsk } from '../../ask.ts';
import type { CardSpec } from '../../card-spec.ts';
import type { Card } from '../../mode.ts';
import type { Residents } from '../../residents.ts';
import type { Refusal, Slot } from '../../slot.ts';
import { limitByLink } from '../../speed/link.ts';

/** How a card is split into virtual functions, all alike. */
export interface VfLayout {
  readonly vfs: number;
  /** Frame buffer of each. */
  readonly memoryMib: number;
  /** Whether each has compute units of its own instead of turns on all of them. */
  readonly isSpatial: boolean;
}

/** A GPU that is split into a fixed number of virtual functions. */
export class VfCard implements Card {
  readonly spec: CardSpec;
  version = 0;
  readonly slots: Slot[] = [];
  readonly #layout: VfLayout;
  readonly #speeds: (residents: Residents, into: Float64Array) => void;

  /** @param speeds by seat relative to bare metal, the link aside */
  constructor(spec: CardSpec, layout: VfLayout, speeds: (residents: Residents, into: Float64Array) => void) {
    this.spec = spec;
    this.#layout = layout;
    this.#speeds = speeds;
  }

  admit(ask: GpuAsk): Slot | Refusal {
    const { vfs } = this.#layout;
    if (ask.slot.kind === 'whole' && vfs > 1 && this.slots.length > 0) {
      return {
        refused: 'vf-fixed-while-used',
        detail: `a whole card is wanted, it is split into ${vfs} virtual functions and ${this.slots.length} are in use`,
      };
    }
    const answer = this.admitEmpty(ask);
    if ('refused' in answer) return answer;
    if (this.slots.length === vfs)
      return { refused: 'vf-none-free', detail: `all ${vfs} virtual functions are in use` };
    return this.#slot(this.#lowestFree());
  }

  admitEmpty({ slot, use, count }: GpuAsk): Slot | Refusal {
    const { vfs, memoryMib } = this.#layout;
    if (slot.kind === 'profile' && slot.profile.toUpperCase() !== 'VF') {
      return {
        refused: 'unknown-profile',
        detail: `the card has ${vfs} equal virtual functions and no "${slot.profile}"`,
      };
    }
    if (count > 1) {
      return { refused: 'one-per-job', detail: `${count} virtual functions of one card are wanted` };
    }
    const milli = this.#milli();
    if ((slot.kind === 'whole' && vfs > 1) || (slot.kind === 'part' && slot.computeMilli > milli)) {
      const wanted = slot.kind === 'whole' ? 1000 : slot.computeMilli;
      return {
        refused: 'no-profile-large-enough',
        detail: `${wanted} thousandths of the card are wanted, a virtual function has ${milli}`,
      };
    }
    const needMib = Math.max(use.memoryMib, slot.kind === 'part' ? slot.memoryMib : 0);
    if (needMib > memoryMib) {
      return {
        refused: 'vf-memory',
        detail: `needs ${needMib} MiB, a virtual function has ${memoryMib} MiB`,
      };
    }
    return this.#slot(0);
  }

  #milli(): number {
    return Math.floor(1000 / this.#layout.vfs);
  }

  #lowestFree(): number {
    let number = 0;
    while (this.slots.some((slot) => slot.start === number)) number += 1;
    return number;
  }

  #slot(number: number): Slot {
    const { vfs, memoryMib, isSpatial } = this.#layout;
    return {
      label: `VF ${number}`,
      profile: 'VF',
      milli: this.#milli(),
      memoryMib,
      start: number,
      size: 1,
      domain: isSpatial ? number : 0,
      computeShare: isSpatial ? 1 / vfs : 1,
      // One pool of memory for all partitions (NPS1): its bandwidth belongs to nobody.
      bandwidthShare: 1,
    };
  }

  place(slot: Slot): void {
    const { start } = slot;
    if (!(start >= 0 && start < this.#layout.vfs) || this.slots.some((each) => each.start === start)) {
      throw new RangeError(`Cannot take slot ${slot.label}: it is not free`);
    }
    this.slots.push(slot);
    this.version += 1;
  }

  release(slot: Slot): void {
    const at = this.slots.indexOf(slot);
    if (at < 0) throw new RangeError(`Cannot release slot ${slot.label}: it is not taken`);
    this.slots.splice(at, 1);
    this.version += 1;
  }

  speeds(residents: Residents, into: Float64Array): void {
    this.#speeds(residents, into);
    limitByLink(residents, this.spec.linkBytesPerSec, into);
  }

  /** What equal parts leave over. */
  strandedMilli(): number {
    return 1000 - this.#layout.vfs * this.#milli();
  }

  /** Never: memory is split when the functions are made, and a use that one cannot hold is refused at admission. */
  overflows(): boolean {
    return false;
  }
}
