import type { MaintenanceWindow } from '../../faults/index.ts';
import type { LiveJob } from '../live-job.ts';
import type { Outages } from '../outages.ts';
import type { FaultSetup, FaultyRun, Schedule } from './setup.ts';

/** What a window does to hosts besides draining them. */
interface WindowedHosts {
  down(hosts: readonly number[], cause: string): void;
  up(hosts: readonly number[]): void;
}

/** Keeps maintenance windows: drains their hosts, has them down, and opens them again. */
export class Maintenance {
  readonly #run: FaultyRun;
  readonly #setup: FaultSetup;
  readonly #outages: Outages;
  readonly #schedule: Schedule;
  readonly #hosts: WindowedHosts;
  /** By host that is to be empty soon: for which window. */
  readonly #draining = new Map<number, MaintenanceWindow>();

  constructor(run: FaultyRun, setup: FaultSetup, outages: Outages, schedule: Schedule, hosts: WindowedHosts) {
    this.#run = run;
    this.#setup = setup;
    this.#outages = outages;
    this.#schedule = schedule;
    this.#hosts = hosts;
  }

  begin(): void {
    this.#setup.windows.forEach(({ atUs, drainUs }, i) => {
      this.#schedule(atUs - drainUs, 'window-drains', i);
    });
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

  drains(index: number): void {
    const window = this.#window(index);
    const hosts = new Set(window.hosts);
    for (const host of window.hosts) {
      this.#outages.drain(host);
      this.#draining.set(host, window);
    }
    this.#tell(window.hosts, false);
    this.#schedule(window.atUs, 'window-begins', index);
    for (const live of this.#run.live) {
      if (live?.parts.some(({ host }) => hosts.has(host)) === true) this.#clear(live, window);
    }
  }

  begins(index: number): void {
    const { hosts, atUs, forUs } = this.#window(index);
    this.#hosts.down(hosts, 'maintenance');
    this.#schedule(atUs + forUs, 'window-over', index);
  }

  over(index: number): void {
    const window = this.#window(index);
    for (const host of window.hosts) {
      this.#outages.endDrain(host);
      if (this.#draining.get(host) === window) this.#draining.delete(host);
    }
    this.#hosts.up(window.hosts);
    this.#tell(window.hosts, true);
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

  #window(index: number): MaintenanceWindow {
    return this.#setup.windows[index] as MaintenanceWindow;
  }

  #tell(hosts: readonly number[], isOpen: boolean): void {
    const { context, simulation } = this.#run;
    for (const observer of context.observers) {
      for (const host of hosts) observer.hostChanged?.(simulation.nowUs, host, isOpen, 'maintenance');
    }
  }
}
