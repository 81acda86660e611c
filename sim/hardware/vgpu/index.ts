/** vGPU types, rules and placements. Kept apart from the hardware index: this table is large and rarely needed. */
export { MIXED_SIZE_TABLE } from '../data/vgpu-mixed-placements.ts';
export {
  LIVE_MIGRATION_FITS,
  LIVE_MIGRATION_STUN,
  MIXED_SIZE_SUPPORT,
  VGPU_EDITIONS,
  VGPU_RULES,
  VGPU_SOURCES,
} from '../data/vgpu-rules.ts';
export type { MixedSizeRow } from './mixed-size.ts';
export { mixedSizePlacements } from './mixed-size.ts';
export { vgpuGpus, vgpuGpusByName, vgpuGpusOfGpu, vgpuTypeByName, vgpuTypesOf } from './vgpu-lookup.ts';
export type {
  LiveMigrationFit,
  LiveMigrationStun,
  SchedulerRanges,
  VgpuEdition,
  VgpuRule,
} from './vgpu-rules.ts';
export type { VgpuBacking, VgpuGpu, VgpuScheduler, VgpuSeries, VgpuType } from './vgpu-type.ts';
