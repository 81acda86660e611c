import type { FleetView, Grant } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import type { TaskShape } from '../../cluster/request.ts';
import { type Card, isRefusal, type Slot } from '../../sharing/index.ts';

/**
 * What is left on one host, copied from the fleet: jobs can leave it, and nobody else sees that. It takes a shape
 * exactly where the host itself would (see `refusalMask`).
 */
export class HostSketch {
  readonly host: number;
  cpuFreeMilli: number;
  memoryFreeMib: number;
  /** By GPU index within the host. */
  readonly gpuFreeMilli: Int32Array;
  readonly #fleet: FleetView;
  readonly #start: number;
  /** By GPU index: who was on each shared card when the copy was made. */
  readonly #slots: (readonly Slot[])[] = [];
  /** By GPU index, made when it is first asked for; `null`: shared by fraction. */
  readonly #cards: (Card | null | undefined)[];

  constructor(fleet: FleetView, host: number) {
    this.#fleet = fleet;
    this.host = host;
    this.#start = fleet.gpuStart[host] as number;
    const count = fleet.gpusOf(host);
    this.cpuFreeMilli = fleet.cpuFreeMilli[host] as number;
    this.memoryFreeMib = fleet.memoryFreeMib[host] as number;
    this.gpuFreeMilli = new Int32Array(count);
    for (let g = 0; g < count; g++) this.gpuFreeMilli[g] = fleet.gpuFreeMilli[this.#start + g] as number;
    this.#cards = new Array(count);
    if (!fleet.hasCards) return;
    for (let g = 0; g < count; g++) this.#slots.push(fleet.cards[this.#start + g]?.slots.slice() ?? []);
  }

  /** The copy of a shared card; null where the GPU is shared by fraction. */
  card(g: number): Card | null {
    const known = this.#cards[g];
    if (known !== undefined) return known;
    let copy: Card | null = null;
    if (this.#fleet.cards[this.#start + g] !== undefined) {
      copy = this.#fleet.emptyCopy(this.#start + g) as Card;
      for (const slot of this.#slots[g] ?? []) copy.place(slot);
    }
    this.#cards[g] = copy;
    return copy;
  }

  /** Gives back what a part of this host holds. */
  release({ shape, gpus, grant }: Part): void {
    this.cpuFreeMilli += shape.cpuMilli;
    this.memoryFreeMib += shape.memoryMib;
    let next = 0;
    for (const g of gpus) {
      const card = this.card(g);
      let milli = shape.gpuMilli;
      if (card !== null) {
        milli = 0;
        for (let i = 0; i < (shape.ask?.count ?? 0); i++) {
          const slot = grant[next++] as Slot;
          card.release(slot);
          milli += slot.milli;
        }
      }
      this.gpuFreeMilli[g]! += milli;
    }
  }

  fits(shape: TaskShape): boolean {
    if (this.cpuFreeMilli < shape.cpuMilli || this.memoryFreeMib < shape.memoryMib) return false;
    let found = 0;
    for (let g = 0; found < shape.gpuCount && g < this.gpuFreeMilli.length; g++) {
      if (this.#hasRoom(g, shape)) found += 1;
    }
    return found === shape.gpuCount;
  }

  #hasRoom(g: number, shape: TaskShape): boolean {
    if (!mayServe(this.#fleet, this.#start + g, shape)) return false;
    const card = this.card(g);
    if (card === null) return (this.gpuFreeMilli[g] as number) >= shape.gpuMilli;
    return shape.ask !== undefined && !isRefusal(card.admit(shape.ask));
  }
}

/** Whether GPU number `g` of the fleet is open, of a wanted model and shared in a way that can serve the shape at all. */
export function mayServe(fleet: FleetView, g: number, { accepts, ask }: TaskShape): boolean {
  if (fleet.gpuClosedFor[g] !== 0) return false;
  if (accepts !== undefined && accepts[fleet.gpuModel[g] as number] !== 1) return false;
  return fleet.cards[g] === undefined ? ask?.slot.kind !== 'profile' : ask !== undefined;
}

/** The slots of a part on one GPU of its host. */
export function slotsOn({ shape, gpus, grant }: Part, isCard: (g: number) => boolean, gpu: number): Grant {
  const each = shape.ask?.count ?? 0;
  let next = 0;
  for (const g of gpus) {
    if (g === gpu) return isCard(g) ? grant.slice(next, next + each) : [];
    if (isCard(g)) next += each;
  }
  return [];
}
