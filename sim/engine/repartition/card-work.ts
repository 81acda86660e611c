import type { Part } from '../../cluster/part.ts';
import type { Micros } from '../../kernel/time.ts';
import type { Card } from '../../sharing/index.ts';
import { EVENT_RANK } from '../event-rank.ts';
import type { LiveJob } from '../live-job.ts';
import type { FreePart } from './free-part.ts';
import { moveToSlot } from './move.ts';
import { mayInterrupt, stunOf } from './resident-view.ts';
import type { RepartitionCounts, RepartitioningRun, RunningRule } from './setup.ts';
import { stopTenant } from './stop-tenant.ts';
import { type Tenant, tenantsOn } from './tenants.ts';

/** What the work on one card may ask about the others. */
export interface WorkSurroundings {
  /** A part like the tenant's own on another card of the field that is free and stays. */
  freeElsewhere(tenant: Tenant, gpu: number): FreePart | undefined;
}

/** What becomes of those who are in the way. */
export interface ClearingRule {
  readonly running: RunningRule;
  /** Way to migrate of the mode; null: by saving the state and reading it back. */
  readonly migratePath: string | null;
}

/**
 * The change of one card while others run on it, step by step. A step begins when the one before is over, and jobs that
 * come or go otherwise than foreseen are looked at when they do.
 */
export abstract class CardWork {
  readonly gpu: number;
  /** Wanted parts by kind: MIG profile, or kind of part of the cut. */
  abstract readonly target: readonly number[];
  /** While it waits for jobs to end, the card may still be cut otherwise. */
  isWaiting = false;
  isOver = false;
  protected readonly run: RepartitioningRun;
  protected readonly counts: RepartitionCounts;
  protected readonly card: Card;
  readonly #around: WorkSurroundings;
  readonly #rule: ClearingRule;
  /** Parts closed now, and since when these are counted. */
  #closedParts = 0;
  #countedUs: number;

  constructor(
    run: RepartitioningRun,
    counts: RepartitionCounts,
    around: WorkSurroundings,
    gpu: number,
    rule: ClearingRule,
  ) {
    this.run = run;
    this.counts = counts;
    this.#around = around;
    this.gpu = gpu;
    this.#rule = rule;
    this.card = run.context.fleet.cards[gpu] as Card;
    this.#countedUs = run.simulation.nowUs;
    counts.begun += 1;
  }

  /** Makes a plan and begins with it. */
  abstract begin(): void;
  /** Lets the card be as it is now. */
  abstract giveUp(): void;
  /** The present step is over, or somebody has left the card. */
  abstract resume(): void;
  /** Parts that were there at the begin and now neither have a tenant nor take one in; of `wholeParts` a card. */
  protected abstract closedParts(): number;
  protected abstract get wholeParts(): number;

  /** Another card stands here after a change of the host: there is nothing left to do. */
  protected get isReplaced(): boolean {
    return this.run.context.fleet.cards[this.gpu] !== this.card;
  }

  /** Books the closed parts up to now, and what they are from now on: jobs may have left parts that take nobody in. */
  protected countClosed(): void {
    const { nowUs } = this.run.simulation;
    this.counts.closedGpuUs += ((nowUs - this.#countedUs) * this.#closedParts) / this.wholeParts;
    this.#countedUs = nowUs;
    this.lookAtClosed();
  }

  /** What is closed from now on, after a change that the work has made. */
  protected lookAtClosed(): void {
    if (this.isReplaced) return;
    this.#closedParts = this.isOver ? 0 : this.closedParts();
    const { context, simulation } = this.run;
    context.work?.cutting(simulation.nowUs, this.gpu, this.#closedParts / this.wholeParts);
  }

  /** Wakes the work when a step is over. */
  protected after(takesUs: number): void {
    const { simulation } = this.run;
    simulation.schedule((simulation.nowUs + takesUs) as Micros, EVENT_RANK['repartition-step'], this.gpu);
  }

  /** Who is on which part of the card. */
  protected tenants(): ReadonlyMap<number, readonly Tenant[]> {
    return tenantsOn(this.run.context.fleet, this.run.live, [this.gpu]).get(this.gpu) ?? new Map();
  }

  protected isOn(live: LiveJob): boolean {
    const { fleet } = this.run.context;
    const holds = ({ host, gpus }: Part) =>
      gpus.some((g) => (fleet.gpuStart[host] as number) + g === this.gpu);
    return this.run.live[live.slot] === live && live.parts.some(holds);
  }

  /** How long a tenant stands still that is carried to another card; undefined where it cannot or nothing is free there. */
  protected carriedUs(tenant: Tenant): number | undefined {
    if (this.#rule.running !== 'move') return undefined;
    const shared = this.run.context.fleet.sharing[this.gpu];
    const stun = shared && stunOf(tenant, shared, this.#rule.migratePath);
    if (stun === undefined || this.#around.freeElsewhere(tenant, this.gpu) === undefined) return undefined;
    return stun;
  }

  /** Whether it is of any use to stop a tenant that may be stopped. */
  protected mayStop(_tenant: Tenant): boolean {
    return true;
  }

  /**
   * Moves a tenant to another card, or stops it.
   *
   * @param share part of the GPU that it has
   * @returns whether it is gone at once, on its way, or stays because it may not be interrupted
   */
  protected clear(tenant: Tenant, share: number): 'gone' | 'leaves' | 'stays' {
    if (!mayInterrupt(tenant)) return 'stays';
    const { live } = tenant;
    const stunUs = this.carriedUs(tenant);
    if (stunUs !== undefined) {
      const to = this.#around.freeElsewhere(tenant, this.gpu);
      if (to === undefined || !moveToSlot(this.run, tenant, to, stunUs)) return 'stays';
      this.counts.moved += 1;
      this.counts.stunGpuUs += stunUs * share;
      return 'leaves';
    }
    const { checkpoint } = live.job.claim;
    const { running } = this.#rule;
    if (running === 'wait' || (checkpoint === null && running !== 'stop') || !this.mayStop(tenant))
      return 'stays';
    return stopTenant(this.run, this.counts, tenant, share) ? 'gone' : 'leaves';
  }
}
