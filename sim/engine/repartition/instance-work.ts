import { canAdd, layoutText, placementsIn } from '../../hardware/index.ts';
import { type PlannedStep, planRepartition } from '../../policies/repartition/index.ts';
import type { InstanceLayout } from '../../sharing/index.ts';
import type { LiveJob } from '../live-job.ts';
import { CardWork, type WorkSurroundings } from './card-work.ts';
import type { Field } from './field.ts';
import { cardView, idOf } from './resident-view.ts';
import type { PeriodicPolicy, RepartitionCounts, RepartitioningRun } from './setup.ts';

/** States looked at for one plan: one card has some thousands at most in practice, and a hasty plan will do beyond. */
const NODE_LIMIT = 5000;
/** Plans made anew without a step that takes time in between; more would mean that plans cannot be carried out. */
const PLANS_WITHOUT_STEP = 8;

/**
 * Turns the layout of one card into another one, step by step as the planner says, while others run on it: instances that
 * are to go take nobody in, those that have come take jobs at once. A step begins when the one before is over; after a
 * wait, and whenever a job came or went otherwise than foreseen, the plan is made anew.
 */
export class InstanceWork extends CardWork {
  /** Wanted instances by profile index. */
  readonly target: readonly number[];
  readonly #field: Field;
  readonly #policy: PeriodicPolicy;
  #steps: readonly PlannedStep[] = [];
  #next = 0;
  #plans = 0;
  /** The instance that is being created; -1: none is. */
  #creating = -1;
  /** Job whose place is to become free in the present step. */
  #leaving: LiveJob | undefined;
  #stepSinceUs = 0;
  /** GPU slices that were there at the begin. */
  readonly #slicesBefore: number;

  constructor(
    run: RepartitioningRun,
    counts: RepartitionCounts,
    around: WorkSurroundings,
    field: Field,
    gpu: number,
    policy: PeriodicPolicy,
    target: readonly number[],
  ) {
    super(run, counts, around, gpu, policy);
    this.#field = field;
    this.#policy = policy;
    this.target = target;
    this.#slicesBefore = this.#slicesOf(this.#layout.standing as number);
  }

  get #layout(): InstanceLayout {
    return this.card.layout as InstanceLayout;
  }

  /** Makes a plan and begins with it. */
  begin(): void {
    this.#plan();
    this.#go();
  }

  /** Lets the card be as it is now. */
  giveUp(): void {
    if (this.isOver) return;
    this.countClosed();
    this.isOver = true;
    if (!this.isReplaced) this.#set(this.#layout.standing as number, 0);
    this.#endStep();
  }

  /** The present step is over, or somebody has left the card. */
  resume(): void {
    if (this.isOver) return;
    if (this.isReplaced) {
      this.isOver = true;
      return;
    }
    this.countClosed();
    const step = this.#steps[this.#next];
    if (step === undefined) return;
    switch (step.kind) {
      case 'wait':
        this.#endStep();
        this.#plans = 0;
        this.#planAnew(false);
        break;
      case 'drain':
        // Somebody else may have left meanwhile: the step lasts until this job has.
        if (this.#leaving !== undefined && this.isOn(this.#leaving)) return;
        this.#leaving = undefined;
        this.#stepDone();
        break;
      case 'delete':
        if (this.run.simulation.nowUs < this.#stepSinceUs + step.takesUs) return;
        this.counts.deleted += 1;
        this.#stepDone();
        break;
      case 'create': {
        if (this.run.simulation.nowUs < this.#stepSinceUs + step.takesUs) return;
        const placement = this.#creating;
        this.#creating = -1;
        this.counts.created += 1;
        this.#set((this.#layout.standing as number) | (1 << placement), this.#layout.held);
        this.#stepDone();
        break;
      }
      default:
        throw new Error(`Cannot happen: a plan for one card has no step "${step.kind}"`);
    }
    this.#go();
  }

  #plan(): void {
    const { simulation, context } = this.run;
    const { nowUs } = simulation;
    const tenants = this.tenants();
    const { geometry } = this.#field;
    const view = cardView(
      geometry,
      this.gpu,
      this.#layout.standing as number,
      tenants,
      { running: this.#policy.running, carriedUs: (tenant) => this.carriedUs(tenant) },
      nowUs,
    );
    const plan = planRepartition(
      {
        geometry,
        cards: [view],
        target: { wanted: { on: 'each-card', counts: [this.target] }, ready: 'standing' },
        objective: { order: 'loss-first' },
        creation: this.#policy.creation,
      },
      NODE_LIMIT,
    );
    this.#next = 0;
    this.#plans += 1;
    this.#steps = plan.outcome === 'planned' ? plan.steps : [];
    if (plan.outcome !== 'planned') {
      this.giveUp();
      return;
    }
    if (context.fleet.cards[this.gpu] === this.card) this.#hold();
  }

  #planAnew(isCounted = true): void {
    if (isCounted) this.counts.madeAnew += 1;
    if (this.#plans >= PLANS_WITHOUT_STEP) this.giveUp();
    else this.#plan();
  }

  /** Goes on with the plan until a step takes time. */
  #go(): void {
    while (!this.isOver) {
      const step = this.#steps[this.#next];
      if (step === undefined) {
        this.countClosed();
        this.isOver = true;
        this.counts.done += 1;
        this.#set(this.#layout.standing as number, 0);
        return;
      }
      this.countClosed();
      this.#stepSinceUs = this.run.simulation.nowUs;
      if (step.kind === 'wait') {
        // Whom it waits for may have left during the steps before.
        if (!this.#hasAll(step.jobs)) {
          this.#planAnew();
          continue;
        }
        this.isWaiting = true;
        return;
      }
      if (!this.#start(step)) this.#planAnew();
      else if (this.#leaving !== undefined || step.kind !== 'drain') return;
    }
  }

  /** Begins a step; false where things are not as the plan foresaw. */
  #start(step: PlannedStep): boolean {
    const placement = step.placement as number;
    const { standing, used, held } = this.#layout as InstanceLayout & { standing: number };
    switch (step.kind) {
      case 'delete':
        if ((used & (1 << placement)) !== 0 || (standing & (1 << placement)) === 0) return false;
        this.#set(standing & ~(1 << placement), held);
        this.after(step.takesUs);
        return true;
      case 'create':
        if (!canAdd(this.#field.geometry, standing, this.#field.geometry.placements[placement]!))
          return false;
        this.#creating = placement;
        this.after(step.takesUs);
        return true;
      case 'drain':
        return this.#drain(placement);
      default:
        return false;
    }
  }

  /** Moves the job of an instance to another card, or stops it. */
  #drain(placement: number): boolean {
    const there = this.tenants().get(placement) ?? [];
    const [tenant] = there;
    if (tenant === undefined || there.length !== 1) return false;
    const left = this.clear(tenant, this.#shareOf(placement));
    if (left === 'stays') return false;
    this.#leaving = left === 'gone' ? undefined : tenant.live;
    if (left === 'gone') this.#stepDone();
    return true;
  }

  #stepDone(): void {
    this.#plans = 0;
    this.#endStep();
    this.#next += 1;
    this.#hold();
  }

  #endStep(): void {
    const step = this.#steps[this.#next];
    if (step === undefined) return;
    this.counts.stepUs[step.kind] += this.run.simulation.nowUs - this.#stepSinceUs;
    this.#stepSinceUs = this.run.simulation.nowUs;
    this.isWaiting = false;
  }

  /** Lets the instances that the rest of the plan deletes take nobody in, and those alone. */
  #hold(): void {
    let held = 0;
    for (const { kind, placement } of this.#steps.slice(this.#next)) {
      if (kind === 'delete' || kind === 'drain') held |= 1 << (placement as number);
    }
    this.#set(this.#layout.standing as number, held);
  }

  #set(standing: number, held: number): void {
    const layout = this.#layout;
    const now = held & standing;
    if (layout.standing !== standing || layout.held !== now) {
      const { fleet, observers } = this.run.context;
      const isOther = layout.standing !== standing;
      fleet.setInstances(this.gpu, standing, now);
      if (isOther) {
        const text = layoutText(this.#field.geometry, standing);
        for (const observer of observers) observer.relaid?.(this.run.simulation.nowUs, this.gpu, text);
      } else for (const observer of observers) observer.fleetChanged?.(this.run.simulation.nowUs);
    }
    this.lookAtClosed();
  }

  protected get wholeParts(): number {
    return this.#field.geometry.model.gpuSlicesTotal;
  }

  /** Instances that are to go count as open while somebody is on them. */
  protected closedParts(): number {
    const { standing, held, used } = this.#layout as InstanceLayout & { standing: number };
    return Math.max(0, this.#slicesBefore - this.#slicesOf(standing & ~(held & ~used)));
  }

  #hasAll(ids: readonly string[]): boolean {
    const there = new Set([...this.tenants()].map(([placement, tenants]) => idOf(tenants, placement)));
    return ids.every((id) => there.has(id));
  }

  #shareOf(placement: number): number {
    const { geometry } = this.#field;
    return (geometry.placements[placement]?.profile.gpuSlices ?? 0) / geometry.model.gpuSlicesTotal;
  }

  #slicesOf(layout: number): number {
    return placementsIn(this.#field.geometry, layout).reduce(
      (sum, { profile }) => sum + profile.gpuSlices,
      0,
    );
  }
}
