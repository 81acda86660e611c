import type { Part } from '../cluster/part.ts';
import { Bursts } from './elastic/bursts.ts';
import { type GroupState, groupState } from './elastic/group-state.ts';
import { HostStays } from './elastic/host-stays.ts';
import { type ElasticRun, NEVER, ReviewClock } from './elastic/run.ts';
import { Scaler } from './elastic/scaler.ts';
import type { ElasticSetup, FleetStep } from './elastic/setup.ts';
import { SpotMarket } from './elastic/spot-market.ts';
import { EVENT_RANK } from './event-rank.ts';
import type { LiveJob } from './live-job.ts';

/**
 * Lets hosts come and go: at planned times, with the load, and when their owner takes them back. Hosts that may ever be
 * there are in the fleet from the start, and closed while they are away.
 *
 * Leaves out: cancelling a host that boots when nobody needs it any more, unless the money has run out.
 */
export class ElasticRuntime {
  readonly #run: ElasticRun;
  readonly #setup: ElasticSetup;
  readonly #groups: readonly GroupState[];
  readonly #clock: ReviewClock;
  readonly #stays: HostStays;
  readonly #scaler: Scaler;
  readonly #spot: SpotMarket;
  readonly #bursts: Bursts;

  /** @throws {RangeError} without a horizon where hosts are taken back or kept by the hours: that goes on for ever */
  constructor(run: ElasticRun, setup: ElasticSetup, horizonUs: number) {
    const isEndless = setup.groups.some(({ spot, plan }) => spot?.untilUs != null || plan.week.length > 0);
    if (isEndless && horizonUs === NEVER) {
      throw new RangeError(
        'Cannot let hosts come and go for ever in a run without an end: it needs a horizon',
      );
    }
    this.#run = run;
    this.#setup = setup;
    this.#groups = setup.groups.map(groupState);
    this.#clock = new ReviewClock(run);
    this.#stays = new HostStays(run, setup, this.#groups, (host) => this.#spot.awaitNotice(host));
    this.#scaler = new Scaler(run, setup, this.#groups, this.#stays, this.#clock);
    this.#spot = new SpotMarket(run, setup, this.#groups, this.#stays);
    this.#bursts = new Bursts(run, setup, this.#groups);
  }

  /** Sends those away that are not there yet, and makes the plans known. */
  begin(): void {
    this.#stays.begin();
    this.#spot.begin();
    this.#clock.look();
  }

  /** Whether the host is there, or may come. */
  mayCome(host: number): boolean {
    return this.#stays.mayCome(host);
  }

  /** Something has changed: decisions are looked at at the end of this instant. */
  look(): void {
    this.#clock.look();
  }

  handle(rank: number, payload: number): void {
    switch (rank) {
      case EVENT_RANK['fleet-step']:
        this.#stays.step(this.#setup.steps[payload] as FleetStep);
        this.#lookAndStart();
        break;
      case EVENT_RANK['host-booted']:
        this.#stays.join(payload);
        this.#run.startWaitingJobs();
        break;
      case EVENT_RANK['spot-notice']:
        this.#spot.notice(payload);
        this.#lookAndStart();
        break;
      case EVENT_RANK['spot-taken']:
        this.#scaler.holdOff(payload, this.#spot.taken(payload));
        this.#lookAndStart();
        break;
      case EVENT_RANK['spot-logged']:
        this.#spot.logged(payload, () => this.#lookAndStart());
        break;
      case EVENT_RANK['spot-back']:
        this.#clock.look();
        break;
      default:
        this.#onReview();
    }
  }

  /** It waits in the queue of its pool from now on. */
  queued(live: LiveJob): void {
    this.#scaler.queued(live);
    this.#bursts.queued(live);
  }

  /** It does not wait there any more. */
  unqueued(live: LiveJob): void {
    this.#scaler.unqueued(live);
    this.#bursts.unqueued(live);
  }

  /** It was placed. */
  started(live: LiveJob, parts: readonly Part[], isFirstStart: boolean): void {
    this.unqueued(live);
    const told = new Set<GroupState>();
    for (const { host } of parts) {
      this.#stays.idleSinceUs[host] = NEVER;
      const state = this.#stays.groupOf[host];
      if (state === undefined || told.has(state)) continue;
      told.add(state);
      const waitedUs = this.#run.simulation.nowUs - live.job.arrivalUs;
      this.#setup.listener?.ran(state.number, waitedUs, isFirstStart);
    }
  }

  /** Its work is done: it sends its results home. */
  finished({ parts, job }: LiveJob): void {
    this.#stays.groupOf[(parts[0] as Part).host]?.bill?.send(job.claim.label);
  }

  /** A job runs now that was starting: its host may have come to leave meanwhile. */
  settled(live: LiveJob): void {
    if (!live.isPlaced) return;
    for (const { host } of live.parts) {
      if (this.#stays.clearLate(live, host) || this.#spot.saveLate(live, host)) return;
    }
  }

  /** The pool that a job may go to which its own can never take; undefined: there is none. */
  wayOut(live: LiveJob): number | undefined {
    return this.#bursts.wayOut(live);
  }

  /** No host of its pool can ever take the waiting job, and `wayOut` knows another: it goes there. */
  strand(live: LiveJob): void {
    this.#bursts.strand(live);
    this.#clock.look();
  }

  /** The run is over: what was spent is told. */
  ended(): void {
    const { nowUs } = this.#run.simulation;
    for (const { number, bill } of this.#groups) {
      if (bill !== undefined) {
        this.#setup.listener?.cost(number, bill.computeUsd(nowUs), bill.egressUsd);
      }
    }
  }

  #onReview(): void {
    this.#clock.begun();
    this.#stays.letEmptyGo();
    const haveGone = this.#bursts.review();
    const { isChanged, againUs } = this.#scaler.review();
    const next = Math.min(againUs, this.#bursts.againUs());
    if (next > this.#run.simulation.nowUs) this.#clock.lookAt(next);
    if (haveGone || isChanged) this.#run.startWaitingJobs();
  }

  #lookAndStart(): void {
    this.#clock.look();
    this.#run.startWaitingJobs();
  }
}
