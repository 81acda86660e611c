import type { FleetView } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import { lifecycleUs } from '../lifecycle.ts';
import { checkpointDrag, type LiveJob, settleWork } from '../live-job.ts';
import { OnCardTable } from '../on-card.ts';
import type { Scheduler } from '../scheduler.ts';
import { speedAlone } from '../speed-alone.ts';

/** Options of backfilling. */
export interface BackfillOptions {
  /**
   * Most jobs that are looked at in one pass after the first blocked one. Default 100: Slurm's `bf_max_job_test`
   * (slurm.conf manual, default 100).
   */
  readonly depth: number;
  /**
   * A job that runs longer than it was estimated to is taken to end this much later than now, in whole microseconds.
   * Default 1 s: Slurm's backfill takes the later of a job's limit and now + 1 s (`_guess_job_end` in select/cons_tres).
   */
  readonly overrunUs: number;
}

export const DEFAULT_BACKFILL: BackfillOptions = { depth: 100, overrunUs: 1_000_000 };

/** A job that holds parts, and when it is taken to have left them; Infinity: nobody knows. */
export interface Leaver {
  readonly live: LiveJob;
  readonly parts: readonly Part[];
  readonly endUs: number;
}

/**
 * When jobs end by their estimates: the estimated work that is left at the speed that a job has, or will have where it
 * is put, and the time that starting, saving and stopping take.
 *
 * Leaves out: on cards shared by a mode a job that has not started is taken to go as fast as it does alone on that
 * model, and one that runs to keep the speed it has now.
 */
export class Expectation {
  readonly #fleet: FleetView;
  readonly #onCard: OnCardTable;
  readonly #overrunUs: number;

  constructor(fleet: FleetView, overrunUs: number) {
    this.#fleet = fleet;
    this.#onCard = new OnCardTable(fleet);
    this.#overrunUs = overrunUs;
  }

  /** The jobs of a scheduler that hold parts, the first to leave first; of equals the one that arrived first. */
  leavers(scheduler: Scheduler, nowUs: number): Leaver[] {
    return this.holders(scheduler, nowUs).sort(byEnd);
  }

  /** The same, those that run in the order in which they started, then those that stop. */
  holders(scheduler: Scheduler, nowUs: number): Leaver[] {
    const all: Leaver[] = [];
    for (const live of scheduler.running) all.push(this.leaver(live, nowUs));
    for (const live of scheduler.leaving) all.push(this.leaver(live, nowUs));
    return all;
  }

  /** A job that holds parts. A place that it is moving to counts as held until its end, as its present one does. */
  leaver(live: LiveJob, nowUs: number): Leaver {
    const { parts, move } = live;
    return {
      live,
      parts: move === undefined ? parts : [...parts, ...move.parts],
      endUs: this.#endUs(live, nowUs),
    };
  }

  #endUs(live: LiveJob, nowUs: number): number {
    const { parts, phase } = live;
    if (phase === 'saving') return Math.max(nowUs, live.sinceUs + (live.job.claim.checkpoint?.saveUs ?? 0));
    if (phase === 'stopping') return Math.max(nowUs, live.sinceUs + this.#lifecycleUs(live, parts, 'stop'));
    if (phase === 'starting') {
      const readyUs = live.startedUs + live.restoreUs + this.#lifecycleUs(live, parts, 'start');
      return Math.max(nowUs, readyUs) + this.#workUs(live, parts) + this.#lifecycleUs(live, parts, 'stop');
    }
    settleWork(live, nowUs);
    const { estimateUs, durationUs } = live.job;
    // Who never ends has no work that could be seen to shrink.
    const doneUs =
      durationUs === Number.POSITIVE_INFINITY ? nowUs - live.startedUs : durationUs - live.workLeftUs;
    const leftUs =
      doneUs >= estimateUs ? this.#overrunUs : Math.max(1, Math.round((estimateUs - doneUs) / live.speed));
    return nowUs + leftUs + this.#lifecycleUs(live, parts, 'stop');
  }

  /** How long a waiting job would hold these parts if it began now. */
  spanUs(live: LiveJob, parts: readonly Part[]): number {
    return (
      live.restoreUs +
      this.#lifecycleUs(live, parts, 'start') +
      this.#workUs(live, parts) +
      this.#lifecycleUs(live, parts, 'stop')
    );
  }

  #workUs(live: LiveJob, parts: readonly Part[]): number {
    return Math.max(1, Math.round(live.estimateLeftUs / this.#speedOn(live, parts)));
  }

  #speedOn(live: LiveJob, parts: readonly Part[]): number {
    const { profile, role } = live;
    if (role !== undefined) return 1;
    return speedAlone(this.#fleet, this.#onCard, parts, profile) * checkpointDrag(live);
  }

  #lifecycleUs({ profile }: LiveJob, parts: readonly Part[], operation: 'start' | 'stop'): number {
    let longest = 0;
    if (profile === undefined || profile.lifecycle === null) return longest;
    for (const part of parts) {
      longest = Math.max(longest, lifecycleUs(this.#fleet, part, operation, profile.lifecycle));
    }
    return longest;
  }
}

function byEnd(a: Leaver, b: Leaver): number {
  if (a.endUs !== b.endUs) return a.endUs < b.endUs ? -1 : 1;
  return a.live.job.number - b.live.job.number;
}
