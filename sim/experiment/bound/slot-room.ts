import { GPU_MILLI } from '../../cluster/request.ts';
import { gpuMemoryMib } from '../../hardware/index.ts';
import { type GpuAsk, isRefusal, openCard, type SharedGpu, type Slot } from '../../sharing/index.ts';
import { type CardRoom, maximal } from './card-room.ts';

/** States of a card that are looked at; where there are more, only limits are known. */
const MOST_STATES = 3000;
/** Layouts that a program takes; where there are more, only limits are known. */
const MOST_LAYOUTS = 300;
/** Modes in which a tenant's part has the memory that it asks for and uses, and no other one has it. */
const RESERVES_MEMORY: readonly string[] = ['vgpu', 'hook'];
/** Modes in which who asks for a part may get a larger kind of part where smaller ones are gone. */
const MAY_GIVE_MORE: readonly string[] = ['mig', 'mig-vgpu', 'vgpu', 'gvt-g'];
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

/** Tells asks apart as far as it matters to who is let in, which speeds do not. The number of slots that are wanted is left out. */
export function admissionKey({ slot, use }: GpuAsk): string {
  return JSON.stringify([slot, use.memoryMib, use.workload, use.processes, use.speedByProfile]);
}

class SlotSearch {
  readonly #gpu: SharedGpu;
  readonly #asks: readonly GpuAsk[];
  /** By ask: number among those that are told apart at admission. */
  readonly #numberOf: readonly number[];
  /** Those, asked for one slot at a time. */
  readonly #distinct: readonly GpuAsk[];
  readonly #slots: Slot[] = [];
  /** By kind of slot. */
  readonly #mostMilli: number[] = [];
  readonly #kindNumbers = new Map<string, number>();
  readonly #kindsOf: readonly Set<number>[];

  constructor(gpu: SharedGpu, asks: readonly GpuAsk[]) {
    this.#gpu = gpu;
    this.#asks = asks;
    const distinct = new Map<string, [number, GpuAsk]>();
    this.#numberOf = asks.map((ask) => {
      const key = admissionKey(ask);
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
    return { slots: this.#slots, mostMilli: this.#mostMilli, kindsOf, layouts, limits: [] };
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
    const { profile, size, memoryMib, computeShare, bandwidthShare, milli } = slot;
    const key = JSON.stringify([profile, size, memoryMib, computeShare, bandwidthShare]);
    const kind = this.#kindNumbers.get(key) ?? this.#slots.length;
    if (kind === this.#slots.length) {
      this.#kindNumbers.set(key, kind);
      this.#slots.push(slot);
    }
    this.#mostMilli[kind] = Math.max(this.#mostMilli[kind] ?? 0, milli);
    return kind;
  }

  /**
   * Every slot takes a thousandth of the card at least, where the mode counts it alike on every card what it is counted as,
   * and where memory is set aside for it, what was asked for and what is used.
   */
  #limited(): CardRoom {
    const { spec, mode } = this.#gpu;
    const counted = this.#distinct.map((ask) => this.#countedAs(ask));
    const nominalMib = spec.catalogue === null ? spec.memoryMib : gpuMemoryMib(spec.catalogue);
    const memoryMib = NOMINAL_MEMORY * Math.max(spec.memoryMib, nominalMib);
    const limits = [counted.map(([least]) => least / GPU_MILLI)];
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
      mostMilli: counted.map(([, most]) => most),
      kindsOf: this.#asks.map((_, i) => [this.#numberOf[i] as number]),
      layouts: undefined,
      limits,
    };
  }

  /** Thousandths of the card that a slot for this ask is counted as, at least and at most. */
  #countedAs(ask: GpuAsk): readonly [least: number, most: number] {
    const first = openCard(this.#gpu).admitEmpty(ask);
    const isFree = MAY_GIVE_MORE.includes(this.#gpu.mode.name) && ask.slot.kind === 'part';
    if (isRefusal(first) || isFree) return [1, GPU_MILLI];
    // Equal places that do not come out even differ by a thousandth; who has no cap of compute gets what is left.
    const least = first.profile === 'uncapped' ? 1 : first.milli - Math.max(1, first.size);
    return [Math.max(1, least), Math.min(GPU_MILLI, first.milli + 1)];
  }
}

/** Tells slots apart as far as a card does. */
export function stateKey({ label, milli, size, memoryMib, start }: Slot): string {
  return `${label}|${milli}|${size}|${memoryMib}|${start}`;
}
