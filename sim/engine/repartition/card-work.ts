import type { Part } from '../../cluster/part.ts';
import { canAdd, layoutText, placementsIn } from '../../hardware/index.ts';
import type { Micros } from '../../kernel/time.ts';
import { type PlannedStep, planRepartition } from '../../policies/repartition/index.ts';
import type { Card, InstanceLayout } from '../../sharing/index.ts';
import { EVENT_RANK } from '../event-rank.ts';
import { type LiveJob, savedWorkUs, settleWork } from '../live-job.ts';
import type { Field } from './field.ts';
import { moveToSlot } from './move.ts';
import { cardView, idOf, mayInterrupt, stunOf } from './resident-view.ts';
import type { PeriodicPolicy, RepartitionCounts, RepartitioningRun } from './setup.ts';
import { type Tenant, tenantsOn } from './tenants.ts';

/** States looked at for one plan: one card has some thousands at most in practice, and a hasty plan will do beyond. */
const NODE_LIMIT = 5000;
/** Plans made anew without a step that takes time in between; more would mean that plans cannot be carried out. */
const PLANS_WITHOUT_STEP = 8;

/** What the work on one card may ask about the others. */
export interface WorkSurroundings {
  /** An instance of the same profile on another card of the field that is free and stays. */
  freeElsewhere(
    tenant: Tenant,
    gpu: number,
  ): { readonly gpu: number; readonly placement: number } | undefined;
}

/**
 * Turns the layout of one card into another one, step by step as the planner says, while others run on it: instances that
 * are to go take nobody in, those that have come take jobs at once. A step begins when the one before is over; after a
 * wait, and whenever a job came or went otherwise than foreseen, the plan is made anew.
 */
export class CardWork {
  readonly gpu: number;
  readonly field: Field;
  readonly policy: PeriodicPolicy;
  /** Wanted instances by profile index. */
  readonly target: readonly number[];
  /** While it waits for jobs to end, the layout may still be chosen otherwise. */
  isWaiting = false;
  isOver = false;
  readonly #run: RepartitioningRun;
  readonly #counts: RepartitionCounts;
  readonly #around: WorkSurroundings;
  readonly #card: Card;
  #steps: readonly PlannedStep[] = [];
  #next = 0;
  #plans = 0;
  /** The instance that is being created; -1: none is. */
  #creating = -1;
  /** Job whose place is to become free in the present step. */
  #leaving: LiveJob | undefined;
  #stepSinceUs = 0;
  /** GPU slices that were there at the begin, those closed now, and since when these are counted. */
  readonly #slicesBefore: number;
  #closedSlices = 0;
  #countedUs: number;

  constructor(
    run: RepartitioningRun,
    counts: RepartitionCounts,
    around: WorkSurroundings,
    field: Field,
    gpu: number,
    policy: PeriodicPolicy,
    target: readonly number[],
  ) {
    this.#run = run;
    this.#counts = counts;
    this.#around = around;
    this.field = field;
    this.gpu = gpu;
    this.policy = policy;
    this.target = target;
    this.#card = run.context.fleet.cards[gpu] as Card;
    this.#slicesBefore = this.#slicesOf(this.#layout.standing as number);
    this.#countedUs = run.simulation.nowUs;
    counts.begun += 1;
  }

  get #layout(): InstanceLayout {
    return this.#card.layout as InstanceLayout;
  }

  /** Makes a plan and begins with it. */
  begin(): void {
    this.#plan();
    this.#go();
  }

  /** Lets the card be as it is now. */
  giveUp(): void {
    if (this.isOver) return;
    this.#countClosed();
    this.isOver = true;
    if (!this.#isReplaced) this.#set(this.#layout.standing as number, 0);
    this.#endStep();
  }

  /** The present step is over, or somebody has left the card. */
  resume(): void {
    if (this.isOver) return;
    if (this.#isReplaced) {
      this.isOver = true;
      return;
    }
    this.#countClosed();
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
        if (this.#leaving !== undefined && this.#isOn(this.#leaving)) return;
        this.#leaving = undefined;
        this.#stepDone();
        break;
      case 'delete':
        if (this.#run.simulation.nowUs < this.#stepSinceUs + step.takesUs) return;
        this.#counts.deleted += 1;
        this.#stepDone();
        break;
      case 'create': {
        if (this.#run.simulation.nowUs < this.#stepSinceUs + step.takesUs) return;
        const placement = this.#creating;
        this.#creating = -1;
        this.#counts.created += 1;
        this.#set((this.#layout.standing as number) | (1 << placement), this.#layout.held);
        this.#stepDone();
        break;
      }
      default:
        throw new Error(`Cannot happen: a plan for one card has no step "${step.kind}"`);
    }
    this.#go();
  }

  /** Another card stands here after a change of the host: there is nothing left to do. */
  get #isReplaced(): boolean {
    return this.#run.context.fleet.cards[this.gpu] !== this.#card;
  }

  #plan(): void {
    const { simulation, context } = this.#run;
    const { nowUs } = simulation;
    const tenants = this.#tenants();
    const { geometry } = this.field;
    const view = cardView(
      geometry,
      this.gpu,
      this.#layout.standing as number,
      tenants,
      { running: this.policy.running, carriedUs: (tenant) => this.#carriedUs(tenant) },
      nowUs,
    );
    const plan = planRepartition(
      {
        geometry,
        cards: [view],
        target: { wanted: { on: 'each-card', counts: [this.target] }, ready: 'standing' },
        objective: { order: 'loss-first' },
        creation: this.policy.creation,
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
    if (context.fleet.cards[this.gpu] === this.#card) this.#hold();
  }

  #planAnew(isCounted = true): void {
    if (isCounted) this.#counts.madeAnew += 1;
    if (this.#plans >= PLANS_WITHOUT_STEP) this.giveUp();
    else this.#plan();
  }

  /** Goes on with the plan until a step takes time. */
  #go(): void {
    while (!this.isOver) {
      const step = this.#steps[this.#next];
      if (step === undefined) {
        this.#countClosed();
        this.isOver = true;
        this.#counts.done += 1;
        this.#set(this.#layout.standing as number, 0);
        return;
      }
      this.#countClosed();
      this.#stepSinceUs = this.#run.simulation.nowUs;
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
        this.#after(step.takesUs);
        return true;
      case 'create':
        if (!canAdd(this.field.geometry, standing, this.field.geometry.placements[placement]!)) return false;
        this.#creating = placement;
        this.#after(step.takesUs);
        return true;
      case 'drain':
        return this.#drain(placement);
      default:
        return false;
    }
  }

  /** Moves the job of an instance to another card, or stops it. */
  #drain(placement: number): boolean {
    const there = this.#tenants().get(placement) ?? [];
    const [tenant] = there;
    if (tenant === undefined || there.length !== 1 || !mayInterrupt(tenant)) return false;
    const { live } = tenant;
    const { simulation, life } = this.#run;
    const share = this.#shareOf(placement);
    const stunUs = this.#carriedUs(tenant);
    if (stunUs !== undefined) {
      const to = this.#around.freeElsewhere(tenant, this.gpu);
      if (to === undefined || !moveToSlot(this.#run, this.field.geometry, tenant, to, stunUs)) return false;
      this.#counts.moved += 1;
      this.#counts.stunGpuUs += stunUs * share;
      this.#leaving = live;
      return true;
    }
    const { checkpoint } = live.job.claim;
    if (this.policy.running === 'wait' || (checkpoint === null && this.policy.running !== 'stop'))
      return false;
    this.#counts.stopped += 1;
    settleWork(live, simulation.nowUs);
    const saves = checkpoint !== null && live.phase === 'running';
    const { durationUs } = live.job;
    if (!saves && durationUs !== Number.POSITIVE_INFINITY) {
      this.#counts.lostGpuUs += Math.max(0, durationUs - live.workLeftUs - savedWorkUs(live)) * share;
    }
    const isFree = life.preempt(live, 'checkpoint', 'repartition');
    this.#leaving = isFree ? undefined : live;
    if (isFree) this.#stepDone();
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
    this.#counts.stepUs[step.kind] += this.#run.simulation.nowUs - this.#stepSinceUs;
    this.#stepSinceUs = this.#run.simulation.nowUs;
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
      const { fleet, observers } = this.#run.context;
      const isOther = layout.standing !== standing;
      fleet.setInstances(this.gpu, standing, now);
      if (isOther) {
        const text = layoutText(this.field.geometry, standing);
        for (const observer of observers) observer.relaid?.(this.#run.simulation.nowUs, this.gpu, text);
      }
    }
    if (this.isOver) {
      this.#closedSlices = 0;
      return;
    }
    const open = standing & ~(now & ~layout.used);
    this.#closedSlices = Math.max(0, this.#slicesBefore - this.#slicesOf(open));
  }

  /** Books the closed slices up to now, and what they are from now on: jobs may have left held instances. */
  #countClosed(): void {
    const { nowUs } = this.#run.simulation;
    const whole = this.field.geometry.model.gpuSlicesTotal;
    this.#counts.closedGpuUs += ((nowUs - this.#countedUs) * this.#closedSlices) / whole;
    this.#countedUs = nowUs;
    if (this.#isReplaced) return;
    const { standing, held, used } = this.#layout as InstanceLayout & { standing: number };
    this.#closedSlices = Math.max(0, this.#slicesBefore - this.#slicesOf(standing & ~(held & ~used)));
  }

  #after(takesUs: number): void {
    const { simulation } = this.#run;
    simulation.schedule((simulation.nowUs + takesUs) as Micros, EVENT_RANK['repartition-step'], this.gpu);
  }

  #carriedUs(tenant: Tenant): number | undefined {
    if (this.policy.running !== 'move') return undefined;
    const shared = this.#run.context.fleet.sharing[this.gpu];
    const stun = shared && stunOf(tenant, shared, null);
    if (stun === undefined || this.#around.freeElsewhere(tenant, this.gpu) === undefined) return undefined;
    return stun;
  }

  #tenants(): ReadonlyMap<number, readonly Tenant[]> {
    return tenantsOn(this.#run.context.fleet, this.#run.live, [this.gpu]).get(this.gpu) ?? new Map();
  }

  #hasAll(ids: readonly string[]): boolean {
    const there = new Set([...this.#tenants()].map(([placement, tenants]) => idOf(tenants, placement)));
    return ids.every((id) => there.has(id));
  }

  #isOn(live: LiveJob): boolean {
    const { fleet } = this.#run.context;
    const holds = ({ host, gpus }: Part) =>
      gpus.some((g) => (fleet.gpuStart[host] as number) + g === this.gpu);
    return this.#run.live[live.slot] === live && live.parts.some(holds);
  }

  #shareOf(placement: number): number {
    const { geometry } = this.field;
    return (geometry.placements[placement]?.profile.gpuSlices ?? 0) / geometry.model.gpuSlicesTotal;
  }

  #slicesOf(layout: number): number {
    return placementsIn(this.field.geometry, layout).reduce((sum, { profile }) => sum + profile.gpuSlices, 0);
  }
}
