/** The GPU catalogue, MIG geometry and SR-IOV. The vGPU, overhead and price tables are sub-entries of their own. */

export { GPU_SOURCES } from './data/gpu-sources.ts';
export { GPU_MODELS } from './data/gpus.ts';
export { OVERHEAD_DEFAULTS } from './data/overhead-defaults.ts';
export { CONFIDENCES, type Confidence, citedSources, EVIDENCES, type Evidence } from './evidence.ts';
export { gpuById, gpuMemoryMib, gpusNamed, type ResolvedGpu, resolveGpu } from './gpu-lookup.ts';
export type {
  CloudGpuPrice,
  GpuModel,
  GpuPrice,
  GpuSriov,
  GpuVirtualization,
  ListGpuPrice,
  Vendor,
} from './gpu-model.ts';
export * from './mig/index.ts';
export { CatalogueNameError, compactName, nearestNames } from './names.ts';
export type { OverheadDefault } from './overheads/overhead.ts';
export { overheadDefault } from './overheads/overhead-default.ts';
export * from './sriov/index.ts';
