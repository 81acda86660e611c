import type { EventId } from '../../kernel/event-queue.ts';
import type { LiveJob } from '../live-job.ts';
import type { GroupState } from './group-state.ts';
import { Presence } from './presence.ts';
import { type ElasticRun, NEVER, scheduleIn } from './run.ts';
import type { Clearing, ElasticSetup, FleetStep } from './setup.ts';

/** The stays of hosts: who is there, who is on the way, and how those leave that are to. */
export class HostStays {
  readonly presence: Presence;
  /** By host. */
  readonly groupOf: readonly (GroupState | undefined)[];
  /** By host: since when nobody is on it; Infinity: somebody is. */
  readonly idleSinceUs: Float64Array;
  /** By host: when it was asked for, or told that it is taken back. */
  readonly askedUs: Float64Array;
  readonly #run: ElasticRun;
  readonly #setup: ElasticSetup;
  readonly #groups: readonly GroupState[];
  readonly #joined: (host: number) => void;
  /** By host: what is to become of it next. */
  readonly #events: (EventId | undefined)[] = [];
  /** By host: how often it is still to join by plan. */
  readonly #joins: Int32Array;
  /** By host that is to leave: what becomes of its jobs. */
  readonly #clearing = new Map<number, Clearing>();

  /** @param joined told of each host of a group that has come */
  constructor(
    run: ElasticRun,
    setup: ElasticSetup,
    groups: readonly GroupState[],
    joined: (host: number) => void,
  ) {
    const { hostCount } = run.context.fleet;
    this.#run = run;
    this.#setup = setup;
    this.#groups = groups;
    this.#joined = joined;
    this.presence = new Presence(run.context, run.simulation);
    this.idleSinceUs = new Float64Array(hostCount);
    this.askedUs = new Float64Array(hostCount);
    this.#joins = new Int32Array(hostCount);
    const groupOf: (GroupState | undefined)[] = [];
    for (const state of groups) for (const host of state.group.hosts) groupOf[host] = state;
    this.groupOf = groupOf;
    for (const { hosts, joins } of setup.steps) {
      for (const host of hosts) if (joins) this.#joins[host]! += 1;
    }
  }

  /** Sends those away that are not there yet, and makes the planned steps known. */
  begin(): void {
    const first = new Map<number, FleetStep>();
    this.#setup.steps.forEach((step, i) => {
      for (const host of step.hosts) if (!first.has(host)) first.set(host, step);
      scheduleIn(this.#run, step.atUs, 'fleet-step', i);
    });
    for (const [host, { joins }] of first) if (joins) this.presence.set(host, 'away');
    for (const { group, bill, number } of this.#groups) {
      group.hosts.forEach((host, i) => {
        if (i >= group.start) this.presence.set(host, 'away');
        else {
          bill?.begin(host, 0);
          this.#joined(host);
        }
      });
      this.#setup.listener?.hosts(0, number, group.start);
    }
  }

  /** Whether the host is there, or may come. */
  mayCome(host: number): boolean {
    const group = this.groupOf[host];
    if (this.presence.of(host) === 'here' || (this.#joins[host] as number) > 0) return true;
    return group !== undefined && !group.isCapped && group.group.plan.max > 0;
  }

  /** Hosts join or leave by plan. */
  step({ hosts, joins, clearing }: FleetStep): void {
    const { nowUs } = this.#run.simulation;
    for (const host of hosts) {
      if (joins) {
        this.#joins[host]! -= 1;
        this.#clearing.delete(host);
        this.idleSinceUs[host] = nowUs;
        this.presence.set(host, 'here');
      } else if (this.presence.of(host) === 'here') this.leave(host, clearing);
    }
    this.#run.capacityChanged();
  }

  /** A host of a group that was asked for is there. */
  join(host: number): void {
    const state = this.groupOf[host] as GroupState;
    const { nowUs } = this.#run.simulation;
    this.happened(host);
    this.idleSinceUs[host] = nowUs;
    this.presence.set(host, 'here');
    if (state.group.price?.billsBoot === false) state.bill?.begin(host, nowUs);
    this.#setup.listener?.booted(state.number, nowUs - (this.askedUs[host] as number));
    this.#tellHosts(state);
    this.#joined(host);
  }

  /** Says what becomes of the host next. Nothing else is to become of it. */
  expect(host: number, atUs: number, kind: 'host-booted' | 'spot-notice' | 'spot-taken'): void {
    this.#events[host] = scheduleIn(this.#run, atUs, kind, host);
  }

  /** It has. */
  happened(host: number): void {
    this.#events[host] = undefined;
  }

  /** It will not. */
  forgo(host: number): void {
    const event = this.#events[host];
    if (event !== undefined) this.#run.simulation.cancel(event);
    this.#events[host] = undefined;
  }

  /** Takes nobody in from now on; gone when nobody is on it. */
  leave(host: number, clearing: Clearing): void {
    this.presence.set(host, 'leaving');
    this.#clearing.set(host, clearing);
    for (const live of this.#run.live) {
      if (live?.isPlaced === true && live.parts.some((part) => part.host === host))
        this.#clear(live, clearing);
    }
  }

  /** A host that was to leave stays. */
  keep(host: number): void {
    this.#clearing.delete(host);
    this.presence.set(host, 'here');
  }

  /** The owner of a host wants it back: it takes nobody in, whatever was said of its jobs. */
  takeBack(host: number): void {
    this.#clearing.delete(host);
    this.presence.set(host, 'taken-back');
    this.askedUs[host] = this.#run.simulation.nowUs;
  }

  /** A job runs now that was starting, on a host that came to leave meanwhile. Says whether it is on such a one. */
  clearLate(live: LiveJob, host: number): boolean {
    const clearing = this.#clearing.get(host);
    if (clearing === undefined || this.presence.of(host) !== 'leaving') return false;
    this.#clear(live, clearing);
    return true;
  }

  /** Does with a job on a host that is to leave what was said. */
  #clear(live: LiveJob, { running, migratePath }: Clearing): void {
    if (running === 'wait' || live.move !== undefined) return;
    if (running === 'migrate') {
      // One that starts yet is looked at again when it has.
      if (live.phase === 'running') this.#run.move(live, migratePath);
      return;
    }
    // Who cannot save its state, and sessions and replicas, are waited for.
    if (live.role !== undefined || !live.job.claim.isPreemptible || live.job.claim.checkpoint === null)
      return;
    this.#run.life.preempt(live, 'checkpoint', 'scale-in');
  }

  /** Sends those away that were to leave and are empty, and notes since when the others are. */
  letEmptyGo(): void {
    const { fleet } = this.#run.context;
    const { nowUs } = this.#run.simulation;
    for (const host of [...this.#clearing.keys()]) {
      if ((fleet.residents[host] as number) === 0) this.goAway(host);
    }
    for (const { group } of this.#groups) {
      for (const host of group.hosts) {
        if ((fleet.residents[host] as number) > 0) this.idleSinceUs[host] = NEVER;
        else if (this.idleSinceUs[host] === NEVER) this.idleSinceUs[host] = nowUs;
      }
    }
  }

  goAway(host: number): void {
    const state = this.groupOf[host];
    this.#clearing.delete(host);
    this.forgo(host);
    state?.bill?.end(host, this.#run.simulation.nowUs);
    this.presence.set(host, 'away');
    if (state === undefined) this.#run.capacityChanged();
    else this.#tellHosts(state);
  }

  #tellHosts(state: GroupState): void {
    const count = state.group.hosts.filter((host) => this.presence.isThere(host)).length;
    this.#setup.listener?.hosts(this.#run.simulation.nowUs, state.number, count);
  }
}
