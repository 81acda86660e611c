import type { LiveJob } from '../live-job.ts';
import type { GroupState } from './group-state.ts';
import { QueueWatch } from './queue-watch.ts';
import { type ElasticRun, NEVER } from './run.ts';
import type { BurstRule, ElasticSetup } from './setup.ts';

/** A burst rule as it runs. */
interface BurstState {
  readonly rule: BurstRule;
  readonly number: number;
  readonly queue: QueueWatch;
}

/** Lets waiting jobs go to other pools, and home again. */
export class Bursts {
  readonly #run: ElasticRun;
  readonly #setup: ElasticSetup;
  readonly #groups: readonly GroupState[];
  readonly #bursts: readonly BurstState[];
  /** Jobs that no host of their pool can take and that another pool could. */
  #stranded: LiveJob[] = [];

  constructor(run: ElasticRun, setup: ElasticSetup, groups: readonly GroupState[]) {
    this.#run = run;
    this.#setup = setup;
    this.#groups = groups;
    this.#bursts = setup.bursts.map((rule, number) => ({ rule, number, queue: new QueueWatch() }));
  }

  /** A job waits in the queue of its pool from now on. */
  queued(live: LiveJob): void {
    if (live.role !== undefined) return;
    for (const { rule, queue } of this.#bursts) {
      if (rule.from === live.pool && this.#mayBurst(rule, live)) queue.add(live, this.#run.simulation.nowUs);
    }
  }

  unqueued(live: LiveJob): void {
    for (const { queue } of this.#bursts) queue.remove(live);
  }

  /** The pool that a job may go to which its own can never take; undefined: there is none. */
  wayOut(live: LiveJob): number | undefined {
    if (live.role !== undefined) return undefined;
    const home = live.job.claim.pool;
    if (live.pool !== home) return this.#run.neverReason(live, home) === 'none' ? home : undefined;
    return this.#bursts.find(({ rule }) => rule.from === live.pool && this.#mayBurst(rule, live))?.rule.to;
  }

  /** No host of its pool can ever take the waiting job, and `wayOut` knows another: it goes there at the next review. */
  strand(live: LiveJob): void {
    if (!this.#stranded.includes(live)) this.#stranded.push(live);
  }

  /** Sends jobs where they are to go now; says whether any went. */
  review(): boolean {
    const changes = [this.#rescue(), this.#comeHome(), this.#burst()];
    return changes.includes(true);
  }

  /** When the next job will have waited long enough. */
  againUs(): number {
    let againUs = NEVER;
    for (const { rule, queue } of this.#bursts) {
      if (this.#isOver(rule)) continue;
      const sinceUs = queue.oldest()?.sinceUs ?? NEVER;
      againUs = Math.min(againUs, sinceUs + rule.waitedUs);
    }
    return againUs;
  }

  /** Moves jobs that wait too long to where others come. */
  #burst(): boolean {
    const { nowUs } = this.#run.simulation;
    let isChanged = false;
    for (const state of this.#bursts) {
      const { rule, queue } = state;
      if (this.#isOver(rule)) continue;
      for (;;) {
        const oldest = queue.oldest();
        if (oldest === undefined) break;
        if (oldest.sinceUs + rule.waitedUs > nowUs && queue.jobs < rule.jobs) break;
        this.#send(oldest.live, state);
        isChanged = true;
      }
    }
    return isChanged;
  }

  #rescue(): boolean {
    const stranded = this.#stranded.filter(
      (live) => live.phase === 'waiting' && this.#run.live[live.slot] === live,
    );
    this.#stranded = [];
    for (const live of stranded) {
      const to = this.wayOut(live);
      if (to !== undefined && to === live.job.claim.pool) this.#sendHome(live);
      const state = this.#bursts.find(({ rule }) => rule.from === live.pool && rule.to === to);
      if (state !== undefined) this.#send(live, state);
    }
    return stranded.length > 0;
  }

  #send(live: LiveJob, { rule, number }: BurstState): void {
    this.#run.transfer(live, rule.to);
    this.#setup.listener?.burst(number, this.#run.simulation.nowUs - live.queuedSinceUs);
  }

  /** Who waits where no host comes any more waits at home again. */
  #comeHome(): boolean {
    let isChanged = false;
    for (const { rule } of this.#bursts) {
      if (!this.#isOver(rule)) continue;
      for (const live of this.#run.live) {
        if (live === undefined || live.phase !== 'waiting' || live.pool !== rule.to) continue;
        if (live.job.claim.pool === rule.to) continue;
        this.#sendHome(live);
        isChanged = true;
      }
    }
    return isChanged;
  }

  #sendHome(live: LiveJob): void {
    const { pool: from, job } = live;
    const state = this.#bursts.find(({ rule }) => rule.to === from && rule.from === job.claim.pool);
    this.#run.transfer(live, job.claim.pool);
    if (state !== undefined) this.#setup.listener?.returned(state.number);
  }

  /** Whether all groups that the rule is about have spent their money. */
  #isOver({ to }: BurstRule): boolean {
    const groups = this.#groups.filter(({ group }) => group.pool === to);
    return groups.length > 0 && groups.every(({ isCapped }) => isCapped);
  }

  #mayBurst(rule: BurstRule, live: LiveJob): boolean {
    if (this.#isOver(rule) || !rule.mayGo(live.job.claim.label)) return false;
    return this.#run.neverReason(live, rule.to) === 'none';
  }
}
