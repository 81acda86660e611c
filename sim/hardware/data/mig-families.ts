import type {
  DefaultPlacementFacts,
  GpuInstanceIds,
  MigComputeInstances,
  MigDerivedCounts,
  MigModeChange,
  MigModel,
  MigReconfigure,
} from '../mig/mig-model.ts';

export const COMPUTE_INSTANCE_NOTE =
  'Compute instances split only the SMs of one GPU instance; memory, L2 bandwidth, copy and media engines stay shared inside the GPU instance. Full-size CI has no "Nc." prefix in the device name.';

/** Compute instances by the GPU slices of the GPU instance they divide. */
// biome-ignore format: one GPU-instance size per line
export const SEVEN_SLICE_COMPUTE_INSTANCES: MigComputeInstances['byGpuSlices'] = {
  1: [{ name: '1c', gpuSlices: 1, smiProfileId: 0, maxInGpuInstance: 1 }],
  2: [{ name: '1c', gpuSlices: 1, smiProfileId: 0, maxInGpuInstance: 2 }, { name: '2c', gpuSlices: 2, smiProfileId: 1, maxInGpuInstance: 1 }],
  3: [{ name: '1c', gpuSlices: 1, smiProfileId: 0, maxInGpuInstance: 3 }, { name: '2c', gpuSlices: 2, smiProfileId: 1, maxInGpuInstance: 1 }, { name: '3c', gpuSlices: 3, smiProfileId: 2, maxInGpuInstance: 1 }],
  4: [{ name: '1c', gpuSlices: 1, smiProfileId: 0, maxInGpuInstance: 4 }, { name: '2c', gpuSlices: 2, smiProfileId: 1, maxInGpuInstance: 2 }, { name: '4c', gpuSlices: 4, smiProfileId: 3, maxInGpuInstance: 1 }],
  7: [{ name: '1c', gpuSlices: 1, smiProfileId: 0, maxInGpuInstance: 7 }, { name: '2c', gpuSlices: 2, smiProfileId: 1, maxInGpuInstance: 3 }, { name: '3c', gpuSlices: 3, smiProfileId: 2, maxInGpuInstance: 2 }, { name: '4c', gpuSlices: 4, smiProfileId: 3, maxInGpuInstance: 1 }, { name: '7c', gpuSlices: 7, smiProfileId: 4, maxInGpuInstance: 1 }],
};

/** Compute instances by the GPU slices of the GPU instance they divide. */
// biome-ignore format: one GPU-instance size per line
export const FOUR_SLICE_COMPUTE_INSTANCES: MigComputeInstances['byGpuSlices'] = {
  1: [{ name: '1c', gpuSlices: 1, smiProfileId: 0, maxInGpuInstance: 1 }],
  2: [{ name: '1c', gpuSlices: 1, smiProfileId: 0, maxInGpuInstance: 2 }, { name: '2c', gpuSlices: 2, smiProfileId: 1, maxInGpuInstance: 1 }],
  4: [{ name: '1c', gpuSlices: 1, smiProfileId: 0, maxInGpuInstance: 4 }, { name: '2c', gpuSlices: 2, smiProfileId: 1, maxInGpuInstance: 2 }, { name: '4c', gpuSlices: 4, smiProfileId: 3, maxInGpuInstance: 1 }],
};

/** The kernel driver writes the rule for compute-instance slots; for GPU instances it was inferred by replay. */
// biome-ignore format: one observation per line
export const SEVEN_SLICE_DEFAULT_PLACEMENT: DefaultPlacementFacts = {
  rule: 'among free legal starts pick the one that leaves the most (profile,start) pairs still creatable; ties go to the lowest start',
  exception: '1g double-memory on Hopper was seen to take 4,0,2 (the rule alone would give 6 first)',
  observations: [
    { requested: ['1g', '1g', '1g', '1g', '1g', '1g', '1g'], starts: [6, 4, 5, 0, 1, 2, 3], seenOn: 'A100 80GB PCIe, H100 PCIe, H100 SXM, GH200', followsRule: true },
    { requested: ['1g', '2g', '4g'], starts: [6, 4, 0], seenOn: 'A100 40GB (MIG guide)', followsRule: true },
    { requested: ['3g', '1g', '2g', '1g'], starts: [4, 0, 2, 1], seenOn: 'A100 40GB (MIG guide)', followsRule: true },
    { requested: ['1g', '1g', '2g', '3g'], starts: [6, 4, 0, null], seenOn: 'A100 40GB (MIG guide): last request fails, insufficient resources', followsRule: true },
    { requested: ['2g', '2g', '2g', '1g+me'], starts: [4, 0, 2, 6], seenOn: 'A100 80GB PCIe (Azure blog)', followsRule: true },
    { requested: ['3g', '3g'], starts: [4, 0], seenOn: 'A100 (MIG guide)', followsRule: true },
    { requested: ['3g', '2g', '1g'], starts: [4, 0, 2], seenOn: 'A100 (MIG guide example, recalled)', confidence: 'unverified', followsRule: true },
    { requested: ['1g.double', '1g.double', '1g.double'], starts: [4, 0, 2], seenOn: 'GH200 96GB; first one also on H100 SXM 80GB', followsRule: false },
  ],
  confidence: 'medium',
  sources: ['openKernelModules', 'publicLogs'],
};

// biome-ignore format: one observation per line
export const FOUR_SLICE_DEFAULT_PLACEMENT: DefaultPlacementFacts = {
  rule: 'same rule as the 7-slice family; ties go to the lowest start, so quarters fill 0,1,2,3 (A30) or 0,3,6,9 (RTX PRO)',
  observations: [
    { requested: ['1g'], starts: [0], seenOn: 'A30', followsRule: true },
    { requested: ['1g', '1g', '1g', '1g'], gpuInstanceIds: [3, 4, 5, 6], seenOn: 'RTX PRO 6000', followsRule: true },
  ],
  confidence: 'medium',
  sources: ['publicLogs'],
};

/** Memory is a binary tree (full, half, quarter, eighth); each node is one GPU-instance id. */
// biome-ignore format: one size per line
export const SEVEN_SLICE_INSTANCE_IDS: GpuInstanceIds = {
  bySizeAndStart: {
    8: { 0: 0 },
    4: { 0: 1, 4: 2 },
    2: { 0: 3, 2: 4, 4: 5, 6: 6 },
    1: { 0: 7, 1: 8, 2: 9, 3: 10, 4: 11, 5: 12, 6: 13 },
  },
  swappedSize1SeenOnSomeBoards: { 4: 7, 5: 8, 6: 9, 0: 11, 1: 12, 2: 13, 3: 14 },
  note: 'GPU-instance id is NOT a stable function of placement: some A100/H100 boards report the two halves swapped (id set 7,8,9,11..14). Always key on placement start.',
  confidence: 'high',
  sources: ['openKernelModules', 'bigBoardLogs'],
};

export const FOUR_SLICE_INSTANCE_IDS: GpuInstanceIds = {
  byFraction: { full: [0], halves: [1, 2], quarters: [3, 4, 5, 6] },
  confidence: 'high',
  sources: ['openKernelModules', 'smallBoardOutputs'],
};

/** GA100 parts. */
export const MODE_CHANGE_WITH_RESET: MigModeChange = {
  resetRequired: true,
  gpuMustBeIdle: true,
  modePersistsAcrossReboot: true,
  instancesPersistAcrossRebootOrReset: false,
  whatToDrain:
    'every process and daemon using the GPU (also DCGM/nvsm/persistence clients); in a passthrough VM the reset may not be possible and the VM is rebooted',
  confidence: 'high',
  sources: ['migGuide', 'openKernelModules'],
  note: 'property RESETLESS_MIG_SUPPORTED false on GA100',
};

/** Hopper and Blackwell parts. */
export const MODE_CHANGE_WITHOUT_RESET: MigModeChange = {
  resetRequired: false,
  gpuMustBeIdle: true,
  modePersistsAcrossReboot: false,
  instancesPersistAcrossRebootOrReset: false,
  whatToDrain: 'every client of the GPU (no open channels, no P2P mappings); no reset',
  confidence: 'high',
  sources: ['migGuide', 'openKernelModules'],
  note: 'property RESETLESS_MIG_SUPPORTED true on GH100, GB100/102/110/112, GB202..207',
};

export const RECONFIGURE: MigReconfigure = {
  createDestroyWhileOtherInstancesRun: true,
  instanceMustBeIdleToDestroy: true,
  destroyComputeInstancesFirst: true,
  moveOrResizeInPlace: false,
  nvlinkOrPcieP2pBetweenInstances: false,
  nvlinkUsableInMigMode: false,
  cudaIpcAcrossGpuInstances: false,
  cudaIpcAcrossComputeInstancesOfOneGi: true,
  gpudirectRdmaFromInstance: true,
  mpsInsideInstance: true,
  mpsMaxClientsFullGpu: 48,
  mpsClientsScaleWithComputeInstanceSize: true,
  confidence: 'high',
  sources: ['migGuide', 'openKernelModules', 'devicePlugin992'],
};

export const SEVEN_SLICE_ALL_BALANCED: MigModel['allBalanced'] = { 1: 2, 2: 1, 3: 1 };
export const FOUR_SLICE_ALL_BALANCED: MigModel['allBalanced'] = { 1: 2, 2: 1 };

/** Brute force over placements, most instances and engine totals; plain means no variants. */
export const SEVEN_SLICE_DERIVED: MigDerivedCounts = {
  maximalLayoutsPlain: 19,
  maximalMixesPlain: 14,
  maximalLayoutsWithDoubleMemory: 78,
  maximalMixesWithDoubleMemory: 38,
};

export const FOUR_SLICE_DERIVED: MigDerivedCounts = { maximalLayoutsPlain: 5, maximalMixesPlain: 4 };
