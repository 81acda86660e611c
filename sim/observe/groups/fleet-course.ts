import type { ClusterObserver, Job } from '../../cluster/changes.ts';
import { CLOSED_FOR, type FleetView } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import { GPU_MILLI } from '../../cluster/request.ts';
import type { Micros } from '../../kernel/time.ts';
import { type Ask, type CardState, CardStates } from './card-state.ts';
import { ALL_COLUMNS, type Column, columnOf, PLAIN_COLUMNS } from './columns.ts';
import { LargestFits } from './largest-fits.ts';
import { type HostPlaces, type PlaceKind, Places } from './places.ts';
import { Tracks } from './tracks.ts';

/** Parts of work are kept in these, so that sums are the same in any order and nothing is left when all is over. */
const WORK_STEPS = 2 ** 32;
const inSteps = (part: number) => Math.round(part * WORK_STEPS) / WORK_STEPS;
const EMPTY: CardState = {
  reservedMib: 0,
  fragmentedMib: 0,
  strandedMilli: 0,
  largest: '',
  largestMilli: 0,
};

export interface CourseOptions {
  readonly warmupUs: number;
  readonly places: HostPlaces;
  /** Whether each host is a part of its own. */
  readonly perHost: boolean;
  /** Whether GPUs may get another mode in the course of the run. */
  readonly changesModes: boolean;
  /** What the usual tasks ask of shared cards. */
  readonly wanted: readonly Ask[];
  /** By GPU model number: what one draws without work and with all that it can do; undefined: not known. */
  readonly powers: readonly (Power | undefined)[];
}

export interface Power {
  readonly idleW: number;
  readonly maxW: number;
}

/**
 * What the fleet and its parts hold and do over time: GPUs, CPU and memory allocated, and of shared GPUs also work, frame
 * buffer, link and what is left that is of no use. Looks only at what has changed; see columns.ts for what is followed.
 */
export class FleetCourse implements ClusterObserver {
  readonly places: Places;
  readonly tracks: Tracks;
  readonly #fleet: FleetView;
  readonly #warmupUs: number;
  readonly #states: CardStates;
  /** Changes of the fleet that are booked. */
  #seenChanges: number;
  #isWarm = false;
  endUs = 0;
  /** As booked, by host. */
  readonly #gpuHeld: Int32Array;
  readonly #cpuHeld: Int32Array;
  readonly #memoryHeld: Float64Array;
  readonly #isThere: Uint8Array;
  readonly #hostRows: (readonly number[])[] = [];
  /** By host: rows of all its GPUs where they are in the same parts. */
  readonly #commonRows: (readonly number[] | undefined)[] = [];
  /** As booked, by GPU. */
  readonly #rows: (readonly number[])[] = [];
  readonly #milliHeld: Int16Array;
  readonly #cards: (FleetView['cards'][number] | undefined)[] = [];
  readonly #sharing: FleetView['sharing'][number][] = [];
  readonly #versions: Float64Array;
  readonly #cardState: CardState[] = [];
  readonly #work: Float64Array;
  readonly #busy: Uint8Array;
  readonly #link: Float64Array;
  readonly #usedMib: Float64Array;
  readonly #fits = new LargestFits();
  /** By GPU: watts without work, and what all of its work adds; 0 where that is not known. */
  readonly #idleW: Float64Array;
  readonly #workW: Float64Array;
  /** Whether all of the fleet is in the same parts and shared by fraction, so that its totals say all. */
  readonly #isOneRow: boolean;
  readonly #totals = { gpu: 0, cpu: 0, memory: 0 };
  /** By job that moves or exchanges data. */
  readonly #movingTo = new Map<number, readonly Part[]>();
  readonly #exchanging = new Map<number, { readonly parts: readonly Part[]; readonly share: number }>();

  constructor(fleet: FleetView, options: CourseOptions) {
    this.#fleet = fleet;
    this.#warmupUs = options.warmupUs;
    this.#states = new CardStates(fleet, options.wanted);
    this.places = new Places(fleet, options.places, options.perHost, options.changesModes);
    const hasCards = fleet.hasCards || options.changesModes;
    this.#gpuHeld = new Int32Array(fleet.hostCount);
    this.#cpuHeld = new Int32Array(fleet.hostCount);
    this.#memoryHeld = new Float64Array(fleet.hostCount);
    this.#isThere = new Uint8Array(fleet.hostCount);
    this.#milliHeld = new Int16Array(fleet.gpuCount);
    const powers = Array.from(fleet.gpuModel, (model) => options.powers[model]);
    this.#idleW = Float64Array.from(powers, (power) => power?.idleW ?? 0);
    this.#workW = Float64Array.from(powers, (power) => (power === undefined ? 0 : power.maxW - power.idleW));
    const perCard = hasCards ? fleet.gpuCount : 0;
    this.#versions = new Float64Array(perCard).fill(-1);
    this.#work = new Float64Array(perCard);
    this.#busy = new Uint8Array(perCard);
    this.#link = new Float64Array(perCard);
    this.#usedMib = new Float64Array(perCard);
    for (let g = 0; g < fleet.gpuCount; g++) {
      this.#rows.push(this.places.rowsOfGpu(g));
      this.#sharing.push(fleet.sharing[g]);
      if (hasCards) this.#cardState.push(EMPTY);
    }
    for (let h = 0; h < fleet.hostCount; h++) {
      this.#hostRows.push(this.places.rowsOfHost(h));
      this.#commonRows.push(this.#commonOf(h));
    }
    const columns = hasCards ? ALL_COLUMNS : PLAIN_COLUMNS;
    this.#isOneRow = !hasCards && fleet.gpuCount > 0 && this.places.rowCount === 1;
    this.tracks = new Tracks(this.places.rowCount + this.places.spareRows, columns);
    for (let h = 0; h < fleet.hostCount; h++) this.#look(0, h);
    if (this.#isOneRow) this.#lookAtTotals(0);
    this.#seenChanges = fleet.changeCount;
    if (hasCards) {
      this.worked = (atUs, gpu, work, isBusy, link) => this.#worked(atUs, gpu, work, isBusy, link);
    }
  }

  placed(atUs: Micros, _job: Job, parts: readonly Part[]): void {
    this.#sync(atUs);
    this.#use(atUs, parts, 1);
  }

  finished(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.#left(atUs, job, parts);
  }

  failed(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.#left(atUs, job, parts);
  }

  preempted(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.#left(atUs, job, parts);
  }

  moved(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.#sync(atUs);
    this.#movingTo.set(job.number, parts);
  }

  freed(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.#sync(atUs);
    const to = this.#movingTo.get(job.number);
    if (to === undefined) return;
    this.#movingTo.delete(job.number);
    this.#use(atUs, parts, -1);
    this.#use(atUs, to, 1);
  }

  hostChanged(atUs: Micros, host: number): void {
    this.#sync(atUs);
    if (this.#isOneRow) this.#look(atUs, host);
  }

  openChanged(atUs: Micros): void {
    this.#sync(atUs);
  }

  relaid(atUs: Micros): void {
    this.#sync(atUs);
  }

  /** There where GPUs may be shared by a mode, so that nobody asks for it elsewhere. */
  worked?: NonNullable<ClusterObserver['worked']>;

  #worked(atUs: Micros, gpu: number, part: number, isBusy: boolean, link: number): void {
    if (!this.#isWarm) this.#warmUp(atUs);
    const work = inSteps(part);
    const bytes = Math.round(link);
    const busy = isBusy ? 1 : 0;
    const dWork = work - (this.#work[gpu] as number);
    const dBusy = busy - (this.#busy[gpu] as number);
    const dLink = bytes - (this.#link[gpu] as number);
    this.#work[gpu] = work;
    this.#busy[gpu] = busy;
    this.#link[gpu] = bytes;
    const dWatts = dWork * (this.#workW[gpu] as number);
    const { tracks } = this;
    const { values, columns } = tracks;
    const rows = this.#rows[gpu] as readonly number[];
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      tracks.settleWork(row, atUs);
      const base = row * columns;
      values[base + WORK]! += dWork;
      values[base + BUSY]! += dBusy;
      values[base + LINK_MOVED]! += dLink;
      values[base + WATTS]! += dWatts;
    }
  }

  exchanges(atUs: Micros, job: Job, parts: readonly Part[], share: number): void {
    this.#sync(atUs);
    this.#endExchange(atUs, job);
    const known = { parts, share: inSteps(share) };
    this.#exchanging.set(job.number, known);
    this.#exchange(atUs, known, 1);
  }

  ended(atUs: Micros): void {
    this.#sync(atUs);
    this.tracks.settleAll(atUs);
    this.#fits.settleAll(atUs);
    this.endUs = atUs;
  }

  /** Whether anything was measured: a run may end within its warm-up. */
  get isWarm(): boolean {
    return this.#isWarm;
  }

  get measuredUs(): number {
    return this.#isWarm ? this.endUs - this.#warmupUs : 0;
  }

  /** GPU-time in which each part was the largest wanted one that a shared card still took; empty: it took none. */
  fitTimes(): readonly (readonly [largest: string, cardUs: number])[] {
    return this.#fits.times();
  }

  rowOf(kind: PlaceKind, name: string): number | undefined {
    return this.places.rowOf(kind, name);
  }

  #left(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.#sync(atUs);
    this.#movingTo.delete(job.number);
    this.#use(atUs, parts, -1);
    if (this.#exchanging.size > 0) this.#endExchange(atUs, job);
  }

  #endExchange(atUs: number, { number }: Job): void {
    const known = this.#exchanging.get(number);
    if (known === undefined) return;
    this.#exchanging.delete(number);
    this.#exchange(atUs, known, -1);
  }

  #exchange(
    atUs: number,
    { parts, share }: { readonly parts: readonly Part[]; readonly share: number },
    sign: number,
  ) {
    for (const { host, gpus } of parts) {
      for (const index of gpus) {
        const rows = this.#rows[(this.#fleet.gpuStart[host] as number) + index] as readonly number[];
        this.#add(atUs, rows, 'exchange', sign * share);
        this.#add(atUs, rows, 'exchanging', sign);
      }
    }
  }

  /** Takes over every host that has changed since. */
  #sync(atUs: number): void {
    if (!this.#isWarm) this.#warmUp(atUs);
    const { changeRing, changeCount, hostCount } = this.#fleet;
    const from = this.#seenChanges;
    if (from === changeCount) return;
    this.#seenChanges = changeCount;
    if (this.#isOneRow) {
      this.#lookAtTotals(atUs);
      return;
    }
    if (changeCount - from > changeRing.length) {
      for (let h = 0; h < hostCount; h++) this.#look(atUs, h);
      return;
    }
    let last = -1;
    for (let i = from; i < changeCount; i++) {
      const host = changeRing[i & (changeRing.length - 1)] as number;
      if (host !== last) this.#look(atUs, host);
      last = host;
    }
  }

  /** What is given away of a fleet with one row; who of it is there is told host by host. */
  #lookAtTotals(atUs: number): void {
    const {
      gpuCount,
      gpuFreeTotalMilli,
      cpuTotalMilli,
      cpuFreeTotalMilli,
      memoryTotalMib,
      memoryFreeTotalMib,
    } = this.#fleet;
    const gpu = gpuCount * GPU_MILLI - gpuFreeTotalMilli;
    const cpu = cpuTotalMilli - cpuFreeTotalMilli;
    const memory = memoryTotalMib - memoryFreeTotalMib;
    const known = this.#totals;
    const rows = this.#rows[0] as readonly number[];
    this.#addOfHost(atUs, rows, cpu - known.cpu, memory - known.memory);
    if (gpu !== known.gpu) this.#addHeld(atUs, rows, gpu - known.gpu, 0);
    known.gpu = gpu;
    known.cpu = cpu;
    known.memory = memory;
  }

  #look(atUs: number, host: number): void {
    const fleet = this.#fleet;
    const isThere = ((fleet.closedFor[host] as number) & CLOSED_FOR.absence) === 0 ? 1 : 0;
    const come = isThere - (this.#isThere[host] as number);
    const cpu = (fleet.cpuCapacityMilli[host] as number) - (fleet.cpuFreeMilli[host] as number);
    const memory = (fleet.memoryCapacityMib[host] as number) - (fleet.memoryFreeMib[host] as number);
    const gpus = fleet.gpusOf(host);
    const held = gpus * GPU_MILLI - (fleet.hostGpuFreeMilli[host] as number);
    // Of one row the totals tell.
    const isTold = this.#isOneRow;
    const dCpu = isTold ? 0 : cpu - (this.#cpuHeld[host] as number);
    const dMemory = isTold ? 0 : memory - (this.#memoryHeld[host] as number);
    const dHeld = isTold ? 0 : held - (this.#gpuHeld[host] as number);
    this.#cpuHeld[host] = cpu;
    this.#memoryHeld[host] = memory;
    this.#gpuHeld[host] = held;
    this.#isThere[host] = isThere;
    const ofHost = this.#hostRows[host] as readonly number[];
    this.#addOfHost(atUs, ofHost, dCpu, dMemory);
    const common = this.#commonRows[host];
    if (common !== undefined) {
      const first = fleet.gpuStart[host] as number;
      if (dHeld !== 0) this.#addHeld(atUs, common, dHeld, first);
      if (come !== 0) {
        this.#add(atUs, common, 'gpuThere', come * gpus * GPU_MILLI);
        this.#add(atUs, common, 'watts', come * gpus * (this.#idleW[first] as number));
      }
    } else if (gpus > 0) this.#lookAtEach(atUs, host, come);
    if (come !== 0) {
      this.#add(atUs, ofHost, 'hostsThere', come);
      this.#add(atUs, ofHost, 'cpuThere', come * (fleet.cpuCapacityMilli[host] as number));
      this.#add(atUs, ofHost, 'memoryThere', come * (fleet.memoryCapacityMib[host] as number));
    }
    if (this.#versions.length > 0) this.#lookAtCards(atUs, host, come, isThere);
  }

  /** GPUs of one host that are in different parts. */
  #lookAtEach(atUs: number, host: number, come: number): void {
    const fleet = this.#fleet;
    for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
      const rows = this.#rows[g] as readonly number[];
      const held = GPU_MILLI - (fleet.gpuFreeMilli[g] as number);
      if (held !== this.#milliHeld[g]) this.#addHeld(atUs, rows, held - (this.#milliHeld[g] as number), g);
      this.#milliHeld[g] = held;
      if (come !== 0) {
        this.#add(atUs, rows, 'gpuThere', come * GPU_MILLI);
        this.#add(atUs, rows, 'watts', come * (this.#idleW[g] as number));
      }
    }
  }

  #lookAtCards(atUs: number, host: number, come: number, isThere: number): void {
    const fleet = this.#fleet;
    for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
      const card = fleet.cards[g];
      if (card === undefined) continue;
      const isOther = this.#cards[g] !== card;
      if (come === 0 && !isOther && this.#versions[g] === card.version) continue;
      const wasThere = isThere - come;
      const state = this.#states.of(g);
      // Places that were tried and given back leave no trace.
      if (come === 0 && !isOther && isEqual(state, this.#cardState[g] as CardState)) {
        this.#versions[g] = card.version;
        continue;
      }
      // Away with what was booked of the card as it was, where it was.
      if (this.#cards[g] !== undefined && wasThere === 1) this.#bookCard(atUs, g, -1);
      if (this.#sharing[g] !== fleet.sharing[g]) this.#reshared(atUs, g, host, isThere);
      this.#cards[g] = card;
      this.#versions[g] = card.version;
      this.#cardState[g] = state;
      if (isThere === 1) this.#bookCard(atUs, g, 1);
    }
  }

  /** A GPU that has another mode, or other options, is in other parts. Nobody is on it where the mode has changed. */
  #reshared(atUs: number, gpu: number, host: number, isThere: number): void {
    this.#sharing[gpu] = this.#fleet.sharing[gpu];
    const before = this.#rows[gpu] as readonly number[];
    const after = this.places.rowsOfGpu(gpu);
    if (after === before) return;
    const held = GPU_MILLI - (this.#fleet.gpuFreeMilli[gpu] as number);
    const idleW = isThere * (this.#idleW[gpu] as number);
    const workW = (this.#work[gpu] as number) * (this.#workW[gpu] as number);
    if (isThere === 1) {
      this.#add(atUs, before, 'gpuThere', -GPU_MILLI);
      this.#add(atUs, after, 'gpuThere', GPU_MILLI);
    }
    this.#add(atUs, before, 'watts', -idleW - workW);
    this.#add(atUs, after, 'watts', idleW + workW);
    this.#add(atUs, before, 'gpuHeld', -held);
    this.#add(atUs, after, 'gpuHeld', held);
    for (const [column, value] of [
      ['work', this.#work[gpu]],
      ['busy', this.#busy[gpu]],
      ['linkMoved', this.#link[gpu]],
      ['frameBufferUsed', this.#inCardMib(gpu)],
    ] as const) {
      this.#add(atUs, before, column, -(value as number));
      this.#add(atUs, after, column, value as number);
    }
    this.#rows[gpu] = after;
    // What was booked of the host as a whole is booked GPU by GPU from now on.
    if (this.#commonRows[host] !== undefined) {
      const start = this.#fleet.gpuStart[host] as number;
      for (let g = start; g < (this.#fleet.gpuStart[host + 1] as number); g++) {
        this.#milliHeld[g] = GPU_MILLI - (this.#fleet.gpuFreeMilli[g] as number);
      }
      this.#commonRows[host] = undefined;
    }
  }

  /** Books what a card is and leaves, or takes it back. */
  #bookCard(atUs: number, gpu: number, sign: 1 | -1): void {
    const rows = this.#rows[gpu] as readonly number[];
    const card = this.#cards[gpu];
    if (card === undefined) return;
    const state = this.#cardState[gpu] as CardState;
    const add = (column: Column, value: number) => {
      if (value !== 0) this.#add(atUs, rows, column, sign * value);
    };
    add('cardsThere', 1);
    add('frameBufferThere', card.spec.memoryMib);
    add('linkThere', Math.round(card.spec.linkBytesPerSec));
    add('frameBufferReserved', state.reservedMib);
    add('frameBufferFragmented', state.fragmentedMib);
    add('stranded', inSteps(state.strandedMilli / GPU_MILLI));
    add('largestFit', inSteps(state.largestMilli / GPU_MILLI));
    this.#fits.change(atUs, state.largest, sign);
  }

  /** Books the frame buffer that a job allocates on shared cards, or takes it back. */
  #use(atUs: number, parts: readonly Part[], sign: 1 | -1): void {
    if (this.#usedMib.length === 0) return;
    for (const { shape, host, gpus, grant } of parts) {
      if (grant.length === 0 || shape.ask === undefined) continue;
      const mib = shape.ask.use.memoryMib * shape.ask.count;
      for (const index of gpus) {
        const g = (this.#fleet.gpuStart[host] as number) + index;
        if (this.#cards[g] === undefined) continue;
        const before = this.#inCardMib(g);
        this.#usedMib[g]! += sign * mib;
        this.#add(atUs, this.#rows[g] as readonly number[], 'frameBufferUsed', this.#inCardMib(g) - before);
      }
    }
  }

  /** What is allocated of a card's frame buffer: where jobs may ask for more than there is, the rest lies elsewhere. */
  #inCardMib(gpu: number): number {
    const used = this.#usedMib[gpu] ?? 0;
    return Math.min(used, this.#cards[gpu]?.spec.memoryMib ?? used);
  }

  /** Books what a host as a whole has given away. */
  #addOfHost(atUs: number, rows: readonly number[], cpuMilli: number, memoryMib: number): void {
    if (cpuMilli === 0 && memoryMib === 0) return;
    const { tracks } = this;
    const { values, columns } = tracks;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      tracks.settle(row, atUs);
      const base = row * columns;
      values[base + CPU_HELD]! += cpuMilli;
      values[base + MEMORY_HELD]! += memoryMib;
    }
  }

  /** Books what is held of a GPU (or of all those of its host); jobs use what they hold of one that no mode shares. */
  #addHeld(atUs: number, rows: readonly number[], milli: number, gpu: number): void {
    const { tracks } = this;
    const watts = this.#sharing[gpu] === undefined ? (milli / GPU_MILLI) * (this.#workW[gpu] as number) : 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      tracks.settle(row, atUs);
      const base = row * tracks.columns;
      tracks.values[base]! += milli;
      tracks.values[base + WATTS]! += watts;
    }
  }

  #add(atUs: number, rows: readonly number[], column: Column, delta: number): void {
    const { tracks } = this;
    const at = columnOf(column);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      tracks.settle(row, atUs);
      tracks.values[row * tracks.columns + at]! += delta;
    }
  }

  #commonOf(host: number): readonly number[] | undefined {
    const start = this.#fleet.gpuStart[host] as number;
    const first = this.#rows[start];
    if (start === this.#fleet.gpuStart[host + 1]) return undefined;
    for (let g = start; g < (this.#fleet.gpuStart[host + 1] as number); g++) {
      if (this.#rows[g] !== first) return undefined;
    }
    return first;
  }

  #warmUp(atUs: number): void {
    if (atUs < this.#warmupUs) return;
    this.#isWarm = true;
    this.tracks.settleAll(this.#warmupUs);
    this.tracks.reset(this.#warmupUs);
    this.#fits.reset(this.#warmupUs);
  }
}

const CPU_HELD = columnOf('cpuHeld');
const MEMORY_HELD = columnOf('memoryHeld');
const WORK = columnOf('work');
const BUSY = columnOf('busy');
const LINK_MOVED = columnOf('linkMoved');
const WATTS = columnOf('watts');

function isEqual(a: CardState, b: CardState): boolean {
  return (
    a === b ||
    (a.reservedMib === b.reservedMib &&
      a.fragmentedMib === b.fragmentedMib &&
      a.strandedMilli === b.strandedMilli &&
      a.largest === b.largest &&
      a.largestMilli === b.largestMilli)
  );
}
