/**
 * The 4-ary heap that EventQueue is measured against: the same order, slots and position index, so that events can be
 * cancelled, but written the plain way. Entries carry time and tie key, the least child is found by branching, and a
 * pop fills the root at once.
 */
export class PlainHeap {
  atUs = 0;
  payload = 0;
  #times: Float64Array;
  #tieKeys: Float64Array;
  #slots: Int32Array;
  #positions: Int32Array;
  #payloads: Int32Array;
  #end = 0;
  #nextSequence = 0;
  readonly #free: number[] = [];

  /** @param capacity most events at a time */
  constructor(capacity: number) {
    this.#times = new Float64Array(capacity);
    this.#tieKeys = new Float64Array(capacity);
    this.#slots = new Int32Array(capacity);
    this.#positions = new Int32Array(capacity);
    this.#payloads = new Int32Array(capacity);
    for (let slot = capacity - 1; slot >= 0; slot--) this.#free.push(slot);
  }

  push(atUs: number, rank: number, payload: number): number {
    const slot = this.#free.pop()!;
    this.#payloads[slot] = payload;
    const tieKey = rank * 2 ** 44 + this.#nextSequence++;
    let i = this.#end++;
    while (i > 0) {
      const parent = (i - 1) >> 2;
      if (!this.#before(atUs, tieKey, parent)) break;
      this.#move(parent, i);
      i = parent;
    }
    this.#place(i, atUs, tieKey, slot);
    return slot;
  }

  pop(): boolean {
    if (this.#end === 0) return false;
    const slot = this.#slots[0]!;
    this.atUs = this.#times[0]!;
    this.payload = this.#payloads[slot]!;
    this.#free.push(slot);
    const last = --this.#end;
    const [atUs, tieKey] = [this.#times[last]!, this.#tieKeys[last]!];
    let i = 0;
    for (;;) {
      const first = 4 * i + 1;
      if (first >= last) break;
      let least = first;
      for (let child = first + 1; child < Math.min(first + 4, last); child++) {
        if (this.#before(this.#times[child]!, this.#tieKeys[child]!, least)) least = child;
      }
      if (this.#before(atUs, tieKey, least)) break;
      this.#move(least, i);
      i = least;
    }
    this.#place(i, atUs, tieKey, this.#slots[last]!);
    return true;
  }

  #before(atUs: number, tieKey: number, other: number): boolean {
    const otherAt = this.#times[other]!;
    return atUs < otherAt || (atUs === otherAt && tieKey < this.#tieKeys[other]!);
  }

  #move(from: number, to: number): void {
    this.#place(to, this.#times[from]!, this.#tieKeys[from]!, this.#slots[from]!);
  }

  #place(i: number, atUs: number, tieKey: number, slot: number): void {
    this.#times[i] = atUs;
    this.#tieKeys[i] = tieKey;
    this.#slots[i] = slot;
    this.#positions[slot] = i;
  }
}
