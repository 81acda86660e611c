import type { GpuAsk } from '../ask.ts';
import type { CardSpec } from '../card-spec.ts';
import type { Card } from '../mode.ts';
import type { Residents } from '../residents.ts';
import type { Refusal, Slot } from '../slot.ts';
import { limitByLink } from '../speed/link.ts';

/** A card that one tenant has for itself: bare metal and passthrough. */
export class WholeCard implements Card {
  readonly spec: CardSpec;
  version = 0;
  readonly slots: Slot[] = [];
  readonly #efficiency: (residents: Residents) => number;

  /** @param efficiency speed of the tenant relative to bare metal, in (0, 1] */
  constructor(spec: CardSpec, efficiency: (residents: Residents) => number) {
    this.spec = spec;
    this.#efficiency = efficiency;
  }

  admit(ask: GpuAsk): Slot | Refusal {
    if (this.slots.length > 0) {
      return { refused: 'held-whole', detail: 'one tenant holds the whole card' };
    }
    return this.admitEmpty(ask);
  }

  admitEmpty({ slot, count, use }: GpuAsk): Slot | Refusal {
    const { memoryMib } = this.spec;
    if (slot.kind === 'profile') {
      return { refused: 'unknown-profile', detail: `the card is not divided and has no "${slot.profile}"` };
    }
    if (count > 1)
      return { refused: 'one-per-job', detail: `${count} parts of an undivided card are wanted` };
    const neededMib = Math.max(use.memoryMib, slot.kind === 'part' ? slot.memoryMib : 0);
    if (neededMib > memoryMib) {
      return { refused: 'memory-too-large', detail: `needs ${neededMib} MiB, the card has ${memoryMib} MiB` };
    }
    return {
      label: 'whole',
      profile: 'whole',
      milli: 1000,
      memoryMib,
      start: -1,
      size: 0,
      domain: 0,
      computeShare: 1,
      bandwidthShare: 1,
    };
  }

  place(slot: Slot): void {
    if (this.slots.length > 0) throw new RangeError('Cannot take a slot: one tenant holds the whole card');
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
    if (residents.count === 0) return;
    into[0] = residents.active[0] === 1 ? this.#efficiency(residents) : 0;
    limitByLink(residents, this.spec.linkBytesPerSec, into);
  }

  strandedMilli(): number {
    return 0;
  }

  /** Never: what does not fit is refused at admission. */
  overflows(): boolean {
    return false;
  }
}
