import type { VgpuSeries } from '../../../hardware/vgpu/index.ts';
import type { GpuAsk, WorkloadClass } from '../../ask.ts';
import type { ConfigOf } from '../../config.ts';
import type { Refusal } from '../../slot.ts';
import type { CardType, CardTypes } from './card-types.ts';

/**
 * Series for a request that names none, first choice first: what the series is sold for, and of two that serve the
 * cheaper licence. A-series (session hosts, several users on one vGPU) are given only to those who name them.
 */
const SERIES_FOR: Readonly<Record<WorkloadClass, readonly VgpuSeries[]>> = {
  desktop: ['B', 'Q'],
  graphics: ['Q'],
  render: ['Q', 'C'],
  video: ['Q', 'C'],
  training: ['C', 'Q'],
  'inference-saturated': ['C', 'Q'],
  'inference-latency': ['C', 'Q'],
  hpc: ['C', 'Q'],
  generic: ['C', 'Q', 'B'],
};

const made = new WeakMap<CardTypes, Map<string, Offers>>();

/** The offers of a card; cards of one GPU and configuration share them. */
export function offersOf(types: CardTypes, config: ConfigOf<'vgpu'>): Offers {
  let byOptions = made.get(types);
  if (byOptions === undefined) {
    byOptions = new Map();
    made.set(types, byOptions);
  }
  const key = `${config.sizes} ${config.series ?? ''}`;
  let offers = byOptions.get(key);
  if (offers === undefined) {
    offers = new Offers(types, config);
    byOptions.set(key, offers);
  }
  return offers;
}

/** Which types of a card a request may get. */
export class Offers {
  readonly types: CardTypes;
  readonly sizes: ConfigOf<'vgpu'>['sizes'];
  readonly #series: VgpuSeries | null;
  /** Requests are constants that many cards are asked for again and again. */
  readonly #wanted = new WeakMap<GpuAsk, readonly CardType[] | Refusal>();

  constructor(types: CardTypes, { sizes, series }: ConfigOf<'vgpu'>) {
    this.types = types;
    this.sizes = sizes;
    this.#series = series as VgpuSeries | null;
  }

  /**
   * Thousandths of the card that one vGPU stands for: an equal turn where sizes are equal, its part of the memory where
   * they are mixed.
   */
  milli(type: CardType): number {
    if (this.sizes === 'equal') return Math.floor(1000 / type.maxPerGpu);
    return Math.min(1000, Math.floor((1000 * type.sizeMib) / (this.types.gpu.memoryGib * 1024)));
  }

  /**
   * The types that serve a request, best first; or why none ever does. Never empty.
   *
   * A request by size goes by the sizes in the types' names, as people order them, though a guest sees less: what it
   * asks for it may also say to use, and a use of just what the slot reserves means all of it. A use of any other size
   * must fit into the guest's memory: beyond, its allocation would fail.
   */
  wanted(ask: GpuAsk): readonly CardType[] | Refusal {
    let answer = this.#wanted.get(ask);
    if (answer === undefined) {
      answer = this.#find(ask);
      this.#wanted.set(ask, answer);
    }
    return answer;
  }

  #find(ask: GpuAsk): readonly CardType[] | Refusal {
    const found = this.#candidates(ask);
    if ('refused' in found) return found;
    if (ask.count > 1 && !found[0]!.severalPerVm) {
      return {
        refused: 'one-per-job',
        detail: `a virtual machine takes one ${found[0]!.name}, ${ask.count} are wanted`,
      };
    }
    const needMib = ask.use.memoryMib;
    const saidMib = ask.slot.kind === 'part' ? ask.slot.memoryMib : 0;
    const large = found.filter(
      (type) => needMib <= Math.max(saidMib, type.guestMib) || needMib === type.reservedMib,
    );
    if (large.length > 0) return large;
    const most = found.reduce((a, b) => (b.guestMib > a.guestMib ? b : a));
    return {
      refused: 'memory-too-large',
      detail: `allocates ${needMib} MiB, a guest sees ${most.guestMib} MiB of ${most.name}`,
    };
  }

  #candidates({ slot, use, count }: GpuAsk): readonly CardType[] | Refusal {
    if (slot.kind === 'profile') return this.#byName(slot.profile);
    if (count > 1)
      return { refused: 'one-per-job', detail: `${count} parts are wanted without a type's name` };
    const order = this.#series === null ? SERIES_FOR[use.workload] : [this.#series];
    const all = order.map((series) => this.#usable().filter((type) => type.series === series));
    if (all.every((types) => types.length === 0)) {
      return {
        refused: 'vgpu-edition',
        detail: `${this.types.gpu.name} has no types of series ${order.join(' or ')}`,
      };
    }
    if (slot.kind === 'whole') {
      const full = all.flat().filter((type) => type.maxPerGpu === 1);
      if (full.length > 0) return full;
      return {
        refused: 'no-profile-large-enough',
        detail: `no type of series ${order.join(' or ')} has all of the card`,
      };
    }
    const large = all
      .flat()
      .filter((type) => type.sizeMib >= slot.memoryMib && this.milli(type) >= slot.computeMilli);
    if (large.length > 0) return large;
    return {
      refused: 'no-profile-large-enough',
      detail: `${slot.computeMilli} thousandths and ${slot.memoryMib} MiB are wanted, no type of series ${order.join(' or ')} gives that`,
    };
  }

  #byName(name: string): readonly CardType[] | Refusal {
    const { types } = this;
    const type = types.named(name);
    if (type !== undefined && this.#usable().includes(type)) return [type];
    if (type !== undefined) {
      return { refused: 'vgpu-placement', detail: `"${type.name}" has no placement in mixed-size mode` };
    }
    if (types.isMigBacked(name)) {
      return { refused: 'vgpu-backing', detail: `"${name}" needs a GPU instance, the card is time-sliced` };
    }
    const series = types.seriesNamed(name);
    if (series !== undefined && !types.hasSeries(series)) {
      return { refused: 'vgpu-edition', detail: `${types.gpu.name} has no types of series ${series}` };
    }
    return { refused: 'unknown-profile', detail: `${types.gpu.name} has no vGPU type "${name}"` };
  }

  #usable(): readonly CardType[] {
    return this.sizes === 'equal' ? this.types.all : this.types.all.filter((type) => type.maxMixed > 0);
  }
}
