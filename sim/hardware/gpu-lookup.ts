import { GPU_ALIASES } from './data/gpu-aliases.ts';
import { GPU_MODELS } from './data/gpus.ts';
import type { GpuModel } from './gpu-model.ts';
import { CatalogueNameError, entriesByName, unknownName } from './names.ts';

const BY_ID: ReadonlyMap<string, GpuModel> = new Map(GPU_MODELS.map((gpu) => [gpu.id, gpu]));

/** A GPU found by name, and what the name left open; `assumption` is null when it left nothing open. */
export interface ResolvedGpu {
  readonly gpu: GpuModel;
  readonly assumption: string | null;
}

/** The GPU with this id; undefined when there is none. */
export function gpuById(id: string): GpuModel | undefined {
  return BY_ID.get(id);
}

/**
 * The GPU a name means: an id, a product name with or without its maker, a name used by traces (`V100M16`), or enough
 * words of a name to leave one GPU. `A100-80GB` and the like stand for one form factor and say so in `assumption`.
 *
 * @throws {CatalogueNameError} unknown, with the nearest names; or ambiguous, with the GPUs that fit
 */
export function resolveGpu(name: string): ResolvedGpu {
  const { exact, found } = entriesByName(name, GPU_MODELS, (gpu) => [gpu.id, gpu.name]);
  if (exact && found.length === 1) return { gpu: found[0]!, assumption: null };
  const alias = entriesByName(name, GPU_ALIASES, (each) => [each.alias]);
  if (alias.exact) {
    return { gpu: BY_ID.get(alias.found[0]!.gpuId)!, assumption: alias.found[0]!.assumption };
  }
  if (found.length === 1) return { gpu: found[0]!, assumption: null };
  if (found.length > 1) {
    throw new CatalogueNameError(
      'GPU',
      name,
      'ambiguous',
      found.map((gpu) => gpu.id),
    );
  }
  throw unknownName(
    'GPU',
    name,
    GPU_MODELS.map((gpu) => gpu.id),
  );
}

/**
 * Memory of a GPU that programs can see, in MiB: what nvidia-smi prints where that was captured, else the vendor's
 * number, whose GB are really GiB.
 */
export function gpuMemoryMib(gpu: GpuModel): number {
  return gpu.nvidiaSmiTotalMib ?? gpu.memoryGb * 1024;
}

/** Every GPU a name may mean, for filters that may match several: the equal ones, else those holding its words. */
export function gpusNamed(name: string): readonly GpuModel[] {
  return entriesByName(name, GPU_MODELS, (gpu) => [gpu.id, gpu.name]).found;
}
