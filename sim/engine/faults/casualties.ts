import type { Part } from '../../cluster/part.ts';
import type { LiveJob } from '../live-job.ts';
import type { FaultSetup, FaultyRun } from './setup.ts';

/** Ends the jobs that a fault takes with it: they start again, or are over. */
export class Casualties {
  readonly #run: FaultyRun;
  readonly #setup: FaultSetup;

  constructor(run: FaultyRun, setup: FaultSetup) {
    this.#run = run;
    this.#setup = setup;
  }

  /** Ends all jobs that hold, or are moving to, parts that are hit. */
  endThose(cause: string, isHit: (part: Part, live: LiveJob) => boolean): void {
    // Listed first: ending one may let another one go.
    const ended = this.#run.live.filter(
      (live) =>
        live !== undefined &&
        (live.parts.some((part) => isHit(part, live)) ||
          live.move?.parts.some((part) => isHit(part, live)) === true),
    ) as LiveJob[];
    for (const live of ended) this.end(live, cause);
  }

  end(live: LiveJob, cause: string): void {
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
}
