import { CLOSED_FOR, type Fleet } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import type { SeatRefusal } from '../../cluster/seat-book.ts';
import type { Placer } from '../../policies/placement/placer.ts';
import { isTurnedAway } from '../licences/refusal.ts';
import type { LiveJob } from '../live-job.ts';
import { takeOff } from '../parts.ts';
import { isBound, reserve } from '../reserve.ts';
import type { Scheduler } from '../scheduler.ts';
import type { BackfillGuard } from '../scheduling.ts';
import { type BackfillOptions, Expectation } from './expected.ts';
import { GangOutlook, type HeadOutlook, OneHostOutlook } from './head-outlook.ts';

/** A job that was refused although there was room: others like it are, until somebody starts. */
interface Refused {
  readonly live: LiveJob;
  readonly atStart: number;
}

/**
 * EASY backfilling: the first job that finds no room is to start when enough running jobs have ended by their estimates
 * (the shadow time). Others start now if they have ended by then, or if it still finds room then with them in place.
 * With estimates that are true nobody delays it. Licences that
 * it must have are part of its room. Where the place that the policy chooses would delay it, the policy is
 * asked once more for one beside the hosts that the job needs.
 *
 * @see Lifka, The ANL/IBM SP scheduling system, JSSPP 1995
 * @see Mu'alem and Feitelson, IEEE Trans. Parallel and Distributed Systems 12(6), 2001
 */
export class EasyGuard implements BackfillGuard {
  readonly depth: number;
  refusal: SeatRefusal | undefined = undefined;
  readonly #fleet: Fleet;
  readonly #placer: Placer;
  readonly #scheduler: Scheduler;
  readonly #expectation: Expectation;
  #head: LiveJob | undefined;
  #outlook: HeadOutlook | undefined;
  /** Demands that found no room in this pass. */
  readonly #noRoom = new Map<number, SeatRefusal | undefined>();
  readonly #refused = new Map<number, Refused>();
  #starts = 0;

  constructor(fleet: Fleet, placer: Placer, scheduler: Scheduler, options: BackfillOptions) {
    this.depth = options.depth;
    this.#fleet = fleet;
    this.#placer = placer;
    this.#scheduler = scheduler;
    this.#expectation = new Expectation(fleet, options.overrunUs);
  }

  beginPass(): void {
    this.#head = undefined;
    this.#outlook = undefined;
    this.#noRoom.clear();
    this.#refused.clear();
  }

  changed(): void {
    this.beginPass();
  }

  forget(live: LiveJob): void {
    if (live === this.#head) this.beginPass();
  }

  place(live: LiveJob, nowUs: number): readonly Part[] | undefined {
    const { demand } = live.job;
    this.refusal = this.#noRoom.get(demand);
    if (this.#noRoom.has(demand) || this.#isLikeRefused(live)) return undefined;
    const parts = reserve(this.#fleet, this.#placer, live.job);
    if (parts === undefined) {
      this.refusal = this.#fleet.seats?.refusal;
      // Who is turned away is not waited for.
      if (this.refusal !== undefined && isTurnedAway(this.refusal, live)) return undefined;
      this.#noRoom.set(demand, this.refusal);
      this.#head ??= live;
      return undefined;
    }
    if (this.#head === undefined) return parts;
    if (this.#outlook === undefined) {
      takeOff(this.#fleet, parts);
      this.#outlook = this.#look(this.#head, nowUs);
      return this.place(live, nowUs);
    }
    const outlook = this.#outlook;
    if (this.#isAllowed(live, parts, outlook, nowUs)) return parts;
    const needed = outlook.needed(parts);
    takeOff(this.#fleet, parts);
    const aside = this.#reserveOff(needed, live);
    if (aside !== undefined) {
      if (this.#isAllowed(live, aside, outlook, nowUs)) return aside;
      takeOff(this.#fleet, aside);
    }
    this.#refused.set(demand, { live, atStart: this.#starts });
    return undefined;
  }

  #isAllowed(live: LiveJob, parts: readonly Part[], outlook: HeadOutlook, nowUs: number): boolean {
    if (nowUs + this.#expectation.spanUs(live, parts) > outlook.shadowUs) {
      if (outlook.isDelayedBy(parts)) return false;
      outlook.started(parts);
    }
    this.#starts += 1;
    return true;
  }

  /** Takes room for a job apart from some hosts. */
  #reserveOff(hosts: readonly number[], { job }: LiveJob): readonly Part[] | undefined {
    const fleet = this.#fleet;
    const open = hosts.filter((host) => ((fleet.closedFor[host] as number) & CLOSED_FOR.claim) === 0);
    const { gains } = fleet;
    for (const host of open) fleet.setClosed(host, true, 'claim');
    const parts = reserve(fleet, this.#placer, job);
    for (const host of open) fleet.setClosed(host, false, 'claim');
    fleet.gains = gains;
    return parts;
  }

  /** Whether a job that asks for the same and stays no longer was refused since somebody last started. */
  #isLikeRefused(live: LiveJob): boolean {
    const refused = this.#refused.get(live.job.demand);
    return (
      refused !== undefined &&
      refused.atStart === this.#starts &&
      refused.live.profile === live.profile &&
      refused.live.job.claim.checkpoint === live.job.claim.checkpoint &&
      refused.live.restoreUs <= live.restoreUs &&
      refused.live.estimateLeftUs <= live.estimateLeftUs
    );
  }

  #look(head: LiveJob, nowUs: number): HeadOutlook {
    const leavers = this.#expectation.leavers(this.#scheduler, nowUs);
    const { seats } = this.#fleet;
    return head.job.shapes.length === 1 && !isBound(this.#fleet, head.job) && seats === undefined
      ? new OneHostOutlook(this.#fleet, this.#placer.hosts, head.job.shape, leavers)
      : new GangOutlook(this.#fleet, this.#placer, head, leavers);
  }
}
