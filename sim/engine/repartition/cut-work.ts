import { chooseClearing } from '../../policies/repartition/index.ts';
import type { CardCut, Cut, SharedGpu } from '../../sharing/index.ts';
import { operationSeconds, pathNamed } from '../../sharing/index.ts';
import { isInOrder } from './around.ts';
import { CardWork, type ClearingRule, type WorkSurroundings } from './card-work.ts';
import type { CutField } from './cut-field.ts';
import { drainOf, remainingUs } from './resident-view.ts';
import type { RepartitionCounts, RepartitioningRun } from './setup.ts';
import type { Tenant } from './tenants.ts';

const GPU_MILLI = 1000;
type Step = 'none' | 'wait' | 'drain' | 'change';

/**
 * Cuts one card otherwise as a whole: newcomers get only parts that the new cut has, tenants whose parts it does not
 * have are waited for, or moved and stopped all at once, and when the last of them has left the cut is made, which may
 * take time in which the card takes nobody in. Who is waited for is weighed anew whenever somebody leaves.
 *
 * Where the cut takes no time (vGPUs are made as their machines start) the free parts of the new cut are open from the
 * start; where it does (virtual functions) nobody comes in until it is made.
 */
export class CutWork extends CardWork {
  readonly target: readonly number[];
  readonly cut: Cut;
  /** How the card was cut when the work began. */
  readonly was: Cut;
  readonly #field: CutField;
  readonly #before: Cut | null;
  readonly #running: ClearingRule['running'];
  readonly #openBefore: number;
  readonly #changeUs: number;
  #step: Step = 'none';
  #stepSinceUs = 0;

  constructor(
    run: RepartitioningRun,
    counts: RepartitionCounts,
    around: WorkSurroundings,
    field: CutField,
    gpu: number,
    rule: ClearingRule,
    cut: Cut,
  ) {
    super(run, counts, around, gpu, rule);
    this.target = cut.counts;
    this.#field = field;
    this.cut = cut;
    this.was = this.#own.now();
    this.#before = this.#own.present;
    this.#running = rule.running;
    this.#openBefore = this.#openMilli();
    this.#changeUs = this.#takesUs();
  }

  get #own(): CardCut {
    return this.card.cut as CardCut;
  }

  begin(): void {
    if (this.#changeUs > 0) this.#set(this.#before, true);
    else this.#set(this.cut, false);
    this.#go();
  }

  giveUp(): void {
    if (this.isOver) return;
    this.countClosed();
    this.isOver = true;
    this.#enter('none');
    if (!this.isReplaced) this.#set(this.#before, false);
  }

  resume(): void {
    if (this.isOver) return;
    if (this.isReplaced) {
      this.isOver = true;
      return;
    }
    this.countClosed();
    if (this.#step !== 'change') this.#go();
    else if (this.run.simulation.nowUs >= this.#stepSinceUs + this.#changeUs) this.#finish();
  }

  /** Clears the card, or changes it where nobody is in the way any more. */
  #go(): void {
    const going = this.#going();
    if (going.length === 0) {
      if (this.#changeUs === 0) this.#finish();
      else if (this.#step !== 'change') {
        this.#enter('change');
        this.after(this.#changeUs);
      }
      return;
    }
    const { nowUs } = this.run.simulation;
    const clearing = chooseClearing(
      going.map((tenant) => ({
        remainingUs: tenant.isComing ? null : remainingUs(tenant.live, nowUs),
        share: tenant.slot.milli / GPU_MILLI,
        drain: this.#isLeaving(tenant) ? NOTHING : this.#drainOf(tenant, nowUs),
      })),
      this.#freeMilli() / GPU_MILLI,
    );
    if (clearing === undefined) {
      // Somebody has come, or can no more be moved, of whom nobody knows when it ends.
      this.giveUp();
      return;
    }
    if (clearing.waitUs === 0) {
      going.forEach((tenant, i) => {
        if (clearing.leaves[i]) this.clear(tenant, tenant.slot.milli / GPU_MILLI);
      });
      this.countClosed();
    }
    const left = this.#going();
    if (left.length === 0) this.#go();
    else this.#enter(left.some((tenant) => this.#isLeaving(tenant)) ? 'drain' : 'wait');
  }

  #finish(): void {
    this.#enter('none');
    if (this.#changeUs > 0) {
      this.counts.deleted += total(this.#own.now());
      this.counts.created += total(this.cut);
    }
    this.isOver = true;
    this.counts.done += 1;
    this.#set(this.cut, false);
    const { observers } = this.run.context;
    for (const observer of observers) observer.relaid?.(this.run.simulation.nowUs, this.gpu, this.cut.text);
  }

  /** Tenants whose parts the new cut does not have. */
  #going(): readonly Tenant[] {
    return [...this.tenants().values()].flat().filter(({ slot }) => !this.#own.has(this.cut, slot));
  }

  /** Whether it is on its way out already. */
  #isLeaving({ live, isComing }: Tenant): boolean {
    return !isComing && (live.phase === 'saving' || live.phase === 'stopping' || live.move !== undefined);
  }

  #drainOf(tenant: Tenant, nowUs: number) {
    const carriedUs = this.carriedUs(tenant);
    if (carriedUs !== undefined) return { takesUs: carriedUs, lostUs: 0 };
    return this.mayStop(tenant) ? drainOf(tenant, this.#running, nowUs) : null;
  }

  /**
   * Not where it would take the new part for itself, nor where those behind it in the queue, to which it would come back,
   * may not start before it does.
   */
  protected override mayStop({ live }: Tenant): boolean {
    const { accepts, pool } = this.#field;
    if (isInOrder(this.run, pool)) return false;
    return this.cut.places.length > 0 || !accepts(live.job.shape).some((kind) => this.target[kind]! > 0);
  }

  #takesUs(): number {
    const shared = this.run.context.fleet.sharing[this.gpu] as SharedGpu;
    const way = this.#own.wayTo(this.cut);
    const path = way === undefined ? undefined : pathNamed(shared, 'change-layout', way);
    return path === undefined ? 0 : Math.round(operationSeconds(path, shared.values, 0) * 1e6);
  }

  #enter(step: Step): void {
    const { nowUs } = this.run.simulation;
    if (this.#step !== 'none') this.counts.stepUs[this.#step] += nowUs - this.#stepSinceUs;
    this.#step = step;
    this.#stepSinceUs = nowUs;
    this.isWaiting = step === 'wait';
  }

  #set(cut: Cut | null, isHeld: boolean): void {
    const { fleet, observers } = this.run.context;
    fleet.setCut(this.gpu, cut, isHeld);
    for (const observer of observers) observer.fleetChanged?.(this.run.simulation.nowUs);
    this.lookAtClosed();
  }

  protected get wholeParts(): number {
    return GPU_MILLI;
  }

  protected closedParts(): number {
    return Math.max(0, this.#openBefore - this.#openMilli());
  }

  /** Thousandths that have a tenant or could have one. */
  #openMilli(): number {
    return GPU_MILLI - this.card.strandedMilli();
  }

  #freeMilli(): number {
    return this.card.slots.reduce((free, { milli }) => free - milli, GPU_MILLI);
  }
}

const NOTHING = { takesUs: 0, lostUs: 0 };

function total({ counts }: Cut): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
