import type { Fleet } from '../cluster/fleet.ts';
import type { Part } from '../cluster/part.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Micros } from '../kernel/time.ts';
import type { Placer } from '../policies/placement/placer.ts';
import { operationSeconds, pathNamed, type SharedGpu } from '../sharing/index.ts';
import { EVENT_RANK } from './event-rank.ts';
import type { LiveJob, Move } from './live-job.ts';
import { giveBack, reserve } from './reserve.ts';
import type { Residency } from './residency.ts';
import type { RunContext } from './run-context.ts';

/** A planned change of hosts as the engine makes it: see `Change` of the scenario. */
export interface HostChange {
  readonly atUs: number;
  /** Host numbers. */
  readonly hosts: readonly number[];
  /** How a GPU (its number in the fleet) is shared from then on; undefined: as before. */
  readonly reshare: ((gpu: number) => SharedGpu) | undefined;
  /** Name of the path of `switch-mode` where the mode changes, of `change-layout` where it stays; null: takes no time. */
  readonly path: string | null;
  readonly closedUs: number;
  readonly running: 'wait' | 'migrate' | 'stop';
  readonly migratePath: string | null;
}

/** What became of the planned changes. */
export interface ChangeCounts {
  /** Hosts that were changed. */
  done: number;
  /** Time from the change falling due to the host being empty, summed over those hosts, in seconds. */
  drainSec: number;
  /** Time that empty hosts were closed for the change itself, summed, in seconds. */
  closedSec: number;
  /** Jobs that were moved to another host, those that could not be, and those that were stopped. */
  moved: number;
  notMoved: number;
  stopped: number;
  /** Time that moved jobs stood still, summed, in seconds. */
  stunSec: number;
}

const NO_CHANGES: Readonly<ChangeCounts> = {
  done: 0,
  drainSec: 0,
  closedSec: 0,
  moved: 0,
  notMoved: 0,
  stopped: 0,
  stunSec: 0,
};

/** What the changes may do with the run. */
export interface ChangingRun {
  readonly context: RunContext;
  readonly simulation: Simulation;
  readonly residency: Residency;
  /** By slot. */
  readonly live: readonly (LiveJob | undefined)[];
  placerOf(live: LiveJob): Placer;
  /** Seats a job on the place that it now has. */
  join(live: LiveJob): void;
  /** Ends a job before its work is done. */
  stop(live: LiveJob, reason: string): void;
  /** A job goes on at its new place: its old one is free. */
  moved(live: LiveJob): void;
  startWaitingJobs(): void;
  /** What an empty fleet could take is another thing from now on. */
  capacityChanged(): void;
}

/**
 * Makes the planned changes of hosts: closes them, waits until they are empty or empties them, keeps them closed for as
 * long as the change takes, and opens them again.
 *
 * Leaves out: changing card by card where the mode allows it (the whole host is emptied), and trying again later for
 * jobs that no host could take when the change fell due (they are waited for).
 */
export class HostChanger {
  readonly counts: ChangeCounts = { ...NO_CHANGES };
  readonly #run: ChangingRun;
  readonly #changes: readonly HostChange[];
  /** By host that is closed and not empty yet: for which change, and since when. */
  readonly #draining = new Map<number, { readonly change: HostChange; readonly sinceUs: number }>();
  /** By host: the change that is being made on it. */
  readonly #changing = new Map<number, HostChange>();
  /** Hosts of changes that are not through. */
  #left: number;

  /** @param changes in order of their times */
  constructor(run: ChangingRun, changes: readonly HostChange[]) {
    this.#run = run;
    this.#changes = changes;
    this.#left = changes.reduce((sum, change) => sum + change.hosts.length, 0);
  }

  /** Whether a change is to come or not through. */
  get isPending(): boolean {
    return this.#left > 0;
  }

  schedule(): void {
    this.#changes.forEach((change, i) => {
      this.#run.simulation.schedule(change.atUs as Micros, EVENT_RANK['change-due'], i);
    });
  }

  handle(rank: number, payload: number): void {
    if (rank === EVENT_RANK['job-moved']) this.#onJobMoved(payload);
    else if (rank === EVENT_RANK['change-due']) this.#onChangeDue(this.#changes[payload] as HostChange);
    else this.#onChangeDone(payload);
  }

  /** A job has left a host. Begins the change of a closed host once nobody is on it. */
  vacated(host: number): void {
    const draining = this.#draining.get(host);
    const { fleet } = this.#run.context;
    // A host that is being changed and is to be changed again comes to that when the first change is through.
    if (draining === undefined || this.#changing.has(host) || (fleet.residents[host] as number) > 0) return;
    const { simulation } = this.#run;
    const us = changeUs(fleet, host, draining.change);
    this.counts.drainSec += (simulation.nowUs - draining.sinceUs) / 1e6;
    this.counts.closedSec += us / 1e6;
    this.counts.done += 1;
    this.#draining.delete(host);
    this.#changing.set(host, draining.change);
    simulation.schedule((simulation.nowUs + us) as Micros, EVENT_RANK['change-done'], host);
  }

  /** A job runs now that was starting or moving: its host may have come to be changed meanwhile. */
  settled(live: LiveJob): void {
    for (const { host } of live.parts) {
      const draining = this.#draining.get(host);
      if (draining === undefined) continue;
      this.#clear(live, draining.change);
      return;
    }
  }

  /** The job is over before it has arrived: its new place, if it has one, is free. Says whether it had. */
  giveUpMove(live: LiveJob): boolean {
    const { move } = live;
    if (move === undefined) return false;
    this.#run.simulation.cancel(move.event);
    giveBack(this.#run.context.fleet, move.parts);
    live.move = undefined;
    // That host may be waiting to be changed, too.
    for (const { host } of move.parts) this.vacated(host);
    return true;
  }

  /** Closes the hosts and does with their jobs what the plan says. */
  #onChangeDue(change: HostChange): void {
    const { context, simulation, live } = this.#run;
    const { nowUs } = simulation;
    for (const host of change.hosts) {
      // Due while an earlier change still waits for the host: the later one is made, and the earlier is void.
      if (this.#draining.has(host)) this.#left -= 1;
      this.#draining.set(host, { change, sinceUs: nowUs });
      context.fleet.setClosed(host, true, 'change');
    }
    for (const observer of context.observers) observer.openChanged?.(nowUs);
    if (change.running !== 'wait') {
      const hosts = new Set(change.hosts);
      for (const each of live) {
        if (each === undefined || !each.isPlaced) continue;
        if (each.parts.some(({ host }) => hosts.has(host))) this.#clear(each, change);
      }
    }
    for (const host of change.hosts) this.vacated(host);
    this.#run.startWaitingJobs();
  }

  /** Does with a job on a host that is to be changed what the plan says. */
  #clear(live: LiveJob, { running, migratePath }: HostChange): void {
    if (running === 'wait') return;
    if (running === 'stop') {
      this.counts.stopped += 1;
      this.#run.stop(live, 'stopped-for-change');
    } else if (live.move === undefined) {
      // One that starts yet is looked at again when it has.
      if (live.phase !== 'running') return;
      const stun = this.move(live, migratePath);
      if (stun === undefined) {
        this.counts.notMoved += 1;
        return;
      }
      this.counts.moved += 1;
      this.counts.stunSec += stun / 1e6;
    }
  }

  /**
   * Moves a running job to a place like its own on another host, if there is one.
   *
   * @returns how long it stands still, in whole microseconds; undefined where it stays
   */
  move(live: LiveJob, path: string | null): number | undefined {
    const { fleet } = this.#run.context;
    const { job } = live;
    const stun = path === null ? undefined : migrationUs(fleet, live.parts, path);
    const parts = stun === undefined ? undefined : reserve(fleet, this.#run.placerOf(live), job);
    const isAlike = parts?.every((to, i) => isLike(fleet, live.parts[i] as Part, to));
    if (stun === undefined || parts === undefined || isAlike !== true) {
      if (parts !== undefined) giveBack(fleet, parts);
      return undefined;
    }
    this.moveTo(live, parts, stun);
    return stun;
  }

  /** Lets a running job stand still for so long and then go on at a place that the fleet has given it. */
  moveTo(live: LiveJob, parts: readonly Part[], stunUs: number): void {
    const { context, simulation, residency } = this.#run;
    const { nowUs } = simulation;
    for (const observer of context.observers) observer.moved?.(nowUs, live.job, parts);
    context.work?.rests(nowUs, live.slot, [...live.parts, ...parts], 'moving');
    for (const observer of context.observers) observer.halted?.(nowUs, live.job, 'moving');
    residency.pause(nowUs, live.slot);
    live.move = {
      parts,
      event: simulation.schedule((nowUs + stunUs) as Micros, EVENT_RANK['job-moved'], live.slot),
    };
  }

  /** The job goes on at its new place. */
  #onJobMoved(slot: number): void {
    const { context, simulation, residency } = this.#run;
    const { fleet, observers } = context;
    const live = this.#run.live[slot] as LiveJob;
    const { parts, job } = live;
    const move = live.move as Move;
    const { nowUs } = simulation;
    residency.lift(nowUs, slot);
    giveBack(fleet, parts);
    live.parts = move.parts;
    live.move = undefined;
    this.#run.join(live);
    residency.resume(nowUs, slot);
    for (const observer of observers) observer.freed?.(nowUs, job, parts);
    this.#run.moved(live);
    for (const { host } of parts) this.vacated(host);
    this.settled(live);
    this.#run.startWaitingJobs();
  }

  #onChangeDone(host: number): void {
    const { context, simulation, residency } = this.#run;
    const { fleet } = context;
    const { reshare } = this.#changing.get(host) as HostChange;
    this.#changing.delete(host);
    if (reshare !== undefined) {
      for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
        fleet.reshare(g, reshare(g));
        residency.reshared(simulation.nowUs, g);
      }
    }
    this.#left -= 1;
    this.#run.capacityChanged();
    if (this.#draining.has(host)) this.vacated(host);
    else fleet.setClosed(host, false, 'change');
    for (const observer of context.observers) observer.openChanged?.(simulation.nowUs);
    this.#run.startWaitingJobs();
  }
}

/**
 * How long an empty host is closed for a change: the longest of its GPUs, which are changed side by side, and what the
 * plan adds. The whole host is emptied, also where the mode could change card by card.
 *
 * @returns whole microseconds
 */
function changeUs(fleet: Fleet, host: number, change: HostChange): number {
  let longest = 0;
  if (change.path !== null && change.reshare !== undefined) {
    for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
      const next = change.reshare(g);
      const operation = fleet.sharing[g]?.mode.name === next.mode.name ? 'change-layout' : 'switch-mode';
      const path = pathNamed(next, operation, change.path);
      if (path !== undefined) longest = Math.max(longest, operationSeconds(path, next.values, 0));
    }
  }
  return Math.round(longest * 1e6) + change.closedUs;
}

/** Whether the GPUs of two parts are of the same models and modes, one by one. */
export function isLike(fleet: Fleet, from: Part, to: Part): boolean {
  return from.gpus.every((g, i) => {
    const a = (fleet.gpuStart[from.host] as number) + g;
    const b = (fleet.gpuStart[to.host] as number) + (to.gpus[i] as number);
    return (
      fleet.gpuModel[a] === fleet.gpuModel[b] && fleet.sharing[a]?.mode.name === fleet.sharing[b]?.mode.name
    );
  });
}

/**
 * How long a job stands still while it moves: the longest of its GPUs; undefined where it has no shared GPU, or a mode
 * on the way does not migrate by that path.
 *
 * @param path undefined: the first that each mode has
 * @returns whole microseconds
 */
export function migrationUs(
  fleet: Fleet,
  parts: readonly Part[],
  path: string | undefined,
): number | undefined {
  let longest: number | undefined;
  for (const { host, gpus, grant } of parts) {
    const memoryMib = grant.reduce((sum, each) => sum + each.memoryMib, 0) / gpus.length;
    for (const g of gpus) {
      const shared = fleet.sharing[(fleet.gpuStart[host] as number) + g];
      const way = shared === undefined ? undefined : pathNamed(shared, 'migrate', path);
      if (shared === undefined || way === undefined) return undefined;
      longest = Math.max(longest ?? 0, operationSeconds(way, shared.values, memoryMib));
    }
  }
  return longest === undefined ? undefined : Math.round(longest * 1e6);
}
