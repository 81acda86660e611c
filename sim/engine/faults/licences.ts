import { LICENSED_MODES } from '../../faults/index.ts';
import type { EventId } from '../../kernel/event-queue.ts';
import type { FaultSetup, FaultyRun, Schedule } from './setup.ts';

/**
 * Follows whether any licence server is up. Where licences are counted, that is theirs to deal with; elsewhere the GPUs of
 * licensed modes take nobody in while none has been up for the time of grace.
 */
export class Licences {
  readonly #run: FaultyRun;
  readonly #setup: FaultSetup;
  readonly #schedule: Schedule;
  readonly #servers: number;
  #down = 0;
  /** When the grace is over. */
  #outage: EventId | undefined;
  #areOut = false;

  constructor(run: FaultyRun, setup: FaultSetup, schedule: Schedule) {
    this.#run = run;
    this.#setup = setup;
    this.#schedule = schedule;
    this.#servers = setup.units.filter(({ unit }) => unit.kind === 'licence-server').length;
  }

  serverDown(): void {
    this.#down += 1;
    if (this.#down < this.#servers) return;
    if (this.#run.licences !== undefined) {
      this.#run.licences.serversDown();
      return;
    }
    const { nowUs } = this.#run.simulation;
    this.#outage = this.#schedule(nowUs + this.#setup.graceUs, 'licences-out', 0);
  }

  serverUp(): void {
    if (this.#down === this.#servers) this.#run.licences?.serversUp();
    this.#down -= 1;
    if (this.#outage !== undefined) this.#run.simulation.cancel(this.#outage);
    this.#outage = undefined;
    this.#close(false);
  }

  /** The time of grace is over. */
  out(): void {
    this.#outage = undefined;
    this.#close(true);
  }

  #close(isClosed: boolean): void {
    if (this.#areOut === isClosed) return;
    this.#areOut = isClosed;
    const { fleet } = this.#run.context;
    for (let g = 0; g < fleet.gpuCount; g++) {
      const shared = fleet.sharing[g];
      if (!isClosed || (shared !== undefined && LICENSED_MODES.includes(shared.mode.name))) {
        fleet.setGpuClosed(g, isClosed, 'licence');
      }
    }
  }
}
