import type { Fleet } from '../../cluster/fleet.ts';
import { type MigPlacement, placementsIn } from '../../hardware/index.ts';
import type { Micros } from '../../kernel/time.ts';
import {
  type DefragmentRules,
  type MoveProposal,
  makeRoom,
  type PartitionedCard,
  type ProposedMove,
  raiseUsableSlices,
} from '../../policies/repartition/index.ts';
import type { SharedGpu, Slot } from '../../sharing/index.ts';
import type { LiveJob } from '../live-job.ts';
import type { Field } from './field.ts';
import { layoutOf } from './layout-of.ts';
import { hostOf, mayChangeHost, moveToSlot } from './move.ts';
import { idOf, remainingUs, stunOf } from './resident-view.ts';
import type { Reviewer } from './reviewer.ts';
import type { DefragmentPolicy, RepartitionCounts, RepartitioningRun } from './setup.ts';
import { type Tenant, tenantsOn } from './tenants.ts';

/** Waiting jobs for which room is looked for in one review. */
const JOBS_TRIED = 16;

/**
 * Moves running jobs of a field, one after another, to make room for waiting jobs or to raise what can be used.
 *
 * Leaves out: keeping the room for the job that it was made for (whoever is next in the queue takes it), and moves to
 * another host where the job has rules about neighbours.
 */
export class Defragmenter implements Reviewer {
  readonly #run: RepartitioningRun;
  readonly #counts: RepartitionCounts;
  readonly field: Field;
  readonly times: DefragmentPolicy;
  #moves: readonly ProposedMove[] = [];
  /** Who is on the way; its end is told by `moved`. */
  #moving: LiveJob | undefined;
  #sinceUs = 0;

  constructor(run: RepartitioningRun, counts: RepartitionCounts, field: Field, policy: DefragmentPolicy) {
    this.#run = run;
    this.#counts = counts;
    this.field = field;
    this.times = policy;
  }

  get isMoving(): boolean {
    return this.#moving !== undefined;
  }

  /**
   * Looks for moves that make room for one of the waiting jobs, or that raise what can be used at all.
   *
   * @param gpus cards of the field that may be changed
   */
  review(gpus: readonly number[], waiting: readonly LiveJob[], raises: boolean): void {
    const { fleet } = this.#run.context;
    const onDemand = gpus.filter((gpu) => fleet.cards[gpu]?.layout?.standing === null);
    if (this.isMoving || onDemand.length === 0) return;
    const cards = this.#view(onDemand);
    const proposal = this.#forWaiting(cards, waiting) ?? (raises ? this.#forAll(cards, waiting) : undefined);
    if (proposal === undefined || proposal.moves.length === 0) return;
    this.#counts.begun += 1;
    this.#moves = proposal.moves;
    this.#next();
  }

  isCause(gpus: readonly number[], waiting: readonly LiveJob[]): boolean {
    return lacksRoom(this.#run.context.fleet, this.field, gpus, waiting);
  }

  /** Somebody has left its place: the move under way may be over. */
  left(live: LiveJob): void {
    if (this.#moving !== live || live.move !== undefined) return;
    this.#counts.stepUs.migrate += this.#run.simulation.nowUs - this.#sinceUs;
    this.#moving = undefined;
    if (this.#moves.length === 0) this.#counts.done += 1;
    else this.#next();
  }

  /** Begins the next move; where things have changed meanwhile, the rest is void. */
  #next(): void {
    const [move, ...rest] = this.#moves;
    this.#moves = rest;
    if (move === undefined) return;
    const { fleet } = this.#run.context;
    const gpu = Number(move.from.card);
    const there = tenantsOn(fleet, this.#run.live, [gpu]).get(gpu)?.get(move.from.placement) ?? [];
    const [tenant] = there;
    const stunUs = tenant === undefined ? undefined : this.#stunOf(tenant, gpu);
    const isHere = there.length === 1 && idOf(there, move.from.placement) === move.job;
    const to = { gpu: Number(move.to.card), placement: move.to.placement };
    const isOpen = fleet.closedFor[hostOf(fleet, to.gpu)] === 0 && fleet.gpuClosedFor[to.gpu] === 0;
    if (
      tenant === undefined ||
      stunUs === undefined ||
      !isHere ||
      !isOpen ||
      !moveToSlot(this.#run, tenant, { gpu: to.gpu, slot: this.#slotAt(tenant, to) }, stunUs)
    ) {
      this.#moves = [];
      this.#counts.madeAnew += 1;
      return;
    }
    const { geometry } = this.field;
    const slices = geometry.placements[move.from.placement]?.profile.gpuSlices ?? 0;
    this.#counts.moved += 1;
    this.#counts.stunGpuUs += (stunUs * slices) / geometry.model.gpuSlicesTotal;
    this.#moving = tenant.live;
    this.#sinceUs = this.#run.simulation.nowUs;
  }

  /** A slot like the tenant's own at a placement of another card. */
  #slotAt({ slot }: Tenant, { gpu, placement }: { readonly gpu: number; readonly placement: number }): Slot {
    const at = this.field.geometry.placements[placement] as MigPlacement;
    return layoutOf(this.#run.context.fleet, gpu).slotAt(slot, at);
  }

  #forWaiting(cards: readonly PartitionedCard[], waiting: readonly LiveJob[]): MoveProposal | undefined {
    const { geometry } = this.field;
    const tried = new Set<number>();
    for (const live of waiting.slice(0, JOBS_TRIED)) {
      if (live.job.shapes.length !== 1) continue;
      const profile = this.field.wants(live.job.shape);
      if (profile === undefined || tried.has(profile)) continue;
      tried.add(profile);
      const lastsUs = Math.min(this.times.horizonUs, live.estimateLeftUs);
      const share = (geometry.profiles[profile]?.gpuSlices ?? 0) / geometry.model.gpuSlicesTotal;
      const found = makeRoom(
        geometry,
        cards,
        { profile, gainGpuMinutes: (lastsUs / 60e6) * share },
        this.#rules(),
      );
      if (found !== undefined && found.moves.length > 0) return found;
    }
    return undefined;
  }

  #forAll(cards: readonly PartitionedCard[], waiting: readonly LiveJob[]): MoveProposal | undefined {
    const { geometry } = this.field;
    const weights = geometry.profiles.map(() => 0);
    for (const { instances } of cards) {
      for (const { placement } of instances) weights[geometry.placements[placement]!.profileIndex]! += 1;
    }
    for (const { job } of waiting) {
      const profile = this.field.wants(job.shape);
      if (profile !== undefined) weights[profile]! += 1;
    }
    if (weights.every((weight) => weight === 0)) return undefined;
    const horizonUs = this.times.horizonUs as Micros;
    return raiseUsableSlices(geometry, cards, { weights, horizonUs }, this.#rules(), 1)[0];
  }

  #rules(): DefragmentRules {
    return { gainPerCost: this.times.gainPerCost, maxMoves: this.times.maxMoves };
  }

  #stunOf(tenant: Tenant, gpu: number): number | undefined {
    const shared = this.#run.context.fleet.sharing[gpu] as SharedGpu;
    return stunOf(tenant, shared, this.times.migratePath);
  }

  /** The cards as they are, with who can move. */
  #view(gpus: readonly number[]): readonly PartitionedCard[] {
    const { context, live, simulation } = this.#run;
    const { fleet } = context;
    const { geometry } = this.field;
    const tenants = tenantsOn(fleet, live, gpus);
    const isOneHost = new Set(gpus.map((g) => hostOf(fleet, g))).size === 1;
    return gpus.map((gpu) => {
      const { used } = layoutOf(fleet, gpu);
      return {
        id: String(gpu),
        instances: placementsIn(geometry, used).map(({ index, profile }) => {
          const there = tenants.get(gpu)?.get(index) ?? [];
          const only = there.length === 1 ? there[0] : undefined;
          const mayGo = only !== undefined && (isOneHost || mayChangeHost(only));
          const stunUs = mayGo ? this.#stunOf(only, gpu) : undefined;
          const left = only === undefined || only.isComing ? null : remainingUs(only.live, simulation.nowUs);
          return {
            placement: index,
            job: {
              id: idOf(there, index),
              remainingUs: left as Micros | null,
              gpuShare: profile.gpuSlices / geometry.model.gpuSlicesTotal,
              drain: null,
              migrate: stunUs === undefined ? null : { stunUs: stunUs as Micros },
            },
          };
        }),
      };
    });
  }
}

/** Whether some waiting job gets no instance on any of the cards although it could on an empty one. */
function lacksRoom(
  fleet: Fleet,
  field: Field,
  gpus: readonly number[],
  waiting: readonly LiveJob[],
): boolean {
  return waiting.slice(0, JOBS_TRIED).some(({ job }) => {
    if (job.shapes.length !== 1 || field.wants(job.shape) === undefined) return false;
    return !gpus.some((gpu) => fleet.hasRoom(gpu, job.shape));
  });
}
