import type { ClusterObserver } from '../cluster/changes.ts';
import type { Claim } from '../cluster/claim.ts';
import type { Layout } from '../cluster/layout.ts';
import type { TaskRequest } from '../cluster/request.ts';
import type { EventId } from '../kernel/event-queue.ts';
import type { RandomStreams } from '../kernel/random.ts';
import type { Micros } from '../kernel/time.ts';
import { Activity, type ActivitySpec } from '../workload/activity.ts';
import { type Session, SessionPlan, type SessionSpec } from '../workload/sessions.ts';
import { MAX_TIME_US, type TaskRole, type WorkProfile } from '../workload/task.ts';
import { EVENT_RANK } from './event-rank.ts';
import type { RoleHost, RoleRuntime } from './role.ts';

/** A group of users as the engine runs it. */
export interface SessionGroupSpec extends SessionSpec {
  readonly request: TaskRequest;
  readonly profile: WorkProfile | undefined;
  readonly claim: Claim;
  readonly layout?: Layout | undefined;
  /** Null: always active. */
  readonly activity: ActivitySpec | null;
}

interface LiveGroup {
  readonly spec: SessionGroupSpec;
  readonly plan: SessionPlan;
  readonly activity: Activity | null;
  /** Number of its first user among all. */
  readonly firstUser: number;
}

/**
 * Users who log on, work on and off, and log off. A session is a job: it waits for its place like any other. A user logs
 * on again at the next planned time after the session is over, however late that began.
 */
export class SessionRuntime implements RoleRuntime {
  readonly #host: RoleHost;
  readonly #streams: RandomStreams;
  readonly #groups: readonly LiveGroup[];
  readonly #listeners: readonly ClusterObserver[];
  /** By user among all: the group, and the session that is next or on. */
  readonly #groupOf: number[] = [];
  readonly #session: (Session | undefined)[] = [];
  /** By live job: its activity, whether it has shared cards, and its next toggle. */
  readonly #activity: (Activity | undefined)[] = [];
  readonly #isSeated: boolean[] = [];
  /** By live job: its number. */
  readonly #number: number[] = [];
  readonly #event: (EventId | undefined)[] = [];

  /** @throws {RangeError} if a group cannot be planned as it is described */
  constructor(host: RoleHost, specs: readonly SessionGroupSpec[], streams: RandomStreams) {
    this.#host = host;
    this.#streams = streams;
    this.#listeners = host.observers.filter((observer) => observer.toggled !== undefined);
    this.#groups = specs.map((spec, group) => {
      const firstUser = this.#groupOf.length;
      for (let user = 0; user < spec.users; user++) this.#groupOf.push(group);
      const activity = spec.activity === null ? null : new Activity(spec.activity);
      return { spec, plan: new SessionPlan(spec, streams), activity, firstUser };
    });
    for (let user = 0; user < this.#groupOf.length; user++) this.#planNext(user, 0);
  }

  started(live: number): void {
    const { role, job } = this.#host.liveAt(live);
    if (role?.kind !== 'session') return;
    this.#number[live] = job.number;
    const { activity, firstUser } = this.#groups[role.group] as LiveGroup;
    const session = this.#session[firstUser + role.user] as Session;
    this.#isSeated[live] = this.#host.residency.isSeated(live);
    this.#activity[live] = activity ?? undefined;
    if (activity === null) {
      this.#tell(live, true);
      return;
    }
    const stream = this.#streams.once('activity', session.id);
    const lengthUs = activity.begin(live, stream, session.isFresh);
    if (activity.isOn(live)) this.#tell(live, true);
    this.#event[live] = this.#schedule(lengthUs, live);
  }

  /** Speeds of sessions are summed up by group on their cards. */
  sped(): void {}

  stopped(live: number): void {
    const { simulation, residency } = this.#host;
    const event = this.#event[live];
    if (event !== undefined) simulation.cancel(event);
    this.#event[live] = undefined;
    this.#activity[live]?.end(live);
    this.#activity[live] = undefined;
    if (this.#isSeated[live] === true) residency.setActive(simulation.nowUs, live, false);
  }

  gone(role: TaskRole): void {
    if (role.kind !== 'session') return;
    const { firstUser } = this.#groups[role.group] as LiveGroup;
    this.#planNext(firstUser + role.user, this.#host.simulation.nowUs);
  }

  handle(rank: number, payload: number): void {
    if (rank === EVENT_RANK['session-logon']) {
      this.#logOn(payload);
      return;
    }
    const activity = this.#activity[payload] as Activity;
    const lengthUs = activity.toggle(payload);
    this.#tell(payload, activity.isOn(payload));
    this.#event[payload] = this.#schedule(lengthUs, payload);
  }

  #planNext(user: number, fromUs: number): void {
    const { plan, firstUser } = this.#groups[this.#groupOf[user] as number] as LiveGroup;
    const session = plan.next(user - firstUser, fromUs);
    this.#session[user] = session;
    if (session === undefined || session.startUs > MAX_TIME_US) return;
    this.#host.simulation.schedule(session.startUs as Micros, EVENT_RANK['session-logon'], user);
  }

  #logOn(user: number): void {
    const group = this.#groupOf[user] as number;
    const { spec, firstUser } = this.#groups[group] as LiveGroup;
    const session = this.#session[user] as Session;
    this.#host.arrive({
      name: session.id,
      request: spec.request,
      layout: spec.layout,
      arrivalUs: session.startUs,
      durationUs: session.lengthUs,
      profile: spec.profile,
      claim: spec.claim,
      role: { kind: 'session', group, user: user - firstUser },
    });
  }

  #tell(live: number, isActive: boolean): void {
    const { simulation, residency } = this.#host;
    if (this.#isSeated[live] === true) residency.setActive(simulation.nowUs, live, isActive);
    for (let i = 0; i < this.#listeners.length; i++) {
      const observer = this.#listeners[i] as ClusterObserver;
      observer.toggled?.(simulation.nowUs, this.#number[live] as number, isActive);
    }
  }

  #schedule(delayUs: number, live: number): EventId | undefined {
    const atUs = this.#host.simulation.nowUs + delayUs;
    if (!(atUs <= MAX_TIME_US)) return undefined;
    return this.#host.simulation.schedule(atUs as Micros, EVENT_RANK['activity-toggled'], live);
  }
}
