import type { Micros } from '../kernel/time.ts';
import { MAX_TIME_US } from '../workload/task.ts';
import { EVENT_RANK } from './event-rank.ts';
import type { RoleHost, RoleRuntime } from './role.ts';

/** When the sessions of a group work and when they idle. */
export interface ActivitySource {
  /** Whether a session begins with work. */
  startsActive(user: number): boolean;
  /** How long the period that begins now lasts, in whole microseconds; Infinity: to the end. */
  nextUs(user: number, isActive: boolean): number;
}

/** Sessions at work: each is active and idle in turn until it ends. */
export class SessionRuntime implements RoleRuntime {
  readonly #host: RoleHost;
  readonly #groups: readonly ActivitySource[];
  /** By slot. */
  readonly #group: number[] = [];
  readonly #user: number[] = [];
  readonly #isActive: boolean[] = [];
  readonly #isSeated: boolean[] = [];
  /** By slot: its next toggle; 0 where none is due. */
  readonly #event: number[] = [];
  toggles = 0;

  /** @param groups by number of the session group */
  constructor(host: RoleHost, groups: readonly ActivitySource[]) {
    this.#host = host;
    this.#groups = groups;
  }

  started(slot: number): void {
    const { role } = this.#host.liveAt(slot);
    if (role?.kind !== 'session') return;
    const { group, user } = role;
    this.#group[slot] = group;
    this.#user[slot] = user;
    this.#isSeated[slot] = this.#host.residency.isSeated(slot);
    this.#set(slot, (this.#groups[group] as ActivitySource).startsActive(user));
  }

  /** Speeds of sessions are summed up by group on their cards. */
  sped(): void {}

  stopped(slot: number): void {
    const event = this.#event[slot] as number;
    if (event !== 0) this.#host.simulation.cancel(event as never);
    this.#event[slot] = 0;
    if (this.#isActive[slot] && this.#isSeated[slot]) {
      this.#host.residency.setActive(this.#host.simulation.nowUs, slot, false);
    }
    this.#isActive[slot] = false;
  }

  handle(_rank: number, slot: number): void {
    this.toggles += 1;
    this.#set(slot, !this.#isActive[slot]);
  }

  reset(): void {
    this.toggles = 0;
  }

  #set(slot: number, isActive: boolean): void {
    const { simulation, residency } = this.#host;
    const nowUs = simulation.nowUs;
    this.#isActive[slot] = isActive;
    if (this.#isSeated[slot]) residency.setActive(nowUs, slot, isActive);
    const groups = this.#groups[this.#group[slot] as number] as ActivitySource;
    const endUs = nowUs + groups.nextUs(this.#user[slot] as number, isActive);
    this.#event[slot] =
      endUs <= MAX_TIME_US ? simulation.schedule(endUs as Micros, EVENT_RANK['activity-toggled'], slot) : 0;
  }
}
