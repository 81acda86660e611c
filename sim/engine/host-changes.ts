import type { Fleet } from '../cluster/fleet.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Micros } from '../kernel/time.ts';
import { operationSeconds, pathNamed, type SharedGpu } from '../sharing/index.ts';
import { EVENT_RANK } from './event-rank.ts';
import type { LiveJob, Move } from './live-job.ts';
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
  /** Seats a job on the place that it now has. */
  join(slot: number, live: LiveJob): void;
  /** Ends a job before its work is done. */
  stop(slot: number, live: LiveJob, reason: string): void;
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
  settled(slot: number, live: LiveJob): void {
    const draining = this.#draining.get(live.host);
    if (draining !== undefined) this.#clear(slot, live, draining.change);
  }

  /** The job is over before it has arrived: its new place, if it has one, is free. Says whether it had. */
  giveUpMove(live: LiveJob): boolean {
    const { move } = live;
    if (move === undefined) return false;
    this.#run.simulation.cancel(move.event);
    this.#run.context.fleet.release(live.job.shape, move.host, move.gpus, move.grant);
    live.move = undefined;
    // That host may be waiting to be changed, too.
    this.vacated(move.host);
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
      context.fleet.setClosed(host, true);
    }
    if (change.running !== 'wait') {
      const hosts = new Set(change.hosts);
      live.forEach((each, slot) => {
        if (each === undefined || !hosts.has(each.host)) return;
        if (each.phase === 'waiting' || each.phase === 'stopping') return;
        this.#clear(slot, each, change);
      });
    }
    for (const host of change.hosts) this.vacated(host);
    this.#run.startWaitingJobs();
  }

  /** Does with a job on a host that is to be changed what the plan says. */
  #clear(slot: number, live: LiveJob, { running, migratePath }: HostChange): void {
    if (running === 'wait') return;
    if (running === 'stop') {
      this.counts.stopped += 1;
      this.#run.stop(slot, live, 'stopped-for-change');
    } else if (live.move === undefined) this.#move(slot, live, migratePath);
  }

  /** Moves a running job to a place like its own on another host, if there is one. */
  #move(slot: number, live: LiveJob, path: string | null): void {
    const { context, simulation, residency } = this.#run;
    const { fleet, placer, observers } = context;
    const { job, host, gpus, grant } = live;
    // One that starts yet is looked at again when it has.
    if (live.phase !== 'running') return;
    const numbers = gpus.map((g) => (fleet.gpuStart[host] as number) + g);
    const memoryMib = grant.reduce((sum, each) => sum + each.memoryMib, 0) / gpus.length;
    const stun = grant.length === 0 ? undefined : stunUs(fleet, numbers, memoryMib, path);
    const decision = stun === undefined ? undefined : placer.decide(job.shape);
    const isAlike = decision?.gpus.every((g, i) => {
      const from = numbers[i] as number;
      const to = (fleet.gpuStart[decision.host] as number) + g;
      return (
        fleet.gpuModel[from] === fleet.gpuModel[to] &&
        fleet.sharing[from]?.mode.name === fleet.sharing[to]?.mode.name
      );
    });
    if (stun === undefined || decision === undefined || isAlike !== true) {
      this.counts.notMoved += 1;
      return;
    }
    const { nowUs } = simulation;
    const taken = fleet.place(job.shape, decision.host, decision.gpus);
    for (const observer of observers) observer.moved?.(nowUs, job, decision.host, decision.gpus, taken);
    residency.pause(nowUs, slot);
    live.move = {
      host: decision.host,
      gpus: decision.gpus,
      grant: taken,
      event: simulation.schedule((nowUs + stun) as Micros, EVENT_RANK['job-moved'], slot),
    };
    this.counts.moved += 1;
    this.counts.stunSec += stun / 1e6;
  }

  /** The job goes on at its new place. */
  #onJobMoved(slot: number): void {
    const { context, simulation, residency } = this.#run;
    const { fleet, observers } = context;
    const live = this.#run.live[slot] as LiveJob;
    const { host, gpus, grant, job } = live;
    const move = live.move as Move;
    const { nowUs } = simulation;
    residency.lift(nowUs, slot);
    fleet.release(job.shape, host, gpus, grant);
    live.host = move.host;
    live.gpus = move.gpus;
    live.grant = move.grant;
    live.move = undefined;
    this.#run.join(slot, live);
    residency.resume(nowUs, slot);
    for (const observer of observers) observer.freed?.(nowUs, job, host);
    this.vacated(host);
    this.settled(slot, live);
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
    else fleet.setClosed(host, false);
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

/**
 * How long a job stands still while it moves: the longest of its GPUs; undefined where a mode on the way does not
 * migrate by that path.
 *
 * @param gpus GPU numbers of the fleet that it leaves
 * @param memoryMib frame buffer of its slots on each of them
 * @returns whole microseconds
 */
function stunUs(
  fleet: Fleet,
  gpus: readonly number[],
  memoryMib: number,
  path: string | null,
): number | undefined {
  let longest = 0;
  for (const g of gpus) {
    const shared = fleet.sharing[g];
    const way = shared === undefined || path === null ? undefined : pathNamed(shared, 'migrate', path);
    if (shared === undefined || way === undefined) return undefined;
    longest = Math.max(longest, operationSeconds(way, shared.values, memoryMib));
  }
  return Math.round(longest * 1e6);
}
