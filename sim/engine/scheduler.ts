import type { Part } from '../cluster/part.ts';
import type { SeatRefusal } from '../cluster/seat-book.ts';
import type { Micros } from '../kernel/time.ts';
import type { Placer } from '../policies/placement/placer.ts';
import type { Discipline } from '../policies/queueing/discipline.ts';
import { WaitingLine } from '../policies/queueing/waiting-line.ts';
import { findVictims } from './eviction.ts';
import { hasSeatsBeside, isTurnedAway } from './licences/refusal.ts';
import { type LiveJob, settleWork } from './live-job.ts';
import { refill } from './refill.ts';
import { findRelocations } from './relocation.ts';
import { reserve, tryTakeUp } from './reserve.ts';
import type { RunContext } from './run-context.ts';
import { SchedulerUse } from './scheduler-use.ts';
import type {
  BackfillGuard,
  Promised,
  QueueOfPool,
  SchedulerActions,
  SchedulingRules,
} from './scheduling.ts';
import { TimeSharing } from './time-share/time-sharing.ts';

/** Room that is being made for a waiting job: nobody else is taken in there. */
interface RoomClaim {
  readonly live: LiveJob;
  readonly hosts: readonly number[];
  /** Slots of the jobs that have to leave first. */
  readonly pending: Set<number>;
}

/**
 * Decides who of a pool's jobs starts, and where: asks the discipline for the next job and the placement policy for
 * room, and when there is none follows the fill rule and makes room as the rules allow.
 */
export class Scheduler implements QueueOfPool {
  readonly line: WaitingLine;
  readonly discipline: Discipline;
  readonly rules: SchedulingRules;
  /** Jobs that hold parts and could go on, in the order in which they started. */
  readonly running = new Set<LiveJob>();
  /** Jobs that ran and still hold their parts, while they stop or save their state. */
  readonly leaving = new Set<LiveJob>();
  /** What its rules were needed for so far. */
  readonly use = new SchedulerUse();
  readonly #run: RunContext;
  readonly #placer: Placer;
  readonly #actions: SchedulerActions;
  readonly #guard: BackfillGuard | undefined;
  readonly #sharing: TimeSharing | undefined;
  readonly #claims = new Map<number, RoomClaim>();
  /** What becomes of the job that was tried last, where it has room and no licence. */
  #unlicensed: SeatRefusal | undefined;
  /** Jobs that a refill gave room which others have yet to leave. */
  #promised: readonly Promised[] = [];
  /** Waiting jobs that are watched, with the reason told last. */
  readonly #watched = new Map<LiveJob, string>();

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
    this.line = new WaitingLine(discipline, run.waits);
    this.#guard = guard?.(this);
    const { timeShare, roundUs } = rules;
    if (timeShare != null) this.#sharing = new TimeSharing(run, placer.hosts, roundUs ?? 0, timeShare);
  }

  get placer(): Placer {
    return this.#placer;
  }

  enqueue(live: LiveJob, nowUs: number): void {
    this.discipline.queued?.(live, nowUs);
    this.line.add(live, nowUs);
    this.use.queued(live);
    if (this.#run.watched?.has(live.job.name) === true) {
      this.#watched.set(live, '');
      this.#tellWatched(nowUs);
    }
  }

  /** Takes a waiting job out that will not start. */
  withdraw(live: LiveJob, nowUs: number): void {
    this.line.remove(live.slot, nowUs);
    this.#watched.delete(live);
    this.#dropClaim(live.slot);
    this.#promised = this.#promised.filter((promised) => promised.live !== live);
    this.#guard?.forget(live);
    this.discipline.withdrawn?.(live, nowUs);
  }

  /** A job that ran does not any more. */
  left(live: LiveJob, nowUs: number): void {
    if (!this.running.delete(live)) return;
    this.use.served(live);
    this.#sharing?.ended(live, nowUs);
    this.leaving.add(live);
    this.discipline.stopped?.(live, nowUs);
  }

  /** What a job held is free. */
  vacated(live: LiveJob, nowUs: number): void {
    if (this.leaving.delete(live)) this.discipline.vacated?.(live, nowUs);
    this.placeFreed(live);
  }

  /** A running job goes on elsewhere: what it held before is free. */
  placeFreed(live: LiveJob): void {
    for (const claim of this.#claims.values()) claim.pending.delete(live.slot);
  }

  /** Starts those that a refill has given room which is free by now. */
  keepPromises(nowUs: number): void {
    if (this.#promised.length === 0) return;
    this.#promised = this.#promised.filter(
      (promised) => promised.live.phase === 'waiting' && !this.tryKeep(promised, nowUs),
    );
  }

  /**
   * Starts a waiting job on the room that it was given, if that is free, nobody is kept from coming in there, and no limit
   * counts somebody who has yet to leave. Room on a card that is to be cut anew is nobody's until it is: the job stays in
   * the queue, and the next decision finds room for it anew.
   */
  tryKeep({ live, parts }: Promised, nowUs: number): boolean {
    if (this.discipline.holds?.(live, nowUs) !== undefined) return false;
    if (!tryTakeUp(this.#run.fleet, parts)) return false;
    this.begin(live, parts, nowUs);
    return true;
  }

  /** Starts whoever may start now. */
  pass(nowUs: number): void {
    this.#decide(nowUs);
    if (this.#watched.size > 0) this.#tellWatched(nowUs);
  }

  #tellWatched(nowUs: number): void {
    for (const [live, told] of this.#watched) {
      const reason = this.line.reasonOf(live.slot);
      if (reason === told) continue;
      this.#watched.set(live, reason);
      for (const observer of this.#run.observers) observer.waits?.(nowUs as Micros, live.job, reason);
    }
  }

  #decide(nowUs: number): void {
    if (this.line.size === 0 && this.rules.preemption !== 'refill') return;
    if (this.line.size > 1) this.use.hadOthersWaiting = true;
    if (this.#sharing !== undefined) {
      this.#promised = this.#sharing.round(this, this.#actions, nowUs);
      return;
    }
    if (this.rules.preemption === 'refill') {
      for (const live of this.running) settleWork(live, nowUs);
      this.#promised = refill(this, this.#run.fleet, this.#actions, nowUs);
      return;
    }
    const { line } = this;
    line.beginPass(nowUs);
    this.#guard?.beginPass();
    this.#takeMadeRoom(nowUs);
    let isBlocked = false;
    for (let next = line.next(); next !== undefined; next = line.next()) {
      const live = next as LiveJob;
      const held = this.discipline.holds?.(live, nowUs);
      if (held !== undefined) {
        this.use.hold(held);
        if (this.rules.preemption === 'evict' && this.#makeRoom(live, nowUs, true)) continue;
        this.because(live, held);
        this.#actions.tellBlocked(live, held);
        this.#guard?.forget(live);
        line.passOver(live.slot);
        continue;
      }
      if (this.tryStart(live, nowUs)) {
        if (isBlocked) this.use.overtook += 1;
        continue;
      }
      const unlicensed = this.#unlicensed;
      const never = this.#actions.neverReason(live);
      if (never !== 'none') {
        this.withdraw(live, nowUs);
        this.#actions.reject(live, `never-fits:${never}`);
        continue;
      }
      if (this.rules.preemption === 'evict' && this.#makeRoom(live, nowUs, false)) continue;
      if (!this.#claims.has(live.slot) && this.turnAway(live, unlicensed, nowUs)) continue;
      const reason = this.because(live, unlicensed === undefined ? undefined : 'licence');
      if (!isBlocked) this.#actions.tellBlocked(live, reason);
      if (this.line.size > 1) this.use.blocked += 1;
      isBlocked = true;
      line.passOver(live.slot);
      if (this.rules.fill === 'block') {
        line.endPass('queue-order');
        return;
      }
      if (this.#guard !== undefined) {
        this.#backfill(this.#guard, live, nowUs);
        line.endPass('backfill-depth');
        return;
      }
    }
  }

  /**
   * Books why a waiting job, and others of its lane that ask for the same, cannot start now.
   *
   * @param held what keeps it although there may be room
   */
  because(live: LiveJob, held: string | undefined): string {
    let reason = held;
    if (reason === undefined) {
      reason = this.#claims.has(live.slot) ? 'room-being-made' : this.#actions.whyNot(live);
      // There is room that is kept for others.
      if (reason === 'none') reason = 'reserved';
    }
    this.line.because(live.slot, reason);
    return reason;
  }

  /** Starts those that room has been made for: passing over a job that asks for the same must not pass over them. */
  #takeMadeRoom(nowUs: number): void {
    for (const { live, pending } of [...this.#claims.values()]) {
      if (pending.size === 0 && this.discipline.holds?.(live, nowUs) === undefined)
        this.tryStart(live, nowUs);
    }
  }

  /** Starts a waiting job if there is room. */
  tryStart(live: LiveJob, nowUs: number): boolean {
    this.#unlicensed = undefined;
    const claim = this.#claims.get(live.slot);
    if (claim !== undefined) {
      if (claim.pending.size > 0) return false;
      this.#dropClaim(live.slot);
    }
    const { fleet } = this.#run;
    const guard = this.#guard;
    const parts = guard === undefined ? reserve(fleet, this.#placer, live.job) : guard.place(live, nowUs);
    if (parts === undefined) {
      this.#unlicensed = guard === undefined ? fleet.seats?.refusal : guard.refusal;
      // What was to be its room is not there any more: a fault, or others who came before it.
      if (claim !== undefined) this.discipline.awaitsNoMore?.(live, nowUs);
      return false;
    }
    this.begin(live, parts, nowUs);
    return true;
  }

  turnAway(live: LiveJob, refusal: SeatRefusal | undefined, nowUs: number): boolean {
    if (refusal === undefined || !isTurnedAway(refusal, live)) return false;
    this.withdraw(live, nowUs);
    this.#actions.reject(live, (refusal as Extract<SeatRefusal, { way: 'reject' }>).reason);
    return true;
  }

  /** Lets a waiting job begin on parts that are taken for it. */
  begin(live: LiveJob, parts: readonly Part[], nowUs: number): void {
    this.line.remove(live.slot, nowUs);
    this.#watched.delete(live);
    this.#dropClaim(live.slot);
    this.#guard?.forget(live);
    this.discipline.started?.(live, nowUs);
    this.running.add(live);
    this.#sharing?.began(live, parts, nowUs);
    this.#actions.start(live, parts);
  }

  /**
   * Stops running jobs that the discipline lets it take the place of; true if the waiting job started.
   *
   * @param isHeld a limit keeps it, which stopping others may lift
   */
  #makeRoom(live: LiveJob, nowUs: number, isHeld: boolean): boolean {
    const { discipline, rules } = this;
    if (discipline.mayEvict === undefined || this.#claims.has(live.slot)) return false;
    const evictable: LiveJob[] = [];
    for (const other of this.running) {
      if (!other.isPlaced || other.move !== undefined || !other.job.claim.isPreemptible) continue;
      if (nowUs - other.startedUs < rules.minRunUs) {
        this.use.leftAlone += 1;
        continue;
      }
      settleWork(other, nowUs);
      if (discipline.mayEvict(live, other, nowUs)) evictable.push(other);
    }
    if (evictable.length === 0) return false;
    const holds = (without: readonly LiveJob[]) => discipline.holds?.(live, nowUs, without) !== undefined;
    if (isHeld && holds(evictable)) return false;
    const victims = findVictims(this.#run.fleet, this.#placer, live, evictable, {
      rank: (other) => discipline.rank(other, nowUs),
      yields: discipline.yields && ((other, beside) => discipline.yields?.(live, other, beside, nowUs)),
      isHeld: isHeld ? holds : undefined,
    });
    return victims !== undefined && this.makeRoomBy(live, victims, nowUs);
  }

  /**
   * Stops running jobs so that a waiting one has their room: at once, or when they have saved their state; true if it
   * started.
   *
   * @param victims without them it finds room
   */
  makeRoomBy(live: LiveJob, victims: readonly LiveJob[], nowUs: number): boolean {
    const { discipline, rules } = this;
    const pending = new Set<number>();
    const hosts = new Set<number>();
    const moving = rules.way === 'migrate' ? this.#moveAway(live, victims, hosts, nowUs) : undefined;
    for (const victim of victims) {
      for (const { host } of victim.parts) hosts.add(host);
      if (moving?.has(victim) === true) {
        pending.add(victim.slot);
        continue;
      }
      this.use.stopped += 1;
      const isFree = this.#actions.preempt(victim, rules.way, `preempted-for:${live.job.name}`);
      if (!isFree) pending.add(victim.slot);
    }
    this.#guard?.changed();
    if (pending.size === 0) {
      const parts = reserve(this.#run.fleet, this.#placer, live.job);
      if (parts === undefined) return false;
      this.begin(live, parts, nowUs);
      this.line.offerAll();
      return true;
    }
    for (const host of hosts) this.#run.fleet.setClosed(host, true, 'claim');
    for (const observer of this.#run.observers) observer.fleetChanged?.(nowUs as Micros);
    this.#claims.set(live.slot, { live, hosts: [...hosts], pending });
    discipline.awaits?.(live, nowUs);
    return false;
  }

  /**
   * Lets those of the victims go on elsewhere who can, and for whom there is room besides what the waiting job needs.
   *
   * @param hosts those of the waiting job are added
   */
  #moveAway(
    live: LiveJob,
    victims: readonly LiveJob[],
    hosts: Set<number>,
    nowUs: number,
  ): ReadonlySet<LiveJob> {
    const { discipline, rules } = this;
    const isHeld = discipline.holds?.(live, nowUs) !== undefined;
    const found = findRelocations(this.#run.fleet, this.#placer, live, victims, {
      stunUs: (victim) => this.#actions.stunUs(victim, rules.migratePath ?? null),
      // Who goes on still counts against a limit.
      mayGoOn: (staying) =>
        !isHeld ||
        discipline.holds?.(
          live,
          nowUs,
          victims.filter((victim) => !staying.includes(victim)),
        ) === undefined,
      hasSeats: (staying) => hasSeatsBeside(this.#run.fleet, this.#placer, live, victims, staying),
    });
    for (const { live: victim, parts, stunUs } of found.moves) this.#actions.move(victim, parts, stunUs);
    for (const host of found.hosts) hosts.add(host);
    return new Set(found.moves.map((move) => move.live));
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
    let left = guard.depth;
    if (this.line.size > guard.depth + 1) this.use.beyondDepth += 1;
    for (const next of this.line.inOrder(nowUs, guard.depth + 1)) {
      const live = next as LiveJob;
      if (live === first) continue;
      if (left === 0) return;
      left -= 1;
      const held = this.discipline.holds?.(live, nowUs);
      if (held !== undefined) {
        this.use.hold(held);
        guard.forget(live);
        this.because(live, held);
      } else if (this.tryStart(live, nowUs)) this.use.overtook += 1;
      else if (this.turnAway(live, this.#unlicensed, nowUs)) continue;
      else this.because(live, this.#unlicensed === undefined ? undefined : 'licence');
      if (this.line.has(live.slot)) this.line.passOver(live.slot);
    }
  }

  /** When the next running job has run for `minRunUs`, so that it may be stopped; Infinity where that does not matter. */
  nextUnprotectedUs(nowUs: number): number {
    const { preemption, minRunUs } = this.rules;
    let next = Number.POSITIVE_INFINITY;
    if (preemption === 'none' || minRunUs === 0) return next;
    for (const { startedUs } of this.running) {
      if (startedUs + minRunUs > nowUs) next = Math.min(next, startedUs + minRunUs);
    }
    return next;
  }

  /** The jobs that hold parts, with what they have had up to now. */
  runningNow(nowUs: number): Iterable<LiveJob> {
    for (const live of this.running) settleWork(live, nowUs);
    return this.running;
  }
}
