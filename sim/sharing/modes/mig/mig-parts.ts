import { computeInstanceName, computeInstanceProfiles, type MigPlacement } from '../../../hardware/index.ts';
import type { Slot } from '../../slot.ts';
import type { InstanceShare } from '../../speed/mig-speeds.ts';
import type { Part } from './instance-card.ts';
import { type MigShape, milliOfSlices, type SizedProfile } from './shape.ts';

/** A GPU instance, or a compute instance in one. */
export interface MigPart extends Part {
  readonly sized: SizedProfile;
  /** Compute slices; all of the profile's for an undivided GPU instance. */
  readonly slices: number;
}

/** Every part that a card of one model can have, with its slot: made once, the same for all its cards. */
export class MigParts {
  readonly #byLabel = new Map<string, MigPart>();
  /** By profile of the slot. */
  readonly #shares = new Map<string, InstanceShare>();

  constructor(shape: MigShape) {
    for (const placement of shape.geometry.placements) {
      const sized = shape.profiles[placement.profileIndex]!;
      const whole = sized.profile.gpuSlices;
      this.#add(shape, placement, sized, whole, 0);
      for (const { gpuSlices } of computeInstanceProfiles(shape.model, sized.profile)) {
        if (gpuSlices === whole) continue;
        for (let ordinal = 0; ordinal < whole; ordinal++) {
          this.#add(shape, placement, sized, gpuSlices, ordinal);
        }
      }
    }
  }

  labelled(label: string): MigPart | undefined {
    return this.#byLabel.get(label);
  }

  /** @param ordinal of a compute instance in its GPU instance; 0 for an undivided one */
  at(placement: MigPlacement, slices: number, ordinal: number): MigPart {
    return this.#byLabel.get(labelOf(placement, slices, ordinal)) as MigPart;
  }

  /** What a part of this profile owns. */
  share(profile: string): InstanceShare {
    return this.#shares.get(profile) as InstanceShare;
  }

  #add(
    { model }: MigShape,
    placement: MigPlacement,
    sized: SizedProfile,
    slices: number,
    ordinal: number,
  ): void {
    const { profile, start } = placement;
    const name = computeInstanceName(profile, slices);
    const compute = (sized.computeShare * slices) / profile.gpuSlices;
    const slot: Slot = {
      label: labelOf(placement, slices, ordinal),
      profile: name,
      milli: milliOfSlices(model, slices),
      // Compute instances have the memory of their GPU instance in common: none is reserved for one of them.
      memoryMib: slices === profile.gpuSlices ? sized.memoryMib : 0,
      start,
      size: profile.size,
      // Compute instances have SMs of their own, so each is a domain. Starts stay below the length of the axis.
      domain: start + ordinal * model.placementAxisUnits,
      computeShare: compute,
      bandwidthShare: sized.bandwidthShare,
    };
    this.#byLabel.set(slot.label, { slot, placement, ordinal, sized, slices });
    this.#shares.set(name, { compute, bandwidth: sized.bandwidthShare, names: partNames(sized, slices) });
  }
}

const known = new WeakMap<MigShape, MigParts>();

export function migPartsOf(shape: MigShape): MigParts {
  let parts = known.get(shape);
  if (parts === undefined) {
    parts = new MigParts(shape);
    known.set(shape, parts);
  }
  return parts;
}

/** Names by which a job may state its speed: of a compute instance only its own, since the whole one's is another. */
export function partNames(sized: SizedProfile, slices: number): readonly string[] {
  if (slices === sized.profile.gpuSlices) return sized.names;
  return sized.names.map((name) => `${slices}c.${name}`);
}

function labelOf(placement: MigPlacement, slices: number, ordinal: number): string {
  const label = `${computeInstanceName(placement.profile, slices)}@${placement.start}`;
  return slices === placement.profile.gpuSlices ? label : `${label}#${ordinal}`;
}
