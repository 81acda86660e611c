import type { Part } from '../cluster/part.ts';
import {
  type FailureLaw,
  type FaultUnit,
  LICENSED_MODES,
  type MaintenanceWindow,
  type Repair,
  RepairShop,
  SparePool,
} from '../faults/index.ts';
import type { Distribution, UniformSource } from '../kernel/distributions/distribution.ts';
import type { EventId } from '../kernel/event-queue.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Micros } from '../kernel/time.ts';
import { EVENT_RANK } from './event-rank.ts';
import { endedByProcess } from './fault-victims.ts';
import type { JobLife } from './job-life.ts';
import type { LiveJob } from './live-job.ts';
import { Outages } from './outages.ts';
import type { RunContext } from './run-context.ts';

/** What breaks down in a run, and what becomes of the jobs. */
export interface FaultSetup {
  readonly units: readonly {
    readonly unit: FaultUnit;
    readonly law: FailureLaw;
    /** Whether one of the crews has to mend it; else it mends itself. */
    readonly needsCrew: boolean;
  }[];
  /** Repair crews; Infinity: there is always one free. */
  readonly crews: number;
  /** Faults of the jobs' own processes, in seconds of run time; null: none. */
  readonly process: {
    readonly between: Distribution;
    /** A stream of the job's own. */
    streamOf(job: number): UniformSource;
  } | null;
  /** Time for which starts go on when all licence servers are down, in whole microseconds. */
  readonly graceUs: number;
  readonly windows: readonly MaintenanceWindow[];
  readonly spares: readonly {
    readonly hosts: readonly number[];
    readonly standby: number;
    readonly switchOverUs: number;
  }[];
  /** What becomes of batch jobs and sessions that a fault ends; replicas always start again. */
  readonly jobs: 'restart' | 'fail';
  /** How often a job starts again before it fails for good. */
  readonly retries: number;
  /** Told what happens; it changes nothing. */
  readonly listener?: FaultListener | undefined;
}

/** What becomes of a job that a fault or a window meets. */
type JobFate = 'restarted' | 'failed' | 'moved' | 'saved';

export interface FaultListener {
  /** GPUs in service that work, from now on; told once at the start. */
  capacity(atUs: Micros, gpusUp: number): void;
  unitFailed(atUs: Micros, kind: string): void;
  repairBegan(kind: string, waitedUs: number): void;
  unitWorks(atUs: Micros, kind: string, downUs: number): void;
  /** `lostGpuUs`: work that is lost, times the GPUs of the job. */
  jobMet(cause: string, fate: JobFate, lostGpuUs: number): void;
  spareJoined(): void;
}

/** What faults may do with the run. */
export interface FaultyRun {
  readonly context: RunContext;
  readonly simulation: Simulation;
  /** By slot. */
  readonly live: readonly (LiveJob | undefined)[];
  readonly life: JobLife;
  /** Moves a running job elsewhere; undefined where it stays. */
  move(live: LiveJob, path: string | null): number | undefined;
  startWaitingJobs(): void;
}

/** One unit as it runs. */
interface UnitState {
  readonly unit: FaultUnit;
  readonly law: FailureLaw;
  readonly needsCrew: boolean;
  failedAtUs: number;
  isDown: boolean;
  /** Its next failure, while it works. */
  event: EventId | undefined;
}

/**
 * Lets units break down and be mended, ends the jobs that a fault takes with it, keeps maintenance windows, and lets
 * hosts that stand by take the place of those that are down.
 *
 * Each unit breaks down by its own clock, which runs while the unit itself works: the GPU of a host that is down may
 * break down, too. Units of a host that stands by do not; their clocks start anew when it joins. A job that is on the
 * move is at both places: a fault at either ends what it does.
 */
export class FaultRuntime {
  readonly #run: FaultyRun;
  readonly #setup: FaultSetup;
  readonly #horizonUs: number;
  readonly #outages: Outages;
  readonly #shop: RepairShop;
  readonly #units: readonly UnitState[];
  /** By host: numbers of the units that are the host itself or a part of it. */
  readonly #unitsOf: readonly number[][];
  /** By host: the pool with its switch-over time. */
  readonly #poolOf = new Map<number, { readonly pool: SparePool; readonly switchOverUs: number }>();
  readonly #joining = new Map<number, EventId>();
  /** By host that is to be empty soon: for which window. */
  readonly #draining = new Map<number, MaintenanceWindow>();
  readonly #processStreams = new Map<LiveJob, UniformSource>();
  readonly #processFaults = new Map<LiveJob, EventId>();
  #licenceServers = 0;
  #licenceServersDown = 0;
  #licencesOut: EventId | undefined;
  #areLicencesOut = false;

  /** @throws {RangeError} without a horizon: units break down for ever */
  constructor(run: FaultyRun, setup: FaultSetup, horizonUs: number) {
    if (horizonUs === Number.POSITIVE_INFINITY) {
      throw new RangeError('Cannot let units break down in a run without an end: it needs a horizon');
    }
    const { fleet } = run.context;
    this.#run = run;
    this.#setup = setup;
    this.#horizonUs = horizonUs;
    this.#outages = new Outages(fleet);
    this.#shop = new RepairShop(setup.crews);
    this.#units = setup.units.map((each) => ({ ...each, failedAtUs: 0, isDown: false, event: undefined }));
    this.#unitsOf = Array.from({ length: fleet.hostCount }, () => []);
    setup.units.forEach(({ unit }, number) => {
      if (unit.kind === 'licence-server') this.#licenceServers += 1;
      if (unit.kind === 'rack' || unit.kind === 'licence-server') return;
      for (const host of unit.hosts) (this.#unitsOf[host] as number[]).push(number);
    });
    for (const { hosts, standby, switchOverUs } of setup.spares) {
      const pool = new SparePool(hosts, standby);
      for (const host of hosts) this.#poolOf.set(host, { pool, switchOverUs });
    }
  }

  /** Lets the hosts that stand by do so, and sets the clocks of all others. */
  begin(): void {
    for (const [host, { pool }] of this.#poolOf) {
      if (pool.dutyOf(host) === 'stands-by') this.#outages.rest(host, true);
    }
    for (const number of this.#units.keys()) this.#awaitFailure(number);
    this.#setup.windows.forEach(({ atUs, drainUs }, i) => {
      this.#schedule(atUs - drainUs, 'window-drains', i);
    });
    this.#tellCapacity();
  }

  handle(rank: number, payload: number): void {
    switch (rank) {
      case EVENT_RANK['unit-failed']:
        this.#onUnitFailed(payload);
        break;
      case EVENT_RANK['repair-done']:
        this.#onRepairDone(payload);
        break;
      case EVENT_RANK['spare-joined']:
        this.#onSpareJoined(payload);
        break;
      case EVENT_RANK['window-drains']:
        this.#onWindowDrains(payload);
        break;
      case EVENT_RANK['window-begins']:
        this.#onWindowBegins(payload);
        break;
      case EVENT_RANK['window-over']:
        this.#onWindowOver(payload);
        break;
      case EVENT_RANK['licences-out']:
        this.#licencesOut = undefined;
        this.#closeLicensed(true);
        break;
      default:
        this.#onProcessFailed(this.#run.live[payload] as LiveJob);
    }
    this.#tellCapacity();
    this.#run.startWaitingJobs();
  }

  /** A job works from now on: its process may fail. */
  began(live: LiveJob): void {
    const { process } = this.#setup;
    if (process === null || live.job.shape.gpuCount === 0) return;
    let stream = this.#processStreams.get(live);
    if (stream === undefined) {
      stream = process.streamOf(live.job.number);
      this.#processStreams.set(live, stream);
    }
    const inUs = Math.max(1, Math.round(process.between.sample(stream) * 1e6));
    const event = this.#schedule(this.#run.simulation.nowUs + inUs, 'process-failed', live.slot);
    if (event !== undefined) this.#processFaults.set(live, event);
  }

  /** A job does not work any more. */
  stopped(live: LiveJob): void {
    const event = this.#processFaults.get(live);
    if (event === undefined) return;
    this.#run.simulation.cancel(event);
    this.#processFaults.delete(live);
  }

  gone(live: LiveJob): void {
    this.#processStreams.delete(live);
  }

  /** A job runs now that was starting: its host may have come to be drained meanwhile. */
  settled(live: LiveJob): void {
    if (this.#draining.size === 0) return;
    for (const { host } of live.parts) {
      const window = this.#draining.get(host);
      if (window === undefined) continue;
      this.#clear(live, window);
      return;
    }
  }

  #onUnitFailed(number: number): void {
    const state = this.#units[number] as UnitState;
    const { unit } = state;
    const { nowUs } = this.#run.simulation;
    state.event = undefined;
    state.isDown = true;
    state.failedAtUs = nowUs;
    this.#setup.listener?.unitFailed(nowUs, unit.kind);
    this.#tellUnit(unit, false);
    if (state.needsCrew) this.#beginRepair(this.#shop.bring(number, nowUs));
    else this.#beginRepair({ unit: number, waitedUs: 0 });
    this.#strike(unit);
  }

  /** Takes out of service what the unit takes with it, and ends the jobs there. */
  #strike({ kind, hosts, gpu }: FaultUnit): void {
    const { fleet } = this.#run.context;
    const host = hosts[0] as number;
    switch (kind) {
      case 'gpu': {
        this.#outages.breakGpu(host, gpu);
        const index = gpu - (fleet.gpuStart[host] as number);
        this.#end(kind, (part) => part.host === host && part.gpus.includes(index));
        return;
      }
      case 'host':
      case 'rack':
        this.#hostsDown(hosts, kind);
        return;
      case 'nvlink': {
        const joined = fleet.gpuHasFabric.slice(fleet.gpuStart[host], fleet.gpuStart[host + 1]);
        this.#outages.breakFabric(host);
        this.#end(kind, (part) => part.host === host && part.gpus.filter((g) => joined[g] === 1).length > 1);
        return;
      }
      case 'uplink':
        this.#outages.breakUplink(host);
        this.#end(
          kind,
          (part, live) =>
            part.host === host &&
            (live.role !== undefined || live.parts.some((other) => other.host !== host)),
        );
        return;
      case 'licence-server':
        this.#licenceServersDown += 1;
        if (this.#licenceServersDown < this.#licenceServers) return;
        this.#licencesOut = this.#schedule(
          this.#run.simulation.nowUs + this.#setup.graceUs,
          'licences-out',
          0,
        );
    }
  }

  #onRepairDone(number: number): void {
    const state = this.#units[number] as UnitState;
    const { unit } = state;
    const { nowUs } = this.#run.simulation;
    state.isDown = false;
    this.#setup.listener?.unitWorks(nowUs, unit.kind, nowUs - state.failedAtUs);
    this.#tellUnit(unit, true);
    this.#mend(unit);
    if (state.event === undefined) this.#awaitFailure(number);
    if (state.needsCrew) this.#beginRepair(this.#shop.finish(nowUs));
  }

  #mend({ kind, hosts, gpu }: FaultUnit): void {
    const host = hosts[0] as number;
    if (kind === 'gpu') this.#outages.mendGpu(host, gpu);
    else if (kind === 'host' || kind === 'rack') this.#hostsUp(hosts);
    else if (kind === 'nvlink') this.#outages.mendFabric(host);
    else if (kind === 'uplink') this.#outages.mendUplink(host);
    else {
      this.#licenceServersDown -= 1;
      if (this.#licencesOut !== undefined) this.#run.simulation.cancel(this.#licencesOut);
      this.#licencesOut = undefined;
      this.#closeLicensed(false);
    }
  }

  #hostsDown(hosts: readonly number[], cause: string): void {
    const struck = new Set(hosts);
    const broken = hosts.filter((host) => this.#outages.breakHost(host));
    this.#end(cause, (part) => struck.has(part.host));
    for (const host of broken) this.#callSpare(host);
  }

  #hostsUp(hosts: readonly number[]): void {
    for (const host of hosts) {
      if (!this.#outages.mendHost(host)) continue;
      const spares = this.#poolOf.get(host);
      if (spares === undefined) continue;
      const standsBy = spares.pool.up(host) === 'stands-by';
      if (standsBy) this.#stopClocks(host);
      const joinsAnew = !standsBy && this.#outages.isResting(host);
      this.#outages.rest(host, standsBy);
      if (joinsAnew) this.#startClocks(host);
    }
  }

  /** A host is down: one that stands by, if there is one, is switched over to. */
  #callSpare(host: number): void {
    const spares = this.#poolOf.get(host);
    if (spares === undefined) return;
    const joining = this.#joining.get(host);
    if (joining !== undefined) this.#run.simulation.cancel(joining);
    this.#joining.delete(host);
    const spare = spares.pool.down(host);
    if (spare === undefined) return;
    this.#startClocks(spare);
    if (spares.switchOverUs === 0) {
      this.#onSpareJoined(spare);
      return;
    }
    const atUs = this.#run.simulation.nowUs + spares.switchOverUs;
    const event = this.#schedule(atUs, 'spare-joined', spare);
    if (event !== undefined) this.#joining.set(spare, event);
  }

  #onSpareJoined(host: number): void {
    this.#joining.delete(host);
    this.#poolOf.get(host)?.pool.joined(host);
    this.#outages.rest(host, false);
    this.#setup.listener?.spareJoined();
  }

  #startClocks(host: number): void {
    for (const number of this.#unitsOf[host] as number[]) this.#awaitFailure(number, true);
  }

  #stopClocks(host: number): void {
    for (const number of this.#unitsOf[host] as number[]) {
      const state = this.#units[number] as UnitState;
      if (state.event !== undefined) this.#run.simulation.cancel(state.event);
      state.event = undefined;
    }
  }

  /** Sets the clock of a unit that works, unless its host stands by. */
  #awaitFailure(number: number, isJoining = false): void {
    const state = this.#units[number] as UnitState;
    const { kind, hosts } = state.unit;
    if (state.isDown || state.event !== undefined) return;
    const rests = kind !== 'rack' && hosts.some((host) => this.#isOff(host));
    if (rests && !isJoining) return;
    state.event = this.#schedule(state.law.nextFailureUs(this.#run.simulation.nowUs), 'unit-failed', number);
  }

  /** Whether the host stands by: one that is being switched over to is on. */
  #isOff(host: number): boolean {
    return this.#outages.isResting(host) && this.#poolOf.get(host)?.pool.dutyOf(host) === 'stands-by';
  }

  #beginRepair(repair: Repair | undefined): void {
    if (repair === undefined) return;
    const { law, unit, failedAtUs } = this.#units[repair.unit] as UnitState;
    this.#setup.listener?.repairBegan(unit.kind, repair.waitedUs);
    this.#schedule(this.#run.simulation.nowUs + law.repairUs(failedAtUs), 'repair-done', repair.unit);
  }

  #onWindowDrains(index: number): void {
    const window = this.#setup.windows[index] as MaintenanceWindow;
    const hosts = new Set(window.hosts);
    for (const host of window.hosts) {
      this.#outages.drain(host);
      this.#draining.set(host, window);
    }
    this.#tellHosts(window.hosts, false);
    this.#schedule(window.atUs, 'window-begins', index);
    for (const live of this.#run.live) {
      if (live?.parts.some(({ host }) => hosts.has(host)) === true) this.#clear(live, window);
    }
  }

  /** Does with a job on a host that is drained what the window says. */
  #clear(live: LiveJob, { running, migratePath }: MaintenanceWindow): void {
    // One that starts yet is looked at again when it has.
    if (running === 'wait' || live.phase !== 'running' || live.move !== undefined) return;
    if (running === 'migrate') {
      if (this.#run.move(live, migratePath) !== undefined) {
        this.#setup.listener?.jobMet('maintenance', 'moved', 0);
      }
      return;
    }
    // Who cannot save its state goes on until the window.
    if (live.job.claim.checkpoint === null || live.role !== undefined) return;
    this.#run.life.preempt(live, 'checkpoint', 'fault:maintenance');
    this.#setup.listener?.jobMet('maintenance', 'saved', 0);
  }

  #onWindowBegins(index: number): void {
    const window = this.#setup.windows[index] as MaintenanceWindow;
    this.#hostsDown(window.hosts, 'maintenance');
    this.#schedule(window.atUs + window.forUs, 'window-over', index);
  }

  #onWindowOver(index: number): void {
    const window = this.#setup.windows[index] as MaintenanceWindow;
    for (const host of window.hosts) {
      this.#outages.endDrain(host);
      if (this.#draining.get(host) === window) this.#draining.delete(host);
    }
    this.#hostsUp(window.hosts);
    this.#tellHosts(window.hosts, true);
  }

  #onProcessFailed(live: LiveJob): void {
    this.#processFaults.delete(live);
    const ended = endedByProcess(this.#run.context.fleet, live, this.#run.live);
    for (const each of ended) this.#endJob(each, 'process');
  }

  /** Ends all jobs that hold, or are moving to, parts that are hit. */
  #end(cause: string, isHit: (part: Part, live: LiveJob) => boolean): void {
    // Listed first: ending one may let another one go.
    const ended = this.#run.live.filter(
      (live) =>
        live !== undefined &&
        (live.parts.some((part) => isHit(part, live)) ||
          live.move?.parts.some((part) => isHit(part, live)) === true),
    ) as LiveJob[];
    for (const live of ended) this.#endJob(live, cause);
  }

  #endJob(live: LiveJob, cause: string): void {
    const { jobs, retries, listener } = this.#setup;
    const { life } = this.#run;
    if (live.phase === 'stopping') {
      life.breakOff(live, '');
      return;
    }
    const isReplica = live.role?.kind === 'replica';
    live.faults += 1;
    if (!isReplica && (jobs === 'fail' || live.faults > retries)) {
      const doneUs = life.workDoneUs(live);
      life.stop(live, `fault:${cause}`);
      listener?.jobMet(cause, 'failed', doneUs * live.gpus);
      return;
    }
    const lostUs = life.breakOff(live, `fault:${cause}`);
    listener?.jobMet(cause, 'restarted', lostUs * live.gpus);
  }

  #closeLicensed(isClosed: boolean): void {
    if (this.#areLicencesOut === isClosed) return;
    this.#areLicencesOut = isClosed;
    const { fleet } = this.#run.context;
    for (let g = 0; g < fleet.gpuCount; g++) {
      const shared = fleet.sharing[g];
      if (!isClosed || (shared !== undefined && LICENSED_MODES.includes(shared.mode.name))) {
        fleet.setGpuClosed(g, isClosed, 'licence');
      }
    }
  }

  #tellUnit({ kind, name }: FaultUnit, isUp: boolean): void {
    const { context, simulation } = this.#run;
    for (const observer of context.observers) observer.unitChanged?.(simulation.nowUs, kind, name, isUp);
  }

  #tellHosts(hosts: readonly number[], isOpen: boolean): void {
    const { context, simulation } = this.#run;
    for (const observer of context.observers) {
      for (const host of hosts) observer.hostChanged?.(simulation.nowUs, host, isOpen, 'maintenance');
    }
  }

  #tellCapacity(): void {
    this.#setup.listener?.capacity(this.#run.simulation.nowUs, this.#outages.gpusUp);
  }

  /** What would be after the end of the run is not scheduled. */
  #schedule(atUs: number, kind: keyof typeof EVENT_RANK, payload: number): EventId | undefined {
    if (!(atUs <= this.#horizonUs)) return undefined;
    return this.#run.simulation.schedule(atUs as Micros, EVENT_RANK[kind], payload);
  }
}
