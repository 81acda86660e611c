import { GPU_MODELS, gpuMemoryMib, resolveGpu } from '../../sim/hardware/index.ts';
import { type VgpuGpu, vgpuGpus } from '../../sim/hardware/vgpu/index.ts';
import type { CardSpec, ConfigOf, GpuAsk, GpuUse, Slot, SlotRequest } from '../../sim/sharing/index.ts';
import { ParameterValues, Residents, SHARING_PARAMETERS } from '../../sim/sharing/index.ts';

/** A link that never limits anybody. */
const WIDE = 1e15;

/** A card of a GPU that the catalogue has. */
export function cardOf(name: string, linkBytesPerSec = WIDE): CardSpec {
  const catalogue = resolveGpu(name).gpu;
  return { model: name, catalogue, memoryMib: gpuMemoryMib(catalogue), linkBytesPerSec };
}

/** A card of an entry of the vGPU table, in the catalogue or not. */
export function cardOfEntry(entry: VgpuGpu): CardSpec {
  const catalogue = GPU_MODELS.find((gpu) => gpu.id === entry.catalogId) ?? null;
  return {
    model: entry.id,
    catalogue,
    memoryMib: catalogue === null ? entry.memoryGib * 1024 : gpuMemoryMib(catalogue),
    linkBytesPerSec: WIDE,
  };
}

export function entry(id: string): VgpuGpu {
  const found = vgpuGpus().find((gpu) => gpu.id === id);
  if (found === undefined) throw new RangeError(`no entry ${id}`);
  return found;
}

export function values(stated: Readonly<Record<string, number>> = {}): ParameterValues {
  return new ParameterValues(SHARING_PARAMETERS, stated);
}

export function vgpuConfig(change: Partial<ConfigOf<'vgpu'>> = {}): ConfigOf<'vgpu'> {
  return { mode: 'vgpu', sizes: 'equal', scheduler: 'best-effort', sliceMs: null, series: null, ...change };
}

function use(change: Partial<GpuUse> = {}): GpuUse {
  return {
    workload: 'generic',
    busy: 1,
    compute: 1,
    bandwidth: 0,
    memoryMib: 0,
    linkBytesPerSec: 0,
    processes: 1,
    syncCallsPerSec: 0,
    speedByProfile: null,
    ...change,
  };
}

export function ask(slot: SlotRequest, change: Partial<GpuUse> = {}, count = 1): GpuAsk {
  return { slot, use: use(change), count };
}

export function named(profile: string, change: Partial<GpuUse> = {}, count = 1): GpuAsk {
  return ask({ kind: 'profile', profile }, change, count);
}

export function part(memoryMib: number, change: Partial<GpuUse> = {}, computeMilli = 0): GpuAsk {
  return ask({ kind: 'part', computeMilli, memoryMib }, change);
}

const SLOT: Slot = {
  label: 'x',
  profile: 'x',
  milli: 1,
  memoryMib: 0,
  start: -1,
  size: 0,
  domain: 0,
  computeShare: 1,
  bandwidthShare: 1,
};

/** Residents in the order given; those with `idle` have no work. */
export function seated(
  all: readonly (Partial<GpuUse> & {
    readonly idle?: boolean;
    readonly profile?: string;
    readonly slot?: Slot;
  })[],
): Residents {
  const residents = new Residents();
  for (const { idle, profile, slot, ...change } of all) {
    residents.join(slot ?? { ...SLOT, profile: profile ?? 'x' }, use(change), idle !== true);
  }
  return residents;
}

/**
 * Weighted max-min fair shares by bisection of the water level: slow, and obviously right.
 *
 * @param needs 0 for who has no work
 */
export function sharesByBisection(
  needs: readonly number[],
  weights: readonly number[],
  capacity: number,
): number[] {
  const at = (level: number) => needs.map((need, i) => Math.min(need, level * weights[i]!));
  const sum = (shares: readonly number[]) => shares.reduce((a, b) => a + b, 0);
  if (sum(needs) <= capacity) return [...needs];
  let low = 0;
  let high = 1e3;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (sum(at(middle)) > capacity) high = middle;
    else low = middle;
  }
  return at(low);
}
