import type { LiveJob } from '../live-job.ts';
import { isInOrder, isOpen, roomOnHost } from './around.ts';
import type { ClearingRule } from './card-work.ts';
import { type CutField, cutOf } from './cut-field.ts';
import { couldServeMore, cutsOnDemand, type Recut, type ReviewedCards, reviewCuts } from './cut-review.ts';
import { CutWork } from './cut-work.ts';
import type { FreePart } from './free-part.ts';
import type { Reviewer, ReviewTimes } from './reviewer.ts';
import type { OnDemandPolicy, PeriodicPolicy, RepartitionCounts, RepartitioningRun } from './setup.ts';
import type { Tenant } from './tenants.ts';
import type { CardWorks } from './works.ts';

/** On demand only idle cards are changed: nobody is in the way. */
const IDLE_ONLY: ClearingRule = { running: 'wait', migratePath: null };
const AS_JOBS_WAIT: ReviewTimes = { everyUs: null, atUnserved: true, gapUs: 0 };

/** Reviews cards that are cut as a whole: by vGPU size, or by number of functions. */
export class CutReviewer implements Reviewer {
  readonly field: CutField;
  readonly times: ReviewTimes;
  readonly #run: RepartitioningRun;
  readonly #counts: RepartitionCounts;
  readonly #works: CardWorks;
  readonly #policy: PeriodicPolicy | OnDemandPolicy;
  /** Cards that have become idle and take nobody in until it is known what they are to be. */
  readonly #pausing = new Set<number>();

  constructor(
    run: RepartitioningRun,
    counts: RepartitionCounts,
    works: CardWorks,
    field: CutField,
    policy: PeriodicPolicy | OnDemandPolicy,
  ) {
    this.#run = run;
    this.#counts = counts;
    this.#works = works;
    this.field = field;
    this.#policy = policy;
    this.times = policy.kind === 'periodic' ? policy : AS_JOBS_WAIT;
    for (const gpu of field.gpus) run.context.fleet.letBecomeAny(gpu);
  }

  isCause(gpus: readonly number[], waiting: readonly LiveJob[]): boolean {
    const cards = this.#cards(gpus, waiting);
    if (this.#policy.kind === 'periodic') return couldServeMore(cards);
    return this.#pausing.size > 0 || cutsOnDemand(cards).length > 0;
  }

  /**
   * A card has been left by everybody while jobs wait: on demand it is looked at before the next of them takes a part of
   * it that may be larger than it needs.
   */
  emptied(gpu: number): boolean {
    const { fleet, observers } = this.#run.context;
    const isOwn = this.#policy.kind === 'on-demand' && this.field.gpus.includes(gpu);
    if (!isOwn || this.#works.all.has(gpu) || !isOpen(fleet, gpu)) return false;
    const { cut, slots } = fleet.cards[gpu] ?? {};
    if (cut === undefined || slots?.length !== 0) return false;
    fleet.setCut(gpu, cut.present, true);
    for (const observer of observers) observer.fleetChanged?.(this.#run.simulation.nowUs);
    this.#pausing.add(gpu);
    return true;
  }

  review(gpus: readonly number[], waiting: readonly LiveJob[]): void {
    const cards = this.#cards(gpus, waiting);
    if (this.#policy.kind === 'periodic') {
      // In a queue that keeps its order, who is stopped comes back before the one it was stopped for.
      const { running } = this.#policy;
      const rule =
        cards.isInOrder && running !== 'move' ? { ...this.#policy, running: 'wait' as const } : this.#policy;
      this.#retarget(gpus, reviewCuts(cards, rule, this.#run.simulation.nowUs), rule);
    } else {
      const found = cutsOnDemand(cards);
      const { fleet, observers } = this.#run.context;
      for (const gpu of this.#pausing) {
        const cut = fleet.cards[gpu]?.cut;
        if (cut?.isHeld !== true) continue;
        fleet.setCut(gpu, cut.present, false);
        for (const observer of observers) observer.fleetChanged?.(this.#run.simulation.nowUs);
      }
      this.#pausing.clear();
      this.#retarget(
        found.map(({ gpu }) => gpu),
        found,
        IDLE_ONLY,
      );
    }
  }

  #cards(gpus: readonly number[], waiting: readonly LiveJob[]): ReviewedCards {
    const { context, live } = this.#run;
    const own = gpus.filter((gpu) => context.fleet.cards[gpu]?.cut !== undefined);
    return {
      fleet: context.fleet,
      live,
      field: this.field,
      gpus: own,
      works: this.#works.all,
      waiting,
      isInOrder: isInOrder(this.#run, this.field.pool),
    };
  }

  #retarget(gpus: readonly number[], found: readonly Recut[], rule: ClearingRule): void {
    const around = { freeElsewhere: (tenant: Tenant, from: number) => this.#freeElsewhere(tenant, from) };
    this.#works.retarget(
      gpus,
      new Map(
        found.map(({ gpu, cut }) => [
          gpu,
          {
            isAimOf: (work) => work instanceof CutWork && work.cut.text === cut.text,
            work: () => new CutWork(this.#run, this.#counts, around, this.field, gpu, rule, cut),
          },
        ]),
      ),
    );
  }

  /**
   * A free part like the tenant's own, of the same type and size, on a card that is not being changed: on its own host, or
   * on others where it may change hosts. Cards that have tenants come first, so that idle ones stay so.
   */
  #freeElsewhere(tenant: Tenant, from: number): FreePart | undefined {
    const { fleet } = this.#run.context;
    const { ask } = tenant.live.job.shape;
    if (ask === undefined) return undefined;
    let idle: FreePart | undefined;
    for (const gpu of this.field.gpus) {
      if (gpu === from || this.#works.all.has(gpu) || !isOpen(fleet, gpu)) continue;
      if (!roomOnHost(fleet, tenant, from, gpu)) continue;
      const card = fleet.cards[gpu];
      // Another card may stand here after a change of the host.
      if (card?.cut === undefined || !fleet.hasRoom(gpu, tenant.live.job.shape)) continue;
      const slot = card.admit(ask);
      if ('refused' in slot || slot.profile !== tenant.slot.profile) continue;
      if (slot.memoryMib !== tenant.slot.memoryMib) continue;
      if (card.slots.length > 0) return { gpu, slot };
      // An idle card that is not kept for the size of the tenant would be lost for others.
      if (cutOf(fleet, gpu).present !== null) idle ??= { gpu, slot };
    }
    return idle;
  }
}
