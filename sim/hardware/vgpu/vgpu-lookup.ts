import { vgpuGpuRows } from '../data/vgpu-gpus.ts';
import { resolveGpu } from '../gpu-lookup.ts';
import type { GpuModel } from '../gpu-model.ts';
import { CatalogueNameError, compactName, entriesByName, unknownName } from '../names.ts';
import { expandTypes, type VgpuGpuRow } from './vgpu-rows.ts';
import type { VgpuGpu, VgpuType } from './vgpu-type.ts';

interface VgpuTable {
  readonly gpus: readonly VgpuGpu[];
  readonly rowById: ReadonlyMap<string, VgpuGpuRow>;
  /** Unpacked types by GPU id; filled as they are asked for. */
  readonly types: Map<string, readonly VgpuType[]>;
}

let loaded: VgpuTable | undefined;

/** The table is a constant; it is only unpacked late because most runs never ask for it. */
function table(): VgpuTable {
  if (loaded === undefined) {
    const rows = vgpuGpuRows();
    const gpus = rows.map(({ timeSliced, migBacked, ...gpu }): VgpuGpu => gpu);
    loaded = { gpus, rowById: new Map(rows.map((row) => [row.id, row])), types: new Map() };
  }
  return loaded;
}

/** Every GPU that carries vGPUs, oldest generation first. */
export function vgpuGpus(): readonly VgpuGpu[] {
  return table().gpus;
}

/** The types of one entry of the vGPU table; empty when there is no such id. */
export function vgpuTypesOf(vgpuGpuId: string): readonly VgpuType[] {
  const { rowById, types } = table();
  const row = rowById.get(vgpuGpuId);
  if (row === undefined) return [];
  let list = types.get(vgpuGpuId);
  if (list === undefined) {
    list = expandTypes(row);
    types.set(vgpuGpuId, list);
  }
  return list;
}

/** The entries of the vGPU table for a GPU of the catalogue; some GPUs have two (active and passive cooling). */
export function vgpuGpusOfGpu(gpu: GpuModel): readonly VgpuGpu[] {
  return table().gpus.filter((entry) => gpu.vgpuGpuIds.includes(entry.id));
}

/**
 * Entries of the vGPU table by their own id or name, or by any name the GPU catalogue knows.
 *
 * @throws {CatalogueNameError} when neither table knows the name; a known GPU without vGPUs gives an empty list
 */
export function vgpuGpusByName(name: string): readonly VgpuGpu[] {
  const { gpus } = table();
  const own = entriesByName(name, gpus, (gpu) => [gpu.id, gpu.name]);
  if (own.exact) return own.found;
  try {
    return vgpuGpusOfGpu(resolveGpu(name).gpu);
  } catch (error) {
    if (!(error instanceof CatalogueNameError)) throw error;
    if (own.found.length > 0) return own.found;
    throw unknownName(
      'vGPU-capable GPU',
      name,
      gpus.map((gpu) => gpu.id),
    );
  }
}

/**
 * A vGPU type by its name, such as `A40-2Q`, with or without the vendor's `GRID` or `NVIDIA` in front.
 *
 * @throws {CatalogueNameError} when no GPU has the type
 */
export function vgpuTypeByName(name: string): { readonly gpu: VgpuGpu; readonly type: VgpuType } {
  const { gpus } = table();
  const bare = name.replace(/^\s*(grid|nvidia)[\s_-]+/i, '').trim();
  const wanted = compactName(bare);
  const asWritten = bare.toLowerCase();
  for (const gpu of gpus) {
    // Most of the table can be skipped unread: every type name of a GPU starts with its prefix.
    if (!wanted.startsWith(compactName(gpu.typeNamePrefix))) continue;
    const types = vgpuTypesOf(gpu.id).filter((candidate) => compactName(candidate.type) === wanted);
    // Without hyphens `DC-1-2Q` and `DC-12Q` are one name: as written goes first.
    const type = types.find((candidate) => candidate.type.toLowerCase() === asWritten) ?? types[0];
    if (type !== undefined) return { gpu, type };
  }
  throw unknownName(
    'vGPU type',
    name,
    gpus.flatMap((gpu) => vgpuTypesOf(gpu.id).map((type) => type.type)),
  );
}
