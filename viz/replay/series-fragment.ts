import {
  FRAGMENT_CATEGORIES,
  FragmentationMeter,
  type HostRoom,
  type TypicalShape,
} from '../../sim/cluster/fragmentation.ts';
import { isGpuOpen, isHostOpen } from '../../sim/cluster/open.ts';
import { PairSums } from '../../sim/kernel/stats/pair-sums.ts';
import type { ReplayHeader, ReplayMix, ReplayState } from '../../sim/observe/replay/index.ts';
import type { SeriesBook } from './series-book.ts';

const FULL_MILLI = 1000;
const CATEGORIES = FRAGMENT_CATEGORIES.length;
const SATISFIED = FRAGMENT_CATEGORIES.indexOf('satisfied');

/** Whether the replay says what its fragmentation is about. */
export function hasMix({ mix }: Pick<ReplayHeader, 'mix'>): boolean {
  const isCount = (value: unknown) => typeof value === 'number' && value >= 0;
  return (
    Array.isArray(mix) &&
    mix.length > 0 &&
    mix.every(
      (each: Partial<ReplayMix[number]> | null) =>
        [each?.cpuMilli, each?.gpuCount, each?.gpuMilli, each?.frequency].every(isCount) &&
        Array.isArray(each?.models),
    )
  );
}

/**
 * Expected fragmentation of the fleet as a part of its capacity in service, as the run has it (`FragmentationTracker`,
 * `LineCourse`), kept up host by host. It is added up as the tracker adds it up, so that both agree to the last bit.
 */
export class FragmentBook implements SeriesBook {
  readonly unit = 'fraction';
  value = 0;
  whole = 0;
  readonly #mix: ReplayMix;
  /** Both undefined before the first state. */
  #state: ReplayState | undefined;
  #meter: FragmentationMeter | undefined;
  /** What the meter looks at: of the state that is there now. */
  #room: { -readonly [K in keyof HostRoom]: HostRoom[K] } | undefined;
  /** By category, over the hosts: idle GPU in thousandths. */
  #byCategory: readonly PairSums[] = [];
  readonly #row = new Float64Array(CATEGORIES);
  /** By host: thousandths of a GPU in service. */
  #inService = new Float64Array();

  constructor(mix: ReplayMix) {
    this.#mix = mix;
  }

  begin(state: ReplayState): void {
    this.#state = state;
    const { gpuStart, gpuFreeMilli, gpuClosedFor, cpuFreeMilli } = state;
    if (this.#room === undefined) this.#measure(state);
    else Object.assign(this.#room, { gpuStart, gpuFreeMilli, gpuClosedFor, cpuFreeMilli });
    for (let h = 0; h < state.hosts.length; h++) this.look(h);
    this.#meter?.trim();
  }

  look(host: number): void {
    const [state, meter, room] = [this.#state, this.#meter, this.#room];
    if (state === undefined || meter === undefined || room === undefined) return;
    // Tells the meter that the host has changed.
    room.versions[host]! += 1;
    const { gpuStart, gpuFreeMilli } = state;
    const isOpen = isHostOpen(state, host);
    const row = this.#row.fill(0);
    if (isOpen) meter.addHost(host, row, 1);
    let fragment = 0;
    for (let c = 0; c < CATEGORIES; c++) {
      const held = this.#byCategory[c] as PairSums;
      held.set(host, row[c] as number);
      if (c !== SATISFIED) fragment += held.total;
    }
    this.value = fragment;
    let inService = 0;
    for (let g = gpuStart[host] as number; g < (gpuStart[host + 1] as number); g++) {
      const couldBeHad = isOpen && isGpuOpen(state, g);
      inService += couldBeHad ? FULL_MILLI : FULL_MILLI - (gpuFreeMilli[g] as number);
    }
    this.whole += inService - (this.#inService[host] as number);
    this.#inService[host] = inService;
  }

  #measure({ hosts, gpuCount, gpuStart, gpuFreeMilli, gpuClosedFor, cpuFreeMilli }: ReplayState): void {
    const numbers = new Map<string, number>();
    const gpuModel = new Uint16Array(gpuCount);
    hosts.forEach(({ gpus }, h) => {
      let g = gpuStart[h] as number;
      for (const { model, count } of gpus) {
        const number = numbers.get(model) ?? numbers.size;
        numbers.set(model, number);
        gpuModel.fill(number, g, g + count);
        g += count;
      }
    });
    this.#room = {
      ...{ hostCount: hosts.length, versions: new Float64Array(hosts.length), gpuModel },
      ...{ gpuStart, gpuFreeMilli, gpuClosedFor, cpuFreeMilli },
    };
    this.#meter = new FragmentationMeter(
      this.#room,
      this.#mix.map((usual, id): TypicalShape => {
        const { cpuMilli, gpuCount: count, gpuMilli, models, frequency } = usual;
        const accepts = models.length === 0 ? undefined : new Uint8Array(numbers.size);
        for (const model of models) {
          const number = numbers.get(model);
          if (number !== undefined && accepts !== undefined) accepts[number] = 1;
        }
        const asked = { cpuMilli, memoryMib: 0, gpuCount: count, gpuMilli, models };
        const known = { id, accepts, speedOf: undefined, alone: [], totalGpuMilli: count * gpuMilli };
        return { shape: { ...asked, ...known }, frequency };
      }),
    );
    this.#byCategory = FRAGMENT_CATEGORIES.map(() => new PairSums(hosts.length));
    this.#inService = new Float64Array(hosts.length);
  }
}
