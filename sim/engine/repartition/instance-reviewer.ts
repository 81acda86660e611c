import { GPU_MILLI } from '../../cluster/request.ts';
import type { LiveJob } from '../live-job.ts';
import type { Promised } from '../scheduling.ts';
import { choosesPlaces, isInOrder, isOpen, roomOnHost } from './around.ts';
import { fasterElsewhere } from './better-seats.ts';
import type { Field } from './field.ts';
import type { FreePart } from './free-part.ts';
import { instancesFor } from './instance-choice.ts';
import { InstanceWork } from './instance-work.ts';
import { layoutOf } from './layout-of.ts';
import { hasUnserved, reviewLayouts } from './layout-review.ts';
import type { Reviewer } from './reviewer.ts';
import type { PeriodicPolicy, RepartitionCounts, RepartitioningRun } from './setup.ts';
import { stopTenant } from './stop-tenant.ts';
import type { Tenant } from './tenants.ts';
import type { CardWorks } from './works.ts';

/** Reviews cards whose GPU instances stand until the demand is better served by others. */
export class InstanceReviewer implements Reviewer {
  readonly field: Field;
  readonly times: PeriodicPolicy;
  readonly #run: RepartitioningRun;
  readonly #counts: RepartitionCounts;
  readonly #works: CardWorks;

  constructor(
    run: RepartitioningRun,
    counts: RepartitionCounts,
    works: CardWorks,
    field: Field,
    policy: PeriodicPolicy,
  ) {
    this.#run = run;
    this.#counts = counts;
    this.#works = works;
    this.field = field;
    this.times = policy;
  }

  isCause(gpus: readonly number[], waiting: readonly LiveJob[]): boolean {
    const { fleet } = this.#run.context;
    return hasUnserved(fleet, this.field, this.#standing(gpus), this.#works.all, waiting);
  }

  review(gpus: readonly number[], waiting: readonly LiveJob[]): void {
    const { context, live, simulation, schedulers } = this.#run;
    const { field, times: policy } = this;
    const works = this.#works;
    const cards = this.#standing(gpus);
    const { rules, line } = schedulers[field.pool]!;
    const found = reviewLayouts(
      {
        fleet: context.fleet,
        live,
        field,
        gpus: cards,
        works: works.all,
        waiting,
        isStrict: rules.fill === 'block',
        isInOrder: isInOrder(this.#run, field.pool),
        isFreeElsewhere: (tenant, gpu) => this.#freeElsewhere(tenant, gpu) !== undefined,
      },
      policy,
      simulation.nowUs,
    );
    const around = { freeElsewhere: (tenant: Tenant, from: number) => this.#freeElsewhere(tenant, from) };
    works.retarget(
      cards,
      new Map(
        found.map(({ gpu, target }) => [
          gpu,
          {
            isAimOf: (work) => target.every((count, profile) => count === work.target[profile]),
            work: () => new InstanceWork(this.#run, this.#counts, around, field, gpu, policy, target),
          },
        ]),
      ),
    );
    if (line.size === 0 && choosesPlaces(rules)) this.#reseat(cards);
  }

  placesFor(gpus: readonly number[], waiting: readonly LiveJob[], mayPass: boolean): readonly Promised[] {
    return instancesFor(this.#run.context.fleet, this.field, this.#standing(gpus), waiting, mayPass);
  }

  /** Stops jobs that go on at once where they are faster. */
  #reseat(gpus: readonly number[]): void {
    const { context, live, simulation } = this.#run;
    const { fleet } = context;
    const still = gpus.filter((gpu) => !this.#works.all.has(gpu));
    const { times: policy, field } = this;
    for (const tenant of fasterElsewhere(fleet, live, field, still, policy, simulation.nowUs)) {
      stopTenant(this.#run, this.#counts, tenant, tenant.slot.milli / GPU_MILLI);
    }
  }

  /** Cards with a layout that stands: after a change of the host another kind may be there. */
  #standing(gpus: readonly number[]): readonly number[] {
    return gpus.filter((gpu) => this.#run.context.fleet.cards[gpu]?.layout?.standing != null);
  }

  /** A free instance like the tenant's own on a card that stays as it is: on its own host, or on others where it may change hosts. */
  #freeElsewhere(tenant: Tenant, from: number): FreePart | undefined {
    const { fleet } = this.#run.context;
    const { gpus, geometry } = this.field;
    const own = layoutOf(fleet, from).placementOf(tenant.slot).profileIndex;
    for (const gpu of gpus) {
      if (gpu === from || this.#works.all.has(gpu) || !isOpen(fleet, gpu)) continue;
      const layout = layoutOf(fleet, gpu);
      const { standing, used, held } = layout;
      const free = (standing ?? 0) & ~used & ~held & (geometry.ofProfile[own] ?? 0);
      const placement = geometry.placements[31 - Math.clz32(free & -free)];
      if (placement === undefined || !roomOnHost(fleet, tenant, from, gpu)) continue;
      return { gpu, slot: layout.slotAt(tenant.slot, placement) };
    }
    return undefined;
  }
}
