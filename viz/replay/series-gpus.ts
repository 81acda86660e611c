import { CLOSED_FOR } from '../../sim/cluster/closed-for.ts';
import type { ReplayEvent, ReplayState } from '../../sim/observe/replay/index.ts';
import type { SeriesBook } from './series-book.ts';

const FULL_MILLI = 1000;
/** Parts of work are kept in these, as the run keeps them, so that nothing is left of a sum when all is over. */
const WORK_STEPS = 2 ** 32;

/** Which GPUs of a fleet a series is about, by number. */
export type GpuFilter = (gpu: number) => boolean;

/** How much is held of GPUs whose hosts are there. */
export class AllocatedBook implements SeriesBook {
  readonly unit = 'fraction';
  value = 0;
  whole = 0;
  readonly #has: GpuFilter | undefined;
  #state: ReplayState | undefined;
  /** By host, thousandths. */
  #held = new Float64Array();
  #there = new Float64Array();

  /** @param has absent: all of the fleet */
  constructor(has?: GpuFilter) {
    this.#has = has;
  }

  begin(state: ReplayState): void {
    this.#state = state;
    if (this.#held.length !== state.hosts.length) {
      this.#held = new Float64Array(state.hosts.length);
      this.#there = new Float64Array(state.hosts.length);
    }
    for (let h = 0; h < state.hosts.length; h++) this.look(h);
  }

  look(host: number): void {
    if (this.#state === undefined) return;
    const { gpuStart, gpuFreeMilli, closedFor } = this.#state;
    let held = 0;
    let there = 0;
    if (isThere(closedFor, host)) {
      for (let g = gpuStart[host] as number; g < (gpuStart[host + 1] as number); g++) {
        if (this.#has?.(g) === false) continue;
        there += FULL_MILLI;
        held += FULL_MILLI - (gpuFreeMilli[g] as number);
      }
    }
    this.value += held - (this.#held[host] as number);
    this.whole += there - (this.#there[host] as number);
    this.#held[host] = held;
    this.#there[host] = there;
  }
}

/** What cards that modes share work at, as a part of those that are there. */
export class UtilizedBook implements SeriesBook {
  readonly unit = 'fraction';
  value = 0;
  whole = 0;
  readonly #has: GpuFilter | undefined;
  #state: ReplayState | undefined;
  /** By GPU, as booked. */
  #work = new Float64Array();
  /** By host. */
  #cards = new Int32Array();

  /** @param has absent: all of the fleet */
  constructor(has?: GpuFilter) {
    this.#has = has;
  }

  begin(state: ReplayState): void {
    this.#state = state;
    if (this.#work.length !== state.gpuCount) {
      this.#work = new Float64Array(state.gpuCount);
      this.#cards = new Int32Array(state.hosts.length);
    }
    for (let h = 0; h < state.hosts.length; h++) this.look(h);
    for (let g = 0; g < state.gpuCount; g++) this.#lookAtWork(g);
  }

  look(host: number): void {
    if (this.#state === undefined) return;
    const { gpuStart, cards, closedFor } = this.#state;
    let there = 0;
    if (isThere(closedFor, host)) {
      for (let g = gpuStart[host] as number; g < (gpuStart[host + 1] as number); g++)
        if (cards[g] !== undefined && this.#has?.(g) !== false) there += 1;
    }
    this.whole += there - (this.#cards[host] as number);
    this.#cards[host] = there;
  }

  follow({ kind, gpu }: ReplayEvent): void {
    if (kind === 'worked' && gpu !== undefined) this.#lookAtWork(gpu);
  }

  #lookAtWork(gpu: number): void {
    if (this.#state === undefined || this.#has?.(gpu) === false) return;
    const work = Math.round((this.#state.work[gpu] as number) * WORK_STEPS) / WORK_STEPS;
    this.value += work - (this.#work[gpu] as number);
    this.#work[gpu] = work;
  }
}

/** Hosts that are there. */
export class HostsBook implements SeriesBook {
  readonly unit = 'hosts';
  value = 0;
  readonly whole = 1;
  #state: ReplayState | undefined;
  #there = new Uint8Array();

  begin(state: ReplayState): void {
    this.#state = state;
    if (this.#there.length !== state.hosts.length) this.#there = new Uint8Array(state.hosts.length);
    for (let h = 0; h < state.hosts.length; h++) this.look(h);
  }

  look(host: number): void {
    if (this.#state === undefined) return;
    const there = isThere(this.#state.closedFor, host) ? 1 : 0;
    this.value += there - (this.#there[host] as number);
    this.#there[host] = there;
  }
}

function isThere(closedFor: Uint8Array, host: number): boolean {
  return ((closedFor[host] as number) & CLOSED_FOR.absence) === 0;
}
