import { capacityMask } from '../cluster/fit.ts';
import type { Part } from '../cluster/part.ts';
import { GPU_MILLI } from '../cluster/request.ts';
import type { EventId } from '../kernel/event-queue.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Micros } from '../kernel/time.ts';
import { decideScale, Held, type ServingHost } from '../policies/autoscaling/index.ts';
import { MAX_TIME_US } from '../workload/task.ts';
import { Bill } from './elastic/bill.ts';
import { PoolLoad } from './elastic/pool-load.ts';
import { Presence } from './elastic/presence.ts';
import { QueueWatch } from './elastic/queue-watch.ts';
import type { BurstRule, Clearing, ElasticGroup, ElasticSetup, FleetStep } from './elastic/setup.ts';
import { EVENT_RANK } from './event-rank.ts';
import type { JobLife } from './job-life.ts';
import type { LiveJob } from './live-job.ts';
import type { RunContext } from './run-context.ts';

/** What elasticity may do with the run. */
export interface ElasticRun {
  readonly context: RunContext;
  readonly simulation: Simulation;
  /** By slot. */
  readonly live: readonly (LiveJob | undefined)[];
  readonly life: JobLife;
  /** By pool number: its hosts. */
  readonly hostsOfPool: readonly (readonly number[])[];
  /** Moves a running job elsewhere; undefined where it stays. */
  move(live: LiveJob, path: string | null): number | undefined;
  /** Lets a waiting job wait in another pool. */
  transfer(live: LiveJob, pool: number): void;
  /** Why a pool can never take a job, or `none`. */
  neverReason(live: LiveJob, pool: number): string;
  startWaitingJobs(): void;
  /** What an empty fleet could take is another thing from now on. */
  capacityChanged(): void;
}

/** A group as it runs. */
interface GroupState {
  readonly group: ElasticGroup;
  readonly number: number;
  readonly queue: QueueWatch;
  readonly bill: Bill | undefined;
  readonly above: Held;
  readonly below: Held;
  /** By demand: whether a host of the group could take such a worker. */
  readonly takes: Map<number, boolean>;
  lastOutUs: number;
  lastInUs: number;
  isCapped: boolean;
}

/** A burst rule as it runs. */
interface BurstState {
  readonly rule: BurstRule;
  readonly number: number;
  readonly queue: QueueWatch;
}

/** Notice that was given by the log. */
interface Logged {
  readonly group: GroupState;
  readonly hosts: number;
  readonly atUs: number;
}

const NEVER = Number.POSITIVE_INFINITY;

/**
 * Lets hosts come and go: at planned times, with the load, and when their owner takes them back. Hosts that may ever be
 * there are in the fleet from the start, and closed while they are away.
 *
 * Leaves out: cancelling a host that boots when nobody needs it any more, unless the money has run out.
 */
export class ElasticRuntime {
  readonly #run: ElasticRun;
  readonly #setup: ElasticSetup;
  readonly #presence: Presence;
  readonly #load: PoolLoad;
  readonly #groups: readonly GroupState[];
  readonly #bursts: readonly BurstState[];
  /** By host. */
  readonly #groupOf: (GroupState | undefined)[] = [];
  readonly #events: (EventId | undefined)[] = [];
  /** By host: since when nobody is on it; Infinity: somebody is. */
  readonly #idleSinceUs: Float64Array;
  /** By host: until when it cannot be asked for. */
  readonly #backUs: Float64Array;
  /** By host: when it was asked for. */
  readonly #askedUs: Float64Array;
  /** By host: how often it is still to join by plan. */
  readonly #joins: Int32Array;
  /** By host that is to leave: what becomes of its jobs. */
  readonly #clearing = new Map<number, Clearing>();
  readonly #log: readonly Logged[];
  /** Jobs that no host of their pool can take and that another pool could. */
  #stranded: LiveJob[] = [];
  #review: EventId | undefined;
  #reviewUs = NEVER;

  /** @throws {RangeError} without a horizon where hosts are taken back or kept by the hours: that goes on for ever */
  constructor(run: ElasticRun, setup: ElasticSetup, horizonUs: number) {
    const isEndless = setup.groups.some(({ spot, plan }) => spot?.untilUs != null || plan.week.length > 0);
    if (isEndless && horizonUs === Number.POSITIVE_INFINITY) {
      throw new RangeError(
        'Cannot let hosts come and go for ever in a run without an end: it needs a horizon',
      );
    }
    const { fleet } = run.context;
    this.#run = run;
    this.#setup = setup;
    this.#presence = new Presence(run.context, run.simulation);
    this.#load = new PoolLoad(fleet, run.hostsOfPool);
    this.#idleSinceUs = new Float64Array(fleet.hostCount);
    this.#backUs = new Float64Array(fleet.hostCount);
    this.#askedUs = new Float64Array(fleet.hostCount);
    this.#joins = new Int32Array(fleet.hostCount);
    this.#groups = setup.groups.map((group, number) => ({
      group,
      number,
      queue: new QueueWatch(),
      bill: group.price === null ? undefined : new Bill(group.price),
      above: new Held(),
      below: new Held(),
      takes: new Map(),
      lastOutUs: Number.NEGATIVE_INFINITY,
      lastInUs: Number.NEGATIVE_INFINITY,
      isCapped: false,
    }));
    for (const state of this.#groups) for (const host of state.group.hosts) this.#groupOf[host] = state;
    this.#bursts = setup.bursts.map((rule, number) => ({ rule, number, queue: new QueueWatch() }));
    for (const { hosts, joins } of setup.steps) {
      for (const host of hosts) if (joins) this.#joins[host]! += 1;
    }
    this.#log = this.#groups.flatMap((group) =>
      (group.group.spot?.log ?? []).map(({ atUs, hosts }) => ({ group, hosts, atUs })),
    );
  }

  /** Sends those away that are not there yet, and makes the plans known. */
  begin(): void {
    const first = new Map<number, FleetStep>();
    this.#setup.steps.forEach((step, i) => {
      for (const host of step.hosts) if (!first.has(host)) first.set(host, step);
      this.#schedule(step.atUs, 'fleet-step', i);
    });
    for (const [host, { joins }] of first) if (joins) this.#presence.set(host, 'away');
    for (const { group, bill, number } of this.#groups) {
      group.hosts.forEach((host, i) => {
        if (i >= group.start) this.#presence.set(host, 'away');
        else {
          bill?.begin(host, 0);
          this.#awaitNotice(host);
        }
      });
      this.#setup.listener?.hosts(0, number, group.start);
    }
    this.#log.forEach(({ atUs }, i) => {
      this.#schedule(atUs, 'spot-logged', i);
    });
    this.look();
  }

  /** Whether the host is there, or may come. */
  mayCome(host: number): boolean {
    const group = this.#groupOf[host];
    if (this.#presence.of(host) === 'here' || (this.#joins[host] as number) > 0) return true;
    return group !== undefined && !group.isCapped && group.group.plan.max > 0;
  }

  /** Something has changed: decisions are looked at at the end of this instant. */
  look(): void {
    this.#lookAt(this.#run.simulation.nowUs);
  }

  handle(rank: number, payload: number): void {
    switch (rank) {
      case EVENT_RANK['fleet-step']:
        this.#onFleetStep(this.#setup.steps[payload] as FleetStep);
        break;
      case EVENT_RANK['host-booted']:
        this.#onBooted(payload);
        break;
      case EVENT_RANK['spot-notice']:
        this.#onNotice(payload);
        break;
      case EVENT_RANK['spot-taken']:
        this.#onTaken(payload);
        break;
      case EVENT_RANK['spot-logged']:
        this.#onLogged(payload);
        break;
      case EVENT_RANK['spot-back']:
        this.look();
        break;
      default:
        this.#onReview();
    }
  }

  /** It waits in the queue of its pool from now on. */
  queued(live: LiveJob): void {
    const { nowUs } = this.#run.simulation;
    for (const state of this.#groups) {
      if (state.group.pool === live.pool && this.#couldTake(state, live)) state.queue.add(live, nowUs);
    }
    if (live.role !== undefined) return;
    for (const { rule, queue } of this.#bursts) {
      if (rule.from === live.pool && this.#mayBurst(rule, live)) queue.add(live, nowUs);
    }
  }

  /** It does not wait there any more. */
  unqueued(live: LiveJob): void {
    for (const { queue } of this.#groups) queue.remove(live);
    for (const { queue } of this.#bursts) queue.remove(live);
  }

  /** It was placed. */
  started(live: LiveJob, parts: readonly Part[], isFirstStart: boolean): void {
    this.unqueued(live);
    const told = new Set<GroupState>();
    for (const { host } of parts) {
      this.#idleSinceUs[host] = NEVER;
      const state = this.#groupOf[host];
      if (state === undefined || told.has(state)) continue;
      told.add(state);
      const waitedUs = this.#run.simulation.nowUs - live.job.arrivalUs;
      this.#setup.listener?.ran(state.number, waitedUs, isFirstStart);
    }
  }

  /** Its work is done: it sends its results home. */
  finished({ parts, job }: LiveJob): void {
    this.#groupOf[(parts[0] as Part).host]?.bill?.send(job.claim.label);
  }

  /** A job runs now that was starting: its host may have come to leave meanwhile. */
  settled(live: LiveJob): void {
    if (!live.isPlaced) return;
    for (const { host } of live.parts) {
      const clearing = this.#clearing.get(host);
      if (clearing !== undefined && this.#presence.of(host) === 'leaving') {
        this.#clear(live, clearing);
        return;
      }
      if (this.#presence.of(host) === 'taken-back') {
        this.#save(live, this.#groupOf[host] as GroupState);
        return;
      }
    }
  }

  /** The pool that a job may go to which its own can never take; undefined: there is none. */
  wayOut(live: LiveJob): number | undefined {
    if (live.role !== undefined) return undefined;
    const home = live.job.claim.pool;
    if (live.pool !== home) return this.#run.neverReason(live, home) === 'none' ? home : undefined;
    return this.#bursts.find(({ rule }) => rule.from === live.pool && this.#mayBurst(rule, live))?.rule.to;
  }

  /** No host of its pool can ever take the waiting job, and `wayOut` knows another: it goes there. */
  strand(live: LiveJob): void {
    if (!this.#stranded.includes(live)) this.#stranded.push(live);
    this.look();
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
    this.#review = undefined;
    this.#reviewUs = NEVER;
    const { nowUs } = this.#run.simulation;
    this.#letEmptyGo();
    const changes = [this.#rescue(), this.#comeHome(), this.#burst()];
    this.#load.update();
    let againUs = NEVER;
    for (const state of this.#groups) {
      const { isChanged, againUs: next } = this.#scale(state);
      changes.push(isChanged);
      againUs = Math.min(againUs, next);
    }
    for (const { rule, queue } of this.#bursts) {
      if (this.#isOver(rule)) continue;
      const sinceUs = queue.oldest()?.sinceUs ?? NEVER;
      againUs = Math.min(againUs, sinceUs + rule.waitedUs);
    }
    if (againUs > nowUs) this.#lookAt(againUs);
    if (changes.some((isChanged) => isChanged)) this.#run.startWaitingJobs();
  }

  #scale(state: GroupState): { readonly isChanged: boolean; readonly againUs: number } {
    const { group, bill, queue, above, below, number } = state;
    const { plan, pool } = group;
    const { nowUs } = this.#run.simulation;
    const cap = bill?.cap(nowUs) ?? { isReached: false, againUs: NEVER };
    if (cap.isReached && !state.isCapped) {
      this.#closeDown(state);
      return { isChanged: true, againUs: NEVER };
    }
    if (state.isCapped) return { isChanged: false, againUs: NEVER };
    const usedMilli = this.#load.used[pool] as number;
    const poolMilli = this.#load.capacity[pool] as number;
    const part = poolMilli > 0 ? usedMilli / poolMilli : 0;
    above.tell(nowUs, plan.out.allocated !== null && part > plan.out.allocated.above);
    below.tell(nowUs, plan.in.allocated !== null && part < plan.in.allocated.below);
    const { fleet } = this.#run.context;
    const away = this.#askable(state);
    const decision = decideScale(plan, {
      nowUs,
      serving: this.#count(state, 'here'),
      booting: this.#count(state, 'booting'),
      gpusPerHost: fleet.gpusOf(away[0] ?? (group.hosts[0] as number)),
      waitingJobs: queue.jobs,
      waitingGpus: queue.gpus,
      waitingSinceUs: queue.oldest()?.sinceUs ?? NEVER,
      usedMilli,
      poolMilli,
      lastOutUs: state.lastOutUs,
      lastInUs: state.lastInUs,
      above,
      below,
      hosts: () => this.#serving(state),
    });
    const isChanged = decision.add > 0 && this.#add(state, decision.add, away);
    if (decision.leave.length > 0) {
      state.lastInUs = nowUs;
      below.restart(nowUs);
      this.#setup.listener?.released(number, decision.leave.length);
      for (const host of decision.leave) this.#leave(host, group.clearing);
    }
    const isOther = isChanged || decision.leave.length > 0;
    return { isChanged: isOther, againUs: Math.min(decision.againUs, bill?.cap(nowUs).againUs ?? NEVER) };
  }

  /** Keeps hosts that were to leave, and asks for others; says whether any can be used now. */
  #add(state: GroupState, hosts: number, away: readonly number[]): boolean {
    const { group, above, number } = state;
    const { nowUs } = this.#run.simulation;
    let left = hosts;
    let isChanged = false;
    for (const host of group.hosts) {
      if (left === 0) break;
      if (this.#presence.of(host) !== 'leaving') continue;
      this.#clearing.delete(host);
      this.#presence.set(host, 'here');
      isChanged = true;
      left -= 1;
    }
    const there = group.hosts.filter((host) => this.#presence.of(host) !== 'away').length;
    const asked = away.slice(0, Math.min(left, group.plan.max - there));
    for (const host of asked) {
      if (group.price?.billsBoot === true) state.bill?.begin(host, nowUs);
      this.#askedUs[host] = nowUs;
      const bootUs = group.bootUs();
      if (bootUs === 0) {
        this.#join(host);
        isChanged = true;
        continue;
      }
      this.#presence.set(host, 'booting');
      this.#events[host] = this.#schedule(nowUs + bootUs, 'host-booted', host);
    }
    if (asked.length > 0) this.#setup.listener?.asked(number, asked.length);
    if (isChanged || asked.length > 0) {
      state.lastOutUs = nowUs;
      above.restart(nowUs);
      this.look();
    }
    return isChanged;
  }

  #onBooted(host: number): void {
    this.#join(host);
    this.#run.startWaitingJobs();
  }

  #join(host: number): void {
    const state = this.#groupOf[host] as GroupState;
    const { nowUs } = this.#run.simulation;
    this.#events[host] = undefined;
    this.#idleSinceUs[host] = nowUs;
    this.#presence.set(host, 'here');
    if (state.group.price?.billsBoot === false) state.bill?.begin(host, nowUs);
    this.#setup.listener?.booted(state.number, nowUs - (this.#askedUs[host] as number));
    this.#tellHosts(state);
    this.#awaitNotice(host);
  }

  /** Takes nobody in from now on; gone when nobody is on it. */
  #leave(host: number, clearing: Clearing): void {
    this.#presence.set(host, 'leaving');
    this.#clearing.set(host, clearing);
    for (const live of this.#run.live) {
      if (live?.isPlaced === true && live.parts.some((part) => part.host === host))
        this.#clear(live, clearing);
    }
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

  #letEmptyGo(): void {
    const { fleet } = this.#run.context;
    const { nowUs } = this.#run.simulation;
    for (const host of [...this.#clearing.keys()]) {
      if ((fleet.residents[host] as number) === 0) this.#goAway(host);
    }
    for (const { group } of this.#groups) {
      for (const host of group.hosts) {
        if ((fleet.residents[host] as number) > 0) this.#idleSinceUs[host] = NEVER;
        else if (this.#idleSinceUs[host] === NEVER) this.#idleSinceUs[host] = nowUs;
      }
    }
  }

  #goAway(host: number): void {
    const { simulation } = this.#run;
    const state = this.#groupOf[host];
    this.#clearing.delete(host);
    const event = this.#events[host];
    if (event !== undefined) simulation.cancel(event);
    this.#events[host] = undefined;
    state?.bill?.end(host, simulation.nowUs);
    this.#presence.set(host, 'away');
    if (state === undefined) this.#run.capacityChanged();
    else this.#tellHosts(state);
  }

  #onFleetStep({ hosts, joins, clearing }: FleetStep): void {
    const { nowUs } = this.#run.simulation;
    for (const host of hosts) {
      if (joins) {
        this.#joins[host]! -= 1;
        this.#clearing.delete(host);
        this.#idleSinceUs[host] = nowUs;
        this.#presence.set(host, 'here');
      } else if (this.#presence.of(host) === 'here') this.#leave(host, clearing);
    }
    this.#run.capacityChanged();
    this.look();
    this.#run.startWaitingJobs();
  }

  /** The money has run out: nobody comes, who boots is sent back, and the others leave. */
  #closeDown(state: GroupState): void {
    const { group, number } = state;
    state.isCapped = true;
    this.#setup.listener?.capped(this.#run.simulation.nowUs, number);
    for (const host of group.hosts) {
      if (this.#presence.of(host) === 'booting') this.#goAway(host);
      else if (this.#presence.of(host) === 'here') this.#leave(host, group.clearing);
    }
    this.#run.capacityChanged();
    this.look();
  }

  #awaitNotice(host: number): void {
    const untilUs = this.#groupOf[host]?.group.spot?.untilUs;
    if (untilUs == null) return;
    const atUs = this.#run.simulation.nowUs + Math.max(1, untilUs());
    this.#events[host] = this.#schedule(atUs, 'spot-notice', host);
  }

  #onLogged(index: number): void {
    const { group, hosts } = this.#log[index] as Logged;
    const there = group.group.hosts.filter((host) => ['here', 'leaving'].includes(this.#presence.of(host)));
    there.sort((a, b) => this.#presence.sinceUs(a) - this.#presence.sinceUs(b) || a - b);
    for (const host of there.slice(0, hosts)) {
      const event = this.#events[host];
      if (event !== undefined) this.#run.simulation.cancel(event);
      this.#onNotice(host);
    }
  }

  /** The owner wants the host back: who can save its state in time does, the others go on to the end. */
  #onNotice(host: number): void {
    const state = this.#groupOf[host] as GroupState;
    const { simulation } = this.#run;
    const { noticeUs } = state.group.spot as NonNullable<ElasticGroup['spot']>;
    this.#clearing.delete(host);
    this.#presence.set(host, 'taken-back');
    this.#setup.listener?.interrupted(state.number);
    this.#askedUs[host] = simulation.nowUs;
    this.#events[host] = this.#schedule(simulation.nowUs + noticeUs, 'spot-taken', host);
    for (const live of this.#run.live) {
      if (live?.isPlaced === true && live.parts.some((part) => part.host === host)) this.#save(live, state);
    }
    this.look();
    this.#run.startWaitingJobs();
  }

  /** Saves the state of a job on a host that is taken back, if that is done in time. */
  #save(live: LiveJob, state: GroupState): void {
    const { checkpoint } = live.job.claim;
    if (live.phase !== 'running' || live.role !== undefined || checkpoint === null) return;
    const { nowUs } = this.#run.simulation;
    const { noticeUs } = state.group.spot as NonNullable<ElasticGroup['spot']>;
    for (const { host } of live.parts) {
      const isTaken = this.#presence.of(host) === 'taken-back';
      if (isTaken && nowUs + checkpoint.saveUs > (this.#askedUs[host] as number) + noticeUs) return;
    }
    this.#run.life.preempt(live, 'checkpoint', 'fault:spot');
    this.#setup.listener?.struck(state.number, 'saved', 0);
  }

  #onTaken(host: number): void {
    const state = this.#groupOf[host] as GroupState;
    const { life, simulation } = this.#run;
    const isThere = (part: Part) => part.host === host;
    // Listed first: ending one may let another one go.
    const struck = this.#run.live.filter(
      (live) => live?.parts.some(isThere) === true || live?.move?.parts.some(isThere) === true,
    ) as LiveJob[];
    for (const live of struck) {
      const isStopping = live.phase === 'stopping';
      const lostUs = life.breakOff(live, 'fault:spot');
      if (!isStopping) this.#setup.listener?.struck(state.number, 'lost', lostUs * live.gpus);
    }
    this.#events[host] = undefined;
    this.#goAway(host);
    const backUs = simulation.nowUs + (state.group.spot as NonNullable<ElasticGroup['spot']>).backUs();
    this.#backUs[host] = backUs;
    this.#schedule(backUs, 'spot-back', host);
    this.look();
    this.#run.startWaitingJobs();
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

  #couldTake({ takes, group }: GroupState, { job }: LiveJob): boolean {
    let could = takes.get(job.demand);
    if (could === undefined) {
      const { fleet } = this.#run.context;
      could = job.shapes.some((shape) => group.hosts.some((host) => capacityMask(fleet, host, shape) === 0));
      takes.set(job.demand, could);
    }
    return could;
  }

  #count({ group }: GroupState, state: string): number {
    return group.hosts.reduce((sum, host) => sum + (this.#presence.of(host) === state ? 1 : 0), 0);
  }

  /** Hosts that can be asked for, in order. */
  #askable({ group }: GroupState): readonly number[] {
    const { nowUs } = this.#run.simulation;
    return group.hosts.filter(
      (host) => this.#presence.of(host) === 'away' && (this.#backUs[host] as number) <= nowUs,
    );
  }

  #serving({ group }: GroupState): readonly ServingHost[] {
    const { fleet } = this.#run.context;
    return group.hosts
      .filter((host) => this.#presence.of(host) === 'here')
      .map((host) => {
        const gpuMilli = fleet.gpusOf(host) * GPU_MILLI;
        return {
          host,
          sinceUs: this.#presence.sinceUs(host),
          idleSinceUs: this.#idleSinceUs[host] as number,
          residents: fleet.residents[host] as number,
          usedMilli: gpuMilli - (fleet.hostGpuFreeMilli[host] as number),
          gpuMilli,
        };
      });
  }

  #tellHosts(state: GroupState): void {
    const count = state.group.hosts.filter((host) => this.#presence.isThere(host)).length;
    this.#setup.listener?.hosts(this.#run.simulation.nowUs, state.number, count);
  }

  #lookAt(atUs: number): void {
    if (this.#reviewUs <= atUs || !(atUs <= MAX_TIME_US)) return;
    if (this.#review !== undefined) this.#run.simulation.cancel(this.#review);
    this.#reviewUs = atUs;
    this.#review = this.#schedule(atUs, 'scale-review', 0);
  }

  /** Schedules nothing after the end of the clock. */
  #schedule(atUs: number, kind: keyof typeof EVENT_RANK, payload: number): EventId | undefined {
    return atUs <= MAX_TIME_US
      ? this.#run.simulation.schedule(atUs as Micros, EVENT_RANK[kind], payload)
      : undefined;
  }
}
