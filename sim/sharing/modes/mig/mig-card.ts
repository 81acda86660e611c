import {
  canAddComputeInstance,
  computeInstanceName,
  computeSlicesLeft,
  type MigPlacement,
  type PlacementSet,
  placementsIn,
} from '../../../hardware/index.ts';
import { type GpuAsk, isInteractive } from '../../ask.ts';
import type { CardSpec } from '../../card-spec.ts';
import type { Residents } from '../../residents.ts';
import type { Refusal } from '../../slot.ts';
import { GpuInstances } from './gpu-instances.ts';
import { freeOrdinal, InstanceCard } from './instance-card.ts';
import { type MigPart, type MigParts, migPartsOf, partNames } from './mig-parts.ts';
import type { PartNeeds } from './needs.ts';
import { shareWithinInstance } from './neighbours.ts';
import { type MigShape, type NamedProfile, slicesGiveMilli } from './shape.ts';
import { unsuited } from './suits.ts';

/** What the cards of one model in one configuration have in common. */
export interface MigCardKind {
  readonly shape: MigShape;
  readonly fixed: PlacementSet | null;
  readonly computeInstances: boolean;
  readonly needs: PartNeeds;
  readonly neighbourSlowdown: number;
}

/**
 * A card in MIG mode with containers or processes on its instances.
 *
 * A request by size gets the smallest profile, by compute slices and then by memory, that gives the wanted compute and
 * memory, holds what the job uses, and is not known to be too small for it. On demand these are the plain and
 * double-memory profiles (those with graphics for a job that needs it), and the job waits for exactly that one; in a
 * fixed layout it takes the smallest instance that is free, with whatever engines.
 *
 * A job with several processes shares its own instance among them through MPS: nobody else is in there, so that changes
 * nothing for others, and its use describes all its processes together.
 */
export class MigCard extends InstanceCard<MigPart> {
  readonly #kind: MigCardKind;
  readonly #parts: MigParts;
  #load = new Float64Array(8);

  constructor(spec: CardSpec, kind: MigCardKind) {
    const { geometry } = kind.shape;
    super(spec, new GpuInstances(geometry, kind.fixed, geometry.all), kind.neighbourSlowdown);
    this.#kind = kind;
    this.#parts = migPartsOf(kind.shape);
  }

  protected partNamed(label: string): MigPart | undefined {
    const part = this.#parts.labelled(label);
    if (part === undefined || this.#kind.computeInstances) return part;
    return part.slices === part.sized.profile.gpuSlices ? part : undefined;
  }

  protected twin(): MigCard {
    return new MigCard(this.spec, this.#kind);
  }

  protected where(ask: GpuAsk): MigPart | Refusal {
    switch (ask.slot.kind) {
      case 'whole':
        return this.#whole(ask);
      case 'part':
        return this.#bySize(ask, ask.slot.computeMilli, ask.slot.memoryMib);
      case 'profile':
        return this.#byName(ask, ask.slot.profile);
    }
  }

  #whole(ask: GpuAsk): MigPart | Refusal {
    if (this.slots.length > 0) {
      return { refused: 'card-taken', detail: `a whole card is wanted and ${this.slots[0]!.label} is taken` };
    }
    return this.#bySize(ask, 1000, 0);
  }

  #bySize(ask: GpuAsk, computeMilli: number, memoryMib: number): MigPart | Refusal {
    const { shape, fixed } = this.#kind;
    const wantsGraphics = isInteractive(ask.use.workload);
    let refused: Refusal | undefined;
    for (const sized of shape.bySize) {
      const { profile } = sized;
      if (!slicesGiveMilli(shape.model, profile.gpuSlices, computeMilli)) continue;
      if (fixed === null) {
        const isUsual = profile.variant === 'plain' || profile.variant === 'double-memory';
        if (!isUsual && !(wantsGraphics && profile.graphics)) continue;
      } else if (!this.instances.has(sized)) continue;
      if (sized.memoryMib < memoryMib) {
        refused = {
          refused: 'no-profile-large-enough',
          detail: `${memoryMib} MiB are wanted, ${profile.name} has ${sized.memoryMib} MiB`,
        };
        continue;
      }
      const unfit = unsuited(shape, sized, profile.gpuSlices, sized.names, ask.use);
      if (unfit !== undefined) {
        refused = unfit;
        continue;
      }
      const found = this.instances.find(sized, null);
      if (!('refused' in found)) return this.#parts.at(found, profile.gpuSlices, 0);
      if (fixed === null) return found;
      refused = found;
    }
    return (
      refused ?? {
        refused: 'no-profile-large-enough',
        detail: `no ${fixed === null ? 'profile' : 'instance of the layout'} gives ${computeMilli} thousandths`,
      }
    );
  }

  #byName(ask: GpuAsk, name: string): MigPart | Refusal {
    const { shape, computeInstances } = this.#kind;
    const named = shape.named(name);
    if (typeof named === 'string') return { refused: 'unknown-profile', detail: named };
    const { sized, slices, start } = named;
    const isWhole = slices === sized.profile.gpuSlices;
    if (!isWhole && !computeInstances) {
      return { refused: 'unknown-profile', detail: `${name} is a compute instance, which are switched off` };
    }
    const unfit = unsuited(shape, sized, slices, partNames(sized, slices), ask.use);
    if (unfit !== undefined) return unfit;
    if (!isWhole) return this.#computeInstance(named);
    const found = this.instances.find(sized, start);
    return 'refused' in found ? found : this.#parts.at(found, slices, 0);
  }

  /** Beside other compute instances, in the GPU instance with the least room; else in one of its own. */
  #computeInstance({ sized, slices, start }: NamedProfile): MigPart | Refusal {
    const { geometry, model } = this.#kind.shape;
    const { profile, index } = sized;
    let best: MigPlacement | undefined;
    let leastLeft = Number.POSITIVE_INFINITY;
    let divided = 0;
    const open = this.instances.used & ~this.instances.held & geometry.ofProfile[index]!;
    for (const placement of placementsIn(geometry, open)) {
      if (start !== null && placement.start !== start) continue;
      const sizes = this.tenantsAt(placement).map((each) => each.slices);
      if (sizes.includes(profile.gpuSlices)) continue;
      divided += 1;
      const left = computeSlicesLeft(profile, sizes);
      if (left < leastLeft && canAddComputeInstance(model, profile, sizes, slices)) {
        best = placement;
        leastLeft = left;
      }
    }
    if (best !== undefined) return this.#parts.at(best, slices, freeOrdinal(this.tenantsAt(best)));
    const found = this.instances.find(sized, start);
    if (!('refused' in found)) return this.#parts.at(found, slices, 0);
    if (divided === 0) return found;
    const name = computeInstanceName(profile, slices);
    return {
      refused: 'mig-compute-instance',
      detail: `no ${name} is left in ${divided} divided ${profile.name}, and no further one: ${found.detail}`,
    };
  }

  protected joins({ sized, slices }: MigPart, tenants: readonly MigPart[]): boolean {
    const sizes = tenants.map((each) => each.slices);
    return canAddComputeInstance(this.#kind.shape.model, sized.profile, sizes, slices);
  }

  protected speedsInInstances(residents: Residents, into: Float64Array): void {
    const { count, slots, uses, active } = residents;
    if (this.#load.length < count) this.#load = new Float64Array(count * 2);
    // Instances with several active compute instances, by start.
    let seen = 0;
    let shared = 0;
    for (let seat = 0; seat < count; seat++) {
      const use = uses[seat]!;
      const slot = slots[seat]!;
      const ratio = this.#kind.needs.ratio(use, slot.profile, this.#parts.share(slot.profile));
      const speed = active[seat] === 1 ? Math.min(1, ratio) : 0;
      into[seat] = speed;
      this.#load[seat] = Math.min(1, (speed * use.bandwidth) / slot.bandwidthShare);
      if (active[seat] !== 1) continue;
      const bit = 1 << slot.start;
      shared |= seen & bit;
      seen |= bit;
    }
    for (let start = 0; shared >> start !== 0; start++) {
      if (((shared >> start) & 1) === 1) shareWithinInstance(residents, start, this.#load, into);
    }
  }

  /** Only compute instances can: the memory of their GPU instance is common to them. */
  overflows({ count, slots, uses }: Residents): boolean {
    const newcomer = slots[count - 1];
    const part = newcomer === undefined ? undefined : this.#parts.labelled(newcomer.label);
    if (part === undefined || part.slot.memoryMib > 0) return false;
    let usedMib = 0;
    for (let seat = 0; seat < count; seat++) {
      if (slots[seat]!.start === part.slot.start) usedMib += uses[seat]!.memoryMib;
    }
    return usedMib > part.sized.memoryMib;
  }
}
