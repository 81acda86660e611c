import type { Fleet } from '../../cluster/fleet.ts';
import { ANY_LAYOUT } from '../../cluster/layout.ts';
import type { Part } from '../../cluster/part.ts';
import type { SeatBook, SeatRefusal } from '../../cluster/seat-book.ts';
import type { Placer } from '../../policies/placement/placer.ts';
import { mayMiss } from '../gang/assemble.ts';
import { isTurnedAway } from '../licences/refusal.ts';
import type { LiveJob } from '../live-job.ts';
import { takeOff, tryTakeUp } from '../parts.ts';
import { isBound, reserve } from '../reserve.ts';
import type { Scheduler } from '../scheduler.ts';
import type { BackfillGuard } from '../scheduling.ts';
import { type BackfillOptions, Expectation } from './expected.ts';
import type { GangWish } from './gang-plan.ts';
import { HostKinds } from './host-kinds.ts';
import { Plan } from './plan.ts';
import type { Reservation } from './reservation.ts';

/** What is kept for a job, and when room for it was sought last: how often others had gained room, or hosts changed. */
interface Kept {
  readonly room: Reservation;
  readonly soughtAt: number;
  readonly changes: number;
}

/**
 * Conservative backfilling: every job that finds no room is given a reservation, a time and a place, and nobody starts
 * who would delay one. A reservation is kept from pass to pass and only ever moves forward, where others have left
 * early; all behind are planned anew when a job comes in ahead of them, and a reservation is lost when a job that runs
 * longer than estimated is still in its place.
 *
 * A reservation is lost as well when its place is kept from newcomers, as a card is that is to be cut anew: nobody knows
 * then whether what was promised will ever be there again. The job is planned anew in its turn, before all behind it, and
 * may start later than it was promised; that is so for the sake of those before it or of the card, never of one that came
 * later. Where no other place will do it has no reservation until the cut is made.
 *
 * A job whose time has come goes where the placement policy puts it, if that is nobody else's place; else to its own.
 *
 * A job that has rules about places and neighbours is promised a place that obeys them, and nobody is let in beside it
 * who would keep it away. Where its workers differ, the place found may not be the earliest there is (see gang-plan.ts);
 * neighbours who follow each other count as if they were there together. So it may start before, never after.
 *
 * @see Mu'alem and Feitelson, IEEE Trans. Parallel and Distributed Systems 12(6), 2001
 */
export class ConservativeGuard implements BackfillGuard {
  readonly depth: number;
  refusal: SeatRefusal | undefined = undefined;
  readonly #fleet: Fleet;
  readonly #placer: Placer;
  readonly #scheduler: Scheduler;
  readonly #expectation: Expectation;
  /** The jobs seen in this pass come last, in the order of the queue. */
  readonly #reserved = new Map<LiveJob, Kept>();
  readonly #seen = new Set<LiveJob>();
  readonly #plan: Plan;
  #kinds: HostKinds;
  /** By the parts of those who hold licences: when they leave by the plan. */
  readonly #endsUs = new Map<readonly Part[], number>();
  /** Whether the plan is up to date. */
  #isCurrent = false;

  constructor(fleet: Fleet, placer: Placer, scheduler: Scheduler, options: BackfillOptions) {
    this.depth = options.depth;
    this.#fleet = fleet;
    this.#placer = placer;
    this.#scheduler = scheduler;
    this.#expectation = new Expectation(fleet, options.overrunUs);
    this.#plan = new Plan(fleet, placer.hosts);
    this.#kinds = new HostKinds(fleet);
  }

  beginPass(): void {
    this.#forgetUnseen();
    this.#seen.clear();
    this.#isCurrent = false;
  }

  changed(): void {
    this.#isCurrent = false;
  }

  forget(live: LiveJob): void {
    const kept = this.#reserved.get(live);
    if (kept === undefined) return;
    this.#reserved.delete(live);
    this.#plan.drop(kept.room);
  }

  /** When a waiting job is to start at the latest, if estimates hold; undefined: it has no reservation. */
  promisedUs(live: LiveJob): number | undefined {
    return this.#reserved.get(live)?.room.startUs;
  }

  place(live: LiveJob, nowUs: number): readonly Part[] | undefined {
    this.refusal = undefined;
    const { seats } = this.#fleet;
    if (this.#reserved.size === 0 && !this.#isCurrent) {
      // Nobody has a reservation, so nobody can be delayed.
      const parts = reserve(this.#fleet, this.#placer, live.job);
      if (parts !== undefined) return parts;
      if (this.#isTurnedAway(live)) return undefined;
    }
    if (!this.#isCurrent) this.#renew(nowUs);
    const plan = this.#plan;
    const kept = this.#reserved.get(live);
    // All that is kept for jobs not seen yet is for jobs behind this one.
    if (kept === undefined) this.#forgetUnseen();
    const found = this.#earliest(live, kept, nowUs);
    const soughtAt = plan.gains.count;
    this.#seen.add(live);
    const { job } = live;
    const hasRules = isBound(this.#fleet, job);
    const isDue = found !== undefined && found.startUs <= nowUs;
    // The policy may find room where the plan found none.
    if (isDue || job.shapes.length > 1 || hasRules || seats !== undefined) {
      const parts =
        this.#byPolicy(live, kept?.room, nowUs) ??
        (isDue && tryTakeUp(this.#fleet, found.parts) ? found.parts : undefined);
      if (parts !== undefined) {
        const begun = { parts, startUs: nowUs, spanUs: this.#expectation.spanUs(live, parts) };
        this.#reserved.delete(live);
        if (kept !== undefined) plan.lift(kept.room);
        plan.begin(live, begun);
        this.#endsUs.set(parts, nowUs + begun.spanUs);
        if (kept !== undefined) plan.freed(kept.room, begun);
        return parts;
      }
    }
    // Room that is there now and that it may not use is nothing to keep.
    const room = isDue || this.#isTurnedAway(live) ? undefined : found;
    this.#reserved.delete(live);
    if (kept !== undefined && kept.room !== room) {
      plan.lift(kept.room);
      plan.freed(kept.room, undefined);
    }
    if (room === undefined) return undefined;
    if (kept?.room !== room) plan.keep(room);
    this.#reserved.set(live, { room, soughtAt, changes: plan.changes });
    return undefined;
  }

  /** The best room for a job beside what is kept for others. */
  #earliest(live: LiveJob, kept: Kept | undefined, nowUs: number): Reservation | undefined {
    const plan = this.#plan;
    const { shapes, shape, layout = ANY_LAYOUT, kin } = live.job;
    const hasRules = isBound(this.#fleet, live.job);
    if (kept !== undefined && kept.room.startUs <= nowUs) return kept.room;
    const { seats } = this.#fleet;
    if (seats !== undefined) return this.#earliestWithSeats(seats, live, kept, nowUs);
    if (shapes.length === 1 && !hasRules) {
      if (kept === undefined) return plan.earliest({ shape, kin, spanOn: this.#spans(live) });
      const wish = () => ({ shape, kin, spanOn: this.#spans(live) });
      return plan.earlier(kept.room, wish, kept.soughtAt) ?? kept.room;
    }
    const wish: GangWish = {
      shapes,
      spanUs: this.#longestUs(live),
      isSteady: !hasRules && !this.#fleet.hasCards && !mayMiss(this.#fleet, shapes),
      kin,
      layout: hasRules ? layout : undefined,
    };
    if (kept === undefined) return plan.earliestGang(wish);
    const since = kept.changes === plan.changes ? kept.soughtAt : undefined;
    return plan.earlierGang(kept.room, wish, since) ?? kept.room;
  }

  /** The best room for a job in which it has its licences as well, all the time that it is to be there. */
  #earliestWithSeats(
    seats: SeatBook,
    live: LiveJob,
    kept: Kept | undefined,
    nowUs: number,
  ): Reservation | undefined {
    const plan = this.#plan;
    const { shapes, layout = ANY_LAYOUT, kin } = live.job;
    const hasRules = isBound(this.#fleet, live.job);
    const spanUs = this.#longestUs(live);
    const wish = { shapes, spanUs, isSteady: false, kin, layout: hasRules ? layout : undefined };
    const limitUs = kept?.room.startUs ?? Number.POSITIVE_INFINITY;
    const others = this.#keptBeside(live);
    let fromUs = nowUs;
    if (kept !== undefined) {
      // Room that needs none of these licences may be there earlier: the job has it when it is asked for then.
      fromUs = seats.freeFrom({ ...kept.room, startUs: nowUs }, this.#endsUs, others);
      if (fromUs >= limitUs) return kept.room;
      plan.lift(kept.room);
    }
    let found = plan.earliestGang(wish, fromUs, limitUs);
    while (found !== undefined) {
      fromUs = seats.freeFrom(found, this.#endsUs, others);
      if (fromUs <= found.startUs) break;
      found = fromUs < limitUs ? plan.earliestGang(wish, fromUs, limitUs) : undefined;
    }
    if (kept !== undefined) plan.keep(kept.room);
    return found ?? kept?.room;
  }

  /** What is kept for all others. */
  #keptBeside(live: LiveJob): readonly Reservation[] {
    return [...this.#reserved].flatMap(([other, { room }]) => (other === live ? [] : [room]));
  }

  /** Whether the job that was tried last is turned away for want of a licence. */
  #isTurnedAway(live: LiveJob): boolean {
    this.refusal = this.#fleet.seats?.refusal;
    return this.refusal !== undefined && isTurnedAway(this.refusal, live);
  }

  /**
   * Takes room for a job that starts now where the policy wants it, if that is kept for nobody else.
   *
   * @param own what is kept for itself
   */
  #byPolicy(live: LiveJob, own: Reservation | undefined, nowUs: number): readonly Part[] | undefined {
    const parts = reserve(this.#fleet, this.#placer, live.job);
    if (parts === undefined) return undefined;
    const spanUs = this.#expectation.spanUs(live, parts);
    if (own !== undefined) this.#plan.lift(own);
    const room = { parts, startUs: nowUs, spanUs };
    const isFree = this.#plan.isFree(room) && this.#hasSeats(room, live);
    if (own !== undefined) this.#plan.keep(own);
    if (isFree) return parts;
    takeOff(this.#fleet, parts);
    return undefined;
  }

  /** Whether a job has its licences in this room beside all that is kept for others. */
  #hasSeats(room: Reservation, live: LiveJob): boolean {
    const { seats } = this.#fleet;
    return seats === undefined || seats.freeFrom(room, this.#endsUs, this.#keptBeside(live)) <= room.startUs;
  }

  /** Brings the plan up to date. Reservations whose place is not free any more are lost. */
  #renew(nowUs: number): void {
    const plan = this.#plan;
    if (plan.hasNewSharing()) this.#kinds = new HostKinds(this.#fleet);
    const leavers = this.#fleet.hasCards
      ? this.#expectation.leavers(this.#scheduler, nowUs)
      : this.#expectation.holders(this.#scheduler, nowUs);
    this.#endsUs.clear();
    for (const { live, endUs } of leavers) this.#endsUs.set(live.parts, endUs);
    const shaken = new Set(plan.renew(leavers, nowUs));
    this.#isCurrent = true;
    // Licences are not bound to hosts: whatever has changed may matter to all.
    if (this.#fleet.seats !== undefined) for (const host of this.#placer.hosts) shaken.add(host);
    for (const { room } of this.#reserved.values()) {
      if (room.startUs < nowUs) for (const { host } of room.parts) shaken.add(host);
    }
    if (shaken.size === 0) return;
    const inDoubt = [...this.#reserved].filter(([, { room }]) =>
      room.parts.some(({ host }) => shaken.has(host)),
    );
    for (const [, { room }] of inDoubt) plan.lift(room);
    const { seats } = this.#fleet;
    const again: Reservation[] = [];
    for (const [live, kept] of inDoubt) {
      const { room } = kept;
      const due = room.startUs < nowUs ? { ...room, startUs: nowUs } : room;
      const hasSeats = seats === undefined || seats.freeFrom(due, this.#endsUs, again) <= due.startUs;
      if (hasSeats && plan.isFree(due)) {
        plan.keep(due);
        again.push(due);
        this.#reserved.set(live, { ...kept, room: due });
      } else {
        this.#reserved.delete(live);
        plan.freed(room, undefined);
      }
    }
  }

  #forgetUnseen(): void {
    for (const live of this.#reserved.keys()) if (!this.#seen.has(live)) this.forget(live);
  }

  /**
   * How long a job with one worker would hold a host, by the slowest of the GPUs there that will do and, where they
   * exchange data, by the slowest link among them. So a reservation is never shorter than the job.
   */
  #spans(live: LiveJob): (host: number) => number {
    const { shape } = live.job;
    const exchanges = shape.gpuCount > 1 && (live.profile?.communication ?? 0) > 0;
    const spanUs = (host: number) => this.#expectation.spanUs(live, [this.#partOn(live, host, exchanges)]);
    if (exchanges) return spanUs;
    const byKind: (number | undefined)[] = [];
    return (host) => {
      const kind = this.#kinds.of(host);
      const known = byKind[kind] ?? spanUs(host);
      byKind[kind] = known;
      return known;
    };
  }

  /** How long a job would hold its hosts at most, by the slowest GPUs and links of all open hosts. */
  #longestUs(live: LiveJob): number {
    const exchanges = (live.profile?.communication ?? 0) > 0;
    const seen = new Set<number>();
    const hosts = this.#placer.hosts.filter((host) => {
      if (this.#fleet.closedFor[host] !== 0) return false;
      const kind = this.#kinds.of(host);
      const isNew = exchanges || !seen.has(kind);
      seen.add(kind);
      return isNew;
    });
    const parts = hosts.map((host) => this.#partOn(live, host, exchanges));
    return this.#expectation.spanUs(live, parts);
  }

  /** All that a job may use of a host: a GPU of each sort, or all of them. */
  #partOn({ job: { shapes, shape } }: LiveJob, host: number, all: boolean): Part {
    const start = this.#fleet.gpuStart[host] as number;
    const gpus = all
      ? Array.from({ length: this.#fleet.gpusOf(host) }, (_, g) => g)
      : this.#kinds.gpus(this.#kinds.of(host));
    const mayUse = gpus.filter((g) =>
      shapes.some(({ accepts }) => accepts?.[this.#fleet.gpuModel[start + g] as number] !== 0),
    );
    return { shape, host, gpus: mayUse, grant: [] };
  }
}
