import { capacityMask } from '../../cluster/fit.ts';
import { GPU_MILLI } from '../../cluster/request.ts';
import { decideScale, type ServingHost } from '../../policies/autoscaling/index.ts';
import type { LiveJob } from '../live-job.ts';
import type { GroupState } from './group-state.ts';
import type { HostStays } from './host-stays.ts';
import { PoolLoad } from './pool-load.ts';
import type { HostState } from './presence.ts';
import { type ElasticRun, NEVER, type ReviewClock } from './run.ts';
import type { ElasticSetup } from './setup.ts';

/** Asks for hosts of groups and lets them go, as their plans say. */
export class Scaler {
  readonly #run: ElasticRun;
  readonly #setup: ElasticSetup;
  readonly #stays: HostStays;
  readonly #clock: ReviewClock;
  readonly #groups: readonly GroupState[];
  readonly #load: PoolLoad;
  /** By host: until when it cannot be asked for. */
  readonly #backUs: Float64Array;

  constructor(
    run: ElasticRun,
    setup: ElasticSetup,
    groups: readonly GroupState[],
    stays: HostStays,
    clock: ReviewClock,
  ) {
    this.#run = run;
    this.#setup = setup;
    this.#groups = groups;
    this.#stays = stays;
    this.#clock = clock;
    this.#load = new PoolLoad(run.context.fleet, run.hostsOfPool);
    this.#backUs = new Float64Array(run.context.fleet.hostCount);
  }

  /** A job waits in the queue of its pool from now on. */
  queued(live: LiveJob): void {
    for (const state of this.#groups) {
      if (state.group.pool === live.pool && this.#couldTake(state, live)) {
        state.queue.add(live, this.#run.simulation.nowUs);
      }
    }
  }

  unqueued(live: LiveJob): void {
    for (const { queue } of this.#groups) queue.remove(live);
  }

  /** The host cannot be asked for before that time. */
  holdOff(host: number, untilUs: number): void {
    this.#backUs[host] = untilUs;
  }

  /**
   * Looks at all groups.
   *
   * @returns whether jobs may start that could not, and when to look again at the latest
   */
  review(): { readonly isChanged: boolean; readonly againUs: number } {
    this.#load.update();
    let isChanged = false;
    let againUs = NEVER;
    for (const state of this.#groups) {
      const { isChanged: isOther, againUs: next } = this.#scale(state);
      if (isOther) isChanged = true;
      againUs = Math.min(againUs, next);
    }
    return { isChanged, againUs };
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
      for (const host of decision.leave) this.#stays.leave(host, group.clearing);
    }
    const isOther = isChanged || decision.leave.length > 0;
    return { isChanged: isOther, againUs: Math.min(decision.againUs, bill?.cap(nowUs).againUs ?? NEVER) };
  }

  /** Keeps hosts that were to leave, and asks for others; says whether any can be used now. */
  #add(state: GroupState, hosts: number, away: readonly number[]): boolean {
    const { group, above, number } = state;
    const { presence } = this.#stays;
    const { nowUs } = this.#run.simulation;
    let left = hosts;
    let isChanged = false;
    for (const host of group.hosts) {
      if (left === 0) break;
      if (presence.of(host) !== 'leaving') continue;
      this.#stays.keep(host);
      isChanged = true;
      left -= 1;
    }
    const there = group.hosts.filter((host) => presence.of(host) !== 'away').length;
    const asked = away.slice(0, Math.min(left, group.plan.max - there));
    for (const host of asked) {
      if (group.price?.billsBoot === true) state.bill?.begin(host, nowUs);
      this.#stays.askedUs[host] = nowUs;
      const bootUs = group.bootUs();
      if (bootUs === 0) {
        this.#stays.join(host);
        isChanged = true;
        continue;
      }
      presence.set(host, 'booting');
      this.#stays.expect(host, nowUs + bootUs, 'host-booted');
    }
    if (asked.length > 0) this.#setup.listener?.asked(number, asked.length);
    if (isChanged || asked.length > 0) {
      state.lastOutUs = nowUs;
      above.restart(nowUs);
      this.#clock.look();
    }
    return isChanged;
  }

  /** The money has run out: nobody comes, who boots is sent back, and the others leave. */
  #closeDown(state: GroupState): void {
    const { group, number } = state;
    state.isCapped = true;
    this.#setup.listener?.capped(this.#run.simulation.nowUs, number);
    for (const host of group.hosts) {
      const now = this.#stays.presence.of(host);
      if (now === 'booting') this.#stays.goAway(host);
      else if (now === 'here') this.#stays.leave(host, group.clearing);
    }
    this.#run.capacityChanged();
    this.#clock.look();
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

  #count({ group }: GroupState, state: HostState): number {
    return group.hosts.reduce((sum, host) => sum + (this.#stays.presence.of(host) === state ? 1 : 0), 0);
  }

  /** Hosts that can be asked for, in order. */
  #askable({ group }: GroupState): readonly number[] {
    const { nowUs } = this.#run.simulation;
    return group.hosts.filter(
      (host) => this.#stays.presence.of(host) === 'away' && (this.#backUs[host] as number) <= nowUs,
    );
  }

  #serving({ group }: GroupState): readonly ServingHost[] {
    const { fleet } = this.#run.context;
    const { presence, idleSinceUs } = this.#stays;
    return group.hosts
      .filter((host) => presence.of(host) === 'here')
      .map((host) => {
        const gpuMilli = fleet.gpusOf(host) * GPU_MILLI;
        return {
          host,
          sinceUs: presence.sinceUs(host),
          idleSinceUs: idleSinceUs[host] as number,
          residents: fleet.residents[host] as number,
          usedMilli: gpuMilli - (fleet.hostGpuFreeMilli[host] as number),
          gpuMilli,
        };
      });
  }
}
