import { exchangeFactor } from '../../sim/engine/exchange.ts';
import { profileOf } from '../../sim/experiment/demand.ts';
import type { ClusterObserver, Fleet, Job, Part } from '../../sim/index.ts';
import type { Scenario } from '../../sim/scenario/types.ts';
import {
  type Card,
  type GpuUse,
  openCard,
  operationSeconds,
  pathNamed,
  Residents,
  type SharedGpu,
  type Slot,
  useOn,
} from '../../sim/sharing/index.ts';
import type { WorkProfile } from '../../sim/workload/task.ts';

/** One slot of a job on one card. */
interface Seat {
  readonly gpu: number;
  readonly slot: Slot;
  readonly use: GpuUse;
  readonly relative: number;
  /** Relative to the card alone. */
  speed: number;
}

interface TwinJob {
  readonly job: Job;
  readonly profile: WorkProfile;
  /** Number of its session group, -1 for others. */
  readonly group: number;
  seats: Seat[];
  /** Where it is moving to. */
  next: (() => void) | undefined;
  host: number;
  gpus: readonly number[];
  grant: readonly Slot[];
  exchange: number;
  isRunning: boolean;
  wants: boolean;
  isPaused: boolean;
  /** Work done, microseconds at full speed. */
  doneUs: number;
  placedUs: number;
  fastest: number;
}

/** A batch that is done, with what the twin says of it. */
export interface TwinEnd {
  readonly name: string;
  readonly kind: Job['kind'];
  readonly workUs: number;
  readonly doneUs: number;
  readonly tookUs: number;
  /** Least time that it needs alone. */
  readonly aloneUs: number;
}

/**
 * A slow and obvious account of a run on shared cards. It is told what happened and works out all speeds anew from
 * nothing after every event, card by card, from the list of those who sit there; uplinks by bisection. What it shares
 * with the engine is the speeds of one card (`Card.speeds`) and the figures of paths, not when and how they are used.
 *
 * Replicas count as always having work: see `busyServices`.
 */
export class SharedTwin implements ClusterObserver {
  readonly ends: TwinEnd[] = [];
  /** What breaks a rule at some moment, in words. */
  readonly faults: string[] = [];
  /** By service: integral of the speeds of its replicas while they run, seconds. */
  readonly serviceSec: number[] = [];
  utilizedSec = 0;
  busySec = 0;
  readonly groupSeatedSec: number[];
  readonly groupWantedSec: number[];
  readonly groupDeliveredSec: number[];
  endUs = 0;
  readonly #fleet: Fleet;
  readonly #scenario: Scenario;
  readonly #profiles: ReadonlyMap<GpuUse | undefined, WorkProfile | undefined>;
  readonly #groupOf: ReadonlyMap<string, number>;
  readonly #warmupUs: number;
  readonly #cards = new Map<SharedGpu, Card>();
  /** In order of their joining. */
  readonly #jobs = new Map<number, TwinJob>();
  #lastUs = 0;

  constructor(scenario: Scenario, fleet: Fleet) {
    this.#fleet = fleet;
    this.#scenario = scenario;
    const { synthetic, sessions } = scenario.workload;
    this.#profiles = new Map(
      (synthetic?.classes ?? []).map((each) => [each.use ?? undefined, profileOf(each)]),
    );
    this.#groupOf = new Map(sessions.map(({ name }, g) => [name, g]));
    this.#warmupUs = scenario.experiment.kind === 'timed' ? scenario.experiment.warmupUs : 0;
    this.groupSeatedSec = sessions.map(() => 0);
    this.groupWantedSec = sessions.map(() => 0);
    this.groupDeliveredSec = sessions.map(() => 0);
  }

  placed: NonNullable<ClusterObserver['placed']> = (atUs, job, parts) => {
    const { host, gpus, grant } = parts[0] as Part;
    this.#advance(atUs);
    if (grant.length === 0) return;
    const profile = this.#profileOf(job);
    const twin: TwinJob = {
      job,
      profile,
      group: job.kind === 'session' ? (this.#groupOf.get(job.name.split('/')[0] as string) ?? -1) : -1,
      seats: [],
      next: undefined,
      host,
      gpus,
      grant,
      exchange: 1,
      isRunning: false,
      wants: false,
      isPaused: false,
      doneUs: 0,
      placedUs: atUs,
      fastest: 0,
    };
    this.#seat(twin, host, gpus, grant);
    this.#jobs.set(job.number, twin);
    if (this.#pathSec(twin, 'start') === 0) this.#begin(twin);
  };

  ready: NonNullable<ClusterObserver['ready']> = (atUs, job) => {
    this.#advance(atUs);
    const twin = this.#jobs.get(job.number);
    if (twin === undefined) return;
    const took = Math.round(this.#pathSec(twin, 'start') * 1e6);
    if (atUs - twin.placedUs !== took)
      this.faults.push(`${job.name} took ${atUs - twin.placedUs} us to start, not ${took}`);
    this.#begin(twin);
  };

  toggled: NonNullable<ClusterObserver['toggled']> = (atUs, number, isActive) => {
    this.#advance(atUs);
    const twin = this.#jobs.get(number);
    if (twin !== undefined) twin.wants = isActive;
  };

  moved: NonNullable<ClusterObserver['moved']> = (atUs, job, parts) => {
    const { host, gpus, grant } = parts[0] as Part;
    this.#advance(atUs);
    const twin = this.#jobs.get(job.number) as TwinJob;
    twin.isPaused = true;
    twin.next = () => {
      this.#jobs.delete(job.number);
      this.#seat(twin, host, gpus, grant);
      this.#jobs.set(job.number, twin);
      twin.isPaused = false;
    };
  };

  finished: NonNullable<ClusterObserver['finished']> = (atUs, job) => {
    this.#advance(atUs);
    const twin = this.#jobs.get(job.number);
    if (twin === undefined) return;
    this.ends.push({
      name: job.name,
      kind: job.kind,
      workUs: job.durationUs,
      doneUs: twin.doneUs,
      tookUs: atUs - twin.placedUs,
      aloneUs: job.durationUs / twin.fastest,
    });
    twin.next = undefined;
    twin.isRunning = false;
    twin.wants = false;
    if (this.#pathSec(twin, 'stop') === 0) this.#jobs.delete(job.number);
  };

  failed: NonNullable<ClusterObserver['failed']> = (atUs, job) => {
    this.#advance(atUs);
    this.#jobs.delete(job.number);
  };

  freed: NonNullable<ClusterObserver['freed']> = (atUs, job) => {
    this.#advance(atUs);
    const twin = this.#jobs.get(job.number);
    if (twin === undefined) return;
    if (twin.next === undefined) this.#jobs.delete(job.number);
    else twin.next();
    twin.next = undefined;
  };

  ended: NonNullable<ClusterObserver['ended']> = (atUs) => {
    this.#advance(atUs);
    this.endUs = atUs;
  };

  #begin(twin: TwinJob): void {
    twin.isRunning = true;
    twin.wants = twin.job.kind !== 'session';
  }

  #profileOf({ shape, name, kind }: Job): WorkProfile {
    // Classes are told apart by their objects, sessions and replicas by their names.
    const { services, sessions } = this.#scenario.workload;
    if (kind === 'session') return profileOf(sessions.find((each) => name.startsWith(`${each.name}/`))!)!;
    if (kind === 'replica') return profileOf(services.find((each) => name.startsWith(`${each.name}-`))!)!;
    return this.#profiles.get(shape.ask?.use)!;
  }

  #seat(twin: TwinJob, host: number, gpus: readonly number[], grant: readonly Slot[]): void {
    const fleet = this.#fleet;
    twin.host = host;
    twin.gpus = gpus;
    twin.grant = grant;
    twin.seats = [];
    const perGpu = grant.length / gpus.length;
    let fastest = Number.POSITIVE_INFINITY;
    grant.forEach((slot, i) => {
      const gpu = (fleet.gpuStart[host] as number) + (gpus[Math.floor(i / perGpu)] as number);
      const model = fleet.modelNames[fleet.gpuModel[gpu] as number] as string;
      const card = fleet.sharing[gpu]!.spec.catalogue;
      const { use, speed } = useOn(twin.profile.use, null, card, twin.profile.speedByModel[model]);
      twin.seats.push({ gpu, slot, use, relative: speed, speed: 0 });
      fastest = Math.min(fastest, speed);
    });
    twin.exchange = exchangeFactor(fleet, [{ shape: twin.job.shape, host, gpus, grant }], twin.profile);
    twin.fastest = Math.max(twin.fastest, fastest * twin.exchange);
  }

  #pathSec({ profile, seats }: TwinJob, operation: 'start' | 'stop'): number {
    if (profile.lifecycle === null) return 0;
    let longest = 0;
    for (const gpu of new Set(seats.map((seat) => seat.gpu))) {
      const shared = this.#fleet.sharing[gpu]!;
      const path = pathNamed(shared, operation, profile.lifecycle);
      const own = seats.filter((seat) => seat.gpu === gpu);
      const memoryMib = own.reduce((sum, { slot }) => sum + slot.memoryMib, 0);
      if (path !== undefined) longest = Math.max(longest, operationSeconds(path, shared.values, memoryMib));
    }
    return Math.round(longest * 1e6) / 1e6;
  }

  /** Lets time pass at the speeds that follow from who is there. */
  #advance(toUs: number): void {
    const fromUs = this.#lastUs;
    if (toUs <= fromUs) return;
    this.#lastUs = toUs;
    this.#computeSpeeds();
    const us = toUs - fromUs;
    const seenSec = (toUs - Math.max(fromUs, Math.min(toUs, this.#warmupUs))) / 1e6;
    /** By GPU and domain: work done, and the most that it can be. */
    const work = new Map<string, { gpu: number; done: number; most: number }>();
    const busy = new Set<number>();
    for (const twin of this.#jobs.values()) {
      const isActive = twin.wants && !twin.isPaused;
      const own = twin.seats.map((seat) => seat.speed * seat.relative);
      const speed = Math.min(...own) * twin.exchange;
      if (twin.job.kind === 'session') {
        this.groupSeatedSec[twin.group]! += seenSec * twin.seats.length;
        if (isActive) this.groupWantedSec[twin.group]! += seenSec * twin.seats.length;
        for (const seat of twin.seats) this.groupDeliveredSec[twin.group]! += seenSec * seat.speed;
      } else if (isActive) twin.doneUs += us * speed;
      if (twin.job.kind === 'replica') {
        const service = this.#scenario.workload.services.findIndex((each) =>
          twin.job.name.startsWith(`${each.name}-`),
        );
        this.serviceSec[service] = (this.serviceSec[service] ?? 0) + (isActive ? (us / 1e6) * speed : 0);
      }
      for (const { gpu, slot, use, speed: alone } of twin.seats) {
        if (!(alone >= 0 && alone <= 1 + 1e-12)) this.faults.push(`speed ${alone} of ${twin.job.name}`);
        if (isActive) busy.add(gpu);
        // Hardware has a place on the card and belongs to its domain; a ceiling belongs to the tenant alone.
        const part =
          slot.start < 0 || slot.computeShare === 1 ? `tenant ${twin.job.number}/${slot.label}` : slot.domain;
        const key = `${gpu}/${part}`;
        const known = work.get(key) ?? { gpu, done: 0, most: slot.computeShare };
        known.done += alone * use.compute;
        work.set(key, known);
      }
    }
    const utilization = new Map<number, number>();
    for (const { gpu, done, most } of work.values()) {
      utilization.set(gpu, (utilization.get(gpu) ?? 0) + Math.min(done, most));
    }
    for (const [gpu, part] of utilization) {
      if (part > 1 + 1e-9) this.faults.push(`GPU ${gpu} is used ${part} at ${fromUs} us`);
      this.utilizedSec += part * seenSec;
    }
    this.busySec += busy.size * seenSec;
  }

  #computeSpeeds(): void {
    const fleet = this.#fleet;
    for (let h = 0; h < fleet.hostCount; h++) {
      const start = fleet.gpuStart[h] as number;
      const cards: { seats: Seat[]; bytes: number }[] = [];
      for (let g = start; g < (fleet.gpuStart[h + 1] as number); g++) {
        const seats = this.#speedsOf(g);
        cards.push({ seats, bytes: bytesOf(seats) });
      }
      const capacity = fleet.hosts[h]?.uplinkBytesPerSec ?? Number.POSITIVE_INFINITY;
      const wants = cards.map(({ bytes }) => bytes);
      if (wants.reduce((a, b) => a + b, 0) <= capacity) continue;
      const level = levelOf(wants, capacity);
      for (const { seats, bytes } of cards) {
        if (bytes <= level) continue;
        const own = seats.map((seat) => seat.speed * seat.use.linkBytesPerSec);
        const cap = levelOf(own, level);
        seats.forEach((seat, i) => {
          if ((own[i] as number) > cap) seat.speed = cap / seat.use.linkBytesPerSec;
        });
      }
      const carried = cards.reduce((sum, { seats }) => sum + bytesOf(seats), 0);
      if (carried > capacity * (1 + 1e-6))
        this.faults.push(`uplink of host ${h} carries ${carried} of ${capacity}`);
    }
  }

  #speedsOf(gpu: number): Seat[] {
    const shared = this.#fleet.sharing[gpu];
    if (shared === undefined) return [];
    let card = this.#cards.get(shared);
    if (card === undefined) {
      card = openCard(shared);
      this.#cards.set(shared, card);
    }
    const residents = new Residents();
    const seats: Seat[] = [];
    for (const twin of this.#jobs.values()) {
      for (const seat of twin.seats) {
        if (seat.gpu !== gpu) continue;
        residents.join(seat.slot, seat.use, twin.wants && !twin.isPaused);
        seats.push(seat);
      }
    }
    const speeds = new Float64Array(Math.max(1, seats.length));
    card.speeds(residents, speeds);
    seats.forEach((seat, i) => {
      seat.speed = speeds[i] as number;
    });
    return seats;
  }
}

const bytesOf = (seats: readonly Seat[]) =>
  seats.reduce((sum, { speed, use }) => sum + speed * use.linkBytesPerSec, 0);

/** The level up to which each is served so that all together come to `capacity`, by halving. */
function levelOf(wants: readonly number[], capacity: number): number {
  let low = 0;
  let high = Math.max(0, ...wants);
  if (wants.reduce((a, b) => a + b, 0) <= capacity) return high;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (wants.reduce((sum, want) => sum + Math.min(want, middle), 0) > capacity) high = middle;
    else low = middle;
  }
  return low;
}
