import type { Part } from '../cluster/part.ts';
import type { Placer } from '../policies/placement/placer.ts';
import type { Discipline, FillRule } from '../policies/queueing/discipline.ts';
import { WaitingLine } from '../policies/queueing/waiting-line.ts';
import { findVictims } from './eviction.ts';
import { type LiveJob, settleWork } from './live-job.ts';
import { type Promised, refill } from './refill.ts';
import { giveBack, reserve, tryTakeBack } from './reserve.ts';
import type { RunContext } from './run-context.ts';

/** How a running job gives way to another. */
export const PREEMPTION_WAYS = ['suspend', 'checkpoint', 'kill', 'migrate'] as const;
export type PreemptionWay = (typeof PREEMPTION_WAYS)[number];

/** How a pool is scheduled, besides its discipline and its placement policy. */
export interface SchedulingRules {
  readonly fill: FillRule;
  /** `evict`: as few running jobs as the next one needs; `refill`: all that may be stopped compete anew with those that wait. */
  readonly preemption: 'none' | 'evict' | 'refill';
  readonly way: PreemptionWay;
  /** Decisions are made at multiples of this only; null: whenever something changes. */
  readonly roundUs: number | null;
  /** Under `refill`, a job that may go on keeps its place where that is free in its turn. */
  readonly isSticky: boolean;
  /** A job that began to run is left alone for this long. */
  readonly minRunUs: number;
}

export const DEFAULT_RULES: SchedulingRules = {
  fill: 'block',
  preemption: 'none',
  way: 'suspend',
  roundUs: null,
  isSticky: true,
  minRunUs: 0,
};

/** What a scheduler may do with the run. */
export interface SchedulerActions {
  /** Lets a waiting job begin on parts that are taken for it. */
  start(live: LiveJob, parts: readonly Part[]): void;
  /** Stops a running job, which waits again; says whether its parts are free at once. */
  preempt(live: LiveJob, way: PreemptionWay, reason: string): boolean;
  /** Goes on elsewhere, on parts that are taken for it; its old parts were given back. */
  shift(live: LiveJob, parts: readonly Part[]): void;
  /** Why a job can never start, or `none`. */
  neverReason(live: LiveJob): string;
  reject(live: LiveJob, reason: string): void;
  /** The job that should start next cannot. */
  tellBlocked(live: LiveJob, held: string | undefined): void;
}

/** Guards the jobs that were passed over while others are let past them. */
export interface BackfillGuard {
  /** From now on in this pass, nobody may delay this job. */
  protect(live: LiveJob, nowUs: number): void;
  /** Whether a job may start now on parts that are already taken for it. */
  allows(live: LiveJob, parts: readonly Part[], nowUs: number): boolean;
}

/** Room that is being made for a waiting job: nobody else is taken in there. */
interface RoomClaim {
  readonly hosts: readonly number[];
  /** Slots of the jobs that have to leave first. */
  readonly pending: Set<number>;
}

/**
 * Decides who of a pool's jobs starts, and where: asks the discipline for the next job and the placement policy for
 * room, and when there is none follows the fill rule and makes room as the rules allow.
 */
export class Scheduler {
  readonly line: WaitingLine;
  readonly discipline: Discipline;
  readonly rules: SchedulingRules;
  /** Jobs that hold parts and could go on, in the order in which they started. */
  readonly running = new Set<LiveJob>();
  readonly #run: RunContext;
  readonly #placer: Placer;
  readonly #actions: SchedulerActions;
  readonly #guard: (() => BackfillGuard) | undefined;
  readonly #claims = new Map<number, RoomClaim>();
  /** Jobs that a refill gave room which others have yet to leave. */
  #promised: readonly Promised[] = [];

  constructor(
    run: RunContext,
    placer: Placer,
    discipline: Discipline,
    rules: SchedulingRules,
    actions: SchedulerActions,
    guard?: (scheduler: Scheduler) => BackfillGuard,
  ) {
    this.#run = run;
    this.#placer = placer;
    this.discipline = discipline;
    this.rules = rules;
    this.#actions = actions;
    this.line = new WaitingLine(discipline);
    this.#guard = guard === undefined ? undefined : () => guard(this);
  }

  get placer(): Placer {
    return this.#placer;
  }

  enqueue(live: LiveJob, nowUs: number): void {
    this.discipline.queued?.(live, nowUs);
    this.line.add(live, nowUs);
  }

  /** Takes a waiting job out that will not start. */
  withdraw(live: LiveJob, nowUs: number): void {
    this.line.remove(live.slot);
    this.#dropClaim(live.slot);
    this.discipline.withdrawn?.(live, nowUs);
  }

  /** A job that ran does not any more. */
  left(live: LiveJob, nowUs: number): void {
    if (this.running.delete(live)) this.discipline.stopped?.(live, nowUs);
  }

  /** What a job held is free. */
  vacated(live: LiveJob): void {
    for (const claim of this.#claims.values()) claim.pending.delete(live.slot);
  }

  /** Starts those that a refill has given room which is free by now. */
  keepPromises(nowUs: number): void {
    if (this.#promised.length === 0) return;
    this.#promised = this.#promised.filter(({ live, parts }) => {
      if (live.phase !== 'waiting') return false;
      if (!tryTakeBack(this.#run.fleet, parts)) return true;
      this.begin(live, parts, nowUs);
      return false;
    });
  }

  /** Starts whoever may start now. */
  pass(nowUs: number): void {
    if (this.line.size === 0 && this.rules.preemption !== 'refill') return;
    if (this.rules.preemption === 'refill') {
      for (const live of this.running) settleWork(live, nowUs);
      this.#promised = refill(this, this.#run.fleet, this.#actions, nowUs);
      return;
    }
    const { line } = this;
    line.beginPass(nowUs);
    let isBlocked = false;
    for (let next = line.next(); next !== undefined; next = line.next()) {
      const live = next as LiveJob;
      const held = this.discipline.holds?.(live, nowUs);
      if (held !== undefined) {
        this.#actions.tellBlocked(live, held);
        line.passOver(live.slot);
        continue;
      }
      if (this.tryStart(live, nowUs)) continue;
      const never = this.#actions.neverReason(live);
      if (never !== 'none') {
        this.withdraw(live, nowUs);
        this.#actions.reject(live, `never-fits:${never}`);
        continue;
      }
      if (this.rules.preemption === 'evict' && this.#makeRoom(live, nowUs)) continue;
      if (!isBlocked) this.#actions.tellBlocked(live, undefined);
      isBlocked = true;
      if (this.rules.fill === 'block') return;
      if (this.#guard !== undefined) {
        this.#backfill(this.#guard(), live, nowUs);
        return;
      }
      line.passOver(live.slot);
    }
  }

  /** Starts a waiting job if there is room. */
  tryStart(live: LiveJob, nowUs: number): boolean {
    const claim = this.#claims.get(live.slot);
    if (claim !== undefined) {
      if (claim.pending.size > 0) return false;
      this.#dropClaim(live.slot);
    }
    const parts = reserve(this.#run.fleet, this.#placer, live.job);
    if (parts === undefined) return false;
    this.begin(live, parts, nowUs);
    return true;
  }

  /** Lets a waiting job begin on parts that are taken for it. */
  begin(live: LiveJob, parts: readonly Part[], nowUs: number): void {
    this.line.remove(live.slot);
    this.#dropClaim(live.slot);
    this.discipline.started?.(live, nowUs);
    this.running.add(live);
    this.#actions.start(live, parts);
  }

  /** Stops running jobs that the discipline lets it take the place of; true if the waiting job started. */
  #makeRoom(live: LiveJob, nowUs: number): boolean {
    const { discipline, rules } = this;
    if (discipline.mayEvict === undefined || this.#claims.has(live.slot)) return false;
    const evictable: LiveJob[] = [];
    for (const other of this.running) {
      if (!other.isPlaced || other.move !== undefined || !other.job.claim.isPreemptible) continue;
      if (nowUs - other.startedUs < rules.minRunUs) continue;
      settleWork(other, nowUs);
      if (discipline.mayEvict(live, other, nowUs)) evictable.push(other);
    }
    if (evictable.length === 0) return false;
    const victims = findVictims(this.#run.fleet, this.#placer, live, evictable, (other) =>
      discipline.rank(other, nowUs),
    );
    if (victims === undefined) return false;
    const pending = new Set<number>();
    const hosts = new Set<number>();
    for (const victim of victims) {
      for (const { host } of victim.parts) hosts.add(host);
      if (
        !this.#actions.preempt(victim, rules.way, `preempted-for:${live.job.claim.label || live.job.name}`)
      ) {
        pending.add(victim.slot);
      }
    }
    if (pending.size === 0) {
      const parts = reserve(this.#run.fleet, this.#placer, live.job);
      if (parts === undefined) return false;
      this.begin(live, parts, nowUs);
      this.line.offerAll();
      return true;
    }
    for (const host of hosts) this.#run.fleet.setClosed(host, true, 'claim');
    this.#claims.set(live.slot, { hosts: [...hosts], pending });
    return false;
  }

  #dropClaim(slot: number): void {
    const claim = this.#claims.get(slot);
    if (claim === undefined) return;
    this.#claims.delete(slot);
    for (const host of claim.hosts) {
      const isClaimed = [...this.#claims.values()].some((other) => other.hosts.includes(host));
      if (!isClaimed) this.#run.fleet.setClosed(host, false, 'claim');
    }
  }

  /** Goes on past the first blocked job with those that do not delay it (or any before them). */
  #backfill(guard: BackfillGuard, first: LiveJob, nowUs: number): void {
    const { fill } = this.rules;
    const noRoom = new Set<number>();
    guard.protect(first, nowUs);
    for (const next of this.line.inOrder(nowUs)) {
      const live = next as LiveJob;
      if (live === first || this.discipline.holds?.(live, nowUs) !== undefined) continue;
      if (noRoom.has(live.job.demand)) {
        if (fill === 'conservative') guard.protect(live, nowUs);
        continue;
      }
      const parts = reserve(this.#run.fleet, this.#placer, live.job);
      if (parts === undefined) noRoom.add(live.job.demand);
      else if (guard.allows(live, parts, nowUs)) {
        this.begin(live, parts, nowUs);
        continue;
      } else undo(this.#run, parts);
      if (fill === 'conservative') guard.protect(live, nowUs);
    }
  }

  /** The jobs that hold parts, with what they have had up to now. */
  runningNow(nowUs: number): Iterable<LiveJob> {
    for (const live of this.running) settleWork(live, nowUs);
    return this.running;
  }
}

/** Gives parts back that were only tried: nobody finds room who had found none. */
export function undo({ fleet }: Pick<RunContext, 'fleet'>, parts: readonly Part[]): void {
  const { gains } = fleet;
  giveBack(fleet, parts);
  fleet.gains = gains;
}
