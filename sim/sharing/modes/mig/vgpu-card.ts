import { type MigPlacement, type PlacementSet, placementsIn } from '../../../hardware/index.ts';
import type { VgpuSeries } from '../../../hardware/vgpu/index.ts';
import { type GpuAsk, type GpuUse, isInteractive } from '../../ask.ts';
import type { CardSpec } from '../../card-spec.ts';
import type { VgpuSchedulerName } from '../../names.ts';
import type { Residents } from '../../residents.ts';
import type { Refusal } from '../../slot.ts';
import { statedSpeed } from '../../speed/mig-speeds.ts';
import { GpuInstances } from './gpu-instances.ts';
import { freeOrdinal, InstanceCard } from './instance-card.ts';
import type { PartNeeds } from './needs.ts';
import { fairLevel } from './neighbours.ts';
import type { MigShape } from './shape.ts';
import type { BackedType, VgpuPart, VgpuParts } from './vgpu-parts.ts';

/** What the cards of one model in one configuration have in common. */
export interface VgpuCardKind {
  readonly shape: MigShape;
  readonly parts: VgpuParts;
  readonly fixed: PlacementSet | null;
  readonly scheduler: VgpuSchedulerName;
  readonly series: VgpuSeries | null;
  readonly needs: PartNeeds;
  readonly neighbourSlowdown: number;
  /** Speed of a vGPU that has its instance for itself, relative to a container on that instance. */
  readonly alone: number;
  /** Part of an instance's time that is left when several vGPUs in it have work. */
  readonly shared: number;
}

/**
 * A card in MIG mode whose instances carry vGPUs: one each, or several that take turns where the type allows it. Those
 * of one instance have one size (rule R-equal-1 is documented for whole cards; inferred here for instances).
 *
 * A request by size gets the smallest type, by its part of the card and then by memory, of the series that the
 * configuration names; else `Q` for work that draws and `C` for the rest. Types with `+me` are only given by name.
 */
export class VgpuCard extends InstanceCard<VgpuPart> {
  readonly #kind: VgpuCardKind;
  #needs = new Float64Array(8);
  /** By start of an instance: its vGPUs, those that have work, and what each of these gets at most. */
  readonly #running: Int32Array;
  readonly #busy: Int32Array;
  readonly #level: Float64Array;

  constructor(spec: CardSpec, kind: VgpuCardKind) {
    super(
      spec,
      new GpuInstances(kind.shape.geometry, kind.fixed, kind.parts.allowed),
      kind.neighbourSlowdown,
    );
    this.#kind = kind;
    const { placementAxisUnits } = kind.shape.model;
    this.#running = new Int32Array(placementAxisUnits);
    this.#busy = new Int32Array(placementAxisUnits);
    this.#level = new Float64Array(placementAxisUnits);
  }

  protected partNamed(label: string): VgpuPart | undefined {
    return this.#kind.parts.labelled(label);
  }

  protected twin(): VgpuCard {
    return new VgpuCard(this.spec, this.#kind);
  }

  protected joins({ backed }: VgpuPart, tenants: readonly VgpuPart[]): boolean {
    return tenants.length < backed.seats && tenants[0]!.backed.type.fbMib === backed.type.fbMib;
  }

  protected where(ask: GpuAsk): VgpuPart | Refusal {
    switch (ask.slot.kind) {
      case 'whole':
        if (this.slots.length === 0) return this.#bySize(ask.use, 1000, 0);
        return {
          refused: 'card-taken',
          detail: `a whole card is wanted and ${this.slots[0]!.label} is taken`,
        };
      case 'part':
        return this.#bySize(ask.use, ask.slot.computeMilli, ask.slot.memoryMib);
      case 'profile':
        return this.#byName(ask.use, ask.slot.profile);
    }
  }

  #byName(use: GpuUse, name: string): VgpuPart | Refusal {
    const { parts, shape } = this.#kind;
    const [, bare, startText] = /^(.*?)(?:@(\d+))?$/.exec(name.trim()) ?? [];
    const start = startText === undefined ? null : Number(startText);
    const byType = parts.named(bare as string);
    if (byType !== undefined) return this.#find(use, byType, start);
    if (parts.isTimeSliced(name)) {
      return { refused: 'vgpu-backing', detail: `${name} needs MIG to be off, and it is on` };
    }
    const named = shape.named(name);
    if (typeof named === 'string') {
      return {
        refused: 'unknown-profile',
        detail: `${this.spec.model} has no MIG-backed vGPU type nor MIG profile "${name}"`,
      };
    }
    const { sized } = named;
    const backed = parts.types.filter((each) => each.sized === sized && each.seats === 1);
    if (backed.length === 0 || named.slices !== sized.profile.gpuSlices) {
      return { refused: 'unknown-profile', detail: `${name} backs no vGPU type` };
    }
    const series = this.#series(use);
    const type = backed.find((each) => each.type.series === series);
    if (type === undefined) return noSeries(series, sized.profile.name);
    return this.#find(use, type, named.start);
  }

  #bySize(use: GpuUse, computeMilli: number, memoryMib: number): VgpuPart | Refusal {
    const { fixed } = this.#kind;
    const candidates = this.#kind.parts.bySize(this.#series(use), isInteractive(use.workload));
    if (candidates.length === 0) return noSeries(this.#series(use), this.spec.model);
    let refused: Refusal | undefined;
    for (const backed of candidates) {
      if (this.#ceilingMilli(backed) < computeMilli || backed.memoryMib < memoryMib) continue;
      if (!this.instances.has(backed.sized)) continue;
      const unfit = this.#unsuited(use, backed);
      const found = unfit ?? this.#find(use, backed, null);
      if (!('refused' in found)) return found;
      if (fixed === null && unfit === undefined) return found;
      refused = found;
    }
    const wanted = `${computeMilli} thousandths and ${memoryMib} MiB`;
    return refused ?? { refused: 'no-profile-large-enough', detail: `no type gives ${wanted}` };
  }

  /** Thousandths rounded up, as a request may write them. */
  #ceilingMilli({ sized, seats }: BackedType): number {
    return Math.ceil((1000 * sized.profile.gpuSlices) / (this.#kind.shape.model.gpuSlicesTotal * seats));
  }

  #series(use: GpuUse): VgpuSeries {
    return this.#kind.series ?? (isInteractive(use.workload) ? 'Q' : 'C');
  }

  #unsuited(use: GpuUse, { type, memoryMib }: BackedType): Refusal | undefined {
    const { share } = this.#kind.parts.ofType(type.type);
    if (statedSpeed(use, share.names) === null) {
      return { refused: 'mig-out-of-memory', detail: `the job is known not to run on ${type.type}` };
    }
    if (use.memoryMib > memoryMib) {
      return {
        refused: 'memory-too-large',
        detail: `the job uses ${use.memoryMib} MiB, ${type.type} has ${memoryMib} MiB`,
      };
    }
    return undefined;
  }

  /** Beside vGPUs of its size, in the instance with the fewest places left; else in an instance of its own. */
  #find(use: GpuUse, backed: BackedType, start: number | null): VgpuPart | Refusal {
    const unfit = this.#unsuited(use, backed);
    if (unfit !== undefined) return unfit;
    const { geometry } = this.#kind.shape;
    const { parts } = this.#kind;
    const { type, sized, seats } = backed;
    let best: MigPlacement | undefined;
    let most = 0;
    let lockedBy: VgpuPart | undefined;
    const open = this.instances.used & ~this.instances.held & geometry.ofProfile[sized.index]!;
    for (const placement of placementsIn(geometry, open)) {
      if (start !== null && placement.start !== start) continue;
      const tenants = this.tenantsAt(placement);
      if (tenants.length >= tenants[0]!.backed.seats) continue;
      if (tenants[0]!.backed.type.fbMib !== type.fbMib) lockedBy = tenants[0];
      else if (tenants.length > most) {
        best = placement;
        most = tenants.length;
      }
    }
    if (best !== undefined) return parts.at(backed, best, freeOrdinal(this.tenantsAt(best)));
    const found = this.instances.find(sized, start);
    if (!('refused' in found)) return parts.at(backed, found, 0);
    const same = this.slots.filter((slot) => slot.profile === type.type).length;
    if (same >= type.maxPerGpu) {
      return { refused: 'vgpu-max-count', detail: `${same} vGPUs of ${type.type} are on the card` };
    }
    if (lockedBy !== undefined) {
      const { label } = lockedBy.slot;
      return {
        refused: 'vgpu-size-lock',
        detail: `${label} locks its instance to vGPUs of its size, and no further instance: ${found.detail}`,
      };
    }
    if (this.instances.fixed === null) return found;
    return {
      refused: 'vgpu-instance-taken',
      detail: seats === 1 ? found.detail : `no place for ${type.type} is left: ${found.detail}`,
    };
  }

  protected speedsInInstances(residents: Residents, into: Float64Array): void {
    const { count, active, slots, uses } = residents;
    const { parts, needs, scheduler, alone, shared } = this.#kind;
    if (this.#needs.length < count) this.#needs = new Float64Array(count * 2);
    const running = this.#running.fill(0);
    const busy = this.#busy.fill(0);
    for (let seat = 0; seat < count; seat++) {
      const slot = slots[seat]!;
      this.#needs[seat] = needs.of(uses[seat]!, slot.profile, parts.ofType(slot.profile).share);
      running[slot.start]! += 1;
      busy[slot.start]! += active[seat] as number;
    }
    const level = this.#level.fill(1);
    if (scheduler === 'best-effort') {
      for (let start = 0; start < level.length; start++) {
        if ((busy[start] as number) > 1) level[start] = fairLevel(residents, start, this.#needs, shared);
      }
    }
    for (let seat = 0; seat < count; seat++) {
      const slot = slots[seat]!;
      const { start } = slot;
      const need = this.#needs[seat] as number;
      const capacity = (busy[start] as number) > 1 ? shared : 1;
      let share = level[start] as number;
      if (scheduler === 'fixed-share') share = capacity / parts.ofType(slot.profile).backed.seats;
      else if (scheduler === 'equal-share') share = capacity / (running[start] as number);
      into[seat] = active[seat] === 1 ? Math.min(1, share / need) * alone : 0;
    }
  }

  /** A vGPU's memory is reserved from power-on to power-off. */
  overflows(): boolean {
    return false;
  }
}

function noSeries(series: VgpuSeries, where: string): Refusal {
  return { refused: 'vgpu-edition', detail: `${where} has no MIG-backed type of series ${series}` };
}
