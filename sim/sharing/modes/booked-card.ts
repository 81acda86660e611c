import type { GpuAsk, GpuUse } from '../ask.ts';
import type { CardSpec } from '../card-spec.ts';
import type { Card } from '../mode.ts';
import type { Residents } from '../residents.ts';
import type { Refusal, Slot } from '../slot.ts';

/** The list of slots that every card keeps, with the checks that make `place` and `release` exact inverses. */
export abstract class BookedCard implements Card {
  readonly spec: CardSpec;
  version = 0;
  readonly slots: Slot[] = [];
  #empty: Card | undefined;

  constructor(spec: CardSpec) {
    this.spec = spec;
  }

  abstract admit(ask: GpuAsk): Slot | Refusal;
  abstract speeds(residents: Residents, into: Float64Array): void;
  abstract overflows(residents: Residents, use: GpuUse): boolean;
  /** A card like this one without tenants. */
  protected abstract emptyTwin(): Card;
  /** What is in the way of the slot; undefined where nothing is. */
  protected abstract hindrance(slot: Slot): string | undefined;
  /** Counts a slot in (1) or out (-1). */
  protected abstract book(slot: Slot, sign: 1 | -1): void;

  admitEmpty(ask: GpuAsk): Slot | Refusal {
    this.#empty ??= this.emptyTwin();
    return this.#empty.admit(ask);
  }

  place(slot: Slot): void {
    const hindrance = this.slots.includes(slot) ? 'it is taken' : this.hindrance(slot);
    if (hindrance !== undefined) throw new RangeError(`Cannot take slot ${slot.label}: ${hindrance}`);
    this.slots.push(slot);
    this.book(slot, 1);
    this.version += 1;
  }

  release(slot: Slot): void {
    const at = this.slots.indexOf(slot);
    if (at < 0) throw new RangeError(`Cannot release slot ${slot.label}: it is not taken`);
    this.slots.splice(at, 1);
    this.book(slot, -1);
    this.version += 1;
  }

  strandedMilli(): number {
    return 0;
  }
}
