import type { Job } from '../cluster/changes.ts';
import type { Part } from '../cluster/part.ts';
import type { EventId } from '../kernel/event-queue.ts';
import { Simulation } from '../kernel/simulation.ts';
import type { Micros } from '../kernel/time.ts';
import type { Placer } from '../policies/placement/placer.ts';
import type { Discipline } from '../policies/queueing/discipline.ts';
import { MAX_TIME_US, type Task, type TaskRole, type TaskSource } from '../workload/task.ts';
import type { ElasticSetup } from './elastic/setup.ts';
import { ElasticRuntime } from './elastic.ts';
import { EVENT_RANK } from './event-rank.ts';
import { FaultRuntime, type FaultSetup } from './faults.ts';
import type { FrameTracker } from './frame-tracker.ts';
import { type ChangeCounts, type HostChange, HostChanger, migrationUs } from './host-changes.ts';
import { type Intervention, InterventionDesk } from './interventions.ts';
import { JobLife } from './job-life.ts';
import type { LicenceSetup } from './licences/setup.ts';
import { LicenceRuntime } from './licences.ts';
import { LiveJob, workLeftAt } from './live-job.ts';
import { OnCardTable } from './on-card.ts';
import type { RepartitionCounts, RepartitionSetup } from './repartition/setup.ts';
import { RepartitionRuntime } from './repartition.ts';
import { Residency } from './residency.ts';
import type { RoleHost, RoleRuntime } from './role.ts';
import { admitJob, type RunContext, whyNever, whyNot } from './run-context.ts';
import { Scheduler } from './scheduler.ts';
import type { SchedulerUse } from './scheduler-use.ts';
import type { BackfillGuard, SchedulingRules } from './scheduling.ts';
import { tellWork } from './tell-work.ts';

/** Hosts with their own queue: who is next, where, and how others give way. */
export interface PoolSetup {
  readonly placer: Placer;
  readonly discipline: Discipline;
  readonly rules: SchedulingRules;
  /** Whether decisions need not wait for others that arrive at the same instant: order of arrival, nobody stopped. */
  readonly isImmediate: boolean;
  readonly guard?: ((scheduler: Scheduler) => BackfillGuard) | undefined;
}

/** What a timed run needs besides its context. */
export interface TimedSetup {
  readonly source: TaskSource;
  /** By pool number; a job goes to the pool of its claim. */
  readonly pools: readonly PoolSetup[];
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
  /** What breaks down, and what then becomes of the jobs; needs a horizon. Absent: nothing does. */
  readonly faults?: FaultSetup | undefined;
  /** Software licences and what becomes of who has none. Absent: nobody counts them. */
  readonly licences?: LicenceSetup | undefined;
  /** Hosts that come and go. Absent: all are there all the time. */
  readonly elastic?: ElasticSetup | undefined;
  /** How cards are cut anew while jobs run on them. Absent: not at all. */
  readonly repartition?: RepartitionSetup | undefined;
  /** What sessions and replicas do; absent where the source has none. */
  readonly sessions?: ((host: RoleHost) => RoleRuntime) | undefined;
  readonly services?: ((host: RoleHost) => RoleRuntime) | undefined;
  /** What is looked at or done from outside while the run goes on. */
  readonly interventions?: readonly Intervention[] | undefined;
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
  /** Absent where no card is cut anew. */
  readonly repartition: Readonly<RepartitionCounts> | undefined;
  /** By pool: what its rules were needed for. */
  readonly use: readonly SchedulerUse[];
}

/**
 * The timed experiment: jobs arrive at their times, wait in the queue of their pool, start, work and leave. A job that
 * no host could take even when empty is rejected at arrival. On GPUs shared by fraction a job runs for its stated time;
 * on GPUs shared by a mode it has work to do and goes as fast as the mode lets it beside the other residents.
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
  readonly #sessions: RoleRuntime | undefined;
  readonly #services: RoleRuntime | undefined;
  readonly #changer: HostChanger;
  readonly #faults: FaultRuntime | undefined;
  readonly #licences: LicenceRuntime | undefined;
  readonly #elastic: ElasticRuntime | undefined;
  readonly #repartition: RepartitionRuntime | undefined;
  readonly #life: JobLife;
  readonly #schedulers: readonly Scheduler[];
  /** By pool: the next look at its queue, and when that is. */
  readonly #review: { event: EventId | undefined; atUs: number }[];
  /** By slot; a slot is used again when its job has gone. */
  readonly #live: (LiveJob | undefined)[] = [];
  readonly #freeSlots: number[] = [];
  /** By pool and demand: the constraint that keeps it out of the pool with nothing else on it, or `none`. */
  readonly #whyNever: readonly Map<number, string>[];
  #nextTask: Task | undefined;
  #nextJob: Job | undefined;
  #arrivals = 0;
  /** By demand: why there is no room for it, as of a change of the fleet. */
  readonly #whyNow = new Map<number, { readonly reason: string; readonly atChange: number }>();
  /** Reason told last for the job that is blocked, by job number. */
  #blockedJob = -1;
  #blockedReason = '';
  /** Whether an intervention has ended the run. */
  #isOver = false;

  constructor(context: RunContext, setup: TimedSetup) {
    this.#context = context;
    this.#setup = setup;
    this.#whyNever = setup.pools.map(() => new Map());
    this.#simulation = new Simulation((payload, rank) => this.#dispatch(payload, rank));
    const { fleet } = context;
    this.#residency = new Residency(
      fleet,
      fleet.hosts.map((host) => host.uplinkBytesPerSec),
      setup.sessionGroups,
      setup.frames,
      (slot, speed) => this.#life.sped(this.#live[slot] as LiveJob, speed),
      tellWork(
        context.observers,
        (run, seat) => (this.#live[this.#residency.liveAt(run, seat)] as LiveJob).job,
      ),
      context.work,
    );
    this.#life = new JobLife({
      context,
      simulation: this.#simulation,
      residency: this.#residency,
      onCard: new OnCardTable(fleet),
      roleOf: (role) => this.#runtimeOf(role),
      ...(setup.licences === undefined
        ? {}
        : {
            seated: (live) => this.#licences?.seated(live),
            left: (live) => this.#licences?.left(live),
          }),
      began: (live) => this.#faults?.began(live),
      stopped: (live) => {
        this.#faults?.stopped(live);
        this.#schedulerOf(live).left(live, this.#simulation.nowUs);
      },
      waitsAgain: (live) => this.#enqueue(live),
      vacated: (live, parts) => this.#onVacated(live, parts),
      gone: (live) => this.#onGone(live),
    });
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
        placerOf: (live) => this.#schedulerOf(live).placer,
        join: (live) => this.#life.join(live),
        stop: (live, reason) => this.#life.stop(live, reason),
        moved: (live) => {
          this.#life.bookWork(live);
          this.#schedulerOf(live).placeFreed(live);
        },
        startWaitingJobs: () => this.#startWaitingJobs(),
        capacityChanged: () => this.#forgetWhyNever(),
      },
      setup.changes ?? [],
    );
    if (setup.licences !== undefined) {
      this.#licences = new LicenceRuntime(
        {
          context,
          simulation: this.#simulation,
          residency: this.#residency,
          startWaitingJobs: () => this.#startWaitingJobs(),
        },
        setup.licences,
      );
    }
    const licences = this.#licences;
    if (setup.faults !== undefined) {
      this.#faults = new FaultRuntime(
        {
          context,
          simulation: this.#simulation,
          live: this.#live,
          life: this.#life,
          move: (live, path) => this.#changer.move(live, path),
          licences,
          startWaitingJobs: () => this.#startWaitingJobs(),
        },
        setup.faults,
        setup.horizonUs,
      );
    }
    if (setup.elastic !== undefined) {
      this.#elastic = new ElasticRuntime(
        {
          context,
          simulation: this.#simulation,
          live: this.#live,
          life: this.#life,
          hostsOfPool: setup.pools.map(({ placer }) => placer.hosts),
          move: (live, path) => this.#changer.move(live, path),
          transfer: (live, pool) => this.#transfer(live, pool),
          neverReason: (live, pool) => this.#neverIn(live, pool),
          startWaitingJobs: () => this.#startWaitingJobs(),
          capacityChanged: () => this.#forgetWhyNever(),
        },
        setup.elastic,
        setup.horizonUs,
      );
    }
    this.#schedulers = setup.pools.map(
      (pool) =>
        new Scheduler(
          context,
          pool.placer,
          pool.discipline,
          pool.rules,
          {
            start: (live, parts) => this.#start(live, parts),
            preempt: (live, way, reason) => this.#life.preempt(live, way, reason),
            shift: (live, parts) => this.#life.shift(live, parts),
            stunUs: ({ phase, parts }, path) =>
              phase === 'running' ? migrationUs(context.fleet, parts, path ?? undefined) : undefined,
            move: (live, parts, stunUs) => this.#changer.moveTo(live, parts, stunUs),
            neverReason: (live) => this.#neverReasonOfWaiting(live),
            reject: (live, reason) => this.#reject(live, reason),
            tellBlocked: (live, reason) => this.#tellBlocked(live, reason),
            whyNot: (live) => this.#whyNot(live, pool.placer),
          },
          pool.guard,
        ),
    );
    if (setup.repartition !== undefined) {
      this.#repartition = new RepartitionRuntime(
        {
          context,
          simulation: this.#simulation,
          live: this.#live,
          life: this.#life,
          schedulers: this.#schedulers,
          moveTo: (live, parts, stunUs) => this.#changer.moveTo(live, parts, stunUs),
          startWaitingJobs: () => this.#startWaitingJobs(),
        },
        setup.repartition,
      );
    }
    this.#review = setup.pools.map(() => ({ event: undefined, atUs: Number.POSITIVE_INFINITY }));
    this.#sessions = setup.sessions?.(host);
    this.#services = setup.services?.(host);
  }

  run(): TimedOutcome {
    const simulation = this.#simulation;
    const { horizonUs, warmupUs } = this.#setup;
    this.#changer.schedule();
    this.#faults?.begin();
    this.#elastic?.begin();
    this.#scheduleInterventions();
    this.#scheduleNextArrival();
    this.#runUntil(Math.min(warmupUs, horizonUs));
    // A run that is over by then has measured nothing, and does not go on for the warm-up's sake.
    if (!this.#isOver && Math.min(simulation.nextEventUs(), horizonUs) < Number.POSITIVE_INFINITY) {
      this.#residency.resetAll(warmupUs);
      this.#context.work?.warmedUp((slot) => workLeftAt(this.#live[slot] as LiveJob, warmupUs));
    }
    this.#runUntil(horizonUs);
    if (horizonUs !== Number.POSITIVE_INFINITY && !this.#isOver) simulation.runUntil(horizonUs as Micros);
    this.#residency.settleAll(simulation.nowUs);
    for (const scheduler of this.#schedulers) {
      for (const live of scheduler.runningNow(simulation.nowUs)) scheduler.use.served(live);
    }
    this.#elastic?.ended();
    for (const observer of this.#context.observers) observer.ended?.(simulation.nowUs);
    for (const { line } of this.#schedulers) line.settle(simulation.nowUs);
    const inSystem = this.#live.length - this.#freeSlots.length;
    const waiting = this.#schedulers.reduce((sum, { line }) => sum + line.size, 0);
    return {
      arrivals: this.#arrivals,
      waiting,
      running: inSystem - waiting,
      endUs: simulation.nowUs,
      events: simulation.eventCount,
      residency: this.#residency,
      changes: this.#changer.counts,
      repartition: this.#repartition?.counts,
      use: this.#schedulers.map(({ use }) => use),
    };
  }

  /** Handles all events up to an instant, those at exactly that time included. */
  #runUntil(untilUs: number): void {
    const simulation = this.#simulation;
    const { onProgress } = this.#setup;
    let sinceProgress = 0;
    while (!this.#isOver && simulation.nextEventUs() <= untilUs && simulation.step()) {
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
        this.#elastic?.finished(this.#live[payload] as LiveJob);
        if (this.#life.finish(this.#live[payload] as LiveJob, (live) => this.#changer.giveUpMove(live))) {
          this.#startWaitingJobs();
        }
        return;
      case EVENT_RANK['job-arrived']:
        this.#onJobArrived();
        return;
      case EVENT_RANK['job-ready']:
        this.#onJobReady(this.#live[payload] as LiveJob);
        return;
      case EVENT_RANK['job-saved']:
        this.#life.saved(this.#live[payload] as LiveJob);
        this.#startWaitingJobs();
        return;
      case EVENT_RANK['job-gone']:
        this.#life.letGo(this.#live[payload] as LiveJob);
        this.#startWaitingJobs();
        return;
      case EVENT_RANK['job-moved']: {
        const live = this.#live[payload] as LiveJob;
        const { parts } = live;
        this.#changer.handle(rank, payload);
        this.#repartition?.vacated(live, parts);
        return;
      }
      case EVENT_RANK['repartition-step']:
      case EVENT_RANK['repartition-review']:
        this.#repartition?.handle(rank, payload);
        return;
      case EVENT_RANK['change-due']:
      case EVENT_RANK['change-done']:
        this.#changer.handle(rank, payload);
        return;
      case EVENT_RANK['repair-done']:
      case EVENT_RANK['spare-joined']:
      case EVENT_RANK['window-over']:
      case EVENT_RANK['window-drains']:
      case EVENT_RANK['window-begins']:
      case EVENT_RANK['unit-failed']:
      case EVENT_RANK['licences-out']:
      case EVENT_RANK['process-failed']:
        this.#faults?.handle(rank, payload);
        return;
      case EVENT_RANK['licence-expired']:
      case EVENT_RANK['licence-step']:
        this.#licences?.handle(rank, payload);
        return;
      case EVENT_RANK['host-booted']:
      case EVENT_RANK['spot-back']:
      case EVENT_RANK['fleet-step']:
      case EVENT_RANK['spot-taken']:
      case EVENT_RANK['spot-notice']:
      case EVENT_RANK['spot-logged']:
      case EVENT_RANK['scale-review']:
        this.#elastic?.handle(rank, payload);
        return;
      case EVENT_RANK['queue-review']:
        this.#onReview(payload);
        return;
      case EVENT_RANK.intervention:
        this.#onIntervention(payload);
        return;
      default:
        this.#services?.handle(rank, payload);
    }
  }

  #scheduleInterventions(): void {
    this.#setup.interventions?.forEach(({ atUs }, i) => {
      if (atUs <= MAX_TIME_US) this.#simulation.schedule(atUs as Micros, EVENT_RANK.intervention, i);
    });
  }

  #onIntervention(number: number): void {
    const desk = new InterventionDesk(
      {
        context: this.#context,
        live: this.#live,
        schedulerOf: (live) => this.#schedulerOf(live),
        shift: (live, parts) => this.#life.shift(live, parts),
        move: (live, path) => this.#changer.move(live, path),
        startWaitingJobs: () => this.#startWaitingJobs(),
      },
      this.#simulation.nowUs,
    );
    if (this.#setup.interventions?.[number]?.act(desk) === 'end') this.#isOver = true;
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
    const slot = this.#freeSlots[this.#freeSlots.length - 1] ?? this.#live.length;
    const live = new LiveJob(slot, job, profile, role, atUs);
    const never = this.#neverIn(live, live.pool);
    const wayOut = never === 'none' ? undefined : this.#elastic?.wayOut(live);
    if (never === 'none' || wayOut !== undefined) {
      this.#freeSlots.pop();
      this.#live[slot] = live;
      this.#enqueue(live);
      if (wayOut !== undefined) this.#elastic?.strand(live);
      else this.#lookAt(live.pool);
    } else {
      for (const observer of observers) observer.rejected?.(atUs, job, `never-fits:${never}`);
      if (role !== undefined) this.#runtimeOf(role)?.gone(role);
    }
  }

  /** Offers what may have become free to the queues of all pools. */
  #startWaitingJobs(): void {
    for (let pool = 0; pool < this.#schedulers.length; pool++) {
      (this.#schedulers[pool] as Scheduler).keepPromises(this.#simulation.nowUs);
      this.#lookAt(pool);
    }
  }

  /** Lets a pool decide: at once, at the end of this instant, or at its next round. */
  #lookAt(pool: number): void {
    const { isImmediate, rules } = this.#setup.pools[pool] as PoolSetup;
    const { nowUs } = this.#simulation;
    this.#elastic?.look();
    this.#repartition?.look(pool);
    const scheduler = this.#schedulers[pool] as Scheduler;
    // Nobody waits, and those that run are left alone: there is nothing to decide.
    if (scheduler.line.size === 0 && rules.preemption !== 'refill') return;
    if (isImmediate) {
      this.#repartition?.startFastest(pool);
      scheduler.pass(nowUs);
      return;
    }
    const { roundUs } = rules;
    this.#reviewAt(pool, roundUs === null ? nowUs : Math.ceil(nowUs / roundUs) * roundUs);
  }

  /** Sees to it that the pool decides at that time, or before. */
  #reviewAt(pool: number, atUs: number): void {
    const review = this.#review[pool] as { event: EventId | undefined; atUs: number };
    if (review.atUs <= atUs || !(atUs <= Number.MAX_SAFE_INTEGER)) return;
    if (review.event !== undefined) this.#simulation.cancel(review.event);
    review.atUs = atUs;
    review.event = this.#simulation.schedule(atUs as Micros, EVENT_RANK['queue-review'], pool);
  }

  #onReview(pool: number): void {
    const review = this.#review[pool] as { event: EventId | undefined; atUs: number };
    review.event = undefined;
    review.atUs = Number.POSITIVE_INFINITY;
    const { nowUs } = this.#simulation;
    const scheduler = this.#schedulers[pool] as Scheduler;
    this.#repartition?.startFastest(pool);
    scheduler.pass(nowUs);
    const { roundUs } = scheduler.rules;
    if (roundUs !== null) {
      // Where order cannot change by itself, the next look is when somebody comes or goes.
      const mayChange =
        (scheduler.discipline.isSteady !== true || scheduler.rules.timeShare !== undefined) &&
        (scheduler.line.size > 0 || scheduler.running.size > 0);
      if (mayChange) this.#reviewAt(pool, (Math.floor(nowUs / roundUs) + 1) * roundUs);
      return;
    }
    if (scheduler.line.size === 0) return;
    const nextUs = Math.min(
      scheduler.discipline.reviewUs?.(scheduler.runningNow(nowUs), nowUs) ?? Number.POSITIVE_INFINITY,
      scheduler.nextUnprotectedUs(nowUs),
    );
    if (nextUs !== Number.POSITIVE_INFINITY) this.#reviewAt(pool, Math.max(nowUs + 1, Math.ceil(nextUs)));
  }

  #onJobReady(live: LiveJob): void {
    for (const observer of this.#context.observers) observer.ready?.(this.#simulation.nowUs, live.job);
    this.#life.begin(live);
    // It may have failed at once, or been sent away because its host is to be changed, and left room.
    if (this.#live[live.slot] === live) {
      this.#changer.settled(live);
      this.#faults?.settled(live);
      this.#elastic?.settled(live);
    }
    const wasSent = this.#elastic !== undefined && live.phase !== 'running';
    if (this.#live[live.slot] !== live || wasSent) this.#startWaitingJobs();
  }

  /** What a job held is free: who waits for that room is told. */
  #onVacated(live: LiveJob, parts: readonly Part[]): void {
    this.#changer.giveUpMove(live);
    for (const scheduler of this.#schedulers) scheduler.vacated(live, this.#simulation.nowUs);
    for (const { host } of parts) this.#changer.vacated(host);
    this.#repartition?.vacated(live, parts);
    this.#elastic?.look();
  }

  /** A job has left for good: its slot is free. */
  #onGone(live: LiveJob): void {
    this.#live[live.slot] = undefined;
    this.#freeSlots.push(live.slot);
    this.#context.work?.gone(live.slot);
    this.#faults?.gone(live);
    if (live.role !== undefined) this.#runtimeOf(live.role)?.gone(live.role);
  }

  #reject(live: LiveJob, reason: string): void {
    for (const observer of this.#context.observers) {
      observer.rejected?.(this.#simulation.nowUs, live.job, reason);
    }
    this.#elastic?.unqueued(live);
    this.#onGone(live);
  }

  /** The constraint that keeps a job out for good, or `none`; nothing is for good while changes are to come. */
  #neverReason(job: Job, pool: number): string {
    if (this.#changer.isPending) return 'none';
    const byDemand = this.#whyNever[pool] as Map<number, string>;
    const known = byDemand.get(job.demand);
    if (known !== undefined) return known;
    const elastic = this.#elastic;
    const { placer } = this.#setup.pools[pool] as PoolSetup;
    const isThere = elastic && ((host: number) => elastic.mayCome(host));
    const never = whyNever(this.#context.fleet, placer, job, isThere);
    byDemand.set(job.demand, never);
    return never;
  }

  /** Why a job can never start in a pool, by its hosts or by what its discipline lets anybody have; or `none`. */
  #neverIn(live: LiveJob, pool: number): string {
    const never = this.#neverReason(live.job, pool);
    if (never !== 'none') return never;
    return (this.#schedulers[pool] as Scheduler).discipline.never?.(live) ?? 'none';
  }

  /** The same for a job that waits: it could start when it came, so only what has changed since can keep it out. */
  #neverReasonOfWaiting(live: LiveJob): string {
    const elastic = this.#elastic;
    if (this.#setup.changes === undefined && elastic === undefined) return 'none';
    const never = this.#neverIn(live, live.pool);
    if (never === 'none' || elastic?.wayOut(live) === undefined) return never;
    elastic.strand(live);
    return 'none';
  }

  #forgetWhyNever(): void {
    for (const byDemand of this.#whyNever) byDemand.clear();
  }

  #enqueue(live: LiveJob): void {
    this.#schedulerOf(live).enqueue(live, this.#simulation.nowUs);
    this.#elastic?.queued(live);
  }

  #start(live: LiveJob, parts: readonly Part[]): void {
    this.#elastic?.started(live, parts, live.queuedSinceUs === live.job.arrivalUs);
    this.#life.start(live, parts);
  }

  /** A waiting job waits in another pool from now on. */
  #transfer(live: LiveJob, pool: number): void {
    this.#schedulerOf(live).withdraw(live, this.#simulation.nowUs);
    this.#elastic?.unqueued(live);
    live.pool = pool;
    this.#enqueue(live);
  }

  #schedulerOf({ pool }: LiveJob): Scheduler {
    return this.#schedulers[pool] as Scheduler;
  }

  #runtimeOf(role: TaskRole): RoleRuntime | undefined {
    return role.kind === 'session' ? this.#sessions : this.#services;
  }

  /** Why there is no room for a job now; what was found is kept until the fleet changes. */
  #whyNot({ job }: LiveJob, placer: Placer): string {
    const { fleet } = this.#context;
    const known = this.#whyNow.get(job.demand);
    if (known?.atChange === fleet.changeCount) return known.reason;
    const reason = whyNot(fleet, placer, job);
    this.#whyNow.set(job.demand, { reason, atChange: fleet.changeCount });
    return reason;
  }

  #tellBlocked({ job }: LiveJob, reason: string): void {
    const { observers } = this.#context;
    if (this.#blockedJob === job.number && this.#blockedReason === reason) return;
    this.#blockedJob = job.number;
    this.#blockedReason = reason;
    for (const observer of observers) observer.blocked?.(this.#simulation.nowUs, job, reason);
  }
}
