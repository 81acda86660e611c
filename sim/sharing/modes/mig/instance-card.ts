import type { MigPlacement } from '../../../hardware/index.ts';
import type { GpuAsk, GpuUse } from '../../ask.ts';
import type { CardSpec } from '../../card-spec.ts';
import type { InstanceChoice, InstanceLayout } from '../../instance-layout.ts';
import type { Card } from '../../mode.ts';
import type { Residents } from '../../residents.ts';
import type { Refusal, Slot } from '../../slot.ts';
import { limitByLink } from '../../speed/link.ts';
import type { GpuInstances } from './gpu-instances.ts';
import { slowByNeighbours } from './neighbours.ts';

/** What a slot is on a MIG card: an instance or a part of one. */
export interface Part {
  readonly slot: Slot;
  readonly placement: MigPlacement;
  /** Tells parts of one instance apart; 0 for all of it. */
  readonly ordinal: number;
}

/** A card in MIG mode. What a tenant may get, and how tenants of one instance share it, is up to the two modes. */
export abstract class InstanceCard<P extends Part> implements Card {
  readonly spec: CardSpec;
  version = 0;
  readonly slots: Slot[] = [];
  protected readonly instances: GpuInstances;
  readonly #neighbourSlowdown: number;
  /** By index of the placement. */
  readonly #tenants: P[][] = [];
  #empty: Card | undefined;
  #layout: InstanceLayout | undefined;

  constructor(spec: CardSpec, instances: GpuInstances, neighbourSlowdown: number) {
    this.spec = spec;
    this.instances = instances;
    this.#neighbourSlowdown = neighbourSlowdown;
  }

  /** Where one part for the ask would go now. */
  protected abstract where(ask: GpuAsk): P | Refusal;
  /** The part of a slot's label; undefined where no ask can have it. */
  protected abstract partNamed(label: string): P | undefined;
  /** Whether a part fits into an instance beside its tenants, one or more. */
  protected abstract joins(part: P, tenants: readonly P[]): boolean;
  /** The same card without tenants. */
  protected abstract twin(): InstanceCard<P>;
  /** Speeds as if the other instances of the card were idle and the link endless. */
  protected abstract speedsInInstances(residents: Residents, into: Float64Array): void;
  abstract overflows(residents: Residents, use: GpuUse): boolean;

  get layout(): InstanceLayout {
    this.#layout ??= new CardLayout(this);
    return this.#layout;
  }

  /** For its layout alone. */
  get gpuInstances(): GpuInstances {
    return this.instances;
  }

  setEmptyTwin(twin: Card): void {
    this.#empty = twin;
  }

  placementOf({ label }: Slot): MigPlacement {
    const part = this.partNamed(label);
    if (part === undefined) throw new RangeError(`Cannot find slot ${label}: ${this.spec.model} has none`);
    return part.placement;
  }

  slotAt(slot: Slot, { start }: MigPlacement): Slot {
    const part = this.partNamed(slot.label.replace(/@\d+/, `@${start}`));
    if (part === undefined)
      throw new RangeError(`Cannot find a slot like ${slot.label} at ${start} on ${this.spec.model}`);
    return part.slot;
  }

  protected tenantsAt(placement: MigPlacement): readonly P[] {
    return this.#tenants[placement.index] ?? [];
  }

  admit(ask: GpuAsk): Slot | Refusal {
    if (ask.count === 1) {
      const part = this.where(ask);
      return 'refused' in part ? part : part.slot;
    }
    if (ask.slot.kind !== 'profile') {
      return { refused: 'one-per-job', detail: `${ask.count} parts are wanted without naming a profile` };
    }
    return this.#admitSeveral(ask);
  }

  admitEmpty(ask: GpuAsk): Slot | Refusal {
    this.#empty ??= this.twin();
    return this.#empty.admit(ask);
  }

  /** Tries all of them on, and takes them off again. */
  #admitSeveral(ask: GpuAsk): Slot | Refusal {
    const tried: P[] = [];
    let answer: Slot | Refusal | undefined;
    while (tried.length < ask.count) {
      const part = this.where(ask);
      if ('refused' in part) {
        answer = { ...part, detail: `${ask.count} are wanted, ${tried.length} fit: ${part.detail}` };
        break;
      }
      this.#take(part);
      tried.push(part);
      answer ??= part.slot;
    }
    for (const part of tried.reverse()) this.#giveBack(part);
    return answer as Slot | Refusal;
  }

  place(slot: Slot): void {
    const part = this.partNamed(slot.label);
    if (part === undefined || !this.#isFree(part)) {
      throw new RangeError(`Cannot take slot ${slot.label} of ${this.spec.model}: it is not free`);
    }
    this.#take(part);
    this.slots.push(part.slot);
    this.version += 1;
  }

  release(slot: Slot): void {
    const at = this.slots.findIndex((each) => each.label === slot.label);
    if (at < 0) {
      throw new RangeError(`Cannot release slot ${slot.label} of ${this.spec.model}: it is not taken`);
    }
    this.#giveBack(this.partNamed(slot.label) as P);
    this.slots.splice(at, 1);
    this.version += 1;
  }

  speeds(residents: Residents, into: Float64Array): void {
    this.speedsInInstances(residents, into);
    slowByNeighbours(residents, this.#neighbourSlowdown, into);
    limitByLink(residents, this.spec.linkBytesPerSec, into);
  }

  strandedMilli(): number {
    return this.instances.strandedMilli();
  }

  #isFree(part: P): boolean {
    const tenants = this.tenantsAt(part.placement);
    if (tenants.length === 0) return this.instances.isFree(part.placement);
    return tenants.every((each) => each.ordinal !== part.ordinal) && this.joins(part, tenants);
  }

  #take(part: P): void {
    const { index } = part.placement;
    const tenants = this.#tenants[index];
    if (tenants === undefined) this.#tenants[index] = [part];
    else tenants.push(part);
    this.instances.take(part.placement);
  }

  #giveBack(part: P): void {
    const tenants = this.#tenants[part.placement.index] as P[];
    tenants.splice(
      tenants.findIndex((each) => each.ordinal === part.ordinal),
      1,
    );
    if (tenants.length === 0) this.instances.giveBack(part.placement);
  }
}

/** The lowest ordinal that no tenant has. */
export function freeOrdinal(tenants: readonly Part[]): number {
  let ordinal = 0;
  while (tenants.some((each) => each.ordinal === ordinal)) ordinal += 1;
  return ordinal;
}

/** The instances of a card as others may change them. */
class CardLayout implements InstanceLayout {
  readonly #card: InstanceCard<Part>;

  constructor(card: InstanceCard<Part>) {
    this.#card = card;
  }

  get geometry() {
    return this.#card.gpuInstances.geometry;
  }

  get standing() {
    return this.#card.gpuInstances.fixed;
  }

  get held() {
    return this.#card.gpuInstances.held;
  }

  get used() {
    return this.#card.gpuInstances.used;
  }

  set(standing: number, held: number): void {
    this.#card.gpuInstances.set(standing, held);
    this.#card.version += 1;
  }

  steer(choice: InstanceChoice): void {
    this.#card.gpuInstances.steer(choice);
    this.#card.version += 1;
  }

  setEmptyTwin(twin: Card): void {
    this.#card.setEmptyTwin(twin);
  }

  placementOf(slot: Slot): MigPlacement {
    return this.#card.placementOf(slot);
  }

  slotAt(slot: Slot, placement: MigPlacement): Slot {
    return this.#card.slotAt(slot, placement);
  }
}
