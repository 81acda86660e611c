import type { FleetView } from '../../cluster/fleet.ts';
import type { Kin } from '../../cluster/neighbours.ts';
import type { Part } from '../../cluster/part.ts';
import type { TaskShape } from '../../cluster/request.ts';
import type { LiveJob } from '../live-job.ts';
import type { Leaver } from './expected.ts';
import { FirstRooms } from './first-room.ts';
import { Gains } from './gains.ts';
import { earliestGang, type GangWish } from './gang-plan.ts';
import { departures } from './head-outlook.ts';
import { HostTimeline, type Terms } from './host-timeline.ts';
import { HostWatch } from './host-watch.ts';
import type { Reservation } from './reservation.ts';

/** What a job with one worker asks for, to be planned. */
export interface Wish {
  readonly shape: TaskShape;
  /** What it is to its neighbours. */
  readonly kin: Kin | undefined;
  /** How long it would hold a host. */
  spanOn(host: number): number;
}

/** A job that holds parts, as it was when that was looked at last. */
interface Known {
  parts: readonly Part[];
  endUs: number;
  seen: number;
}

/**
 * The future of all hosts of a pool: who leaves when, and who comes when by the reservations made so far. It is kept from
 * pass to pass; only what has turned out otherwise is worked out anew.
 */
export class Plan {
  /** Which hosts have gained room that the plan did not foresee. */
  readonly gains: Gains;
  /** Grows when a host closes, opens or is not what it was. */
  changes = 0;
  readonly #fleet: FleetView;
  readonly #hosts: readonly number[];
  /** By host; undefined: it takes nobody in. */
  readonly #lines: (HostTimeline | undefined)[];
  readonly #watch: HostWatch;
  readonly #rooms: FirstRooms;
  /** Jobs whose ends are known. */
  readonly #known = new Map<LiveJob, Known>();
  #nowUs = 0;
  #looks = 0;

  /** @param hosts ascending */
  constructor(fleet: FleetView, hosts: readonly number[]) {
    this.#fleet = fleet;
    this.#hosts = hosts;
    this.gains = new Gains(fleet.hostCount);
    this.#lines = new Array<HostTimeline | undefined>(fleet.hostCount).fill(undefined);
    this.#watch = new HostWatch(fleet);
    this.#rooms = new FirstRooms(this.gains, this.#lines);
  }

  /** Whether any GPU is shared in another way than when this was asked last. */
  hasNewSharing(): boolean {
    return this.#watch.hasNewSharing();
  }

  /**
   * Brings the plan up to date.
   *
   * @param leavers in any order
   * @returns hosts with less room than foreseen, or maybe less: what is kept there may not be free any more. What is kept
   *   on them has to be put there again
   */
  renew(leavers: readonly Leaver[], nowUs: number): ReadonlySet<number> {
    this.#nowUs = nowUs;
    this.#looks += 1;
    const shaken = new Set<number>();
    for (const { live, parts, endUs } of leavers) this.#look(live, parts, endUs, shaken);
    for (const [live, known] of this.#known) {
      if (known.seen !== this.#looks) this.#lose(live, known);
    }
    let leaving: ReturnType<typeof departures> | undefined;
    for (const host of this.#hosts) {
      if (!this.#watch.hasChanged(host)) {
        this.#lines[host]?.advance(nowUs);
        continue;
      }
      this.changes += 1;
      shaken.add(host);
      this.gains.mark(host);
      leaving ??= departures(leavers);
      this.#lines[host] =
        this.#fleet.closedFor[host] === 0
          ? new HostTimeline(this.#fleet, host, nowUs, leaving.get(host) ?? [])
          : undefined;
    }
    return shaken;
  }

  /** Keeps room; the parts must be free for that long. */
  keep({ parts, startUs, spanUs }: Reservation): void {
    for (const part of parts) {
      this.#lines[part.host]?.add({ part, fromUs: startUs, toUs: startUs + spanUs });
    }
  }

  /** Takes kept room out again, to keep it as it was or `drop` it. */
  lift({ parts }: Reservation): void {
    for (const part of parts) this.#lines[part.host]?.remove(part);
  }

  /** Takes kept room out for good: others may have it. */
  drop(kept: Reservation): void {
    this.lift(kept);
    this.freed(kept, undefined);
  }

  /** Room that was kept is not, except what the same job has from now on. */
  freed({ parts, startUs, spanUs }: Reservation, next: Reservation | undefined): void {
    const isCovered = (part: Part, i: number) => {
      const other = next?.parts[i];
      return (
        next !== undefined &&
        other !== undefined &&
        next.startUs <= Math.max(startUs, this.#nowUs) &&
        next.startUs + next.spanUs >= startUs + spanUs &&
        other.host === part.host &&
        other.shape === part.shape &&
        other.gpus.every((g, k) => g === part.gpus[k])
      );
    };
    for (const [i, part] of parts.entries()) if (!isCovered(part, i)) this.gains.mark(part.host);
  }

  /** A job starts on parts that are taken for it. */
  begin(live: LiveJob, { parts, startUs, spanUs }: Reservation): void {
    this.keep({ parts, startUs, spanUs });
    const endUs = startUs + spanUs;
    if (endUs === Number.POSITIVE_INFINITY) return;
    this.#known.set(live, { parts, endUs, seen: this.#looks });
    for (const part of parts) this.#watch.hold(part, 1);
  }

  /** Whether nobody holds any of these parts, or has them kept, during that time, and nobody there keeps away from them. */
  isFree({ parts, startUs, spanUs, needsFabric }: Reservation): boolean {
    const toUs = startUs + spanUs;
    const added: Part[] = [];
    const isFree = parts.every((part) => {
      const line = this.#lines[part.host];
      if (line === undefined || !line.isFree(part, startUs, toUs, added)) return false;
      const start = this.#fleet.gpuStart[part.host] as number;
      if (needsFabric === true && part.gpus.some((g) => this.#fleet.gpuHasFabric[start + g] !== 1))
        return false;
      if (parts.length === 1) return true;
      line.add({ part, fromUs: startUs, toUs });
      added.push(part);
      return true;
    });
    for (const part of added) this.#lines[part.host]?.remove(part);
    return isFree;
  }

  /** The earliest room for a job that leaves alone all that is kept; of hosts where it is equally early the first. */
  earliest(wish: Wish): Reservation | undefined {
    const firstRoomUs = this.#rooms.of(wish.shape);
    const best = new Best(wish, this.#lines, Number.POSITIVE_INFINITY);
    for (const host of this.#hosts) {
      if (best.startUs <= this.#nowUs) break;
      if (firstRoomUs(host, best.startUs) < best.startUs) best.tryOn(host);
    }
    return best.found;
  }

  /**
   * The earliest room before that which is kept for a job; undefined: none.
   *
   * @param since the count of gains when this was last sought
   */
  earlier(kept: Reservation, wish: () => Wish, since: number): Reservation | undefined {
    const news = this.gains.since(since) ?? this.#hosts;
    if (news.length === 0) return undefined;
    const best = new Best(wish(), this.#lines, kept.startUs);
    for (const host of news) {
      const isOwn = kept.parts[0]?.host === host;
      if (isOwn) this.lift(kept);
      best.tryOn(host);
      if (isOwn) this.keep(kept);
    }
    return best.found;
  }

  /** The earliest room for a gang, from an instant on and before another, that leaves alone all that is kept. */
  earliestGang(
    wish: GangWish,
    fromUs = this.#nowUs,
    limitUs = Number.POSITIVE_INFINITY,
  ): Reservation | undefined {
    return this.#gangFrom(wish, fromUs, limitUs);
  }

  /**
   * The earliest room for a gang before that which is kept for it; undefined: none.
   *
   * @param since the count of gains when this was last sought; undefined: it asked for something else then
   */
  earlierGang(kept: Reservation, wish: GangWish, since: number | undefined): Reservation | undefined {
    const news = wish.isSteady && since !== undefined ? this.gains.since(since) : undefined;
    if (news?.length === 0) return undefined;
    this.lift(kept);
    let fromUs = this.#nowUs;
    if (news !== undefined) {
      // One of those who have gained has a part in it.
      fromUs = Number.POSITIVE_INFINITY;
      for (const host of news) {
        const stay = this.#lines[host]?.earliest(wish.shapes[0] as TaskShape, wish.spanUs, kept.startUs);
        fromUs = Math.min(fromUs, stay?.fromUs ?? Number.POSITIVE_INFINITY);
      }
    }
    const found = fromUs < kept.startUs ? this.#gangFrom(wish, fromUs, kept.startUs) : undefined;
    this.keep(kept);
    return found;
  }

  #gangFrom(wish: GangWish, fromUs: number, limitUs: number): Reservation | undefined {
    const roomOf = (shape: TaskShape) => this.#rooms.during(shape, wish.spanUs, this.#hosts);
    return earliestGang(this.#fleet, this.#hosts, this.#lines, wish, roomOf, fromUs, limitUs);
  }

  #look(live: LiveJob, parts: readonly Part[], endUs: number, shaken: Set<number>): void {
    const known = this.#known.get(live);
    if (known !== undefined && known.endUs === endUs && areSame(known.parts, parts)) {
      known.seen = this.#looks;
      return;
    }
    if (known !== undefined) this.#lose(live, known);
    // Who never ends is not known: for the plan the host is that much smaller.
    if (endUs === Number.POSITIVE_INFINITY) return;
    this.#known.set(live, { parts, endUs, seen: this.#looks });
    for (const part of parts) {
      this.#watch.hold(part, 1);
      this.#lines[part.host]?.add({ part, fromUs: this.#nowUs, toUs: endUs });
      shaken.add(part.host);
    }
  }

  #lose(live: LiveJob, { parts, endUs }: Known): void {
    this.#known.delete(live);
    for (const part of parts) {
      this.#watch.hold(part, -1);
      this.#lines[part.host]?.remove(part);
      if (endUs > this.#nowUs) this.gains.mark(part.host);
    }
  }
}

/** The earliest of the rooms that are tried, host by host in their order; of equals the first. */
class Best {
  startUs: number;
  found: Reservation | undefined;
  readonly #wish: Wish;
  readonly #lines: readonly (HostTimeline | undefined)[];

  /** @param limitUs rooms from then on are of no use */
  constructor(wish: Wish, lines: readonly (HostTimeline | undefined)[], limitUs: number) {
    this.startUs = limitUs;
    this.#wish = wish;
    this.#lines = lines;
  }

  tryOn(host: number): void {
    const line = this.#lines[host];
    if (line === undefined) return;
    const spanUs = this.#wish.spanOn(host);
    const { shape, kin } = this.#wish;
    const terms: Terms = { kin, own: [], island: -1 };
    const stay = line.earliest(shape, spanUs, this.startUs, terms);
    if (stay === undefined) return;
    this.startUs = stay.fromUs;
    this.found = { startUs: stay.fromUs, spanUs, parts: [stay.part] };
  }
}

function areSame(a: readonly Part[], b: readonly Part[]): boolean {
  return a === b || (a.length === b.length && a.every((part, i) => part === b[i]));
}
