import type { UniformSource } from '../../kernel/distributions/distribution.ts';
import type { EventId } from '../../kernel/event-queue.ts';
import { endedByProcess } from '../fault-victims.ts';
import type { LiveJob } from '../live-job.ts';
import type { Casualties } from './casualties.ts';
import type { FaultSetup, FaultyRun, Schedule } from './setup.ts';

/** Faults of the jobs' own processes: after so much time of work, each by a stream of the job's own. */
export class ProcessFaults {
  readonly #run: FaultyRun;
  readonly #setup: FaultSetup;
  readonly #casualties: Casualties;
  readonly #schedule: Schedule;
  readonly #streams = new Map<LiveJob, UniformSource>();
  readonly #events = new Map<LiveJob, EventId>();

  constructor(run: FaultyRun, setup: FaultSetup, casualties: Casualties, schedule: Schedule) {
    this.#run = run;
    this.#setup = setup;
    this.#casualties = casualties;
    this.#schedule = schedule;
  }

  /** A job works from now on. */
  began(live: LiveJob): void {
    const { process } = this.#setup;
    if (process === null || live.job.shape.gpuCount === 0) return;
    let stream = this.#streams.get(live);
    if (stream === undefined) {
      stream = process.streamOf(live.job.number);
      this.#streams.set(live, stream);
    }
    const inUs = Math.max(1, Math.round(process.between.sample(stream) * 1e6));
    const event = this.#schedule(this.#run.simulation.nowUs + inUs, 'process-failed', live.slot);
    if (event !== undefined) this.#events.set(live, event);
  }

  /** A job does not work any more. */
  stopped(live: LiveJob): void {
    const event = this.#events.get(live);
    if (event === undefined) return;
    this.#run.simulation.cancel(event);
    this.#events.delete(live);
  }

  /** It is over. */
  gone(live: LiveJob): void {
    this.#streams.delete(live);
  }

  /** The process of a job fails, and takes with it whom the mode does not protect. */
  failed(live: LiveJob): void {
    this.#events.delete(live);
    const ended = endedByProcess(this.#run.context.fleet, live, this.#run.live);
    for (const each of ended) this.#casualties.end(each, 'process');
  }
}
