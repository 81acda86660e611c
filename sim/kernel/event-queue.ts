import type { Quantity } from './quantity.ts';
import type { Micros } from './time.ts';

/**
 * Names one scheduled event until it is popped or cancelled; from then on it names nothing, for good. Never 0, so a
 * table of ids may use 0 for "none".
 */
export type EventId = Quantity<'event'>;

/** What {@link EventQueue.snapshot} returns: numbers in arrays, ready for JSON. Events stand in the order of popping. */
export interface EventQueueSnapshot {
  readonly nextSequence: number;
  readonly atUs: readonly number[];
  /** Rank and sequence of each event, as `rank * 2^44 + sequence`. */
  readonly tieKey: readonly number[];
  readonly payload: readonly number[];
  /** The slot each event occupies. */
  readonly slot: readonly number[];
  /** Per slot, the id of the event in it, or of the next event that will be. */
  readonly idBySlot: readonly number[];
  /** The free slots, next to be used first. */
  readonly freeSlots: readonly number[];
}

/** Pushes a queue can order: 2^44, which is 20 days at ten million a second. Above it, rank and sequence would mix. */
const SEQUENCES = 2 ** 44;
const INVERSE_SEQUENCES = 2 ** -44;
/** Ids are `generation * 2^24 + slot`: 16.7 million events at a time, and 2^29 generations of each slot. */
const SLOTS = 2 ** 24;
const MAX_RANK = 255;
const FIRST_CAPACITY = 64;
/** Room behind the last heap entry, so that a group of four children can be read without asking how many there are. */
const PADDING = 4;

/**
 * Pending events in total order: by time, then by rank, then by the order of pushing. Each event carries one int32, the
 * payload; callers keep what it stands for in tables of their own.
 *
 * An implicit 4-ary heap over flat arrays. What makes it fast, measured by `bench/kernel` against a 4-ary heap without:
 * - The heap holds times and slots only; rank and sequence are one number per slot, read when two times are equal.
 * - Unused entries hold Infinity, so the least of four children is found by three comparisons whose results are added
 *   to an index, not branched on: the processor cannot guess which child is the least, and need not.
 * - Popping leaves the root empty until the next call. Most events schedule a successor, which then sinks from the
 *   root once, where filling the root at once would sink the last entry and then lift the successor (Jones, An
 *   empirical comparison of priority-queue and event-set implementations, CACM 29(4), 1986, calls this "hold").
 * - No call allocates, except to double the arrays. They never shrink; slots are used again, the last freed first.
 */
export class EventQueue {
  /** The event popped last; meaningless before the first `pop()` that returned true. */
  atUs = 0 as Micros;
  rank = 0;
  payload = 0;
  /** Already void when read: the popped event has left the queue. */
  id = 0 as EventId;

  // By heap position; entry i has the children 4i + 1 to 4i + 4. Entries from `heapEnd` on are Infinity.
  private times = new Float64Array(FIRST_CAPACITY).fill(Infinity);
  private slots = new Int32Array(FIRST_CAPACITY);
  private heapEnd = 0;
  /** True after a pop: entry 0 is vacant, though still counted in `heapEnd`. */
  private rootVacant = false;

  // By slot.
  private tieKeys = new Float64Array(FIRST_CAPACITY);
  private payloads = new Int32Array(FIRST_CAPACITY);
  private ids = new Float64Array(FIRST_CAPACITY);
  /** Heap position of an event, or -2 minus the next free slot (-1: none) where the slot is free. */
  private positions = new Int32Array(FIRST_CAPACITY);
  private usedSlots = 0;
  private firstFreeSlot = -1;

  private nextSequence = 0;

  /** Events in the queue. */
  get size(): number {
    return this.rootVacant ? this.heapEnd - 1 : this.heapEnd;
  }

  /** Most events that were ever in the queue at once: the slots in use or free. For tests and for sizing. */
  get slotCount(): number {
    return this.usedSlots;
  }

  /**
   * @param atUs whole, 0 to 2^53 - 1
   * @param rank order among events of one instant, 0 (first) to 255
   * @param payload any int32
   * @throws {RangeError} if one of them is out of range, or at 2^24 events at a time
   */
  push(atUs: Micros, rank: number, payload: number): EventId {
    if (!isInstant(atUs) || (rank & MAX_RANK) !== rank || (payload | 0) !== payload) {
      throw badEvent(atUs, rank, payload);
    }
    let slot = this.firstFreeSlot;
    if (slot < 0) slot = this.newSlot();
    else this.firstFreeSlot = -2 - this.positions[slot]!;
    this.payloads[slot] = payload;
    this.tieKeys[slot] = rank * SEQUENCES + this.nextSequence++;
    if (this.rootVacant) {
      this.rootVacant = false;
      this.times[0] = atUs;
      this.slots[0] = slot;
      this.sink(0);
    } else {
      const end = this.heapEnd++;
      this.times[end] = atUs;
      this.slots[end] = slot;
      this.lift(end);
    }
    return this.ids[slot] as EventId;
  }

  /** Takes the first event out and leaves it in `atUs`, `rank`, `payload` and `id`. False if there is none. */
  pop(): boolean {
    if (this.rootVacant) this.fillRoot();
    if (this.heapEnd === 0) return false;
    const slot = this.slots[0]!;
    this.atUs = this.times[0] as Micros;
    this.rank = (this.tieKeys[slot]! * INVERSE_SEQUENCES) | 0;
    this.payload = this.payloads[slot]!;
    this.id = this.ids[slot] as EventId;
    this.freeSlot(slot);
    this.rootVacant = true;
    return true;
  }

  /** Time of the first event, in microseconds; Infinity if there is none. */
  peekTimeUs(): number {
    if (this.rootVacant) this.fillRoot();
    return this.times[0]!;
  }

  /** True while the event waits in the queue. */
  has(id: EventId): boolean {
    return this.slotOf(id) >= 0;
  }

  /** Takes the event out. False if it is not in the queue (any more). */
  cancel(id: EventId): boolean {
    const slot = this.slotOf(id);
    if (slot < 0) return false;
    if (this.rootVacant) this.fillRoot();
    const position = this.positions[slot]!;
    this.freeSlot(slot);
    const last = --this.heapEnd;
    const lastTime = this.times[last]!;
    this.times[last] = Infinity;
    if (position < last) {
      this.times[position] = lastTime;
      this.slots[position] = this.slots[last]!;
      this.settle(position);
    }
    return true;
  }

  /**
   * Moves the event to another time; rank, payload and id stay. In the order of pushing it counts as pushed now, so it
   * comes after events of the same time and rank that were already there, even if its time did not change.
   *
   * @returns false if the event is not in the queue (any more)
   * @throws {RangeError} if `atUs` is not a whole number from 0 to 2^53 - 1
   */
  retime(id: EventId, atUs: Micros): boolean {
    if (!isInstant(atUs)) throw badEvent(atUs, 0, 0);
    const slot = this.slotOf(id);
    if (slot < 0) return false;
    if (this.rootVacant) this.fillRoot();
    const rank = (this.tieKeys[slot]! * INVERSE_SEQUENCES) | 0;
    this.tieKeys[slot] = rank * SEQUENCES + this.nextSequence++;
    const position = this.positions[slot]!;
    this.times[position] = atUs;
    this.settle(position);
    return true;
  }

  /** Takes all events out. Their ids are void, as if each had been cancelled. */
  clear(): void {
    if (this.rootVacant) this.fillRoot();
    for (let i = 0; i < this.heapEnd; i++) this.freeSlot(this.slots[i]!);
    this.times.fill(Infinity, 0, this.heapEnd);
    this.heapEnd = 0;
  }

  /** The whole state apart from the event popped last. A queue restored from it behaves the same, ids included. */
  snapshot(): EventQueueSnapshot {
    if (this.rootVacant) this.fillRoot();
    const slot = [...this.slots.subarray(0, this.heapEnd)];
    const timeOf = (s: number) => this.times[this.positions[s]!]!;
    slot.sort((a, b) => timeOf(a) - timeOf(b) || this.tieKeys[a]! - this.tieKeys[b]!);
    const freeSlots: number[] = [];
    for (let s = this.firstFreeSlot; s >= 0; s = -2 - this.positions[s]!) freeSlots.push(s);
    return {
      nextSequence: this.nextSequence,
      atUs: slot.map(timeOf),
      tieKey: slot.map((s) => this.tieKeys[s]!),
      payload: slot.map((s) => this.payloads[s]!),
      slot,
      idBySlot: [...this.ids.subarray(0, this.usedSlots)],
      freeSlots,
    };
  }

  /** Replaces the state. `snapshot` is trusted to come from {@link snapshot}, by way of JSON or not. */
  restore(snapshot: EventQueueSnapshot): void {
    const slotCount = snapshot.idBySlot.length;
    let capacity = FIRST_CAPACITY;
    while (capacity < slotCount + PADDING) capacity *= 2;
    this.times = new Float64Array(capacity).fill(Infinity);
    this.slots = new Int32Array(capacity);
    this.tieKeys = new Float64Array(capacity);
    this.payloads = new Int32Array(capacity);
    this.ids = new Float64Array(capacity);
    this.positions = new Int32Array(capacity).fill(-1);
    // Events in order of popping are a valid heap as they stand.
    this.times.set(snapshot.atUs);
    this.slots.set(snapshot.slot);
    this.ids.set(snapshot.idBySlot);
    snapshot.slot.forEach((slot, i) => {
      this.tieKeys[slot] = snapshot.tieKey[i]!;
      this.payloads[slot] = snapshot.payload[i]!;
      this.positions[slot] = i;
    });
    this.firstFreeSlot = -1;
    for (const slot of snapshot.freeSlots.toReversed()) {
      this.positions[slot] = -2 - this.firstFreeSlot;
      this.firstFreeSlot = slot;
    }
    this.heapEnd = snapshot.slot.length;
    this.rootVacant = false;
    this.usedSlots = slotCount;
    this.nextSequence = snapshot.nextSequence;
  }

  /** The slot of a waiting event, or -1. */
  private slotOf(id: EventId): number {
    const slot = id % SLOTS;
    return slot < this.usedSlots && this.ids[slot] === id && this.positions[slot]! >= 0 ? slot : -1;
  }

  private newSlot(): number {
    const slot = this.usedSlots;
    if (slot === SLOTS) throw new RangeError(`Cannot push an event: ${SLOTS} events are waiting already`);
    if (slot + PADDING >= this.times.length) this.grow();
    // Generations start at 1, which keeps 0 from being an id.
    this.ids[slot] = SLOTS + slot;
    this.usedSlots = slot + 1;
    return slot;
  }

  private grow(): void {
    const length = this.times.length * 2;
    const copyOf = <A extends Float64Array | Int32Array>(from: A, to: A): A => {
      to.set(from);
      return to;
    };
    this.times = copyOf(this.times, new Float64Array(length).fill(Infinity));
    this.slots = copyOf(this.slots, new Int32Array(length));
    this.tieKeys = copyOf(this.tieKeys, new Float64Array(length));
    this.payloads = copyOf(this.payloads, new Int32Array(length));
    this.ids = copyOf(this.ids, new Float64Array(length));
    this.positions = copyOf(this.positions, new Int32Array(length));
  }

  /** Voids the id of the event in the slot and offers the slot to later events. */
  private freeSlot(slot: number): void {
    const nextId = this.ids[slot]! + SLOTS;
    this.ids[slot] = nextId;
    if (nextId > Number.MAX_SAFE_INTEGER) {
      // Out of generations: the slot is given up, one in half a billion uses, so that no id is ever issued twice.
      this.positions[slot] = -1;
      return;
    }
    this.positions[slot] = -2 - this.firstFreeSlot;
    this.firstFreeSlot = slot;
  }

  /** Moves the last entry to the vacant root. */
  private fillRoot(): void {
    this.rootVacant = false;
    const last = --this.heapEnd;
    const lastTime = this.times[last]!;
    this.times[last] = Infinity;
    if (last > 0) {
      this.times[0] = lastTime;
      this.slots[0] = this.slots[last]!;
      this.sink(0);
    }
  }

  /** Restores heap order around an entry that may be too small or too large for its place. */
  private settle(position: number): void {
    const slot = this.slots[position]!;
    this.lift(position);
    if (this.positions[slot] === position) this.sink(position);
  }

  /** Moves the entry towards the root, past later parents, and notes where it ends. */
  private lift(start: number): void {
    const times = this.times;
    const slots = this.slots;
    const tieKeys = this.tieKeys;
    const positions = this.positions;
    const time = times[start]!;
    const slot = slots[start]!;
    let i = start;
    while (i > 0) {
      const parent = (i - 1) >> 2;
      const parentTime = times[parent]!;
      const parentSlot = slots[parent]!;
      if (parentTime < time || (parentTime === time && tieKeys[parentSlot]! < tieKeys[slot]!)) break;
      times[i] = parentTime;
      slots[i] = parentSlot;
      positions[parentSlot] = i;
      i = parent;
    }
    times[i] = time;
    slots[i] = slot;
    positions[slot] = i;
  }

  /** Moves the entry away from the root, past earlier children, and notes where it ends. */
  private sink(start: number): void {
    const times = this.times;
    const slots = this.slots;
    const tieKeys = this.tieKeys;
    const positions = this.positions;
    const end = this.heapEnd;
    const time = times[start]!;
    const slot = slots[start]!;
    let i = start;
    for (;;) {
      const child = 4 * i + 1;
      if (child >= end) break;
      const time0 = times[child]!;
      const time1 = times[child + 1]!;
      const time2 = times[child + 2]!;
      const time3 = times[child + 3]!;
      // A comparison as a number, 0 or 1, compiles to no branch. Padding is Infinity and loses to every event.
      let left = child + (Number(time1 < time0) | 0);
      let right = child + 2 + (Number(time3 < time2) | 0);
      if (time0 === time1) left = child + (Number(tieKeys[slots[child + 1]!]! < tieKeys[slots[child]!]!) | 0);
      if (time2 === time3)
        right = child + 2 + (Number(tieKeys[slots[child + 3]!]! < tieKeys[slots[child + 2]!]!) | 0);
      const leftTime = times[left]!;
      const rightTime = times[right]!;
      let rightWins = Number(rightTime < leftTime) | 0;
      if (leftTime === rightTime) rightWins = Number(tieKeys[slots[right]!]! < tieKeys[slots[left]!]!) | 0;
      const least = left + ((right - left) & -rightWins);
      const leastTime = times[least]!;
      const leastSlot = slots[least]!;
      if (time < leastTime || (time === leastTime && tieKeys[slot]! < tieKeys[leastSlot]!)) break;
      times[i] = leastTime;
      slots[i] = leastSlot;
      positions[leastSlot] = i;
      i = least;
    }
    times[i] = time;
    slots[i] = slot;
    positions[slot] = i;
  }
}

function isInstant(atUs: number): boolean {
  return atUs >= 0 && atUs <= Number.MAX_SAFE_INTEGER && Math.floor(atUs) === atUs;
}

function badEvent(atUs: number, rank: number, payload: number): RangeError {
  const problem = !isInstant(atUs)
    ? `need a whole time of 0 to 2^53 - 1 us, got ${atUs}`
    : (rank & MAX_RANK) !== rank
      ? `need a whole rank of 0 to ${MAX_RANK}, got ${rank}`
      : `need an int32 as payload, got ${payload}`;
  return new RangeError(`Cannot schedule an event: ${problem}`);
}
