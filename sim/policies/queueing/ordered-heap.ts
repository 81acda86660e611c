/** What can stand in an `OrderedHeap`: it is told where. */
export interface Placed {
  /** Its place in the heap that it is in; -1: in none. */
  at: number;
}

/** A binary heap whose items know their places, so that any of them can be moved or taken out in O(log n). */
export class OrderedHeap<T extends Placed> {
  readonly #items: T[] = [];
  readonly #isBefore: (a: T, b: T) => boolean;

  /** @param isBefore a strict order without ties */
  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The first in order; undefined when it is empty. */
  get first(): T | undefined {
    return this.#items[0];
  }

  /** All items, each before those that are behind it in the heap's tree. */
  get items(): readonly T[] {
    return this.#items;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  remove(item: T): void {
    const { at } = item;
    const last = this.#items.pop() as T;
    item.at = -1;
    if (last !== item) this.#settle(last, at);
  }

  /** Puts an item where it belongs after its order among the others has changed. */
  moved(item: T): void {
    this.#settle(item, item.at);
  }

  /** Puts all where they belong after the order has changed. */
  rebuild(): void {
    for (let at = (this.#items.length >> 1) - 1; at >= 0; at--) this.#sink(this.#items[at] as T, at);
  }

  #settle(item: T, at: number): void {
    if (at > 0 && this.#isBefore(item, this.#items[(at - 1) >> 1] as T)) this.#rise(item, at);
    else this.#sink(item, at);
  }

  #rise(item: T, from: number): void {
    const items = this.#items;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent] as T;
      if (!this.#isBefore(item, above)) break;
      items[at] = above;
      above.at = at;
      at = parent;
    }
    items[at] = item;
    item.at = at;
  }

  #sink(item: T, from: number): void {
    const items = this.#items;
    let at = from;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.#isBefore(items[child + 1] as T, items[child] as T)) child += 1;
      const below = items[child] as T;
      if (!this.#isBefore(below, item)) break;
      items[at] = below;
      below.at = at;
      at = child;
    }
    items[at] = item;
    item.at = at;
  }
}
