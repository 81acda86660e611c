import type { FleetView } from './fleet.ts';
import { isGpuOpen } from './open.ts';

/** What is looked at of GPUs. */
export type GpuRoom = Pick<FleetView, 'gpuStart' | 'gpuModel' | 'gpuFreeMilli' | 'gpuClosedFor'>;

/**
 * Numbers for "what is left on a host's GPUs, whatever their order": hosts whose GPUs are alike as multisets of
 * (model, thousandths left) share a number; GPUs that have failed or take nobody in are left out. Questions that do not depend on GPU order are then answered once per state.
 *
 * Bounded: beyond `maxStates` everything is forgotten and numbering starts again; `epoch` then counts up.
 */
export class GpuStates {
  epoch = 0;
  readonly #maxStates: number;
  /** By state: its entries `model * 1024 + left`, ascending. */
  #entries: Int32Array[] = [];
  readonly #byKey = new Map<string, number>();
  /** By `state * 2^21 + entry`, then by thousandths taken: the state after. */
  readonly #after = new Map<number, number>();

  constructor(maxStates = 200_000) {
    this.#maxStates = maxStates;
  }

  /** The entries of a state, ascending. */
  entries(state: number): Int32Array {
    return this.#entries[state] as Int32Array;
  }

  /** The state of a host's GPUs now. */
  ofHost(fleet: GpuRoom, host: number): number {
    const start = fleet.gpuStart[host] as number;
    const end = fleet.gpuStart[host + 1] as number;
    const entries = new Int32Array(end - start);
    let open = 0;
    for (let g = start; g < end; g++) {
      if (!isGpuOpen(fleet, g)) continue;
      entries[open] = entryOf(fleet.gpuModel[g] as number, fleet.gpuFreeMilli[g] as number);
      open += 1;
    }
    return this.#intern(open === entries.length ? entries : entries.slice(0, open));
  }

  /**
   * The state after one GPU of the given model and room gives away `takenMilli`.
   *
   * @param state a state that has such a GPU
   */
  after(state: number, model: number, leftMilli: number, takenMilli: number): number {
    // 2^10 for each of left and taken, 2^12 models and 2^18 states keep the key a safe integer.
    const key = ((state * 4096 + model) * 1024 + leftMilli) * 1024 + takenMilli;
    const known = this.#after.get(key);
    if (known !== undefined) return known;
    const entries = this.entries(state).slice();
    entries[entries.indexOf(entryOf(model, leftMilli))] = entryOf(model, leftMilli - takenMilli);
    const next = this.#intern(entries);
    this.#after.set(key, next);
    return next;
  }

  /** To be called between decisions: drops everything when too much has been kept. */
  trim(): void {
    if (this.#entries.length <= this.#maxStates && this.#after.size <= 4 * this.#maxStates) return;
    this.#entries = [];
    this.#byKey.clear();
    this.#after.clear();
    this.epoch += 1;
  }

  #intern(entries: Int32Array): number {
    entries.sort();
    const key = String.fromCharCode.apply(null, entryCodes(entries));
    let state = this.#byKey.get(key);
    if (state === undefined) {
      state = this.#entries.length;
      this.#entries.push(entries);
      this.#byKey.set(key, state);
    }
    return state;
  }
}

function entryOf(model: number, leftMilli: number): number {
  return model * 1024 + leftMilli;
}

/** Two UTF-16 units an entry. */
function entryCodes(entries: Int32Array): number[] {
  const codes: number[] = [];
  for (const entry of entries) codes.push(entry >>> 10, entry & 1023);
  return codes;
}
