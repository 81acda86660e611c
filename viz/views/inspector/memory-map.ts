import { GPU_MILLI } from '../../../sim/cluster/request.ts';
import type { ReplayCatalogue, ReplayGeometry } from '../../../sim/experiment/replay-header.ts';
import type { Occupant, ReplayJob, ReplayState } from '../../../sim/observe/replay/index.ts';
import { modelOf } from '../jobs/places.ts';

/** A part of a bar. */
export interface Piece {
  readonly from: number;
  readonly size: number;
  /** What it is: `3g.40gb@4`, `free`. */
  readonly label: string;
  /** Who has it. */
  readonly job: ReplayJob | undefined;
  /** `empty`: it is made and nobody has it; `held`: the same, and it takes nobody in. */
  readonly is: 'used' | 'empty' | 'held' | 'free';
}

/** One thing of a card, drawn to scale. */
export interface Bar {
  readonly title: string;
  readonly total: number;
  readonly unit: string;
  readonly pieces: readonly Piece[];
  /** What has to be known about it, in a sentence. */
  readonly note?: string;
}

/** What of the catalogue is in a replay; nothing where it was written without. */
export function catalogueOf(catalogue: unknown): ReplayCatalogue {
  const { gpus = [], geometries = [], fullUses } = (catalogue ?? {}) as Partial<ReplayCatalogue>;
  return { gpus, geometries, ...(fullUses === undefined ? {} : { fullUses }) };
}

/** Bars of a GPU: its places on the axis of its instances, its compute, its memory. */
export function barsOf(state: ReplayState, catalogue: ReplayCatalogue, gpu: number): readonly Bar[] {
  const model = modelOf(state, gpu);
  const occupants = [...(state.occupants[gpu] ?? [])].sort(
    (a, b) => (a.slot?.start ?? 0) - (b.slot?.start ?? 0) || a.job.number - b.job.number,
  );
  const geometry = catalogue.geometries.find((each) => each.model === model);
  const memoryMib = catalogue.gpus.find((each) => each.model === model)?.memoryMib ?? null;
  const card = state.cards[gpu];
  const bars: Bar[] = [];
  if (geometry !== undefined && card !== undefined) bars.push(...instanceBars(geometry, card, occupants));
  bars.push(milliBar(occupants, state.gpuFreeMilli[gpu] ?? 0));
  if (memoryMib !== null && card !== undefined) bars.push(memoryBar(occupants, memoryMib));
  return bars;
}

interface Instance {
  readonly profile: string;
  readonly start: number;
  readonly size: number;
  readonly computeSlices: number;
  readonly tenants: readonly Occupant[];
  readonly isHeld: boolean;
}

/** GPU instances: those that stand, and those that tenants have had made. */
export function instancesOf(
  { placements }: ReplayGeometry,
  { standing, held }: { readonly standing: number | null; readonly held: number },
  occupants: readonly Occupant[],
): readonly Instance[] {
  const left = new Set(occupants);
  const instances: Instance[] = [];
  for (const [bit, { profile, start, size, computeSlices }] of placements.entries()) {
    // A compute instance is in the GPU instance at whose start it is, and is named after another profile.
    const inside = [...left].filter(
      ({ slot }) =>
        slot !== undefined && slot.start === start && (standing !== null || isIn(slot.label, profile, start)),
    );
    const stands = standing !== null && ((standing >>> bit) & 1) === 1;
    if (!stands && (standing !== null || inside.length === 0)) continue;
    for (const each of inside) left.delete(each);
    instances.push({
      profile,
      start,
      size,
      computeSlices,
      tenants: inside,
      isHeld: ((held >>> bit) & 1) === 1,
    });
  }
  return instances.sort((a, b) => a.start - b.start);
}

/** Whether a slot's label names an instance: `1g.5gb@0`, or a part of one, `1c.3g.20gb@0`. */
function isIn(label: string, profile: string, start: number): boolean {
  return label === `${profile}@${start}` || label.includes(`${profile}@${start}`);
}

function instanceBars(
  geometry: ReplayGeometry,
  card: { readonly standing: number | null; readonly held: number },
  occupants: readonly Occupant[],
): readonly Bar[] {
  const instances = instancesOf(geometry, card, occupants);
  const units: Piece[] = [];
  const slices: Piece[] = [];
  let [unit, slice] = [0, 0];
  const gapUntil = (start: number) => {
    if (start > unit)
      units.push({ from: unit, size: start - unit, label: 'free', job: undefined, is: 'free' });
  };
  for (const { profile, start, size, computeSlices, tenants, isHeld } of instances) {
    gapUntil(start);
    const rest = {
      label: `${profile}@${start}`,
      job: tenants[0]?.job,
      is: tenants.length > 0 ? 'used' : isHeld ? 'held' : 'empty',
    } as const;
    units.push({ from: start, size, ...rest });
    slices.push({ from: slice, size: computeSlices, ...rest });
    unit = start + size;
    slice += computeSlices;
  }
  gapUntil(geometry.units);
  const total = geometry.computeSlices;
  if (slice < total)
    slices.push({ from: slice, size: total - slice, label: 'free', job: undefined, is: 'free' });
  return [
    { title: 'Memory slices, at their placements', total: geometry.units, unit: 'slices', pieces: units },
    { title: 'Compute slices', total, unit: 'slices', pieces: slices },
  ];
}

function milliBar(occupants: readonly Occupant[], freeMilli: number): Bar {
  let at = 0;
  const pieces: Piece[] = [];
  for (const { job, slot, milli } of occupants) {
    if (milli === 0) continue;
    pieces.push({ from: at, size: milli, label: slot?.label ?? job.name, job, is: 'used' });
    at += milli;
  }
  if (freeMilli > 0) pieces.push({ from: at, size: freeMilli, label: 'free', job: undefined, is: 'free' });
  return {
    title: 'Allocated, as the books count it',
    total: Math.max(GPU_MILLI, at + freeMilli),
    unit: 'thousandths',
    pieces,
  };
}

function memoryBar(occupants: readonly Occupant[], memoryMib: number): Bar {
  const isReserved = occupants.some(({ slot }) => (slot?.memoryMib ?? 0) > 0);
  let at = 0;
  const pieces: Piece[] = [];
  for (const { job, slot } of occupants) {
    const size = isReserved ? (slot?.memoryMib ?? 0) : (job.kind.requests[0]?.ask?.use.memoryMib ?? 0);
    if (size === 0) continue;
    pieces.push({ from: at, size, label: slot?.label ?? job.name, job, is: 'used' });
    at += size;
  }
  const free = Math.max(0, memoryMib - at);
  if (free > 0) pieces.push({ from: at, size: free, label: 'free', job: undefined, is: 'free' });
  return {
    title: 'Frame buffer',
    total: Math.max(memoryMib, at),
    unit: 'MiB',
    pieces,
    ...(isReserved || occupants.length === 0
      ? {}
      : { note: 'The mode reserves no memory: this is what its residents allocate once they run.' }),
  };
}
