import type { Part } from '../../cluster/part.ts';
import type { LiveJob } from '../live-job.ts';
import type { GroupState } from './group-state.ts';
import type { HostStays } from './host-stays.ts';
import { type ElasticRun, scheduleIn } from './run.ts';
import type { ElasticSetup, Spot } from './setup.ts';

/** Notice that was given by the log. */
interface Logged {
  readonly group: GroupState;
  readonly hosts: number;
  readonly atUs: number;
}

/** Takes hosts back that belong to somebody else: gives notice, saves what can be saved by then, and ends the rest. */
export class SpotMarket {
  readonly #run: ElasticRun;
  readonly #setup: ElasticSetup;
  readonly #stays: HostStays;
  readonly #log: readonly Logged[];

  constructor(run: ElasticRun, setup: ElasticSetup, groups: readonly GroupState[], stays: HostStays) {
    this.#run = run;
    this.#setup = setup;
    this.#stays = stays;
    this.#log = groups.flatMap((group) =>
      (group.group.spot?.log ?? []).map(({ atUs, hosts }) => ({ group, hosts, atUs })),
    );
  }

  /** Makes the log known. */
  begin(): void {
    this.#log.forEach(({ atUs }, i) => {
      scheduleIn(this.#run, atUs, 'spot-logged', i);
    });
  }

  /** Draws when a host that has come is taken back. */
  awaitNotice(host: number): void {
    const untilUs = this.#stays.groupOf[host]?.group.spot?.untilUs;
    if (untilUs == null) return;
    this.#stays.expect(host, this.#run.simulation.nowUs + Math.max(1, untilUs()), 'spot-notice');
  }

  /** Notice to those of the group that have been there longest. */
  logged(index: number, then: () => void): void {
    const { group, hosts } = this.#log[index] as Logged;
    const { presence } = this.#stays;
    const there = group.group.hosts.filter((host) => ['here', 'leaving'].includes(presence.of(host)));
    there.sort((a, b) => presence.sinceUs(a) - presence.sinceUs(b) || a - b);
    for (const host of there.slice(0, hosts)) {
      this.#stays.forgo(host);
      this.notice(host);
      then();
    }
  }

  /** The owner wants the host back: who can save its state in time does, the others go on to the end. */
  notice(host: number): void {
    const state = this.#stays.groupOf[host] as GroupState;
    this.#stays.takeBack(host);
    this.#setup.listener?.interrupted(state.number);
    this.#stays.expect(host, this.#run.simulation.nowUs + spotOf(state).noticeUs, 'spot-taken');
    for (const live of this.#run.live) {
      if (live?.isPlaced === true && live.parts.some((part) => part.host === host)) this.#save(live, state);
    }
  }

  /** A job runs now that was starting, on a host that is taken back. Says whether it is on such a one. */
  saveLate(live: LiveJob, host: number): boolean {
    if (this.#stays.presence.of(host) !== 'taken-back') return false;
    this.#save(live, this.#stays.groupOf[host] as GroupState);
    return true;
  }

  /** Saves the state of a job on a host that is taken back, if that is done in time. */
  #save(live: LiveJob, state: GroupState): void {
    const { checkpoint } = live.job.claim;
    if (live.phase !== 'running' || live.role !== undefined || checkpoint === null) return;
    const { presence, askedUs } = this.#stays;
    const { nowUs } = this.#run.simulation;
    const { noticeUs } = spotOf(state);
    for (const { host } of live.parts) {
      const isTaken = presence.of(host) === 'taken-back';
      if (isTaken && nowUs + checkpoint.saveUs > (askedUs[host] as number) + noticeUs) return;
    }
    this.#run.life.preempt(live, 'checkpoint', 'fault:spot');
    this.#setup.listener?.struck(state.number, 'saved', 0);
  }

  /**
   * The host goes, and what is left on it ends.
   *
   * @returns until when it cannot be asked for
   */
  taken(host: number): number {
    const state = this.#stays.groupOf[host] as GroupState;
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
    this.#stays.happened(host);
    this.#stays.goAway(host);
    const backUs = simulation.nowUs + spotOf(state).backUs();
    scheduleIn(this.#run, backUs, 'spot-back', host);
    return backUs;
  }
}

function spotOf({ group }: GroupState): Spot {
  return group.spot as Spot;
}
