import type { Job } from '../cluster/changes.ts';
import { Simulation } from '../kernel/simulation.ts';
import type { Micros } from '../kernel/time.ts';
import type { JobQueue } from '../policies/queueing/queueing.ts';
import {
  MAX_TIME_US,
  type Task,
  type TaskRole,
  type TaskSource,
  type WorkProfile,
} from '../workload/task.ts';
import { EVENT_RANK } from './event-rank.ts';
import { exchangeFactor } from './exchange.ts';
import type { FrameTracker } from './frame-tracker.ts';
import { type ChangeCounts, type HostChange, HostChanger } from './host-changes.ts';
import { lifecycleUs } from './lifecycle.ts';
import { type LiveJob, settleWork } from './live-job.ts';
import { OnCardTable } from './on-card.ts';
import { Residency } from './residency.ts';
import type { RoleHost, RoleRuntime } from './role.ts';
import { admitJob, type RunContext, whyNever, whyNot } from './run-context.ts';

/** What a timed run needs besides its context. */
export interface TimedSetup {
  readonly source: TaskSource;
  readonly queue: JobQueue;
  /** Stop then; Infinity runs until the last job has left (or nothing can happen any more). */
  readonly horizonUs: number;
  /** What sessions and cards measured before is forgotten then. */
  readonly warmupUs: Micros;
  /** How many session groups there are. */
  readonly sessionGroups: number;
  /** Told who draws frames beside whom; absent where nobody does. */
  readonly frames?: FrameTracker | undefined;
  /** Planned changes of hosts, in order of their times. */
  readonly changes?: readonly HostChange[] | undefined;
  /** What sessions and replicas do; absent where the source has none. */
  readonly sessions?: ((host: RoleHost) => RoleRuntime) | undefined;
  readonly services?: ((host: RoleHost) => RoleRuntime) | undefined;
  /** Told the number of arrivals and the simulated time so far, now and then. */
  readonly onProgress?: ((jobs: number, nowUs: number) => void) | undefined;
}

/** How a timed run ended. */
export interface TimedOutcome {
  readonly arrivals: number;
  readonly waiting: number;
  readonly running: number;
  readonly endUs: number;
  /** Kernel events processed. */
  readonly events: number;
  readonly residency: Residency;
  readonly changes: Readonly<ChangeCounts>;
}

/**
 * The timed experiment: jobs arrive at their times, wait in the queue, start, work and leave. A job that no host could
 * take even when empty is rejected at arrival. On GPUs shared by fraction a job runs for its stated time; on GPUs shared
 * by a mode it has work to do and goes as fast as the mode lets it beside the other residents.
 */
export function runTimed(context: RunContext, setup: TimedSetup): TimedOutcome {
  return new TimedRun(context, setup).run();
}

/** State of one timed run. Its memory grows with the jobs in the system, not with the jobs ever seen. */
class TimedRun {
  readonly #context: RunContext;
  readonly #setup: TimedSetup;
  readonly #simulation: Simulation;
  readonly #residency: Residency;
  readonly #onCard: OnCardTable;
  readonly #sessions: RoleRuntime | undefined;
  readonly #services: RoleRuntime | undefined;
  readonly #changer: HostChanger;
  /** By slot; a slot is used again when its job has gone. */
  readonly #live: (LiveJob | undefined)[] = [];
  readonly #freeSlots: number[] = [];
  /** By shape number: the constraint that keeps it out of an empty fleet, or `none`. */
  readonly #whyNever: (string | undefined)[] = [];
  #nextTask: Task | undefined;
  #nextJob: Job | undefined;
  #arrivals = 0;
  /** Reason told last for the job at the head, by job number, and when it was found. */
  #blockedJob = -1;
  #blockedReason = '';
  #blockedAtChange = -1;

  constructor(context: RunContext, setup: TimedSetup) {
    this.#context = context;
    this.#setup = setup;
    this.#simulation = new Simulation((payload, rank) => this.#dispatch(payload, rank));
    const { fleet } = context;
    this.#residency = new Residency(
      fleet,
      fleet.hosts.map((host) => host.uplinkBytesPerSec),
      setup.sessionGroups,
      setup.frames,
      (slot, speed) => this.#onSpeed(slot, speed),
    );
    this.#onCard = new OnCardTable(fleet);
    const host: RoleHost = {
      observers: context.observers,
      simulation: this.#simulation,
      residency: this.#residency,
      liveAt: (slot) => this.#live[slot] as LiveJob,
      arrive: (task) => {
        const job = admitJob(context, task, this.#arrivals);
        this.#arrivals += 1;
        this.#takeIn(job, task);
      },
    };
    this.#changer = new HostChanger(
      {
        context,
        simulation: this.#simulation,
        residency: this.#residency,
        live: this.#live,
        join: (slot, live) => this.#join(slot, live, live.profile as WorkProfile),
        stop: (slot, live, reason) => this.#stop(slot, live, reason),
        startWaitingJobs: () => this.#startWaitingJobs(),
        capacityChanged: () => {
          this.#whyNever.length = 0;
        },
      },
      setup.changes ?? [],
    );
    this.#sessions = setup.sessions?.(host);
    this.#services = setup.services?.(host);
  }

  run(): TimedOutcome {
    const simulation = this.#simulation;
    const { horizonUs, warmupUs, queue } = this.#setup;
    this.#changer.schedule();
    this.#scheduleNextArrival();
    this.#runUntil(Math.min(warmupUs, horizonUs));
    // A run that is over by then has measured nothing, and does not go on for the warm-up's sake.
    if (Math.min(simulation.nextEventUs(), horizonUs) < Number.POSITIVE_INFINITY) {
      this.#residency.resetAll(warmupUs);
    }
    this.#runUntil(horizonUs);
    if (horizonUs !== Number.POSITIVE_INFINITY) simulation.runUntil(horizonUs as Micros);
    this.#residency.settleAll(simulation.nowUs);
    for (const observer of this.#context.observers) observer.ended?.(simulation.nowUs);
    const inSystem = this.#live.length - this.#freeSlots.length;
    return {
      arrivals: this.#arrivals,
      waiting: queue.size,
      running: inSystem - queue.size,
      endUs: simulation.nowUs,
      events: simulation.eventCount,
      residency: this.#residency,
      changes: this.#changer.counts,
    };
  }

  /** Handles all events up to an instant, those at exactly that time included. */
  #runUntil(untilUs: number): void {
    const simulation = this.#simulation;
    const { onProgress } = this.#setup;
    let sinceProgress = 0;
    while (simulation.nextEventUs() <= untilUs && simulation.step()) {
      if (onProgress !== undefined && (++sinceProgress & 1023) === 0) {
        onProgress(this.#arrivals, simulation.nowUs);
      }
    }
  }

  #dispatch(payload: number, rank: number): void {
    switch (rank) {
      case EVENT_RANK['activity-toggled']:
      case EVENT_RANK['session-logon']:
        this.#sessions?.handle(rank, payload);
        return;
      case EVENT_RANK['job-finished']:
        this.#onJobFinished(payload);
        return;
      case EVENT_RANK['job-arrived']:
        this.#onJobArrived();
        return;
      case EVENT_RANK['job-ready']:
        this.#onJobReady(payload);
        return;
      case EVENT_RANK['job-gone']:
        this.#onJobGone(payload);
        return;
      case EVENT_RANK['job-moved']:
      case EVENT_RANK['change-due']:
      case EVENT_RANK['change-done']:
        this.#changer.handle(rank, payload);
        return;
      default:
        this.#services?.handle(rank, payload);
    }
  }

  /** Keeps exactly one arrival in the event queue, so that a trace of any length is never held whole. */
  #scheduleNextArrival(): void {
    const task = this.#setup.source.nextTask();
    this.#nextTask = task;
    if (task === undefined) {
      this.#nextJob = undefined;
      return;
    }
    this.#nextJob = admitJob(this.#context, task, this.#arrivals);
    this.#arrivals += 1;
    this.#simulation.schedule(this.#nextJob.arrivalUs as Micros, EVENT_RANK['job-arrived'], 0);
  }

  /** Takes the next job of the source in and looks up the one after it. */
  #onJobArrived(): void {
    const task = this.#nextTask as Task;
    this.#takeIn(this.#nextJob as Job, task);
    this.#scheduleNextArrival();
  }

  /** Takes a job in and offers it the room there is. */
  #takeIn(job: Job, { profile, role }: Task): void {
    const { observers } = this.#context;
    const atUs = this.#simulation.nowUs;
    for (const observer of observers) observer.arrived?.(atUs, job);
    const never = this.#neverReason(job);
    if (never === 'none') {
      const slot = this.#freeSlots.pop() ?? this.#live.length;
      this.#live[slot] = {
        job,
        profile,
        role,
        phase: 'waiting',
        host: -1,
        gpus: [],
        grant: [],
        startedUs: atUs,
        workLeftUs: job.durationUs,
        speed: 0,
        sinceUs: atUs,
        event: undefined,
        move: undefined,
      };
      this.#setup.queue.push(slot);
      this.#startWaitingJobs();
    } else {
      for (const observer of observers) observer.rejected?.(atUs, job, `never-fits:${never}`);
      if (role !== undefined) this.#runtimeOf(role)?.gone(role);
    }
  }

  /** Starts jobs from the head of the queue for as long as the head finds room. */
  #startWaitingJobs(): void {
    const { queue } = this.#setup;
    const { placer, fleet, observers } = this.#context;
    const atUs = this.#simulation.nowUs;
    for (let slot = queue.head(); slot >= 0; slot = queue.head()) {
      const live = this.#live[slot] as LiveJob;
      const { job } = live;
      const decision = placer.decide(job.shape);
      if (decision === undefined) {
        // What a planned change was to bring may not have come.
        const never = this.#setup.changes === undefined ? 'none' : this.#neverReason(job);
        if (never === 'none') {
          this.#tellBlocked(job);
          return;
        }
        queue.pop();
        this.#live[slot] = undefined;
        this.#freeSlots.push(slot);
        for (const observer of observers) observer.rejected?.(atUs, job, `never-fits:${never}`);
        if (live.role !== undefined) this.#runtimeOf(live.role)?.gone(live.role);
        continue;
      }
      queue.pop();
      live.host = decision.host;
      live.gpus = decision.gpus;
      live.startedUs = atUs;
      live.grant = fleet.place(job.shape, decision.host, decision.gpus);
      for (const observer of observers) {
        observer.placed?.(atUs, job, decision.host, decision.gpus, live.grant);
      }
      this.#seat(slot, live);
    }
  }

  /** Seats a placed job on its shared cards and lets it start, which may take time. */
  #seat(slot: number, live: LiveJob): void {
    const { fleet } = this.#context;
    const { profile, grant, host, gpus, job } = live;
    let startUs = 0;
    if (grant.length > 0) {
      if (profile === undefined) {
        throw new RangeError(`Cannot run job "${job.name}" on a shared GPU: it has no work profile`);
      }
      this.#join(slot, live, profile);
      const numbers = gpus.map((g) => (fleet.gpuStart[host] as number) + g);
      startUs = lifecycleUs(fleet, numbers, grant, 'start', profile.lifecycle);
    }
    if (startUs === 0) this.#begin(slot, live);
    else {
      live.phase = 'starting';
      live.event = this.#after(startUs, EVENT_RANK['job-ready'], slot);
    }
  }

  /** Takes its seats on the cards of the place it has. */
  #join(slot: number, { host, gpus, grant, job, role }: LiveJob, profile: WorkProfile): void {
    const { fleet } = this.#context;
    const numbers = gpus.map((g) => (fleet.gpuStart[host] as number) + g);
    this.#residency.join(
      this.#simulation.nowUs,
      slot,
      host,
      gpus,
      grant,
      job.shape.ask?.count ?? 1,
      (gpu) => this.#onCard.of(profile, gpu),
      exchangeFactor(fleet, host, numbers, profile),
      role?.kind === 'session' ? role.group : -1,
    );
  }

  #onJobReady(slot: number): void {
    const live = this.#live[slot] as LiveJob;
    for (const observer of this.#context.observers) observer.ready?.(this.#simulation.nowUs, live.job);
    this.#begin(slot, live);
    // It may have failed at once, or been sent away because its host is to be changed, and left room.
    if (this.#live[slot] === live) this.#changer.settled(slot, live);
    if (this.#live[slot] !== live) this.#startWaitingJobs();
  }

  /** The job works from now on. */
  #begin(slot: number, live: LiveJob): void {
    const nowUs = this.#simulation.nowUs;
    live.phase = 'running';
    live.sinceUs = nowUs;
    live.event = undefined;
    if (live.grant.length > 0 && !this.#residency.allocate(slot)) {
      this.#fail(slot, live, 'out-of-memory');
      return;
    }
    if (live.role !== undefined || live.grant.length === 0) {
      // Runs for a stated time, whatever its speed.
      live.speed = 1;
      live.event = this.#after(live.workLeftUs, EVENT_RANK['job-finished'], slot);
      this.#roleOf(live)?.started(slot);
      return;
    }
    this.#residency.setActive(nowUs, slot, true);
  }

  /** Re-times a job's end to its new speed. */
  #onSpeed(slot: number, speed: number): void {
    const live = this.#live[slot] as LiveJob;
    if (live.role !== undefined) {
      this.#roleOf(live)?.sped(slot, speed);
      return;
    }
    if (live.phase !== 'running') return;
    settleWork(live, this.#simulation.nowUs);
    live.speed = speed;
    const endUs = this.#simulation.nowUs + Math.max(0, Math.round(live.workLeftUs / speed));
    // A job that would end after the end of the clock, or stands still, has no end in sight.
    if (!(endUs <= MAX_TIME_US)) {
      if (live.event !== undefined) this.#simulation.cancel(live.event);
      live.event = undefined;
    } else if (live.event !== undefined) {
      this.#simulation.retime(live.event, endUs as Micros);
    } else {
      live.event = this.#simulation.schedule(endUs as Micros, EVENT_RANK['job-finished'], slot);
    }
  }

  /** Lets the job go and offers what it held to the queue, once that is free. */
  #onJobFinished(slot: number): void {
    const live = this.#live[slot] as LiveJob;
    const { job, host, gpus, startedUs, grant, profile } = live;
    const { fleet, observers } = this.#context;
    const nowUs = this.#simulation.nowUs;
    live.event = undefined;
    const stopUs =
      grant.length === 0 || profile === undefined
        ? 0
        : lifecycleUs(
            fleet,
            gpus.map((g) => (fleet.gpuStart[host] as number) + g),
            grant,
            'stop',
            profile.lifecycle,
          );
    this.#roleOf(live)?.stopped(slot);
    if (stopUs === 0) {
      this.#vacate(slot, live);
      for (const observer of observers) observer.finished?.(nowUs, job, host, gpus, startedUs as Micros);
      this.#startWaitingJobs();
      return;
    }
    live.phase = 'stopping';
    this.#residency.setActive(nowUs, slot, false);
    // Over while it was to move: it stops where it is, and its new place is free for others.
    const leftAPlace = this.#changer.giveUpMove(live);
    for (const observer of observers) observer.finished?.(nowUs, job, host, gpus, startedUs as Micros);
    live.event = this.#after(stopUs, EVENT_RANK['job-gone'], slot);
    if (leftAPlace) this.#startWaitingJobs();
  }

  #onJobGone(slot: number): void {
    const live = this.#live[slot] as LiveJob;
    this.#vacate(slot, live);
    for (const observer of this.#context.observers) {
      observer.freed?.(this.#simulation.nowUs, live.job, live.host);
    }
    this.#startWaitingJobs();
  }

  /** Ends a job before its work is done. */
  #stop(slot: number, live: LiveJob, reason: string): void {
    if (live.event !== undefined) this.#simulation.cancel(live.event);
    if (live.phase === 'running') this.#roleOf(live)?.stopped(slot);
    this.#fail(slot, live, reason);
  }

  /** Ends a job that cannot go on. */
  #fail(slot: number, live: LiveJob, reason: string): void {
    this.#vacate(slot, live);
    const { job, host, gpus } = live;
    for (const observer of this.#context.observers) {
      observer.failed?.(this.#simulation.nowUs, job, host, gpus, reason);
    }
  }

  /** Gives back what a job holds, and its slot. */
  #vacate(slot: number, live: LiveJob): void {
    if (live.grant.length > 0) this.#residency.leave(this.#simulation.nowUs, slot);
    this.#context.fleet.release(live.job.shape, live.host, live.gpus, live.grant);
    this.#changer.giveUpMove(live);
    this.#live[slot] = undefined;
    this.#freeSlots.push(slot);
    if (live.role !== undefined) this.#roleOf(live)?.gone(live.role);
    this.#changer.vacated(live.host);
  }

  /** The constraint that keeps a job out for good, or `none`; nothing is for good while changes are to come. */
  #neverReason(job: Job): string {
    if (this.#changer.isPending) return 'none';
    const never = this.#whyNever[job.shape.id] ?? whyNever(this.#context.fleet, job.shape);
    this.#whyNever[job.shape.id] = never;
    return never;
  }

  #roleOf({ role }: LiveJob): RoleRuntime | undefined {
    return role === undefined ? undefined : this.#runtimeOf(role);
  }

  #runtimeOf(role: TaskRole): RoleRuntime | undefined {
    return role.kind === 'session' ? this.#sessions : this.#services;
  }

  /** Schedules an event of a job; undefined where it would be after the end of the clock. */
  #after(delayUs: number, rank: number, slot: number) {
    const atUs = this.#simulation.nowUs + delayUs;
    return atUs <= MAX_TIME_US ? this.#simulation.schedule(atUs as Micros, rank, slot) : undefined;
  }

  #tellBlocked(job: Job): void {
    const { fleet, observers } = this.#context;
    if (this.#blockedJob === job.number && this.#blockedAtChange === fleet.changeCount) return;
    const reason = whyNot(this.#context, job.shape);
    this.#blockedAtChange = fleet.changeCount;
    if (this.#blockedJob === job.number && this.#blockedReason === reason) return;
    this.#blockedJob = job.number;
    this.#blockedReason = reason;
    for (const observer of observers) observer.blocked?.(this.#simulation.nowUs, job, reason);
  }
}
