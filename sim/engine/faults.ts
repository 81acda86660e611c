import type { FaultUnit } from '../faults/index.ts';
import type { Micros } from '../kernel/time.ts';
import { EVENT_RANK } from './event-rank.ts';
import { Casualties } from './faults/casualties.ts';
import { Licences } from './faults/licences.ts';
import { Maintenance } from './faults/maintenance.ts';
import { ProcessFaults } from './faults/process-faults.ts';
import type { FaultSetup, FaultyRun, Schedule } from './faults/setup.ts';
import { Spares } from './faults/spares.ts';
import { UnitClocks } from './faults/unit-clocks.ts';
import type { LiveJob } from './live-job.ts';
import { Outages } from './outages.ts';

export type { FaultListener, FaultSetup } from './faults/setup.ts';

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
  readonly #outages: Outages;
  readonly #clocks: UnitClocks;
  readonly #spares: Spares;
  readonly #casualties: Casualties;
  readonly #process: ProcessFaults;
  readonly #licences: Licences;
  readonly #maintenance: Maintenance;

  /** @throws {RangeError} without a horizon: units break down for ever */
  constructor(run: FaultyRun, setup: FaultSetup, horizonUs: number) {
    if (horizonUs === Number.POSITIVE_INFINITY) {
      throw new RangeError('Cannot let units break down in a run without an end: it needs a horizon');
    }
    const schedule: Schedule = (atUs, kind, payload) =>
      atUs <= horizonUs ? run.simulation.schedule(atUs as Micros, EVENT_RANK[kind], payload) : undefined;
    this.#run = run;
    this.#setup = setup;
    this.#outages = new Outages(run.context.fleet);
    this.#spares = new Spares(run, setup, this.#outages, schedule);
    this.#clocks = new UnitClocks(run, setup, schedule, (host) => this.#spares.isOff(host));
    this.#casualties = new Casualties(run, setup);
    this.#process = new ProcessFaults(run, setup, this.#casualties, schedule);
    this.#licences = new Licences(run, setup, schedule);
    this.#maintenance = new Maintenance(run, setup, this.#outages, schedule, {
      down: (hosts, cause) => this.#hostsDown(hosts, cause),
      up: (hosts) => this.#hostsUp(hosts),
    });
  }

  /** Lets the hosts that stand by do so, and sets the clocks of all others. */
  begin(): void {
    this.#spares.begin();
    this.#clocks.begin();
    this.#maintenance.begin();
    this.#tellCapacity();
  }

  handle(rank: number, payload: number): void {
    switch (rank) {
      case EVENT_RANK['unit-failed']:
        this.#strike(this.#clocks.failed(payload));
        break;
      case EVENT_RANK['repair-done']:
        this.#clocks.mended(payload, (unit) => this.#mend(unit));
        break;
      case EVENT_RANK['spare-joined']:
        this.#spares.joined(payload);
        break;
      case EVENT_RANK['window-drains']:
        this.#maintenance.drains(payload);
        break;
      case EVENT_RANK['window-begins']:
        this.#maintenance.begins(payload);
        break;
      case EVENT_RANK['window-over']:
        this.#maintenance.over(payload);
        break;
      case EVENT_RANK['licences-out']:
        this.#licences.out();
        break;
      default:
        this.#process.failed(this.#run.live[payload] as LiveJob);
    }
    this.#tellCapacity();
    this.#run.startWaitingJobs();
  }

  /** A job works from now on: its process may fail. */
  began(live: LiveJob): void {
    this.#process.began(live);
  }

  /** A job does not work any more. */
  stopped(live: LiveJob): void {
    this.#process.stopped(live);
  }

  gone(live: LiveJob): void {
    this.#process.gone(live);
  }

  /** A job runs now that was starting: its host may have come to be drained meanwhile. */
  settled(live: LiveJob): void {
    this.#maintenance.settled(live);
  }

  /** Takes out of service what the unit takes with it, and ends the jobs there. */
  #strike({ kind, hosts, gpu }: FaultUnit): void {
    const { fleet } = this.#run.context;
    const host = hosts[0] as number;
    switch (kind) {
      case 'gpu': {
        this.#outages.breakGpu(host, gpu);
        const index = gpu - (fleet.gpuStart[host] as number);
        this.#casualties.endThose(kind, (part) => part.host === host && part.gpus.includes(index));
        return;
      }
      case 'host':
      case 'rack':
        this.#hostsDown(hosts, kind);
        return;
      case 'nvlink': {
        const joined = fleet.gpuHasFabric.slice(fleet.gpuStart[host], fleet.gpuStart[host + 1]);
        this.#outages.breakFabric(host);
        this.#casualties.endThose(
          kind,
          (part) => part.host === host && part.gpus.filter((g) => joined[g] === 1).length > 1,
        );
        return;
      }
      case 'uplink':
        this.#outages.breakUplink(host);
        this.#casualties.endThose(
          kind,
          (part, live) =>
            part.host === host &&
            (live.role !== undefined || live.parts.some((other) => other.host !== host)),
        );
        return;
      case 'licence-server':
        this.#licences.serverDown();
    }
  }

  #mend({ kind, hosts, gpu }: FaultUnit): void {
    const host = hosts[0] as number;
    if (kind === 'gpu') this.#outages.mendGpu(host, gpu);
    else if (kind === 'host' || kind === 'rack') this.#hostsUp(hosts);
    else if (kind === 'nvlink') this.#outages.mendFabric(host);
    else if (kind === 'uplink') this.#outages.mendUplink(host);
    else this.#licences.serverUp();
  }

  #hostsDown(hosts: readonly number[], cause: string): void {
    const struck = new Set(hosts);
    const broken = hosts.filter((host) => this.#outages.breakHost(host));
    this.#casualties.endThose(cause, (part) => struck.has(part.host));
    for (const host of broken) this.#spares.call(host, this.#clocks);
  }

  #hostsUp(hosts: readonly number[]): void {
    for (const host of hosts) {
      if (this.#outages.mendHost(host)) this.#spares.returned(host, this.#clocks);
    }
  }

  #tellCapacity(): void {
    const { context, simulation } = this.#run;
    for (const observer of context.observers) observer.openChanged?.(simulation.nowUs);
    this.#setup.listener?.capacity(simulation.nowUs, this.#outages.gpusUp);
  }
}
