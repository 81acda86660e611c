import type { Part } from '../cluster/part.ts';
import type { EventId } from '../kernel/event-queue.ts';
import type { Micros } from '../kernel/time.ts';
import { lookAheadPlacement } from '../policies/repartition/index.ts';
import type { SharedGpu } from '../sharing/index.ts';
import { EVENT_RANK } from './event-rank.ts';
import type { LiveJob } from './live-job.ts';
import { CardWork } from './repartition/card-work.ts';
import { Defragmenter, lacksRoom } from './repartition/defragmenter.ts';
import { QUEUE_DEPTH } from './repartition/demand.ts';
import { anyLayoutTwin, type Field, fieldsOf } from './repartition/field.ts';
import { layoutOf } from './repartition/layout-of.ts';
import { hasUnserved, reviewLayouts } from './repartition/layout-review.ts';
import { hostOf, mayChangeHost } from './repartition/move.ts';
import { remainingUs } from './repartition/resident-view.ts';
import {
  noRepartitions,
  type RepartitionCounts,
  type RepartitioningRun,
  type RepartitionPolicy,
  type RepartitionSetup,
} from './repartition/setup.ts';
import { type Tenant, tenantsOn } from './repartition/tenants.ts';

/** A field with its policy and its next review. */
interface Watched {
  readonly field: Field;
  readonly policy: Exclude<RepartitionPolicy, { readonly kind: 'on-demand' }>;
  readonly defragmenter: Defragmenter | undefined;
  event: EventId | undefined;
  atUs: number;
  /** When the next review of the period is due; Infinity: none is. */
  periodUs: number;
  lastUs: number;
}

/**
 * Changes the MIG layouts of cards while jobs run on them: reviews the demand when it is time, chooses layouts, and has
 * them made card by card; or moves jobs so that instances made on demand find room.
 */
export class RepartitionRuntime {
  readonly counts: RepartitionCounts = noRepartitions();
  readonly #run: RepartitioningRun;
  readonly #watched: readonly Watched[];
  /** By GPU number: what is being done on the card. */
  readonly #works = new Map<number, CardWork>();
  /** Cards and jobs that have been left since the last step, and are looked at in an event of their own. */
  readonly #left = new Set<number>();
  readonly #gone = new Set<LiveJob>();
  #isReviewing = false;

  constructor(run: RepartitioningRun, setup: RepartitionSetup) {
    this.#run = run;
    const { fleet } = run.context;
    const poolOf = (host: number) => {
      const pool = run.schedulers.findIndex(({ placer }) => placer.covers(host));
      return pool < 0 ? undefined : pool;
    };
    this.#watched = setup.rules.flatMap(({ hosts, policy }) =>
      fieldsOf(fleet, hosts, poolOf).flatMap((field): readonly Watched[] => {
        this.#prepare(field, policy);
        if (policy.kind === 'on-demand') return [];
        const defragmenter =
          policy.kind === 'defragment' ? new Defragmenter(run, this.counts, field, policy) : undefined;
        const never = Number.POSITIVE_INFINITY;
        return [
          { field, policy, defragmenter, event: undefined, atUs: never, periodUs: never, lastUs: -never },
        ];
      }),
    );
  }

  /** A job has come or a place become free: a review may be due. */
  look(pool: number): void {
    if (this.#isReviewing) return;
    const { nowUs } = this.#run.simulation;
    for (const watched of this.#watched) {
      if (watched.field.pool !== pool) continue;
      const { policy } = watched;
      if (policy.everyUs !== null && watched.periodUs === Number.POSITIVE_INFINITY) {
        watched.periodUs = (Math.floor(nowUs / policy.everyUs) + 1) * policy.everyUs;
        this.#reviewAt(watched, watched.periodUs);
      }
      if (policy.atUnserved && this.#run.schedulers[pool]!.line.size > 0) {
        this.#reviewAt(watched, Math.max(nowUs, watched.lastUs + policy.gapUs));
      }
    }
  }

  /** What a job held is free. Acted upon in an event of its own: the job is still on its way out. */
  vacated(live: LiveJob, parts: readonly Part[]): void {
    const { fleet } = this.#run.context;
    const { simulation } = this.#run;
    let isOf = false;
    for (const { host, gpus } of parts) {
      for (const index of gpus) {
        const gpu = (fleet.gpuStart[host] as number) + index;
        if (!this.#works.has(gpu)) continue;
        this.#left.add(gpu);
        isOf = true;
      }
    }
    if (this.#watched.some(({ defragmenter }) => defragmenter?.isMoving === true)) {
      this.#gone.add(live);
      isOf = true;
    }
    if (isOf) simulation.schedule(simulation.nowUs, EVENT_RANK['repartition-step'], -1);
  }

  handle(rank: number, payload: number): void {
    if (rank === EVENT_RANK['repartition-review']) this.#review(this.#watched[payload] as Watched);
    else this.#step(payload);
  }

  /** Lets cards become any layout, and instances be made where the policy says. */
  #prepare({ gpus }: Field, policy: RepartitionPolicy): void {
    const { fleet } = this.#run.context;
    for (const gpu of gpus) {
      const { standing } = layoutOf(fleet, gpu);
      if (policy.kind === 'periodic') {
        if (standing !== null) fleet.letBecome(gpu, anyLayoutTwin(fleet.sharing[gpu] as SharedGpu));
      } else if (standing === null && policy.creation === 'look-ahead') {
        fleet.steerInstances(gpu, (geometry, layout, profile) =>
          lookAheadPlacement(geometry, layout, profile),
        );
      }
    }
  }

  /** @param payload GPU number of a card whose step is over; -1: somebody has left a card */
  #step(payload: number): void {
    const gpus = payload < 0 ? [...this.#left] : [payload];
    const gone = [...this.#gone];
    if (payload < 0) {
      this.#left.clear();
      this.#gone.clear();
      for (const live of gone) {
        for (const { defragmenter } of this.#watched) defragmenter?.left(live);
      }
    }
    for (const gpu of gpus) {
      const work = this.#works.get(gpu);
      if (work === undefined) continue;
      work.resume();
      if (work.isOver) this.#works.delete(gpu);
    }
    if (gpus.length > 0 || gone.length > 0) this.#run.startWaitingJobs();
  }

  #reviewAt(watched: Watched, atUs: number): void {
    if (watched.atUs <= atUs || !(atUs <= Number.MAX_SAFE_INTEGER)) return;
    const { simulation } = this.#run;
    if (watched.event !== undefined) simulation.cancel(watched.event);
    watched.atUs = atUs;
    watched.event = simulation.schedule(
      atUs as Micros,
      EVENT_RANK['repartition-review'],
      this.#watched.indexOf(watched),
    );
  }

  #review(watched: Watched): void {
    const { context, simulation, schedulers, live } = this.#run;
    const { fleet } = context;
    const { nowUs } = simulation;
    const { field, policy, defragmenter } = watched;
    const { gains } = fleet;
    watched.event = undefined;
    watched.atUs = Number.POSITIVE_INFINITY;
    const isPeriod = nowUs >= watched.periodUs;
    if (isPeriod) watched.periodUs = Number.POSITIVE_INFINITY;
    const { line } = schedulers[field.pool]!;
    const waiting = line.inOrder(nowUs, QUEUE_DEPTH) as readonly LiveJob[];
    const gpus = field.gpus.filter((g) => this.#isOpen(g));
    if (policy.kind === 'periodic') {
      const cards = gpus.filter((g) => fleet.cards[g]?.layout?.standing != null);
      const isDue = isPeriod || hasUnserved(fleet, field, cards, this.#works, waiting);
      if (isDue) {
        watched.lastUs = nowUs;
        this.counts.reviews += 1;
        const found = reviewLayouts(fleet, live, field, cards, this.#works, waiting, policy, nowUs) ?? [];
        this.#retarget(field, cards, policy, found);
      }
    } else if (isPeriod || lacksRoom(fleet, field, gpus, waiting)) {
      watched.lastUs = nowUs;
      this.counts.reviews += 1;
      const cards = gpus.filter((g) => fleet.cards[g]?.layout?.standing === null);
      defragmenter?.review(cards, waiting, isPeriod);
    }
    // Who waits counts more with time: look again, as long as there is somebody whose end may change things.
    if (isPeriod && line.size > 0 && this.#hasEnding(field)) {
      watched.periodUs = nowUs + (policy.everyUs as number);
    }
    if (watched.periodUs !== Number.POSITIVE_INFINITY) this.#reviewAt(watched, watched.periodUs);
    if (fleet.gains === gains) return;
    // What this review has changed is no reason for another one at the same instant.
    this.#isReviewing = true;
    this.#run.startWaitingJobs();
    this.#isReviewing = false;
  }

  /** Begins with cards that are to be another, and lets those be that wait for what is not wanted any more. */
  #retarget(
    field: Field,
    gpus: readonly number[],
    policy: Extract<RepartitionPolicy, { readonly kind: 'periodic' }>,
    found: readonly { readonly gpu: number; readonly target: readonly number[] }[],
  ): void {
    const wanted = new Map(found.map(({ gpu, target }) => [gpu, target]));
    for (const gpu of gpus) {
      const work = this.#works.get(gpu);
      const target = wanted.get(gpu);
      if (work !== undefined) {
        if (!work.isWaiting) continue;
        if (target?.every((count, profile) => count === work.target[profile]) === true) continue;
        work.giveUp();
        this.#works.delete(gpu);
      }
      if (target === undefined) continue;
      const next = new CardWork(
        this.#run,
        this.counts,
        { freeElsewhere: (tenant, from) => this.#freeElsewhere(field, tenant, from) },
        field,
        gpu,
        policy,
        target,
      );
      this.#works.set(gpu, next);
      next.begin();
      if (next.isOver) this.#works.delete(gpu);
    }
  }

  /** A free instance like the tenant's own on a card that stays as it is: on its own host, or on others where it may change hosts. */
  #freeElsewhere(
    { gpus, geometry }: Field,
    tenant: Tenant,
    from: number,
  ): { readonly gpu: number; readonly placement: number } | undefined {
    const { fleet } = this.#run.context;
    const own = layoutOf(fleet, from).placementOf(tenant.slot).profileIndex;
    const host = hostOf(fleet, from);
    const { shape } = tenant.live.job;
    for (const gpu of gpus) {
      if (gpu === from || this.#works.has(gpu) || !this.#isOpen(gpu)) continue;
      const { standing, used, held } = layoutOf(fleet, gpu);
      const free = (standing ?? 0) & ~used & ~held & (geometry.ofProfile[own] ?? 0);
      if (free === 0) continue;
      const there = hostOf(fleet, gpu);
      // While it moves it has a place on both hosts.
      if (there !== host && !mayChangeHost(tenant)) continue;
      if ((fleet.cpuFreeMilli[there] as number) < shape.cpuMilli) continue;
      if ((fleet.memoryFreeMib[there] as number) < shape.memoryMib) continue;
      return { gpu, placement: 31 - Math.clz32(free & -free) };
    }
    return undefined;
  }

  #isOpen(gpu: number): boolean {
    const { fleet } = this.#run.context;
    return fleet.closedFor[hostOf(fleet, gpu)] === 0 && fleet.gpuClosedFor[gpu] === 0;
  }

  /** Whether anybody on the field's cards is known to end. */
  #hasEnding({ gpus }: Field): boolean {
    const { context, live, simulation } = this.#run;
    for (const there of tenantsOn(context.fleet, live, gpus).values()) {
      for (const tenants of there.values()) {
        if (tenants.some((tenant) => remainingUs(tenant.live, simulation.nowUs) !== null)) return true;
      }
    }
    return false;
  }
}
