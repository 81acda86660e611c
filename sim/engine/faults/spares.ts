import { SparePool } from '../../faults/index.ts';
import type { EventId } from '../../kernel/event-queue.ts';
import type { Outages } from '../outages.ts';
import type { FaultSetup, FaultyRun, Schedule } from './setup.ts';
import type { UnitClocks } from './unit-clocks.ts';

/** Lets hosts that stand by take the place of those that are down. */
export class Spares {
  readonly #run: FaultyRun;
  readonly #setup: FaultSetup;
  readonly #outages: Outages;
  readonly #schedule: Schedule;
  /** By host: the pool with its switch-over time. */
  readonly #poolOf = new Map<number, { readonly pool: SparePool; readonly switchOverUs: number }>();
  readonly #joining = new Map<number, EventId>();

  constructor(run: FaultyRun, setup: FaultSetup, outages: Outages, schedule: Schedule) {
    this.#run = run;
    this.#setup = setup;
    this.#outages = outages;
    this.#schedule = schedule;
    for (const { hosts, standby, switchOverUs } of setup.spares) {
      const pool = new SparePool(hosts, standby);
      for (const host of hosts) this.#poolOf.set(host, { pool, switchOverUs });
    }
  }

  /** Lets those stand by that are to. */
  begin(): void {
    for (const [host, { pool }] of this.#poolOf) {
      if (pool.dutyOf(host) === 'stands-by') this.#outages.rest(host, true);
    }
  }

  /** Whether the host stands by: one that is being switched over to is on. */
  isOff(host: number): boolean {
    return this.#outages.isResting(host) && this.#poolOf.get(host)?.pool.dutyOf(host) === 'stands-by';
  }

  /** A host is down: one that stands by, if there is one, is switched over to. */
  call(host: number, clocks: UnitClocks): void {
    const spares = this.#poolOf.get(host);
    if (spares === undefined) return;
    const joining = this.#joining.get(host);
    if (joining !== undefined) this.#run.simulation.cancel(joining);
    this.#joining.delete(host);
    const spare = spares.pool.down(host);
    if (spare === undefined) return;
    clocks.start(spare);
    if (spares.switchOverUs === 0) {
      this.joined(spare);
      return;
    }
    const atUs = this.#run.simulation.nowUs + spares.switchOverUs;
    const event = this.#schedule(atUs, 'spare-joined', spare);
    if (event !== undefined) this.#joining.set(spare, event);
  }

  joined(host: number): void {
    this.#joining.delete(host);
    this.#poolOf.get(host)?.pool.joined(host);
    this.#outages.rest(host, false);
    this.#setup.listener?.spareJoined();
  }

  /** A host works again: it serves, or stands by from now on. */
  returned(host: number, clocks: UnitClocks): void {
    const spares = this.#poolOf.get(host);
    if (spares === undefined) return;
    const standsBy = spares.pool.up(host) === 'stands-by';
    if (standsBy) clocks.stop(host);
    const joinsAnew = !standsBy && this.#outages.isResting(host);
    this.#outages.rest(host, standsBy);
    if (joinsAnew) clocks.start(host);
  }
}
