import { gpuMemoryMib } from '../../../hardware/index.ts';
import { type GpuAsk, isRefusal, openCard, type SharedGpu, type Slot } from '../../../sharing/index.ts';
import { type CardRoom, maximal } from './card-room.ts';

/** States of a card that are looked at; where there are more, only limits are known. */
const MOST_STATES = 3000;
/** Layouts that a program takes; where there are more, only limits are known. */
const MOST_LAYOUTS = 300;
/** Modes in which a tenant's part has the memory that it asks for and uses, and no other one has it. */
const RESERVES_MEMORY: readonly string[] = ['vgpu', 'hook'];
/** Nominal memory of a card over what programs see of it: sizes of vGPU types add up to the nominal. */
const NOMINAL_MEMORY = 1.125;

/**
 * All ways in which a card that a mode shares can be occupied by these asks: every state that can come about by tenants who
 * come where the mode lets them and go in any order. So rules of geometry, memory, counts and equal sizes are those
 * of the mode itself.
 */
export function slotRoom(gpu: SharedGpu, asks: readonly GpuAsk[]): CardRoom {
  const taken = asks.map((ask) => !isRefusal(openCard(gpu).admitEmpty(ask)));
  const rooms = new SlotSearch(
    gpu,
    asks.filter((_, i) => taken[i]),
  ).room();
  let next = 0;
  const kindsOf = taken.map((isTaken) => (isTaken ? (rooms.kindsOf[next++] as readonly number[]) : []));
  return { ...rooms, kindsOf };
}

class SlotSearch {
  readonly #gpu: SharedGpu;
  readonly #asks: readonly GpuAsk[];
  /** By ask: number among those that are told apart at admission. */
  readonly #numberOf: readonly number[];
  /** Those, asked for one slot at a time. */
  readonly #distinct: readonly GpuAsk[];
  readonly #slots: Slot[] = [];
  readonly #kindNumbers = new Map<string, number>();
  readonly #kindsOf: readonly Set<number>[];

  constructor(gpu: SharedGpu, asks: readonly GpuAsk[]) {
    this.#gpu = gpu;
    this.#asks = asks;
    const distinct = new Map<string, [number, GpuAsk]>();
    this.#numberOf = asks.map((ask) => {
      const { slot, use } = ask;
      // Speeds do not matter to who is let in.
      const key = JSON.stringify([slot, use.memoryMib, use.workload, use.processes, use.speedByProfile]);
      const known = distinct.get(key) ?? [distinct.size, ask];
      distinct.set(key, known);
      return known[0];
    });
    this.#distinct = [...distinct.values()].map(([, ask]) => ({ ...ask, count: 1 }));
    this.#kindsOf = this.#distinct.map(() => new Set<number>());
  }

  room(): CardRoom {
    const full = this.#explore();
    if (full === undefined) return this.#limited();
    const layouts = maximal(
      full.map((slots) => {
        const counts = new Array<number>(this.#slots.length).fill(0);
        for (const slot of slots) counts[this.#kindOf(slot)]! += 1;
        return counts;
      }),
    );
    if (layouts.length > MOST_LAYOUTS) return this.#limited();
    const kindsOf = this.#numberOf.map((number) => [...(this.#kindsOf[number] as Set<number>)]);
    return { slots: this.#slots, kindsOf, layouts, limits: [] };
  }

  /** Slots of all states that take nobody else in; undefined where there are too many states. */
  #explore(): readonly (readonly Slot[])[] | undefined {
    const card = openCard(this.#gpu);
    const seen = new Set(['']);
    const queue: (readonly Slot[])[] = [[]];
    const full: (readonly Slot[])[] = [];
    const visit = (slots: readonly Slot[]) => {
      const key = slots.map(stateKey).sort().join(' ');
      if (seen.has(key)) return;
      seen.add(key);
      queue.push(slots);
    };
    for (let at = 0; at < queue.length; at++) {
      if (queue.length > MOST_STATES) return undefined;
      const slots = queue[at] as readonly Slot[];
      for (const slot of [...card.slots]) card.release(slot);
      for (const slot of slots) card.place(slot);
      let isFull = true;
      this.#distinct.forEach((ask, i) => {
        const slot = card.admit(ask);
        if (isRefusal(slot)) return;
        isFull = false;
        this.#kindsOf[i]?.add(this.#kindOf(slot));
        visit([...slots, slot]);
      });
      if (isFull) full.push(slots);
      slots.forEach((slot, i) => {
        if (slots.findIndex((other) => stateKey(other) === stateKey(slot)) === i)
          visit(slots.toSpliced(i, 1));
      });
    }
    return full;
  }

  #kindOf(slot: Slot): number {
    const { profile, size, memoryMib, computeShare, bandwidthShare } = slot;
    const key = JSON.stringify([profile, size, memoryMib, computeShare, bandwidthShare]);
    const known = this.#kindNumbers.get(key);
    if (known !== undefined) return known;
    this.#kindNumbers.set(key, this.#slots.length);
    this.#slots.push(slot);
    return this.#slots.length - 1;
  }

  /** Every slot takes a thousandth of the card at least, and where memory is set aside for it, what was asked for and what is used. */
  #limited(): CardRoom {
    const { spec, mode } = this.#gpu;
    const nominalMib = spec.catalogue === null ? spec.memoryMib : gpuMemoryMib(spec.catalogue);
    const memoryMib = NOMINAL_MEMORY * Math.max(spec.memoryMib, nominalMib);
    const limits = [this.#distinct.map(() => 1 / 1000)];
    if (RESERVES_MEMORY.includes(mode.name)) {
      limits.push(
        this.#distinct.map(({ slot, use }) => {
          const askedMib = slot.kind === 'part' ? slot.memoryMib : 0;
          return Math.min(1, Math.max(askedMib, use.memoryMib) / memoryMib);
        }),
      );
    }
    return {
      slots: this.#distinct.map(() => undefined),
      kindsOf: this.#asks.map((_, i) => [this.#numberOf[i] as number]),
      layouts: undefined,
      limits,
    };
  }
}

/** Tells slots apart as far as a card does. */
function stateKey({ label, milli, size, memoryMib, start }: Slot): string {
  return `${label}|${milli}|${size}|${memoryMib}|${start}`;
}
