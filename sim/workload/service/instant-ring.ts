/** More instants than this in one ring are a workload that its servers cannot keep up with, not a queue. */
const MAX_LENGTH = 2 ** 25;

/** A first-in first-out queue of instants that allocates only when it grows beyond its longest length so far. */
export class InstantRing {
  #slots = new Float64Array(8);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Infinity when empty. */
  get first(): number {
    return this.#length === 0 ? Infinity : (this.#slots[this.#head] as number);
  }

  /** @throws {RangeError} when 2^25 instants wait already */
  push(atUs: number): void {
    if (this.#length === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#length) & (this.#slots.length - 1)] = atUs;
    this.#length += 1;
  }

  /** Takes the first one out. Not to be asked of an empty ring. */
  shift(): number {
    const first = this.#slots[this.#head] as number;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#length -= 1;
    return first;
  }

  /** The instant at a place in the queue, 0 being the first. */
  at(place: number): number {
    return this.#slots[(this.#head + place) & (this.#slots.length - 1)] as number;
  }

  #grow(): void {
    if (this.#length >= MAX_LENGTH) {
      throw new RangeError(
        `Cannot queue another request: ${MAX_LENGTH} wait already, so the service gets more than it can answer`,
      );
    }
    const wider = new Float64Array(this.#slots.length * 2);
    for (let i = 0; i < this.#length; i++) wider[i] = this.at(i);
    this.#slots = wider;
    this.#head = 0;
  }
}
