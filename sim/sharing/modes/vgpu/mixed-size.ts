import { mixedSizePlacements } from '../../../hardware/vgpu/index.ts';
import type { Refusal } from '../../slot.ts';
import type { CardType } from './card-types.ts';
import type { Offers } from './offers.ts';
import type { Place } from './packings.ts';
import type { Room } from './room.ts';

/** Every place on a card's memory where a vGPU may start, and which of them exclude each other. */
class PlacementTable {
  readonly memoryGib: number;
  /** Sizes in GiB, largest first. */
  readonly sizes: readonly number[];
  /** By place. */
  readonly starts: readonly number[];
  /** By place: index into `sizes`. */
  readonly sizeOf: readonly number[];
  /** By index into `sizes`: its places by ascending start. They never overlap each other. */
  readonly placesOf: readonly (readonly number[])[];
  /** By place: the places that share memory with it, itself included. */
  readonly conflicts: readonly (readonly number[])[];

  constructor(offers: Offers) {
    const { types } = offers;
    this.memoryGib = types.gpu.memoryGib;
    const sizes = new Set(types.all.filter((type) => type.maxMixed > 0).map((type) => type.sizeMib / 1024));
    this.sizes = [...sizes].sort((a, b) => b - a);
    const starts: number[] = [];
    const sizeOf: number[] = [];
    this.placesOf = this.sizes.map((size, s) =>
      mixedSizePlacements(this.memoryGib, size).map((start) => {
        sizeOf.push(s);
        return starts.push(start) - 1;
      }),
    );
    this.starts = starts;
    this.sizeOf = sizeOf;
    const end = (place: number) => starts[place]! + this.sizes[sizeOf[place]!]!;
    const places = starts.map((_, place) => place);
    this.conflicts = places.map((a) => places.filter((b) => starts[a]! < end(b) && starts[b]! < end(a)));
  }
}

const tables = new WeakMap<Offers, PlacementTable>();

/**
 * Mixed-size mode (rules R-mixed-1 to 3): each vGPU holds a stretch of memory that starts at a placement id of its size.
 *
 * Which of several free ids the vendor's manager takes is not published. Here it is the one that costs the largest size
 * the fewest of its free placements, then the next size, and so on; of equals the lowest id. Over all
 * arrivals of three vGPUs on 16, 24 and 80 GiB the largest size left is 98 % of what hindsight could keep (lowest id: 95 %).
 */
export class MixedSizeRoom implements Room {
  readonly #table: PlacementTable;
  /** By place: vGPUs on the card that share memory with it; 0 = free. */
  readonly #taken: Uint16Array;
  /** By index of size: vGPUs on the card. */
  readonly #counts: Uint16Array;
  /** By index of size: free placements lost by a choice, and by the best choice so far. */
  #cost: Int32Array;
  #least: Int32Array;
  /** By place: 1 where newcomers may have it; null: everywhere. */
  #only: Uint8Array | null = null;

  constructor(offers: Offers) {
    let table = tables.get(offers);
    if (table === undefined) {
      table = new PlacementTable(offers);
      tables.set(offers, table);
    }
    this.#table = table;
    this.#taken = new Uint16Array(table.starts.length);
    this.#counts = new Uint16Array(table.sizes.length);
    this.#cost = new Int32Array(table.sizes.length);
    this.#least = new Int32Array(table.sizes.length);
  }

  /** Lets newcomers have these places alone; null: any. */
  keepTo(places: readonly Place[] | null): void {
    if (places === null) {
      this.#only = null;
      return;
    }
    const { starts, sizeOf, sizes } = this.#table;
    this.#only = Uint8Array.from(starts, (start, place) =>
      Number(places.some((each) => each.start === start && each.size === sizes[sizeOf[place]!])),
    );
  }

  /** Whether they fit with no place kept for anybody. */
  couldFit(type: CardType, count: number): boolean {
    const only = this.#only;
    this.#only = null;
    const fits = this.fits(type, count);
    this.#only = only;
    return fits;
  }

  fits(type: CardType, count: number): boolean {
    const size = this.#sizeIndex(type);
    if ((this.#counts[size] as number) + count > type.maxMixed) return false;
    return this.#freePlaces(size) >= count;
  }

  refusal(type: CardType, count: number): Refusal {
    const size = this.#sizeIndex(type);
    const has = this.#counts[size] as number;
    if (has + count > type.maxMixed) {
      return {
        refused: 'vgpu-max-count',
        detail: `${count} x ${type.name} wanted, the card has ${has} of ${type.maxMixed} vGPUs of that size`,
      };
    }
    if (this.couldFit(type, count)) {
      return {
        refused: 'cut-anew',
        detail: `${count} x ${type.name} wanted, the places that are free are kept for other sizes`,
      };
    }
    return {
      refused: 'vgpu-placement',
      detail: `${count} x ${type.name} wanted, ${this.#freePlaces(size)} of its placement ids are free`,
    };
  }

  startFor(type: CardType): number {
    const { placesOf, starts } = this.#table;
    let best = -1;
    for (const place of placesOf[this.#sizeIndex(type)]!) {
      if (!this.#isFree(place)) continue;
      this.#weigh(place);
      if (best >= 0 && !this.#costsLess()) continue;
      best = place;
      [this.#cost, this.#least] = [this.#least, this.#cost];
    }
    return starts[best]!;
  }

  take(type: CardType, start: number): void {
    const place = this.#placeAt(type, start);
    const size = this.#sizeIndex(type);
    if (place === undefined || this.#taken[place] !== 0 || (this.#counts[size] as number) >= type.maxMixed) {
      throw new RangeError(`Cannot take a ${type.name} at ${start} GiB: there is no room for it`);
    }
    this.#counts[size]! += 1;
    for (const each of this.#table.conflicts[place]!) this.#taken[each]! += 1;
  }

  give(type: CardType, start: number): void {
    this.#counts[this.#sizeIndex(type)]! -= 1;
    for (const each of this.#table.conflicts[this.#placeAt(type, start)!]!) this.#taken[each]! -= 1;
  }

  /** A GiB is of use if some free placement covers it. */
  strandedMilli(): number {
    const { memoryGib, starts, sizeOf, sizes } = this.#table;
    const USABLE = 1;
    const cells = new Uint8Array(memoryGib);
    let used = 0;
    for (let place = 0; place < starts.length; place++) {
      if (!this.#isFree(place)) continue;
      cells.fill(USABLE, starts[place], starts[place]! + sizes[sizeOf[place]!]!);
    }
    for (let size = 0; size < sizes.length; size++) used += this.#counts[size]! * sizes[size]!;
    let usable = 0;
    for (const cell of cells) usable += cell;
    return Math.floor((1000 * (memoryGib - used - usable)) / memoryGib);
  }

  #sizeIndex(type: CardType): number {
    return this.#table.sizes.indexOf(type.sizeMib / 1024);
  }

  #placeAt(type: CardType, start: number): number | undefined {
    return this.#table.placesOf[this.#sizeIndex(type)]!.find((place) => this.#table.starts[place] === start);
  }

  #freePlaces(size: number): number {
    let free = 0;
    for (const place of this.#table.placesOf[size]!) if (this.#isFree(place)) free += 1;
    return free;
  }

  #isFree(place: number): boolean {
    return this.#taken[place] === 0 && (this.#only === null || this.#only[place] === 1);
  }

  #weigh(place: number): void {
    this.#cost.fill(0);
    for (const other of this.#table.conflicts[place]!) {
      if (this.#taken[other] === 0) this.#cost[this.#table.sizeOf[other]!]! += 1;
    }
  }

  /** Whether the last place weighed costs less than the best before it, largest size first. */
  #costsLess(): boolean {
    for (let size = 0; size < this.#cost.length; size++) {
      const difference = this.#cost[size]! - this.#least[size]!;
      if (difference !== 0) return difference < 0;
    }
    return false;
  }
}
