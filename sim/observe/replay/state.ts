import type { HostSpec } from '../../cluster/fleet.ts';
import { GPU_MILLI, type TaskRequest } from '../../cluster/request.ts';
import type { PlacementSet } from '../../hardware/index.ts';
import type { Slot } from '../../sharing/index.ts';
import { ReplayBytesError } from './bytes.ts';
import { planOf } from './fleet-plan.ts';
import { MOST_JOBS, type Phase } from './format.ts';
import type { HeldPart, JobKind } from './job-kind.ts';

/** What a job holds that waits. */
export const NO_PARTS: readonly HeldPart[] = [];

const NOBODY: readonly Occupant[] = [];

/** A job in the system. */
export interface ReplayJob {
  /** Its place in the table of jobs in the system; free for another when it has left. */
  readonly slot: number;
  readonly number: number;
  readonly name: string;
  readonly kind: JobKind;
  readonly arrivalUs: number;
  readonly durationUs: number;
  readonly estimateUs: number;
  phase: Phase;
  /** Since when it is in that phase. */
  sinceUs: number;
  /** When it was placed last; -1: not yet. */
  startedUs: number;
  /** How often it was placed. */
  starts: number;
  /** While it waits: the number of those that wait for the same reason; -1: none. */
  group: number;
  /** Of a session: whether it has work. */
  isActive: boolean;
  parts: readonly HeldPart[];
  /** The place that it moves to, held besides its own. */
  to: readonly HeldPart[] | undefined;
}

/** A card that a mode shares, in what may change about it. */
export interface CardState {
  /** The mode with its options, as JSON: `{"mode": "mig", ...}`. */
  readonly sharing: string;
  /** GPU instances that stand (MIG), and those that take no further tenant; null: made as tenants come. */
  readonly standing: PlacementSet | null;
  readonly held: PlacementSet;
  /** What it is cut into (vGPU sizes, virtual functions), in words; null: parts are made as tenants come. */
  readonly cut: string | null;
  readonly isCutHeld: boolean;
}

/** Part of a card's compute that works for a job; one session stands for all of its group where those fill the card. */
export interface WorkShare {
  /** Slot of the job. */
  readonly slot: number;
  readonly work: number;
}

/** Somebody on a GPU. */
export interface Occupant {
  readonly job: ReplayJob;
  /** Its part of the card; undefined where GPUs are shared by fraction. */
  readonly slot: Slot | undefined;
  /** Thousandths of the GPU. */
  readonly milli: number;
}

/** Counts of what has happened so far. */
export interface Happened {
  arrived: number;
  placed: number;
  finished: number;
  failed: number;
  preempted: number;
  rejected: number;
}

/**
 * Everything about a fleet and its jobs at one moment of a run, as the engine has it. Changes by the same steps when it is
 * written and when it is read, so that a file needs to say only what does not follow from them.
 */
export class ReplayState {
  readonly hosts: readonly HostSpec[];
  readonly gpuCount: number;
  /** The GPUs of host h are `gpuStart[h]` to `gpuStart[h + 1] - 1`. */
  readonly gpuStart: Int32Array;
  readonly hostOfGpu: Int32Array;
  /** See `GpuPlaces`. */
  readonly plainPlaces: Map<number, readonly HeldPart[]>;
  nowUs = 0;
  readonly cpuFreeMilli: Int32Array;
  readonly memoryFreeMib: Float64Array;
  /** Why a host takes nobody in, as bits (see `CLOSED_FOR`). */
  readonly closedFor: Uint8Array;
  readonly gpuFreeMilli: Int16Array;
  readonly gpuClosedFor: Uint8Array;
  /** By GPU: the card that a mode shares; undefined where GPUs are shared by fraction. */
  readonly cards: (CardState | undefined)[];
  /** By GPU that a mode shares: its work as a part of its compute, and bytes a second over its link. */
  readonly work: Float64Array;
  readonly linkBytesPerSec: Float64Array;
  readonly isBusy: Uint8Array;
  /** By GPU that a mode shares: for whom it works, where anybody asked. */
  readonly shares: (readonly WorkShare[] | undefined)[] = [];
  /** By slot of the job. */
  readonly jobs: (ReplayJob | undefined)[] = [];
  /**
   * By GPU, in the order in which they came. Lists are never changed but replaced, so that GPUs share them: most are
   * empty, or hold one job that holds others, too.
   */
  readonly occupants: (readonly Occupant[])[];
  /** By number of the group of waiting jobs: why it waits. */
  readonly reasons = new Map<number, string>();
  /** Units that are down: kind and name. */
  readonly down = new Map<
    string,
    { readonly kind: string; readonly unit: string; readonly sinceUs: number }
  >();
  readonly happened: Happened = { arrived: 0, placed: 0, finished: 0, failed: 0, preempted: 0, rejected: 0 };
  waiting = 0;
  /** Slots that jobs of this segment have left, the last one on top. */
  #freed: number[] = [];
  /** Below it, no slot has been free since the segment began. */
  #scanned = 0;

  /** The fleet as bought, without jobs. */
  constructor(hosts: readonly HostSpec[], cards: readonly (CardState | undefined)[]) {
    const plan = planOf(hosts);
    this.hosts = hosts;
    this.gpuStart = plan.gpuStart;
    this.hostOfGpu = plan.hostOfGpu;
    this.plainPlaces = plan.plainPlaces;
    this.gpuCount = this.hostOfGpu.length;
    this.cpuFreeMilli = plan.cpuMilli.slice();
    this.memoryFreeMib = plan.memoryMib.slice();
    this.closedFor = new Uint8Array(hosts.length);
    this.gpuFreeMilli = new Int16Array(this.gpuCount).fill(GPU_MILLI);
    this.gpuClosedFor = new Uint8Array(this.gpuCount);
    this.cards = cards.slice();
    this.work = new Float64Array(this.gpuCount);
    this.linkBytesPerSec = new Float64Array(this.gpuCount);
    this.isBusy = new Uint8Array(this.gpuCount);
    this.occupants = new Array<readonly Occupant[]>(this.gpuCount).fill(NOBODY);
  }

  /** A segment begins here: which slots are taken next follows from the table alone from now on. */
  beginSlots(): void {
    this.#freed = [];
    this.#scanned = 0;
  }

  /**
   * The slot of the next job that arrives, so that files need not say it: that which was left last in this segment, else
   * the first that is free.
   *
   * @throws {ReplayBytesError} if there are more jobs than a table may have
   */
  takeSlot(): number {
    const freed = this.#freed.pop();
    if (freed !== undefined) return freed;
    while (this.jobs[this.#scanned] !== undefined) this.#scanned += 1;
    if (this.#scanned >= MOST_JOBS) throw new ReplayBytesError('a job has a place beyond the table');
    return this.#scanned++;
  }

  /** Puts a job into the table; it waits, and holds nothing yet. */
  enter(job: ReplayJob): void {
    this.jobs[job.slot] = job;
    if (job.phase === 'waiting') this.waiting += 1;
    this.#hold(job, job.parts);
    if (job.to !== undefined) this.#hold(job, job.to);
  }

  place(job: ReplayJob, parts: readonly HeldPart[]): void {
    this.#setPhase(job, 'running');
    job.startedUs = this.nowUs;
    job.starts += 1;
    job.group = -1;
    job.parts = parts;
    this.#hold(job, parts);
    this.happened.placed += 1;
  }

  halt(job: ReplayJob, phase: Phase): void {
    this.#setPhase(job, phase);
  }

  /** A second place is held for it until `free`. */
  move(job: ReplayJob, parts: readonly HeldPart[]): void {
    if (job.to !== undefined) this.#release(job, job.to);
    job.to = parts;
    this.#hold(job, parts);
  }

  /** The place that it was moving to is free again: it has no more use for it. */
  giveUpMove(job: ReplayJob): void {
    if (job.to !== undefined) this.#release(job, job.to);
    job.to = undefined;
  }

  /** What a job held is free: of one that has stopped all, of one that moved its old place. */
  free(job: ReplayJob): void {
    if (job.phase === 'stopping' || job.to === undefined) {
      this.leave(job);
      return;
    }
    this.#release(job, job.parts);
    job.parts = job.to;
    job.to = undefined;
    if (job.phase === 'moving') this.#setPhase(job, 'running');
  }

  /** It was stopped and waits again. */
  stop(job: ReplayJob): void {
    this.#letGo(job);
    this.#setPhase(job, 'waiting');
    this.happened.preempted += 1;
  }

  /** It is not in the system any more. */
  leave(job: ReplayJob): void {
    this.#letGo(job);
    if (job.phase === 'waiting') this.waiting -= 1;
    this.jobs[job.slot] = undefined;
    this.#freed.push(job.slot);
  }

  #setPhase(job: ReplayJob, phase: Phase): void {
    if (job.phase === phase) return;
    this.waiting += (phase === 'waiting' ? 1 : 0) - (job.phase === 'waiting' ? 1 : 0);
    job.phase = phase;
    job.sinceUs = this.nowUs;
  }

  #letGo(job: ReplayJob): void {
    this.#release(job, job.parts);
    if (job.to !== undefined) this.#release(job, job.to);
    job.parts = NO_PARTS;
    job.to = undefined;
  }

  #hold(job: ReplayJob, parts: readonly HeldPart[]): void {
    for (const part of parts) {
      const { host, gpus, grant } = part;
      const asked = job.kind.requests[part.request] as TaskRequest;
      this.cpuFreeMilli[host]! -= asked.cpuMilli;
      this.memoryFreeMib[host]! -= asked.memoryMib;
      const first = this.gpuStart[host] as number;
      let next = 0;
      // What it is by fractions is the same on each of its GPUs: most have nobody else, and share the list.
      let alone: readonly [Occupant] | undefined;
      for (const index of gpus) {
        const gpu = first + index;
        if (this.cards[gpu] === undefined) {
          alone ??= [{ job, slot: undefined, milli: asked.gpuMilli }];
          this.#occupy(gpu, alone);
        } else
          for (let i = 0; i < (asked.ask?.count ?? 0); i++) {
            const slot = slotAt(grant, next++);
            this.#occupy(gpu, [{ job, slot, milli: slot.milli }]);
          }
      }
    }
  }

  #release(job: ReplayJob, parts: readonly HeldPart[]): void {
    for (const part of parts) {
      const { host, gpus, grant } = part;
      const asked = job.kind.requests[part.request] as TaskRequest;
      this.cpuFreeMilli[host]! += asked.cpuMilli;
      this.memoryFreeMib[host]! += asked.memoryMib;
      const first = this.gpuStart[host] as number;
      let next = 0;
      for (const index of gpus) {
        const gpu = first + index;
        if (this.cards[gpu] === undefined) this.#vacate(gpu, job, undefined, asked.gpuMilli);
        else
          for (let i = 0; i < (asked.ask?.count ?? 0); i++) {
            const slot = slotAt(grant, next++);
            this.#vacate(gpu, job, slot, slot.milli);
          }
      }
    }
  }

  #occupy(gpu: number, alone: readonly [Occupant]): void {
    const own = this.occupants[gpu];
    this.gpuFreeMilli[gpu]! -= alone[0].milli;
    this.occupants[gpu] = own === undefined || own.length === 0 ? alone : [...own, alone[0]];
  }

  #vacate(gpu: number, job: ReplayJob, slot: Slot | undefined, milli: number): void {
    this.gpuFreeMilli[gpu]! += milli;
    const own = this.occupants[gpu] ?? NOBODY;
    for (let at = 0; at < own.length; at++) {
      const other = own[at] as Occupant;
      if (other.job !== job || other.slot !== slot) continue;
      this.occupants[gpu] = own.length === 1 ? NOBODY : own.toSpliced(at, 1);
      return;
    }
  }
}

function slotAt(grant: readonly Slot[], index: number): Slot {
  const slot = grant[index];
  if (slot === undefined) throw new ReplayBytesError('a job holds no part of a card that it is on');
  return slot;
}
