import type { Refusal } from '../../slot.ts';
import type { CardType } from './card-types.ts';
import type { Offers } from './offers.ts';
import type { Room } from './room.ts';

/** vGPUs of one size on a card whose types allow at least so many. */
export interface SizeLimit {
  readonly sizeMib: number;
  readonly limit: number;
}

/**
 * Equal-size mode (rule R-equal-1): the first vGPU fixes the size for the card until it is empty again; series may mix.
 * Where types of one size allow different counts (compute and graphics types of one old board), the smallest count among
 * the vGPUs on the card holds for all, so that the order of arrival does not decide what fits.
 */
export class EqualSizeRoom implements Room {
  readonly #offers: Offers;
  readonly #taken: CardType[] = [];
  /** The size that newcomers must have, and how many of it the card is kept for; null: whatever the rules allow. */
  only: SizeLimit | null = null;

  constructor(offers: Offers) {
    this.#offers = offers;
  }

  fits(type: CardType, count: number): boolean {
    return this.#isKeptFor(type) && this.#hasRoom(type, count);
  }

  /** The size and the count that the vGPUs on the card allow; null without any. */
  get lock(): SizeLimit | null {
    const first = this.#taken[0];
    return first === undefined ? null : { sizeMib: first.sizeMib, limit: this.#limit(first) };
  }

  #isKeptFor(type: CardType): boolean {
    const { only } = this;
    return only === null || (type.sizeMib === only.sizeMib && type.maxPerGpu >= only.limit);
  }

  #hasRoom(type: CardType, count: number): boolean {
    const first = this.#taken[0];
    if (first !== undefined && first.sizeMib !== type.sizeMib) return false;
    return this.#taken.length + count <= this.#limit(type);
  }

  refusal(type: CardType, count: number): Refusal {
    const first = this.#taken[0];
    if (first !== undefined && first.sizeMib !== type.sizeMib) {
      return {
        refused: 'vgpu-size-lock',
        detail: `${type.name} has ${type.sizeMib} MiB, the card is locked to vGPUs of ${first.sizeMib} MiB`,
      };
    }
    if (!this.#isKeptFor(type)) {
      return {
        refused: 'cut-anew',
        detail: `${type.name} is wanted, the card is kept for vGPUs of ${this.only?.sizeMib} MiB`,
      };
    }
    return {
      refused: 'vgpu-max-count',
      detail: `${count} x ${type.name} wanted, the card has ${this.#taken.length} of ${this.#limit(type)} vGPUs`,
    };
  }

  startFor(): number {
    return -1;
  }

  take(type: CardType, start: number): void {
    if (start !== -1 || !this.#hasRoom(type, 1)) {
      throw new RangeError(`Cannot take a ${type.name}: ${this.refusal(type, 1).detail}`);
    }
    this.#taken.push(type);
  }

  give(type: CardType): void {
    this.#taken.splice(this.#taken.indexOf(type), 1);
  }

  strandedMilli(): number {
    if (this.#taken.length === 0) return 0;
    let free = 1000;
    for (const type of this.#taken) free -= this.#offers.milli(type);
    const size = this.#taken[0]!.sizeMib;
    let most = 0;
    for (const type of this.#offers.types.all) {
      if (type.sizeMib !== size || !this.#isKeptFor(type)) continue;
      most = Math.max(most, (this.#limit(type) - this.#taken.length) * this.#offers.milli(type));
    }
    return free - most;
  }

  #limit(type: CardType): number {
    let limit = type.maxPerGpu;
    for (const each of this.#taken) limit = Math.min(limit, each.maxPerGpu);
    return limit;
  }
}
