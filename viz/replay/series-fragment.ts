import { FragmentationMeter, type HostRoom, type TypicalShape } from '../../sim/cluster/fragmentation.ts';
import { isGpuOpen, isHostOpen } from '../../sim/cluster/open.ts';
import type { ReplayHeader, ReplayMix, ReplayState } from '../../sim/observe/replay/index.ts';
import type { SeriesBook } from './series-book.ts';

const FULL_MILLI = 1000;

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
 * `LineCourse`), kept up host by host.
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
  /** By host: fragment, and what is in service, thousandths of a GPU. */
  #fragment = new Float64Array();
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
    // The sum is made anew now and then, so that rounding does not pile up.
    this.value = this.#fragment.reduce((sum, each) => sum + each, 0);
    this.#meter?.trim();
  }

  look(host: number): void {
    const [state, meter, room] = [this.#state, this.#meter, this.#room];
    if (state === undefined || meter === undefined || room === undefined) return;
    // Tells the meter that the host has changed.
    room.versions[host]! += 1;
    const { gpuStart, gpuFreeMilli, cpuFreeMilli } = state;
    const isOpen = isHostOpen(state, host);
    const fragment = isOpen ? meter.fragment(meter.stateOf(host), cpuFreeMilli[host] as number) : 0;
    let inService = 0;
    for (let g = gpuStart[host] as number; g < (gpuStart[host + 1] as number); g++) {
      const couldBeHad = isOpen && isGpuOpen(state, g);
      inService += couldBeHad ? FULL_MILLI : FULL_MILLI - (gpuFreeMilli[g] as number);
    }
    this.value += fragment - (this.#fragment[host] as number);
    this.whole += inService - (this.#inService[host] as number);
    this.#fragment[host] = fragment;
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
    this.#fragment = new Float64Array(hosts.length);
    this.#inService = new Float64Array(hosts.length);
  }
}
