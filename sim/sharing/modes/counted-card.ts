import type { GpuAsk } from '../ask.ts';
import type { CardSpec } from '../card-spec.ts';
import type { Card } from '../mode.ts';
import type { Residents } from '../residents.ts';
import type { Refusal, RefusalRule, Slot } from '../slot.ts';
import { BookedCard } from './booked-card.ts';
import { memoryInUseMib } from './memory-in-use.ts';
import { Places } from './places.ts';

/** How a card that takes a number of tenants admits them, and how fast they run. */
export interface CountedRules {
  /** Places on the card, 1 to 1000. */
  readonly count: number;
  /** What one place is called: `replica`, `session`. */
  readonly word: string;
  /** Rule that refuses when no place is left. */
  readonly full: RefusalRule;
  /** Whether an ask for a whole card gets one place, as where nothing tells a place from a card, or all of them. */
  readonly wholeGets: 'one-place' | 'every-place';
  /**
   * `shared`: nothing is set aside and the sum may go beyond what there is. `reserved`: what is asked for, or used
   * where nothing is asked for, is set aside. `elsewhere`: not in the card's memory.
   */
  readonly memory: 'shared' | 'reserved' | 'elsewhere';
  /** Memory that tenants can allocate together. */
  readonly memoryMib: number;
  /** The mode's own rules, asked first. */
  readonly refuse?: (ask: GpuAsk, places: number) => Refusal | undefined;
  readonly speeds: (residents: Residents, into: Float64Array) => void;
}

/**
 * A card whose places differ in nothing: a tenant takes one, or as many as it asks for compute. Two places give no more
 * of the GPU than one; they only keep others out.
 */
export class CountedCard extends BookedCard {
  readonly #rules: CountedRules;
  readonly #places: Places;
  #reservedMib = 0;

  constructor(spec: CardSpec, rules: CountedRules) {
    super(spec);
    this.#rules = rules;
    this.#places = new Places(rules.count, 1000);
  }

  admit(ask: GpuAsk): Slot | Refusal {
    const { word, count, full, memory, memoryMib, wholeGets, refuse } = this.#rules;
    const { slot } = ask;
    const isWhole = slot.kind === 'whole' && wholeGets === 'every-place';
    if (slot.kind === 'profile' && slot.profile !== word) {
      return {
        refused: 'unknown-profile',
        detail: `the card has places called "${word}" and no "${slot.profile}"`,
      };
    }
    const places = isWhole ? count : slot.kind === 'part' ? this.#places.needed(slot.computeMilli) : 1;
    const own = refuse?.(ask, places);
    if (own !== undefined) return own;
    if (ask.count > 1)
      return { refused: 'one-per-job', detail: `${ask.count} places of one card are wanted` };
    const asked = this.#memoryFor(ask, isWhole);
    const least = memory === 'reserved' ? ask.use.memoryMib : 0;
    if (asked > memoryMib || asked < least) {
      return {
        refused: 'memory-too-large',
        detail: `needs ${Math.max(asked, least)} MiB, ${asked > memoryMib ? `the card gives ${memoryMib}` : `it asks for ${asked}`} MiB`,
      };
    }
    if (this.slots[0]?.profile === 'whole') {
      return { refused: 'held-whole', detail: 'one tenant holds the whole card' };
    }
    if (isWhole && this.slots.length > 0) {
      return {
        refused: 'card-taken',
        detail: `a whole card is wanted and this one has ${this.slots.length} tenants`,
      };
    }
    if (places > this.#places.free) {
      return {
        refused: full,
        detail: `needs ${places} of the ${count} places, ${this.#places.free} are free`,
      };
    }
    const leftMib = memoryMib - this.#reservedMib;
    if (memory === 'reserved' && asked > leftMib) {
      return { refused: 'memory-reserved', detail: `needs ${asked} MiB, ${leftMib} MiB are unreserved` };
    }
    return {
      label: isWhole ? 'whole' : places === 1 ? word : `${word} x${places}`,
      profile: isWhole ? 'whole' : word,
      milli: this.#places.milliOf(places),
      memoryMib: memory === 'reserved' ? asked : 0,
      start: -1,
      size: places,
      domain: 0,
      computeShare: 1,
      bandwidthShare: 1,
    };
  }

  speeds(residents: Residents, into: Float64Array): void {
    this.#rules.speeds(residents, into);
  }

  overflows(residents: Residents): boolean {
    const { memory, memoryMib } = this.#rules;
    return memory === 'shared' && memoryInUseMib(residents, 0) > memoryMib;
  }

  protected emptyTwin(): Card {
    return new CountedCard(this.spec, this.#rules);
  }

  protected hindrance({ size, milli, memoryMib }: Slot): string | undefined {
    if (!this.#places.holds(size, milli)) return `${this.#places.free} places are free`;
    const leftMib = this.#rules.memoryMib - this.#reservedMib;
    return memoryMib > leftMib ? `${leftMib} MiB are unreserved` : undefined;
  }

  protected book({ size, milli, memoryMib }: Slot, sign: 1 | -1): void {
    this.#places.book(size, milli, sign);
    this.#reservedMib += sign * memoryMib;
  }

  #memoryFor({ slot, use }: GpuAsk, isWhole: boolean): number {
    const { memory, memoryMib } = this.#rules;
    if (memory === 'elsewhere') return 0;
    if (isWhole) return memoryMib;
    const asked = slot.kind === 'part' ? slot.memoryMib : 0;
    return memory === 'reserved' && asked === 0 ? use.memoryMib : asked;
  }
}
