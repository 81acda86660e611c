import type { Claim } from '../cluster/claim.ts';
import type { EventId } from '../kernel/event-queue.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Micros } from '../kernel/time.ts';
import { MAX_TIME_US } from '../workload/task.ts';
import { EVENT_RANK } from './event-rank.ts';
import { LicenceAdmission } from './licences/admission.ts';
import { type LicenceClient, LicenceDesk } from './licences/desk.ts';
import { type Guest, GuestClocks } from './licences/guests.ts';
import { LicenceNeeds, type Need } from './licences/needs.ts';
import type { Seat } from './licences/seats.ts';
import type { LicenceSetup } from './licences/setup.ts';
import type { LiveJob } from './live-job.ts';
import type { Residency } from './residency.ts';
import type { RunContext } from './run-context.ts';

/** What licences may do with the run. */
interface LicensedRun {
  readonly context: RunContext;
  readonly simulation: Simulation;
  readonly residency: Residency;
  startWaitingJobs(): void;
}

interface GuestSeat extends Seat {
  readonly guest: Guest;
  readonly client: LicenceClient;
}

/**
 * Gives the jobs on licensed GPUs their licences from the begin of their start to the end of their stop (LR-2), and
 * restricts those that have none as time goes by (LR-3): batch work and replicas go slower, sessions draw fewer frames.
 * A job of several workers is as restricted as the most restricted of them.
 *
 * A restricted tenant holds its share of the card: what it leaves unused is not given to others.
 */
export class LicenceRuntime {
  readonly #run: LicensedRun;
  readonly #needs: LicenceNeeds;
  readonly #desk: LicenceDesk;
  readonly #clocks: GuestClocks;
  readonly #admission: LicenceAdmission;
  /** By slot: what the job there takes of licences. */
  readonly #seats: (readonly GuestSeat[] | undefined)[] = [];
  /** By pool and GPU: the client of a licensed GPU, and its guests. */
  readonly #gpuClients: readonly Map<number, LicenceClient>[];
  readonly #guestsOf = new Map<LicenceClient, Set<Guest>>();

  constructor(run: LicensedRun, setup: LicenceSetup) {
    this.#run = run;
    const { simulation, context } = run;
    const cancel = (event: EventId) => simulation.cancel(event);
    const scheduleOf = (rank: number) => (atUs: number, number: number) =>
      atUs <= MAX_TIME_US ? simulation.schedule(atUs as Micros, rank, number) : undefined;
    this.#needs = new LicenceNeeds(context.fleet, setup.pools);
    this.#desk = new LicenceDesk(setup, {
      get nowUs() {
        return simulation.nowUs;
      },
      schedule: scheduleOf(EVENT_RANK['licence-expired']),
      cancel,
      changed: (nowUs, client) => {
        for (const guest of this.#guestsOf.get(client) ?? []) this.#clocks.licenceChanged(nowUs, guest);
      },
    });
    this.#clocks = new GuestClocks(setup.restrictions, {
      schedule: scheduleOf(EVENT_RANK['licence-step']),
      cancel,
      changed: (slot) => this.#apply(slot),
    });
    this.#gpuClients = setup.pools.map(() => new Map());
    this.#admission = new LicenceAdmission(context.fleet, setup.pools, this.#needs, this.#desk);
    if (this.#admission.isNeeded) context.fleet.seats = this.#admission;
  }

  /** A job has come to sit where it is now: from the queue, or from another place. */
  seated({ slot, parts, job }: LiveJob): void {
    const before = [...(this.#seats[slot] ?? [])];
    const needs = this.#needs.of(parts);
    const kept: GuestSeat[] = [];
    const fresh: Need[] = [];
    for (const need of needs) {
      const at = before.findIndex(
        (seat) => seat.pool === need.pool && seat.gpu === need.gpu && seat.isOutside === need.isOutside,
      );
      if (at < 0) fresh.push(need);
      else kept.push(...before.splice(at, 1));
    }
    for (const seat of before) this.#leave(seat);
    const seats = [...kept, ...fresh.map((need) => this.#take(slot, need, job.claim))];
    this.#seats[slot] = seats.length === 0 ? undefined : seats;
    if (this.#admission.isNeeded) this.#admission.seated(job.number, parts, seats);
    if (seats.length > 0 || before.length > 0) this.#apply(slot);
  }

  /** A job has left its cards. */
  left({ slot, job }: LiveJob): void {
    this.#admission.left(job.number);
    for (const seat of this.#seats[slot] ?? []) this.#leave(seat);
    this.#seats[slot] = undefined;
  }

  serversDown(): void {
    this.#desk.serversDown(this.#run.simulation.nowUs);
  }

  serversUp(): void {
    this.#desk.serversUp(this.#run.simulation.nowUs);
  }

  handle(rank: number, payload: number): void {
    const { nowUs } = this.#run.simulation;
    if (rank === EVENT_RANK['licence-step']) this.#clocks.stepped(nowUs, payload);
    else {
      this.#desk.handle(nowUs, payload);
      this.#run.startWaitingJobs();
    }
  }

  #take(slot: number, need: Need, claim: Claim): GuestSeat {
    const { nowUs } = this.#run.simulation;
    const ofGpus = this.#gpuClients[need.pool] as Map<number, LicenceClient>;
    let client = need.gpu < 0 ? undefined : ofGpus.get(need.gpu);
    if (client === undefined) {
      client = this.#desk.ask(nowUs, need.pool, need.isOutside, need.gpu < 0 ? claim : undefined);
      this.#guestsOf.set(client, new Set());
      if (need.gpu >= 0) ofGpus.set(need.gpu, client);
    }
    const guest = this.#clocks.begin(nowUs, slot, client);
    this.#guestsOf.get(client)?.add(guest);
    return { ...need, guest, client };
  }

  #leave({ guest, pool, gpu }: GuestSeat): void {
    const { client } = guest;
    const guests = this.#guestsOf.get(client) as Set<Guest>;
    this.#clocks.end(guest);
    guests.delete(guest);
    if (guests.size > 0) return;
    this.#guestsOf.delete(client);
    if (gpu >= 0) this.#gpuClients[pool]?.delete(gpu);
    this.#desk.giveBack(this.#run.simulation.nowUs, client);
  }

  /** Lets a job do what the most restricted of its guests may. */
  #apply(slot: number): void {
    let compute = 1;
    let fps: number | null = null;
    for (const { guest } of this.#seats[slot] ?? []) {
      const restriction = this.#clocks.restrictionOf(guest);
      if (restriction === undefined) continue;
      compute = Math.min(compute, restriction.compute);
      if (restriction.fps !== null) fps = Math.min(fps ?? restriction.fps, restriction.fps);
    }
    const { residency, simulation } = this.#run;
    residency.limitFrames(simulation.nowUs, slot, fps);
    residency.throttle(simulation.nowUs, slot, compute);
  }
}
