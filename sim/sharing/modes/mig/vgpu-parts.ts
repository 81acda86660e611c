import { compactName, type GpuModel, type MigPlacement } from '../../../hardware/index.ts';
import { type VgpuSeries, type VgpuType, vgpuGpusOfGpu, vgpuTypesOf } from '../../../hardware/vgpu/index.ts';
import type { Slot } from '../../slot.ts';
import type { InstanceShare } from '../../speed/mig-speeds.ts';
import type { Part } from './instance-card.ts';
import type { MigShape, SizedProfile } from './shape.ts';

/** A vGPU type with the GPU instance that backs it. */
export interface BackedType {
  readonly type: VgpuType;
  readonly sized: SizedProfile;
  /** vGPUs of the type in one instance. */
  readonly seats: number;
  /** Thousandths of the card that one vGPU is counted as, rounded down. */
  readonly milli: number;
  /** What one vGPU has: the whole instance's memory, or an equal part of it, MiB. */
  readonly memoryMib: number;
}

/** A vGPU in a GPU instance. */
export interface VgpuPart extends Part {
  readonly backed: BackedType;
}

/** The MIG-backed types of a GPU and every place of theirs: made once, the same for all its cards. */
export class VgpuParts {
  readonly types: readonly BackedType[];
  /** Placements of the profiles that back a type. */
  readonly allowed: number;
  readonly #gpu: GpuModel;
  readonly #bySize = new Map<string, readonly BackedType[]>();
  readonly #byLabel = new Map<string, VgpuPart>();
  readonly #byType = new Map<string, { readonly backed: BackedType; readonly share: InstanceShare }>();

  constructor(gpu: GpuModel, shape: MigShape) {
    this.#gpu = gpu;
    const { geometry } = shape;
    this.types = typesOf(gpu).flatMap((type) => {
      const sized = backing(shape, type);
      if (sized === undefined) return [];
      const seats = type.maxPerGpuInstance ?? 1;
      return {
        type,
        sized,
        seats,
        milli: Math.floor((1000 * sized.profile.gpuSlices) / (shape.model.gpuSlicesTotal * seats)),
        // The size in the type's name is nominal: a full instance has a little less than all its vGPUs' names say.
        memoryMib:
          Math.min(type.backing === 'mig' ? sized.memoryMib : type.fbMib, sized.memoryMib / seats) | 0,
      };
    });
    let allowed = 0;
    for (const backed of this.types) {
      const { type, sized } = backed;
      allowed |= geometry.ofProfile[sized.index]!;
      this.#byType.set(type.type, {
        backed,
        share: {
          compute: sized.computeShare,
          bandwidth: sized.bandwidthShare,
          names: [type.type, ...sized.names],
        },
      });
      for (const placement of geometry.placements) {
        if (placement.profileIndex !== sized.index) continue;
        for (let ordinal = 0; ordinal < backed.seats; ordinal++) this.#add(backed, placement, ordinal);
      }
    }
    this.allowed = allowed;
  }

  /**
   * Types of a series that a request by size may get, smallest first: without `+me`, and on instances with graphics
   * where the job draws and the GPU has such.
   */
  bySize(series: VgpuSeries, draws: boolean): readonly BackedType[] {
    const key = `${series} ${draws}`;
    let list = this.#bySize.get(key);
    if (list === undefined) {
      const ofSeries = this.types.filter((each) => each.type.series === series);
      const hasGraphics = ofSeries.some((each) => each.type.mediaEngines === '+gfx');
      const variant = draws && hasGraphics ? '+gfx' : 'default';
      list = ofSeries
        .filter((each) => (each.type.mediaEngines ?? 'default') === variant)
        .sort((a, b) => a.milli - b.milli || a.memoryMib - b.memoryMib || a.sized.index - b.sized.index);
      this.#bySize.set(key, list);
    }
    return list;
  }

  /** The MIG-backed type of this name, with or without the vendor's `GRID` or `NVIDIA` in front. */
  named(name: string): BackedType | undefined {
    const wanted = typeKey(name);
    return this.types.find((each) => compactName(each.type.type) === wanted);
  }

  /** Whether the GPU has a type of this name that needs MIG to be off. */
  isTimeSliced(name: string): boolean {
    const wanted = typeKey(name);
    return vgpuGpusOfGpu(this.#gpu)
      .flatMap((each) => vgpuTypesOf(each.id))
      .some((type) => type.backing === 'time-sliced' && compactName(type.type) === wanted);
  }

  /** @param name of a type, which is the profile of its slots */
  ofType(name: string): { readonly backed: BackedType; readonly share: InstanceShare } {
    return this.#byType.get(name)!;
  }

  labelled(label: string): VgpuPart | undefined {
    return this.#byLabel.get(label);
  }

  at(backed: BackedType, placement: MigPlacement, ordinal: number): VgpuPart {
    return this.#byLabel.get(labelOf(backed, placement, ordinal)) as VgpuPart;
  }

  #add(backed: BackedType, placement: MigPlacement, ordinal: number): void {
    const { type, sized, milli, memoryMib } = backed;
    const slot: Slot = {
      label: labelOf(backed, placement, ordinal),
      profile: type.type,
      milli,
      memoryMib,
      start: placement.start,
      size: sized.profile.size,
      domain: placement.start,
      computeShare: sized.computeShare,
      bandwidthShare: sized.bandwidthShare,
    };
    this.#byLabel.set(slot.label, { slot, placement, ordinal, backed });
  }
}

const known = new WeakMap<MigShape, Map<string, VgpuParts>>();

/** The parts of a GPU. Boards of one MIG model may differ in their type names. */
export function vgpuPartsOf(gpu: GpuModel, shape: MigShape): VgpuParts {
  let byGpu = known.get(shape);
  if (byGpu === undefined) {
    byGpu = new Map();
    known.set(shape, byGpu);
  }
  let parts = byGpu.get(gpu.id);
  if (parts === undefined) {
    parts = new VgpuParts(gpu, shape);
    byGpu.set(gpu.id, parts);
  }
  return parts;
}

/** MIG-backed types of a GPU of the catalogue. */
function typesOf(gpu: GpuModel): VgpuType[] {
  return vgpuGpusOfGpu(gpu)
    .flatMap((each) => vgpuTypesOf(each.id))
    .filter((type) => type.backing !== 'time-sliced');
}

/** The profile that backs a type: of its slices and variant, the one whose memory is nearest to what all its vGPUs have. */
function backing(shape: MigShape, type: VgpuType): SizedProfile | undefined {
  const variants = { default: ['plain', 'double-memory'], '+me': ['media'], '+gfx': ['graphics'] }[
    type.mediaEngines ?? 'default'
  ];
  const wanted = type.fbMib * (type.maxPerGpuInstance ?? 1);
  let best: SizedProfile | undefined;
  let nearest = Number.POSITIVE_INFINITY;
  for (const sized of shape.profiles) {
    const { variant, gpuSlices, memoryGbNominal } = sized.profile;
    if (gpuSlices !== type.migSlices || !variants.includes(variant)) continue;
    const distance = Math.abs(memoryGbNominal * 1024 - wanted);
    if (distance < nearest) {
      nearest = distance;
      best = sized;
    }
  }
  return best;
}

function typeKey(name: string): string {
  return compactName(name.replace(/^\s*(grid|nvidia)[\s_-]+/i, ''));
}

function labelOf({ type, seats }: BackedType, placement: MigPlacement, ordinal: number): string {
  const label = `${type.type}@${placement.start}`;
  return seats === 1 ? label : `${label}#${ordinal}`;
}
