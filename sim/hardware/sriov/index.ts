export {
  GVTG_TYPES,
  SRIOV_GPUS,
  SRIOV_NOTES,
  SRIOV_RULES,
  SRIOV_SCHEDULERS,
  SRIOV_SOURCES,
} from '../data/sriov.ts';
export type {
  GvtgType,
  SriovGpu,
  SriovNote,
  SriovPartitionMode,
  SriovRule,
  SriovScheduler,
  VfCount,
} from './sriov-gpu.ts';
export { sriovByName, sriovOfGpu } from './sriov-lookup.ts';
