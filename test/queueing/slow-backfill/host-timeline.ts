import type { FleetView } from '../../../sim/cluster/fleet.ts';
import type { Part } from '../../../sim/cluster/part.ts';
import { GPU_MILLI, type TaskShape } from '../../../sim/cluster/request.ts';
import { HostSketch, mayServe, slotsOn } from '../../../sim/engine/backfill/host-sketch.ts';
import { type Card, isRefusal, type Slot } from '../../../sim/sharing/index.ts';

/** A part that is on a host from one instant to just before another. */
export interface Stay {
  readonly part: Part;
  readonly fromUs: number;
  readonly toUs: number;
}

/**
 * What will be left on one host from now on, as running jobs end and reserved ones come and go: for a number of spans in
 * time, the CPU, the memory and the thousandths of each GPU that are free all through them.
 */
export class HostTimeline {
  readonly host: number;
  readonly #fleet: FleetView;
  readonly #nowUs: number;
  readonly #count: number;
  /** The host without those whose stays are known. */
  readonly #base: HostSketch;
  readonly #stays: Stay[] = [];
  /** By span: when it begins; the last one has no end. Empty: to be worked out anew. */
  #beginsUs: number[] = [];
  /** By span: free CPU, memory, and GPU by GPU. */
  #free = new Float64Array(0);
  readonly #room: Float64Array;

  /** @param present who is on the host and when each ends; those who never end take part in nothing */
  constructor(
    fleet: FleetView,
    host: number,
    nowUs: number,
    present: readonly { readonly part: Part; readonly endUs: number }[],
  ) {
    this.host = host;
    this.#fleet = fleet;
    this.#nowUs = nowUs;
    this.#count = fleet.gpusOf(host);
    this.#room = new Float64Array(this.#count + 2);
    this.#base = new HostSketch(fleet, host);
    for (const { part, endUs } of present) {
      if (endUs === Number.POSITIVE_INFINITY) continue;
      this.#base.release(part);
      this.#stays.push({ part, fromUs: nowUs, toUs: endUs });
    }
  }

  add(stay: Stay): void {
    this.#stays.push(stay);
    this.#beginsUs = [];
  }

  /** @throws {RangeError} if there is no such stay */
  remove(part: Part): void {
    const at = this.#stays.findIndex((stay) => stay.part === part);
    if (at < 0) throw new RangeError(`Cannot remove a stay from host ${this.host}: it is not there`);
    this.#stays.splice(at, 1);
    this.#beginsUs = [];
  }

  /** Instants from now on at which room may come free, ascending. */
  get beginsUs(): readonly number[] {
    if (this.#beginsUs.length === 0) this.#workOut();
    return this.#beginsUs;
  }

  /** No more of a shape than this can be on the host at once. */
  most({ cpuMilli, memoryMib, totalGpuMilli, ask }: TaskShape): number {
    const byCpu = cpuMilli === 0 ? Number.POSITIVE_INFINITY : this.#base.cpuFreeMilli / cpuMilli;
    const byMemory = memoryMib === 0 ? Number.POSITIVE_INFINITY : this.#base.memoryFreeMib / memoryMib;
    // What a card takes of itself for a slot is up to the card.
    const byGpu =
      totalGpuMilli === 0 || ask !== undefined
        ? Number.POSITIVE_INFINITY
        : (this.#count * GPU_MILLI) / totalGpuMilli;
    return Math.floor(Math.min(byCpu, byMemory, byGpu));
  }

  /** A place for a shape on the same GPUs at the first of these instants before `limitUs` that has one for `spanUs`. */
  earliest(shape: TaskShape, spanUs: number, limitUs: number): Stay | undefined {
    const begins = this.beginsUs;
    const width = this.#count + 2;
    for (let k = 0; k < begins.length; k++) {
      const fromUs = begins[k] as number;
      if (fromUs >= limitUs) return undefined;
      if (!this.#mayFit(shape, this.#free, k * width)) continue;
      const stay = this.place(shape, fromUs, fromUs + spanUs);
      if (stay !== undefined) return stay;
    }
    return undefined;
  }

  /** A place for a shape on the same GPUs all through [fromUs, toUs): those with the least left, the first of equals. */
  place(shape: TaskShape, fromUs: number, toUs: number): Stay | undefined {
    const room = this.#roomFor(fromUs, toUs);
    if (!this.#mayFit(shape, room, 0)) return undefined;
    const start = this.#fleet.gpuStart[this.host] as number;
    const able: { readonly g: number; readonly left: number; readonly slots: readonly Slot[] }[] = [];
    for (let g = 0; shape.gpuCount > 0 && g < this.#count; g++) {
      const left = room[g + 2] as number;
      if (!mayServe(this.#fleet, start + g, shape)) continue;
      if (this.#isCard(g)) {
        const slots = this.#slotsFor(shape, g, fromUs, toUs);
        if (slots !== undefined) able.push({ g, left, slots });
      } else if (left >= shape.gpuMilli) able.push({ g, left, slots: [] });
    }
    if (able.length < shape.gpuCount) return undefined;
    able.sort((a, b) => a.left - b.left || a.g - b.g);
    const chosen = able.slice(0, shape.gpuCount).sort((a, b) => a.g - b.g);
    const grant = chosen.flatMap(({ slots }) => slots);
    return { part: { shape, host: this.host, gpus: chosen.map(({ g }) => g), grant }, fromUs, toUs };
  }

  /** Whether a part is free all through [fromUs, toUs). */
  isFree(part: Part, fromUs: number, toUs: number): boolean {
    const { shape, gpus } = part;
    const room = this.#roomFor(fromUs, toUs);
    if ((room[0] as number) < shape.cpuMilli || (room[1] as number) < shape.memoryMib) return false;
    const start = this.#fleet.gpuStart[this.host] as number;
    return gpus.every((g) => {
      if (!mayServe(this.#fleet, start + g, shape)) return false;
      if (!this.#isCard(g)) return (room[g + 2] as number) >= shape.gpuMilli;
      return this.#areFree(
        slotsOn(part, (i) => this.#isCard(i), g),
        g,
        fromUs,
        toUs,
      );
    });
  }

  /** A quick look at CPU, memory and GPUs by fraction; cards are looked at apart. */
  #mayFit(shape: TaskShape, free: Float64Array, at: number): boolean {
    if ((free[at] as number) < shape.cpuMilli || (free[at + 1] as number) < shape.memoryMib) return false;
    const start = this.#fleet.gpuStart[this.host] as number;
    let found = 0;
    for (let g = 0; found < shape.gpuCount && g < this.#count; g++) {
      if (!mayServe(this.#fleet, start + g, shape)) continue;
      if (this.#isCard(g) || (free[at + 2 + g] as number) >= shape.gpuMilli) found += 1;
    }
    return found === shape.gpuCount;
  }

  #isCard(g: number): boolean {
    return this.#fleet.cards[(this.#fleet.gpuStart[this.host] as number) + g] !== undefined;
  }

  /** Least that is free at any time of [fromUs, toUs). */
  #roomFor(fromUs: number, toUs: number): Float64Array {
    const begins = this.beginsUs;
    const width = this.#count + 2;
    const room = this.#room.fill(Number.POSITIVE_INFINITY);
    for (let k = 0; k < begins.length && (begins[k] as number) < toUs; k++) {
      const isOver = k + 1 < begins.length && (begins[k + 1] as number) <= fromUs;
      if (isOver) continue;
      for (let i = 0; i < width; i++) {
        const free = this.#free[k * width + i] as number;
        if (free < (room[i] as number)) room[i] = free;
      }
    }
    return room;
  }

  #workOut(): void {
    const instants = new Set([this.#nowUs]);
    for (const { fromUs, toUs } of this.#stays) {
      if (fromUs > this.#nowUs) instants.add(fromUs);
      if (toUs > this.#nowUs && toUs !== Number.POSITIVE_INFINITY) instants.add(toUs);
    }
    const begins = [...instants].sort((a, b) => a - b);
    const width = this.#count + 2;
    const free = new Float64Array(begins.length * width);
    const base = this.#base;
    for (let k = 0; k < begins.length; k++) {
      const at = k * width;
      free[at] = base.cpuFreeMilli;
      free[at + 1] = base.memoryFreeMib;
      for (let g = 0; g < this.#count; g++) free[at + 2 + g] = base.gpuFreeMilli[g] as number;
    }
    for (const { part, fromUs, toUs } of this.#stays) {
      for (let k = 0; k < begins.length; k++) {
        const beginUs = begins[k] as number;
        if (beginUs < fromUs || beginUs >= toUs) continue;
        const at = k * width;
        free[at]! -= part.shape.cpuMilli;
        free[at + 1]! -= part.shape.memoryMib;
        for (const g of part.gpus) free[at + 2 + g]! -= this.#milliOn(part, g);
      }
    }
    this.#beginsUs = begins;
    this.#free = free;
  }

  #milliOn(part: Part, g: number): number {
    if (!this.#isCard(g)) return part.shape.gpuMilli;
    return slotsOn(part, (i) => this.#isCard(i), g).reduce((sum, { milli }) => sum + milli, 0);
  }

  /**
   * Slots on a shared card that are free all through a time. The card is asked with everybody on it who is there at any
   * moment of it; a slot that it offers is tried at every change. Where tenants follow each other on the same slot
   * within that time, a slot that is free all the same may be missed.
   */
  #slotsFor(shape: TaskShape, g: number, fromUs: number, toUs: number): readonly Slot[] | undefined {
    const { ask } = shape;
    if (ask === undefined) return undefined;
    const card = this.#cardWith(g, fromUs, toUs);
    const slots: Slot[] = [];
    for (let i = 0; i < ask.count; i++) {
      const slot = card.admit(ask.count === 1 ? ask : { ...ask, count: ask.count - i });
      if (isRefusal(slot)) return undefined;
      card.place(slot);
      slots.push(slot);
    }
    return this.#areFree(slots, g, fromUs, toUs) ? slots : undefined;
  }

  #areFree(slots: readonly Slot[], g: number, fromUs: number, toUs: number): boolean {
    return this.beginsUs.every((beginUs, k, all) => {
      const endUs = all[k + 1] ?? Number.POSITIVE_INFINITY;
      if (beginUs >= toUs || endUs <= fromUs) return true;
      const card = this.#cardWith(g, beginUs, Math.min(endUs, beginUs + 1));
      return slots.every((slot) => tryPlace(card, slot));
    });
  }

  /** The card with all who are on it at any moment of [fromUs, toUs), as far as they go beside each other. */
  #cardWith(g: number, fromUs: number, toUs: number): Card {
    const card = this.#fleet.emptyCopy((this.#fleet.gpuStart[this.host] as number) + g) as Card;
    for (const slot of this.#base.card(g)?.slots ?? []) card.place(slot);
    for (const stay of this.#stays) {
      if (stay.fromUs >= toUs || stay.toUs <= fromUs || !stay.part.gpus.includes(g)) continue;
      for (const slot of slotsOn(stay.part, (i) => this.#isCard(i), g)) tryPlace(card, slot);
    }
    return card;
  }
}

function tryPlace(card: Card, slot: Slot): boolean {
  try {
    card.place(slot);
    return true;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return false;
  }
}
