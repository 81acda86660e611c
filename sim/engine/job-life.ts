import type { Part } from '../cluster/part.ts';
import type { AtRest } from '../cluster/work-books.ts';
import type { EventId } from '../kernel/event-queue.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Micros } from '../kernel/time.ts';
import type { PreemptionWay } from '../policies/queueing/names.ts';
import { MAX_TIME_US, type TaskRole, type WorkProfile } from '../workload/task.ts';
import { EVENT_RANK } from './event-rank.ts';
import { exchangeFactor, exchangeShare } from './exchange.ts';
import { lifecycleUs } from './lifecycle.ts';
import { checkpointDrag, type LiveJob, savedWorkUs, settleWork, workLeftAt } from './live-job.ts';
import type { OnCardTable } from './on-card.ts';
import { giveBack } from './reserve.ts';
import type { Residency } from './residency.ts';
import type { RoleRuntime } from './role.ts';
import type { RunContext } from './run-context.ts';
import { speedAlone, workOnGpus } from './speed-alone.ts';

/** What the life of jobs needs of the run, and whom it tells. */
export interface LifeSetup {
  readonly context: RunContext;
  readonly simulation: Simulation;
  readonly residency: Residency;
  readonly onCard: OnCardTable;
  roleOf(role: TaskRole): RoleRuntime | undefined;
  /** It sits on shared cards where it did not before. */
  seated?(live: LiveJob): void;
  /** It sits nowhere any more. */
  left?(live: LiveJob): void;
  /** It works from now on. */
  began?(live: LiveJob): void;
  /** It ran and does not any more. */
  stopped(live: LiveJob): void;
  /** It was stopped and waits again. */
  waitsAgain(live: LiveJob): void;
  /** What it held on these parts is free. */
  vacated(live: LiveJob, parts: readonly Part[]): void;
  /** It has left for good. */
  gone(live: LiveJob): void;
}

/** What jobs go through from their placement to their end: starting, working, saving, stopping. */
export class JobLife {
  readonly #setup: LifeSetup;

  constructor(setup: LifeSetup) {
    this.#setup = setup;
  }

  /** Lets a waiting job start on parts that the fleet has given it, which may take time. */
  start(live: LiveJob, parts: readonly Part[]): void {
    const { context, simulation } = this.#setup;
    const { nowUs } = simulation;
    live.parts = parts;
    live.startedUs = nowUs;
    live.sinceUs = nowUs;
    live.heldUntilUs = nowUs;
    for (const observer of context.observers) observer.placed?.(nowUs, live.job, parts);
    const isSeated = parts.some(({ grant }) => grant.length > 0);
    let startUs = live.restoreUs;
    if (isSeated) {
      this.join(live);
      startUs += this.#lifecycleUs(live, 'start');
    } else this.#tellExchange(live);
    if (startUs === 0) this.begin(live);
    else {
      live.phase = 'starting';
      this.#rest(live, 'starting');
      live.event = this.#after(startUs, EVENT_RANK['job-ready'], live);
    }
  }

  /** Takes its seats on the shared cards of the parts it has. */
  join(live: LiveJob): void {
    const { context, simulation, residency, onCard } = this.#setup;
    const { profile, parts, role, job } = live;
    if (profile === undefined) {
      throw new RangeError(`Cannot run job "${job.name}" on a shared GPU: it has no work profile`);
    }
    residency.join(
      simulation.nowUs,
      live.slot,
      parts,
      (gpu) => onCard.of(profile, gpu),
      exchangeFactor(context.fleet, parts, profile),
      role?.kind === 'session' ? role.group : -1,
      role === undefined ? checkpointDrag(live) : 1,
    );
    this.#setup.seated?.(live);
    this.#tellExchange(live);
  }

  /** Makes known for how much of its time a job exchanges data where it is now. */
  #tellExchange({ job, parts, profile }: LiveJob): void {
    if (profile === undefined || profile.communication === 0) return;
    const { context, simulation } = this.#setup;
    const share = exchangeShare(context.fleet, parts, profile);
    for (const observer of context.observers) observer.exchanges?.(simulation.nowUs, job, parts, share);
  }

  /** The job works from now on. */
  begin(live: LiveJob): void {
    const { simulation, residency } = this.#setup;
    live.phase = 'running';
    live.sinceUs = simulation.nowUs;
    live.event = undefined;
    live.restoreUs = 0;
    const isSeated = residency.isSeated(live.slot);
    if (isSeated && !residency.allocate(live.slot)) {
      this.#fail(live, 'out-of-memory');
      return;
    }
    if (live.role !== undefined || !isSeated) {
      // Runs for a stated time, whatever its speed.
      live.speed = live.role === undefined ? checkpointDrag(live) * this.#unsharedSpeed(live) : 1;
      live.event = this.#after(Math.round(live.workLeftUs / live.speed), EVENT_RANK['job-finished'], live);
      this.#roleOf(live)?.started(live.slot);
    } else residency.setActive(simulation.nowUs, live.slot, true);
    this.bookWork(live);
    this.#setup.began?.(live);
  }

  /** Enters into the books that a running job works on the parts it has. */
  bookWork(live: LiveJob): void {
    const { context, simulation, onCard } = this.#setup;
    const { work, fleet } = context;
    if (work === undefined || live.phase !== 'running') return;
    const { slot, parts, profile, role, workLeftUs } = live;
    if (role !== undefined) work.works(simulation.nowUs, slot, parts, Number.POSITIVE_INFINITY, 1);
    else {
      const on = profile && workOnGpus(fleet, onCard, parts, profile);
      work.works(simulation.nowUs, slot, parts, workLeftUs, checkpointDrag(live), on);
    }
  }

  /** Re-times a job's end to its new speed. */
  sped(live: LiveJob, speed: number): void {
    if (live.role !== undefined) {
      this.#roleOf(live)?.sped(live.slot, speed);
      return;
    }
    if (live.phase !== 'running') return;
    const { simulation } = this.#setup;
    settleWork(live, simulation.nowUs);
    live.speed = speed * checkpointDrag(live);
    const endUs = simulation.nowUs + Math.max(0, Math.round(live.workLeftUs / live.speed));
    // A job that would end after the end of the clock, or stands still, has no end in sight.
    if (!(endUs <= MAX_TIME_US)) {
      if (live.event !== undefined) simulation.cancel(live.event);
      live.event = undefined;
    } else if (live.event !== undefined) {
      simulation.retime(live.event, endUs as Micros);
    } else {
      live.event = simulation.schedule(endUs as Micros, EVENT_RANK['job-finished'], live.slot);
    }
  }

  /**
   * Its work is done: it leaves, or begins to stop where that takes time.
   *
   * @param giveUpMove frees the place that it was moving to; says whether there was one
   * @returns whether room has become free
   */
  finish(live: LiveJob, giveUpMove: (live: LiveJob) => boolean): boolean {
    const { context, simulation, residency } = this.#setup;
    const { nowUs } = simulation;
    const { job, parts, startedUs } = live;
    live.event = undefined;
    settleWork(live, nowUs);
    const stopUs = residency.isSeated(live.slot) ? this.#lifecycleUs(live, 'stop') : 0;
    this.#roleOf(live)?.stopped(live.slot);
    this.#setup.stopped(live);
    if (stopUs === 0) {
      this.#vacate(live);
      this.#setup.gone(live);
      for (const observer of context.observers) observer.finished?.(nowUs, job, parts, startedUs as Micros);
      return true;
    }
    live.phase = 'stopping';
    residency.setActive(nowUs, live.slot, false);
    // Over while it was to move: it stops where it is, and its new place is free for others.
    const leftAPlace = giveUpMove(live);
    this.#rest(live, 'stopping');
    for (const observer of context.observers) observer.finished?.(nowUs, job, parts, startedUs as Micros);
    live.event = this.#after(stopUs, EVENT_RANK['job-gone'], live);
    return leftAPlace;
  }

  /** A job that has stopped gives back what it held. */
  letGo(live: LiveJob): void {
    const { parts } = live;
    this.#vacate(live);
    this.#setup.gone(live);
    const { context, simulation } = this.#setup;
    for (const observer of context.observers) observer.freed?.(simulation.nowUs, live.job, parts);
  }

  /** Ends a job before its work is done. */
  stop(live: LiveJob, reason: string): void {
    if (live.event !== undefined) this.#setup.simulation.cancel(live.event);
    if (live.phase === 'running') this.#roleOf(live)?.stopped(live.slot);
    this.#fail(live, reason);
  }

  /**
   * Stops a job that starts or runs, to go on later.
   *
   * @returns whether its parts are free at once; else they are when its state is saved
   */
  preempt(live: LiveJob, way: PreemptionWay, reason: string): boolean {
    const { simulation, residency } = this.#setup;
    const { nowUs } = simulation;
    settleWork(live, nowUs);
    if (live.event !== undefined) simulation.cancel(live.event);
    live.event = undefined;
    const { checkpoint } = live.job.claim;
    const wasRunning = live.phase === 'running';
    if (wasRunning) this.#roleOf(live)?.stopped(live.slot);
    this.#setup.stopped(live);
    live.preemptions += 1;
    const saves = way !== 'suspend' && way !== 'kill' && wasRunning && checkpoint !== null;
    if (saves && checkpoint.saveUs > 0) {
      live.phase = 'saving';
      live.stopReason = reason;
      this.#rest(live, 'saving');
      if (live.role === undefined && residency.isSeated(live.slot))
        residency.setActive(nowUs, live.slot, false);
      live.event = this.#after(checkpoint.saveUs, EVENT_RANK['job-saved'], live);
      return false;
    }
    const kept = way === 'suspend' || saves || !wasRunning;
    if (saves && live.job.durationUs !== Number.POSITIVE_INFINITY) {
      live.savedUs = live.job.durationUs - live.workLeftUs;
    }
    if (way !== 'suspend') live.restoreUs = this.#restoreUs(live, kept);
    this.#waitAgain(live, reason, kept ? 0 : this.#loseUnsaved(live));
    return true;
  }

  /** Its state is saved: it gives back what it held, and waits. */
  saved(live: LiveJob): void {
    settleWork(live, this.#setup.simulation.nowUs);
    live.restoreUs = this.#restoreUs(live, true);
    if (live.role === undefined && live.job.durationUs !== Number.POSITIVE_INFINITY) {
      live.savedUs = live.job.durationUs - live.workLeftUs;
    }
    this.#waitAgain(live, live.stopReason, 0);
  }

  /**
   * Ends at once, without warning, what a job does that holds parts: it waits to start again from what it has saved. One
   * that had only to stop is gone.
   *
   * @returns work that it has to do again, in microseconds at full speed
   */
  breakOff(live: LiveJob, reason: string): number {
    const { phase } = live;
    settleWork(live, this.#setup.simulation.nowUs);
    if (live.event !== undefined) this.#setup.simulation.cancel(live.event);
    live.event = undefined;
    if (phase === 'stopping') {
      this.letGo(live);
      return 0;
    }
    if (phase === 'running') this.#roleOf(live)?.stopped(live.slot);
    if (live.isPlaced) this.#setup.stopped(live);
    const lostUs = phase === 'starting' ? 0 : this.#loseUnsaved(live);
    live.restoreUs = this.#restoreUs(live, true);
    this.#waitAgain(live, reason, lostUs);
    return lostUs;
  }

  /** Work that a batch has done up to now, in microseconds at full speed; 0 for others. */
  workDoneUs(live: LiveJob): number {
    if (live.role !== undefined || live.job.durationUs === Number.POSITIVE_INFINITY) return 0;
    settleWork(live, this.#setup.simulation.nowUs);
    return live.job.durationUs - live.workLeftUs;
  }

  /** Goes on at once on other parts, which the fleet has given it in place of its own. */
  shift(live: LiveJob, parts: readonly Part[]): void {
    const { context, simulation, residency } = this.#setup;
    const { nowUs } = simulation;
    const before = live.parts;
    settleWork(live, nowUs);
    const isSeated = residency.isSeated(live.slot);
    if (isSeated) residency.lift(nowUs, live.slot);
    live.parts = parts;
    for (const observer of context.observers) observer.moved?.(nowUs, live.job, parts);
    if (isSeated) {
      this.join(live);
      if (live.phase === 'running') residency.resume(nowUs, live.slot);
    } else this.#tellExchange(live);
    if (!isSeated && live.phase === 'running' && live.role === undefined) {
      live.speed = checkpointDrag(live) * this.#unsharedSpeed(live);
      if (live.event !== undefined) simulation.cancel(live.event);
      live.event = this.#after(Math.round(live.workLeftUs / live.speed), EVENT_RANK['job-finished'], live);
    }
    if (live.phase === 'running') this.bookWork(live);
    else this.#rest(live, 'starting');
    for (const observer of context.observers) observer.freed?.(nowUs, live.job, before);
    this.#setup.vacated(live, before);
  }

  /** It holds its parts and does not work on them from now on. */
  #rest({ job, slot, parts }: LiveJob, why: AtRest): void {
    const { context, simulation } = this.#setup;
    context.work?.rests(simulation.nowUs, slot, parts, why);
    for (const observer of context.observers) observer.halted?.(simulation.nowUs, job, why);
  }

  #unsharedSpeed({ profile, parts }: LiveJob): number {
    return speedAlone(this.#setup.context.fleet, this.#setup.onCard, parts, profile);
  }

  #restoreUs({ job, workLeftUs }: LiveJob, kept: boolean): number {
    const { checkpoint } = job.claim;
    if (checkpoint === null || workLeftUs === job.durationUs) return 0;
    return kept || checkpoint.intervalUs !== Number.POSITIVE_INFINITY ? checkpoint.restoreUs : 0;
  }

  /** Falls back to its last checkpoint of its own, and says how much work that costs. */
  #loseUnsaved(live: LiveJob): number {
    if (live.role !== undefined || live.job.durationUs === Number.POSITIVE_INFINITY) return 0;
    const left = live.job.durationUs - savedWorkUs(live);
    const lostUs = left - live.workLeftUs;
    live.workLeftUs = left;
    return lostUs;
  }

  #waitAgain(live: LiveJob, reason: string, lostUs: number): void {
    const { context, simulation } = this.#setup;
    const { parts, job } = live;
    live.heldUs = live.attainedUs;
    context.work?.stops(simulation.nowUs, live.slot, live.workLeftUs - lostUs, lostUs, reason);
    this.#vacate(live);
    live.parts = [];
    live.phase = 'waiting';
    live.speed = 0;
    live.event = undefined;
    live.queuedSinceUs = simulation.nowUs;
    for (const observer of context.observers) {
      observer.preempted?.(simulation.nowUs, job, parts, reason, lostUs);
    }
    this.#setup.waitsAgain(live);
  }

  /** Ends a job that cannot go on. */
  #fail(live: LiveJob, reason: string): void {
    const { context, simulation } = this.#setup;
    const { parts, job } = live;
    if (context.work !== undefined) {
      // What it has done was for nothing.
      const leftUs = workLeftAt(live, simulation.nowUs);
      const doneUs = live.role === undefined && leftUs < job.durationUs ? job.durationUs - leftUs : 0;
      context.work.stops(simulation.nowUs, live.slot, leftUs, doneUs, reason);
    }
    this.#setup.stopped(live);
    this.#vacate(live);
    this.#setup.gone(live);
    for (const observer of context.observers) observer.failed?.(simulation.nowUs, job, parts, reason);
  }

  /** Gives back what a job holds. */
  #vacate(live: LiveJob): void {
    const { context, simulation, residency } = this.#setup;
    const { parts } = live;
    if (residency.isSeated(live.slot)) {
      residency.leave(simulation.nowUs, live.slot);
      this.#setup.left?.(live);
    }
    giveBack(context.fleet, parts);
    context.work?.leaves(simulation.nowUs, live.slot);
    this.#setup.vacated(live, parts);
  }

  #lifecycleUs({ parts, profile }: LiveJob, operation: 'start' | 'stop'): number {
    const path = (profile as WorkProfile).lifecycle;
    let longest = 0;
    for (const part of parts) {
      longest = Math.max(longest, lifecycleUs(this.#setup.context.fleet, part, operation, path));
    }
    return longest;
  }

  #roleOf({ role }: LiveJob): RoleRuntime | undefined {
    return role === undefined ? undefined : this.#setup.roleOf(role);
  }

  /** Schedules an event of a job; undefined where it would be after the end of the clock. */
  #after(delayUs: number, rank: number, { slot }: LiveJob): EventId | undefined {
    const { simulation } = this.#setup;
    const atUs = simulation.nowUs + delayUs;
    return atUs <= MAX_TIME_US ? simulation.schedule(atUs as Micros, rank, slot) : undefined;
  }
}
