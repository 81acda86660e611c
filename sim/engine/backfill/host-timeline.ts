import type { FleetView } from '../../cluster/fleet.ts';
import type { Kin } from '../../cluster/neighbours.ts';
import { isSlotOpen } from '../../cluster/open.ts';
import type { Part } from '../../cluster/part.ts';
import { GPU_MILLI, type TaskShape } from '../../cluster/request.ts';
import { type Card, isRefusal, type Slot } from '../../sharing/index.ts';
import { HostSketch, mayServe, slotsOn } from './host-sketch.ts';

/** A part that is on a host from one instant to just before another. */
export interface Stay {
  readonly part: Part;
  readonly fromUs: number;
  readonly toUs: number;
}

/** Which places a worker may have besides those with room. */
export interface Terms {
  /** What its job is to its neighbours. */
  readonly kin: Kin | undefined;
  /** Parts of the same job, which are no neighbours. */
  readonly own: readonly Part[];
  /** Only GPUs of this NVLink island, while it works; -1: all. */
  readonly island: number;
}

/**
 * What will be left on one host from now on, as running jobs end and reserved ones come and go: for a number of spans in
 * time, the CPU, the memory and the thousandths of each GPU that are free all through them. It can be kept while time
 * goes on (`advance`), as long as the host itself stays as it was.
 */
export class HostTimeline {
  readonly host: number;
  readonly #fleet: FleetView;
  /** Whether all of its GPUs are shared by fraction: then less room never lets anybody in who did not fit before. */
  readonly isPlain: boolean;
  #nowUs: number;
  readonly #count: number;
  /** The host without those whose stays are known. */
  readonly #base: HostSketch;
  readonly #stays: Stay[] = [];
  /** Those who never end, as neighbours. */
  readonly #endless: Part[] = [];
  /** How many there are who mind their neighbours. */
  #minders = 0;
  /** By span: when it begins; the last one has no end. Empty: to be worked out anew. */
  #beginsUs: number[] = [];
  /** The span that now is in. */
  #first = 0;
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
    this.isPlain = true;
    for (let g = 0; g < this.#count; g++) if (this.#isCard(g)) this.isPlain = false;
    for (const { part, endUs } of present) {
      if (minds(part.kin)) this.#minders += 1;
      if (endUs === Number.POSITIVE_INFINITY) {
        this.#endless.push(part);
        continue;
      }
      this.#base.release(part);
      this.#stays.push({ part, fromUs: nowUs, toUs: endUs });
    }
  }

  add(stay: Stay): void {
    if (minds(stay.part.kin)) this.#minders += 1;
    this.#stays.push(stay);
    this.#beginsUs = [];
  }

  /** Takes a stay out; false: it is not there. */
  remove(part: Part): boolean {
    const at = this.#stays.findIndex((stay) => stay.part === part);
    if (at < 0) return false;
    this.#stays.splice(at, 1);
    if (minds(part.kin)) this.#minders -= 1;
    this.#beginsUs = [];
    return true;
  }

  /** Time has gone on. */
  advance(nowUs: number): void {
    this.#nowUs = nowUs;
    const begins = this.#beginsUs;
    while (this.#first + 1 < begins.length && (begins[this.#first + 1] as number) <= nowUs) this.#first += 1;
  }

  /** The first instant, at `fromUs` or later, at which room may come free; Infinity: none. */
  nextBeginUs(fromUs: number): number {
    if (fromUs <= this.#nowUs) return this.#nowUs;
    const begins = this.#begins();
    for (let k = this.#first + 1; k < begins.length; k++) {
      if ((begins[k] as number) >= fromUs) return begins[k] as number;
    }
    return Number.POSITIVE_INFINITY;
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

  /** A time before which there is no room for a shape, however short it stays; `limitUs` if that is later. */
  firstRoomUs(shape: TaskShape, limitUs: number): number {
    const begins = this.#begins();
    const width = this.#count + 2;
    for (let k = this.#first; k < begins.length; k++) {
      const fromUs = Math.max(begins[k] as number, this.#nowUs);
      if (fromUs >= limitUs) return limitUs;
      if (this.#mayFit(shape, this.#free, k * width)) return fromUs;
    }
    return limitUs;
  }

  /**
   * A place for a shape on the same GPUs for `spanUs`, from the first instant before `limitUs` on that has one: now, or
   * when somebody comes or goes.
   */
  earliest(shape: TaskShape, spanUs: number, limitUs: number, terms?: Terms): Stay | undefined {
    const begins = this.#begins();
    const width = this.#count + 2;
    for (let k = this.#first; k < begins.length; k++) {
      const fromUs = Math.max(begins[k] as number, this.#nowUs);
      if (fromUs >= limitUs) return undefined;
      const toUs = fromUs + spanUs;
      let end = k;
      while (
        end < begins.length &&
        (end === k || (begins[end] as number) < toUs) &&
        this.#mayFit(shape, this.#free, end * width)
      ) {
        end += 1;
      }
      if (end < begins.length && (end === k || (begins[end] as number) < toUs)) {
        // Nobody who is still there in that span can begin before it is over.
        k = end;
        continue;
      }
      const stay = this.place(shape, fromUs, toUs, terms);
      if (stay !== undefined) return stay;
    }
    return undefined;
  }

  /** A place for a shape on the same GPUs all through [fromUs, toUs): those with the least left, the first of equals. */
  place(shape: TaskShape, fromUs: number, toUs: number, terms?: Terms): Stay | undefined {
    if (!this.#mayFitAll(shape, fromUs, toUs)) return undefined;
    const kin = terms?.kin;
    if (terms !== undefined && !this.#getsAlong(kin, terms.own, fromUs, toUs)) return undefined;
    const room = this.#roomFor(fromUs, toUs);
    if (!this.#mayFit(shape, room, 0)) return undefined;
    const start = this.#fleet.gpuStart[this.host] as number;
    const able: { readonly g: number; readonly left: number; readonly slots: readonly Slot[] }[] = [];
    for (let g = 0; shape.gpuCount > 0 && g < this.#count; g++) {
      const left = room[g + 2] as number;
      if (!mayServe(this.#fleet, start + g, shape)) continue;
      if (terms !== undefined && terms.island >= 0 && !this.#isOnIsland(start + g, terms.island)) continue;
      if (this.#isCard(g)) {
        const slots = this.#slotsFor(shape, g, fromUs, toUs);
        if (slots !== undefined) able.push({ g, left, slots });
      } else if (left >= shape.gpuMilli) able.push({ g, left, slots: [] });
    }
    if (able.length < shape.gpuCount) return undefined;
    able.sort((a, b) => a.left - b.left || a.g - b.g);
    const chosen = able.slice(0, shape.gpuCount).sort((a, b) => a.g - b.g);
    const grant = chosen.flatMap(({ slots }) => slots);
    const part: Part = { shape, host: this.host, gpus: chosen.map(({ g }) => g), grant, kin };
    return { part, fromUs, toUs };
  }

  /**
   * Whether a part is free all through [fromUs, toUs), newcomers are let in there, and nobody there at any moment of that
   * keeps away from it.
   *
   * @param own parts of the same job, which are no neighbours
   */
  isFree(part: Part, fromUs: number, toUs: number, own: readonly Part[] = []): boolean {
    const { shape, gpus } = part;
    if (!this.#getsAlong(part.kin, own, fromUs, toUs)) return false;
    const room = this.#roomFor(fromUs, toUs);
    if ((room[0] as number) < shape.cpuMilli || (room[1] as number) < shape.memoryMib) return false;
    const start = this.#fleet.gpuStart[this.host] as number;
    return gpus.every((g) => {
      if (!mayServe(this.#fleet, start + g, shape)) return false;
      if (!this.#isCard(g)) return (room[g + 2] as number) >= shape.gpuMilli;
      const slots = slotsOn(part, (i) => this.#isCard(i), g);
      const card = this.#fleet.cards[start + g] as Card;
      return this.#areFree(slots, g, fromUs, toUs) && slots.every((slot) => isSlotOpen(card, slot));
    });
  }

  /** Whether each span by itself that lies in [fromUs, toUs) at least in part may have room. */
  #mayFitAll(shape: TaskShape, fromUs: number, toUs: number): boolean {
    const begins = this.#begins();
    const width = this.#count + 2;
    for (let k = this.#first; k < begins.length && (begins[k] as number) < toUs; k++) {
      const isOver = k + 1 < begins.length && (begins[k + 1] as number) <= fromUs;
      if (!isOver && !this.#mayFit(shape, this.#free, k * width)) return false;
    }
    return true;
  }

  /** A quick look at CPU, memory and GPUs by fraction; cards are looked at apart. */
  #mayFit(shape: TaskShape, free: Float64Array, at: number): boolean {
    if ((free[at] as number) < shape.cpuMilli || (free[at + 1] as number) < shape.memoryMib) return false;
    const start = this.#fleet.gpuStart[this.host] as number;
    let found = 0;
    for (let g = 0; found < shape.gpuCount && g < this.#count; g++) {
      const hasRoom = (free[at + 2 + g] as number) >= shape.gpuMilli || (!this.isPlain && this.#isCard(g));
      if (hasRoom && mayServe(this.#fleet, start + g, shape)) found += 1;
    }
    return found === shape.gpuCount;
  }

  #isOnIsland(g: number, island: number): boolean {
    return this.#fleet.topology.islandOf[g] === island && this.#fleet.gpuHasFabric[g] === 1;
  }

  /** Whether a newcomer may share the host with all who are there at any moment of [fromUs, toUs), as if all at once. */
  #getsAlong(kin: Kin | undefined, own: readonly Part[], fromUs: number, toUs: number): boolean {
    if (kin === undefined || (this.#minders === 0 && !minds(kin))) return true;
    const others = [...this.#endless];
    for (const stay of this.#stays) if (stay.fromUs < toUs && stay.toUs > fromUs) others.push(stay.part);
    let ofClass = 1;
    let mostOfClass = kin.maxOfClassPerHost;
    for (const other of others) {
      if (other.kin === undefined) continue;
      if (other.kin.label === kin.label) {
        ofClass += 1;
        mostOfClass = Math.min(mostOfClass, other.kin.maxOfClassPerHost);
      }
      if (own.includes(other)) continue;
      if (kin.apartFrom.includes(other.kin.label) || other.kin.apartFrom.includes(kin.label)) return false;
    }
    return ofClass <= mostOfClass;
  }

  #isCard(g: number): boolean {
    return this.#fleet.cards[(this.#fleet.gpuStart[this.host] as number) + g] !== undefined;
  }

  /** Least that is free at any time of [fromUs, toUs). */
  #roomFor(fromUs: number, toUs: number): Float64Array {
    const begins = this.#begins();
    const width = this.#count + 2;
    const room = this.#room.fill(Number.POSITIVE_INFINITY);
    for (let k = this.#first; k < begins.length && (begins[k] as number) < toUs; k++) {
      const isOver = k + 1 < begins.length && (begins[k + 1] as number) <= fromUs;
      if (isOver) continue;
      for (let i = 0; i < width; i++) {
        const free = this.#free[k * width + i] as number;
        if (free < (room[i] as number)) room[i] = free;
      }
    }
    return room;
  }

  #begins(): readonly number[] {
    if (this.#beginsUs.length === 0) this.#workOut();
    return this.#beginsUs;
  }

  #workOut(): void {
    const nowUs = this.#nowUs;
    const instants = [nowUs];
    for (const { fromUs, toUs } of this.#stays) {
      if (fromUs > nowUs) instants.push(fromUs);
      if (toUs > nowUs && toUs !== Number.POSITIVE_INFINITY) instants.push(toUs);
    }
    instants.sort(ascending);
    const begins = instants.filter((atUs, i) => atUs !== instants[i - 1]);
    const width = this.#count + 2;
    const needed = begins.length * width;
    if (this.#free.length < needed) this.#free = new Float64Array(2 * needed);
    const free = this.#free;
    const base = this.#base;
    for (let at = 0; at < needed; at += width) {
      free[at] = base.cpuFreeMilli;
      free[at + 1] = base.memoryFreeMib;
      for (let g = 0; g < this.#count; g++) free[at + 2 + g] = base.gpuFreeMilli[g] as number;
    }
    for (const { part, fromUs, toUs } of this.#stays) {
      const { shape, gpus } = part;
      for (let k = 0; k < begins.length && (begins[k] as number) < toUs; k++) {
        if ((begins[k] as number) < fromUs) continue;
        const at = k * width;
        free[at]! -= shape.cpuMilli;
        free[at + 1]! -= shape.memoryMib;
        for (const g of gpus) free[at + 2 + g]! -= this.isPlain ? shape.gpuMilli : this.#milliOn(part, g);
      }
    }
    this.#beginsUs = begins;
    this.#first = 0;
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
    return this.#begins().every((beginUs, k, all) => {
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

/** Whether it matters to a job who its neighbours are. */
function minds(kin: Kin | undefined): boolean {
  return (
    kin !== undefined && (kin.apartFrom.length > 0 || kin.maxOfClassPerHost !== Number.POSITIVE_INFINITY)
  );
}

function ascending(a: number, b: number): number {
  return a - b;
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
