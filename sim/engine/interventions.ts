import type { Part } from '../cluster/part.ts';
import type { Micros } from '../kernel/time.ts';
import type { OperationPath, SharedGpu } from '../sharing/index.ts';
import type { LiveJob } from './live-job.ts';
import { takeOff } from './parts.ts';
import { giveBack, reserve, takeBack } from './reserve.ts';
import type { RunContext } from './run-context.ts';
import type { Scheduler } from './scheduler.ts';

/** Something that is looked at, or done, from outside while a run goes on. */
export interface Intervention {
  /** After all else that happens at that time, in whole microseconds. */
  readonly atUs: number;
  /** @returns `end` where the run is over with it */
  act(desk: InterventionDesk): 'end' | undefined;
}

/** A running job in whose place a waiting one could start if it went elsewhere. */
export interface PossibleMove {
  readonly job: LiveJob;
  /** Where it would go. */
  readonly parts: readonly Part[];
}

/** What interventions need of the run. */
export interface DeskSetup {
  readonly context: RunContext;
  readonly live: readonly (LiveJob | undefined)[];
  schedulerOf(live: LiveJob): Scheduler;
  /** Goes on at once on other parts, which the fleet has given it in place of its own. */
  shift(live: LiveJob, parts: readonly Part[]): void;
  /** Moves a running job to a place like its own by a path of its mode; undefined where it stays. */
  move(live: LiveJob, path: string): number | undefined;
  startWaitingJobs(): void;
}

/** What an intervention may look at and do. Looking leaves the fleet as it was. */
export class InterventionDesk {
  readonly nowUs: Micros;
  readonly #setup: DeskSetup;

  constructor(setup: DeskSetup, nowUs: Micros) {
    this.#setup = setup;
    this.nowUs = nowUs;
  }

  /** The job of that name that is in the system, the earliest where several have it. */
  find(name: string): LiveJob | undefined {
    let found: LiveJob | undefined;
    for (const live of this.#setup.live) {
      if (live?.job.name === name && !(found !== undefined && found.job.number < live.job.number))
        found = live;
    }
    return found;
  }

  /** GPUs that are free on a host, in thousandths. */
  freeMilli(host: number): number {
    const { gpuStart, gpuFreeMilli } = this.#setup.context.fleet;
    let free = 0;
    for (let g = gpuStart[host] as number; g < (gpuStart[host + 1] as number); g++) {
      free += gpuFreeMilli[g] as number;
    }
    return free;
  }

  /** Jobs that are before a waiting one in its queue. */
  before(live: LiveJob): number {
    return this.#setup.schedulerOf(live).line.inOrder(this.nowUs).indexOf(live);
  }

  /** The highest priority of the other jobs of its pool that wait or run; -Infinity where there are none. */
  highestPriority(live: LiveJob): number {
    let highest = Number.NEGATIVE_INFINITY;
    for (const other of this.#setup.live) {
      if (other === undefined || other === live || other.pool !== live.pool) continue;
      highest = Math.max(highest, other.job.claim.priority);
    }
    return highest;
  }

  /** Running jobs that may be stopped, each of which would leave room for the waiting one; none where it has room. */
  possibleVictims(live: LiveJob): readonly LiveJob[] {
    if (this.#mayStart(live, []) && this.#hasRoom(live)) return [];
    return this.#eachRunning(live, (other) => {
      if (!other.job.claim.isPreemptible || !this.#mayStart(live, [other])) return undefined;
      return this.#without(other, () => (this.#hasRoom(live) ? other : undefined));
    });
  }

  /** Running jobs each of which would leave room for the waiting one by going elsewhere, and where; none where it has room. */
  possibleMoves(live: LiveJob): readonly PossibleMove[] {
    if (!this.#mayStart(live, []) || this.#hasRoom(live)) return [];
    const { fleet } = this.#setup.context;
    return this.#eachRunning(live, (other) => {
      if (other.phase !== 'running' || this.#moveWay(other) === undefined) return undefined;
      return this.#without(other, () => {
        const room = this.#reserve(live);
        if (room === undefined) return undefined;
        const parts = this.#reserve(other);
        if (parts !== undefined) giveBack(fleet, parts);
        giveBack(fleet, room);
        return parts === undefined ? undefined : { job: other, parts };
      });
    });
  }

  /** Stops a running job and gives the waiting one its room, at once or when its state is saved. */
  stopFor(live: LiveJob, victim: LiveJob): void {
    this.#setup.schedulerOf(live).makeRoomBy(live, [victim], this.nowUs);
    this.#setup.startWaitingJobs();
  }

  /**
   * Moves a running job out of the way and gives the waiting one its room: on GPUs shared by a mode by the first path by
   * which the mode migrates, elsewhere at once and at no cost.
   */
  moveFor(live: LiveJob, other: LiveJob): void {
    const scheduler = this.#setup.schedulerOf(live);
    const { fleet } = this.#setup.context;
    const way = this.#moveWay(other);
    if (way === undefined) return;
    if (way !== 'at-once') {
      scheduler.line.putFirst(live.slot);
      this.#setup.move(other, way.path);
      return;
    }
    const before = other.parts;
    giveBack(fleet, before);
    const room = this.#reserve(live);
    const parts = room === undefined ? undefined : this.#reserve(other);
    if (room === undefined || parts === undefined) {
      if (room !== undefined) giveBack(fleet, room);
      takeBack(fleet, before);
      return;
    }
    giveBack(fleet, room);
    this.#setup.shift(other, parts);
    takeBack(fleet, room);
    scheduler.begin(live, room, this.nowUs);
    this.#setup.startWaitingJobs();
  }

  /** Puts a waiting job before all others in its queue. */
  putFirst(live: LiveJob): void {
    this.#setup.schedulerOf(live).line.putFirst(live.slot);
    this.#setup.startWaitingJobs();
  }

  /** What an answer gives for the running jobs on hosts where the waiting one may go, in order of their arrival. */
  #eachRunning<T>(live: LiveJob, answer: (other: LiveJob) => T | undefined): readonly T[] {
    const { placer } = this.#setup.schedulerOf(live);
    const { gains } = this.#setup.context.fleet;
    const found: { readonly number: number; readonly value: T }[] = [];
    for (const other of this.#setup.live) {
      if (other === undefined || !other.isPlaced || other.move !== undefined) continue;
      if (!other.parts.some(({ host }) => placer.covers(host))) continue;
      const value = answer(other);
      if (value !== undefined) found.push({ number: other.job.number, value });
    }
    this.#setup.context.fleet.gains = gains;
    return found.sort((a, b) => a.number - b.number).map(({ value }) => value);
  }

  #without<T>(other: LiveJob, answer: () => T): T {
    const { fleet } = this.#setup.context;
    giveBack(fleet, other.parts);
    const value = answer();
    takeBack(fleet, other.parts);
    return value;
  }

  #hasRoom(live: LiveJob): boolean {
    const parts = this.#reserve(live);
    if (parts !== undefined) takeOff(this.#setup.context.fleet, parts);
    return parts !== undefined;
  }

  #reserve(live: LiveJob): readonly Part[] | undefined {
    return reserve(this.#setup.context.fleet, this.#setup.schedulerOf(live).placer, live.job);
  }

  #mayStart(live: LiveJob, without: readonly LiveJob[]): boolean {
    const scheduler = this.#setup.schedulerOf(live);
    const ofPool = without.filter((other) => scheduler.running.has(other));
    return scheduler.discipline.holds?.(live, this.nowUs, ofPool) === undefined;
  }

  /** How a running job moves: by a path of the mode that all its GPUs are shared by, or at once where none is. */
  #moveWay({ parts }: LiveJob): OperationPath | 'at-once' | undefined {
    const { fleet } = this.#setup.context;
    let way: OperationPath | 'at-once' | undefined;
    for (const { host, gpus } of parts) {
      for (const g of gpus) {
        const shared = fleet.sharing[(fleet.gpuStart[host] as number) + g];
        const found = shared === undefined ? 'at-once' : migration(shared);
        if (found === undefined) return undefined;
        way ??= found;
      }
    }
    return way ?? 'at-once';
  }
}

function migration({ mode, config, spec }: SharedGpu): OperationPath | undefined {
  return mode.operations(config, spec).find(({ operation }) => operation === 'migrate');
}
