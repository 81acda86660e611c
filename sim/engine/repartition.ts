import type { Part } from '../cluster/part.ts';
import type { EventId } from '../kernel/event-queue.ts';
import type { Micros } from '../kernel/time.ts';
import { lookAheadPlacement } from '../policies/repartition/index.ts';
import type { SharedGpu } from '../sharing/index.ts';
import { EVENT_RANK } from './event-rank.ts';
import type { LiveJob } from './live-job.ts';
import { choosesPlaces, isOpen } from './repartition/around.ts';
import { cutFieldsOf } from './repartition/cut-field.ts';
import { CutReviewer } from './repartition/cut-reviewer.ts';
import { Defragmenter } from './repartition/defragmenter.ts';
import { QUEUE_DEPTH } from './repartition/demand.ts';
import { anyLayoutTwin, type CardField, type Field, fieldsOf } from './repartition/field.ts';
import { InstanceReviewer } from './repartition/instance-reviewer.ts';
import { layoutOf } from './repartition/layout-of.ts';
import { remainingUs } from './repartition/resident-view.ts';
import type { Reviewer } from './repartition/reviewer.ts';
import {
  noRepartitions,
  type RepartitionCounts,
  type RepartitioningRun,
  type RepartitionPolicy,
  type RepartitionSetup,
} from './repartition/setup.ts';
import { tenantsOn } from './repartition/tenants.ts';
import { CardWorks } from './repartition/works.ts';

/** A field with its next review. */
interface Watched {
  readonly reviewer: Reviewer;
  event: EventId | undefined;
  atUs: number;
  /** When the next review of the period is due; Infinity: none is. */
  periodUs: number;
  lastUs: number;
  /** Jobs that wait, run or leave, and whether one has come or gone since the last review where that makes one. */
  jobs: number;
  hasChanged: boolean;
}

/**
 * Cuts cards otherwise while jobs run on them: reviews the demand when it is time, chooses how the cards of a field are
 * cut, and has that made card by card; or moves jobs so that instances made on demand find room.
 */
export class RepartitionRuntime {
  readonly counts: RepartitionCounts = noRepartitions();
  readonly #run: RepartitioningRun;
  readonly #watched: readonly Watched[];
  readonly #works = new CardWorks();
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
    this.#watched = setup.rules
      .flatMap(({ hosts, policy }): readonly Reviewer[] => [
        ...fieldsOf(fleet, hosts, poolOf).flatMap((field) => this.#reviewers(field, policy)),
        ...cutFieldsOf(fleet, hosts, poolOf).flatMap((field) =>
          // Cards of vGPUs are on demand what the next tenant wants by themselves.
          policy.kind === 'defragment' || (policy.kind === 'on-demand' && field.isOpen)
            ? []
            : new CutReviewer(run, this.counts, this.#works, field, policy),
        ),
      ])
      .map((reviewer) => {
        const never = Number.POSITIVE_INFINITY;
        return {
          reviewer,
          event: undefined,
          atUs: never,
          periodUs: never,
          lastUs: -never,
          jobs: 0,
          hasChanged: false,
        };
      });
  }

  /** A job has come or a place become free: a review may be due. */
  look(pool: number): void {
    if (this.#isReviewing) return;
    const { nowUs } = this.#run.simulation;
    for (const watched of this.#watched) {
      const { field, times } = watched.reviewer;
      if (field.pool !== pool) continue;
      if (times.everyUs !== null && watched.periodUs === Number.POSITIVE_INFINITY) {
        watched.periodUs = (Math.floor(nowUs / times.everyUs) + 1) * times.everyUs;
        this.#reviewAt(watched, watched.periodUs);
      }
      const { line, running, leaving } = this.#run.schedulers[pool]!;
      const jobs = line.size + running.size + leaving.size;
      if (times.atChange === true && jobs !== watched.jobs) watched.hasChanged = true;
      watched.jobs = jobs;
      if (watched.hasChanged || (times.atUnserved && line.size > 0)) {
        this.#reviewAt(watched, Math.max(nowUs, watched.lastUs + times.gapUs));
      }
    }
  }

  /** Starts those waiting jobs of a pool for which a reviewer chooses places itself. */
  startFastest(pool: number): void {
    const { context, schedulers, simulation } = this.#run;
    const { nowUs } = simulation;
    const scheduler = schedulers[pool]!;
    const { rules } = scheduler;
    if (!choosesPlaces(rules)) return;
    for (let isMore = true; isMore; ) {
      isMore = false;
      for (const { reviewer } of this.#watched) {
        if (scheduler.line.size === 0) return;
        if (reviewer.field.pool !== pool || reviewer.placesFor === undefined) continue;
        const gpus = reviewer.field.gpus.filter((g) => isOpen(context.fleet, g));
        const waiting = scheduler.line.inOrder(nowUs, QUEUE_DEPTH) as readonly LiveJob[];
        for (const promised of reviewer.placesFor(gpus, waiting, rules.fill === 'skip')) {
          if (scheduler.tryKeep(promised, nowUs)) isMore = true;
          else if (rules.fill === 'block') break;
        }
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
        this.#emptied(gpu);
        if (!this.#works.all.has(gpu)) continue;
        this.#left.add(gpu);
        isOf = true;
      }
    }
    if (this.#watched.some(({ reviewer }) => reviewer.isMoving === true)) {
      this.#gone.add(live);
      isOf = true;
    }
    if (isOf) simulation.schedule(simulation.nowUs, EVENT_RANK['repartition-step'], -1);
  }

  /**
   * Where jobs may be stopped for others, a place that is free is somebody's already; where jobs are backfilled, it may be
   * kept for somebody, who must not lose it, nor what is kept with it, while the card is looked at.
   */
  #emptied(gpu: number): void {
    const { schedulers, simulation, context } = this.#run;
    if (context.fleet.cards[gpu]?.slots.length !== 0) return;
    for (const watched of this.#watched) {
      const { line, rules } = schedulers[watched.reviewer.field.pool]!;
      const isNobodys = rules.preemption === 'none' && (rules.fill === 'block' || rules.fill === 'skip');
      if (line.size === 0 || !isNobodys) continue;
      if (watched.reviewer.emptied?.(gpu) === true) this.#reviewAt(watched, simulation.nowUs);
    }
  }

  handle(rank: number, payload: number): void {
    if (rank === EVENT_RANK['repartition-review']) this.#review(this.#watched[payload] as Watched);
    else this.#step(payload);
  }

  /** Lets cards with instances become any layout, or instances be made where the policy says; and who reviews them. */
  #reviewers(field: Field, policy: RepartitionPolicy): readonly Reviewer[] {
    const run = this.#run;
    const { fleet } = run.context;
    for (const gpu of field.gpus) {
      const { standing } = layoutOf(fleet, gpu);
      if (policy.kind === 'periodic') {
        if (standing !== null) fleet.letBecome(gpu, anyLayoutTwin(fleet.sharing[gpu] as SharedGpu));
      } else if (standing === null && policy.creation === 'look-ahead') {
        fleet.steerInstances(gpu, (geometry, layout, profile) =>
          lookAheadPlacement(geometry, layout, profile),
        );
      }
    }
    if (policy.kind === 'on-demand') return [];
    if (policy.kind === 'defragment') return [new Defragmenter(run, this.counts, field, policy)];
    return [new InstanceReviewer(run, this.counts, this.#works, field, policy)];
  }

  /** @param payload GPU number of a card whose step is over; -1: somebody has left a card */
  #step(payload: number): void {
    const gpus = payload < 0 ? [...this.#left] : [payload];
    const gone = [...this.#gone];
    if (payload < 0) {
      this.#left.clear();
      this.#gone.clear();
      for (const live of gone) {
        for (const { reviewer } of this.#watched) reviewer.left?.(live);
      }
    }
    for (const gpu of gpus) this.#works.resume(gpu);
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
    const { context, simulation, schedulers } = this.#run;
    const { fleet } = context;
    const { nowUs } = simulation;
    const { reviewer } = watched;
    const { field, times } = reviewer;
    const { gains } = fleet;
    watched.event = undefined;
    watched.atUs = Number.POSITIVE_INFINITY;
    const isPeriod = nowUs >= watched.periodUs;
    if (isPeriod) watched.periodUs = Number.POSITIVE_INFINITY;
    const { line } = schedulers[field.pool]!;
    const waiting = line.inOrder(nowUs, QUEUE_DEPTH) as readonly LiveJob[];
    const gpus = field.gpus.filter((g) => isOpen(fleet, g));
    if (isPeriod || watched.hasChanged || reviewer.isCause(gpus, waiting)) {
      watched.hasChanged = false;
      watched.lastUs = nowUs;
      this.counts.reviews += 1;
      reviewer.review(gpus, waiting, isPeriod);
    }
    // Who waits counts more with time: look again, as long as there is somebody whose end may change things.
    if (isPeriod && line.size > 0 && this.#hasEnding(field)) {
      watched.periodUs = nowUs + (times.everyUs as number);
    }
    if (watched.periodUs !== Number.POSITIVE_INFINITY) this.#reviewAt(watched, watched.periodUs);
    if (fleet.gains === gains) return;
    // What this review has changed is no reason for another one at the same instant.
    this.#isReviewing = true;
    this.#run.startWaitingJobs();
    this.#isReviewing = false;
  }

  /** Whether anybody on the field's cards is known to end. */
  #hasEnding({ gpus }: CardField): boolean {
    const { context, live, simulation } = this.#run;
    for (const there of tenantsOn(context.fleet, live, gpus).values()) {
      for (const tenants of there.values()) {
        if (tenants.some((tenant) => remainingUs(tenant.live, simulation.nowUs) !== null)) return true;
      }
    }
    return false;
  }
}
