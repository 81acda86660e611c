import type { GvtgType, SriovGpu, SriovNote, SriovRule, SriovScheduler } from '../sriov/sriov-gpu.ts';

/** Where the SR-IOV tables took their facts from. */
// biome-ignore format: one record per line
export const SRIOV_SOURCES = {
  gimS7150: 'GitHub GPUOpen-LibrariesAndSDKs/MxGPU-Virtualization (GIM for FirePro S7150/S7150x2: source, configuration and user guide)',
  gimMI300: 'GitHub amd/MxGPU-Virtualization (GIM for Instinct, commit 695afe2, 2025-04-29: README and scheduler/partition source)',
  azNVv4: 'learn.microsoft.com, Azure NVv4 series',
  azNG: 'learn.microsoft.com, Azure NGads V620 series',
  azA10: 'learn.microsoft.com, Azure NVadsA10 v5 series',
  azV710: 'learn.microsoft.com, Azure NVads V710 v5 series, sizes cross-read in public edge-cloud platform code on GitHub',
  xpum: 'GitHub intel/xpumanager (vgpu_manager source and vgpu.conf of the 1.x line; vgpu.conf of 2026-06-01 for Battlemage)',
  xe: 'Linux kernel xe driver, SR-IOV sysfs ABI documentation (6.19 era)',
  gvt: 'Linux kernel i915 gvt source (vgpu.c type table, sched_policy.c)',
  gvirt: 'USENIX ATC 2014 gVirt paper, as summarised on yjlink.cc',
  ed: 'electronicdesign.com 2016-02-19 and develop3d.com on FirePro S7150',
  win: 'learn.microsoft.com, Windows Server 2025 GPU partitioning',
  okm: 'GitHub NVIDIA/open-gpu-kernel-modules and vGPU host type database (see the vGPU table)',
  azp: 'GitHub Azure/karpenter-provider-azure price file generated 2026-06-18',
  dstack: 'dstack.ai benchmark AMD containers and partitions',
  helix: 'helix.ml engineering blog 2026',
  gen: 'general product knowledge, no page retrieved',
} as const;

/** GPUs that can be split into virtual functions, AMD and Intel, and NVIDIA where sold as fixed fractions. */
// biome-ignore format: one record per line
export const SRIOV_GPUS: readonly SriovGpu[] = [
  { id: 's7150', catalogId: null, vendor: 'AMD', name: 'FirePro S7150', gpusPerBoard: 1, memoryGib: 8, boardTdpW: 150, vfCount: { min: 0, max: 16, any: true }, fbPerVfRule: 'equal split: (total - PF reservation - driver reservation) / vfCount, 16 MiB granularity; not below 256 MiB (128 MiB with a special VBIOS); unequal split refused', scheduler: { quantumMs: { default: 6, min: 0, max: 2000, note: 'source comment gives 7 ms when no per-VF value; presets 4/6/8 ms' }, policies: [{ name: '0', rule: 'round robin over VFs with an active driver (default)' }, { name: '1', rule: 'fixed share, a stopped VF keeps its slot' }] }, typicalUsersPerGpu: { knowledge: [15, 16], cad: [6, 10], heavy: [2, 6] }, liveMigration: false, liveMigrationConfidence: 'unverified', licence: 'none', source: 'gimS7150; ed', confidence: 'code' },
  { id: 's7150x2', catalogId: 's7150x2', vendor: 'AMD', name: 'FirePro S7150x2', gpusPerBoard: 2, memoryGib: 8, boardTdpW: 265, vfCount: { min: 0, max: 16, any: true, perBoardMax: 32 }, fbPerVfRule: 'as S7150, per GPU', scheduler: { note: 'as S7150', policies: [] }, liveMigration: false, liveMigrationConfidence: 'unverified', licence: 'none', source: 'gimS7150; ed', confidence: 'code' },
  { id: 'v340', catalogId: null, vendor: 'AMD', name: 'Radeon Pro V340', gpusPerBoard: 2, memoryGib: 16, boardTdpW: 300, vfCount: { max: 16, perBoardMax: 32 }, fbPerVfRule: '1 GiB at 32 users per board', liveMigration: null, licence: 'none', source: 'megagames.com and nextinpact.com launch reports 2018', confidence: 'unverified' },
  { id: 'mi25', catalogId: 'mi25', vendor: 'AMD', name: 'Radeon Instinct MI25 (Azure NVv4)', gpusPerBoard: 1, memoryGib: 16, boardTdpW: 300, vfCount: { allowed: [1, 2, 4, 8], hardwareMax: 16 }, fbPerVfGibByCount: { 1: 16, 2: 8, 4: 4, 8: 2 }, scheduler: { note: 'time-sliced, a few ms per VF', policies: [] }, liveMigration: false, licence: 'none (driver included)', source: 'azNVv4', confidence: 'documented' },
  { id: 'v520', catalogId: 'radeon-pro-v520', vendor: 'AMD', name: 'Radeon Pro V520 (AWS g4ad)', gpusPerBoard: 1, memoryGib: 8, boardTdpW: 225, vfCount: { max: null }, fbPerVfRule: 'not found; AWS sells whole GPUs', liveMigration: null, licence: 'none', source: 'gen', confidence: 'unverified' },
  { id: 'v620', catalogId: 'radeon-pro-v620', vendor: 'AMD', name: 'Radeon Pro V620 (Azure NGads)', gpusPerBoard: 1, memoryGib: 32, boardTdpW: 300, vfCount: { allowed: [1, 2, 4], hardwareMax: 12 }, fbPerVfGibByCount: { 1: 32, 2: 16, 4: 8 }, liveMigration: false, licence: 'none', source: 'azNG', confidence: 'documented', note: 'vendor documents for other clouds may allow more VFs; 4 is what Azure sells' },
  { id: 'v710', catalogId: 'radeon-pro-v710', vendor: 'AMD', name: 'Radeon Pro V710 (Azure NVads V710 v5)', gpusPerBoard: 1, memoryGib: 28, boardTdpW: 158, vfCount: { allowed: [1, 2, 3, 6], hardwareMax: 12 }, fbPerVfGibByCount: { 1: 24, 2: 12, 3: 8, 6: 4 }, liveMigration: false, licence: 'none', source: 'azV710', confidence: 'documented', note: 'hardwareMax from the GPU catalogue; memory sold per share adds up to 24 GiB of 28' },
  { id: 'mi210', catalogId: 'mi210', vendor: 'AMD', name: 'Instinct MI210/MI250', gpusPerBoard: 1, memoryGib: 64, boardTdpW: 300, vfCount: { max: 1 }, fbPerVfRule: 'whole GPU', partitionNote: 'no partition modes found', liveMigration: null, licence: 'none', source: 'gen', confidence: 'unverified' },
  { id: 'mi300x', catalogId: 'mi300x', vendor: 'AMD', name: 'Instinct MI300X', gpusPerBoard: 1, memoryGib: 192, boardTdpW: 750, vfCount: { allowed: [1, 2, 4, 8], qualified: [1], frameworkMax: 31 }, partitionModes: [{ mode: 'SPX', partitions: 1, xccPerPartition: 8, npsAllowed: ['NPS1'], vfs: [1], memoryGibPerPartition: 192 }, { mode: 'DPX', partitions: 2, xccPerPartition: 4, npsAllowed: ['NPS1'], vfs: [2], memoryGibPerPartition: 96 }, { mode: 'QPX', partitions: 4, xccPerPartition: 2, npsAllowed: ['NPS1', 'NPS4'], vfs: [4], memoryGibPerPartition: 48 }, { mode: 'CPX', partitions: 8, xccPerPartition: 1, npsAllowed: ['NPS1', 'NPS4'], vfs: [1, 2, 4, 8], memoryGibPerPartition: 24 }], partitionNote: 'NPS1: all partitions see one memory pool; NPS4: four pools of 48 GiB. A comment table in the same source gives DPX NPS1/NPS2 and CPX NPS1/NPS8: unresolved. Released driver is qualified for 1 VF per GPU only.', scheduler: { gfxQuantumMs: { moreThanOneVf: 6, oneVf: '500 or unlimited' }, multimediaQuantumMs: 255, maxQuantumMs: 1000, policies: [{ name: 'SOLID', rule: 'fixed slice for every VF, idle or not' }, { name: 'LIQUID', rule: 'idle VF skipped or switched early' }, { name: 'FAIRNESS', rule: 'timer on the CPU, keeps a running share per VF' }, { name: 'ROUND_ROBIN', rule: 'only VFs whose driver is loaded' }, { name: 'HYBRID_LIQUID', rule: 'mix of solid and liquid' }] }, liveMigration: null, liveMigrationNote: 'source has migration hooks behind a flag; not advertised', licence: 'none', source: 'gimMI300', confidence: 'code' },
  { id: 'mi308x', catalogId: null, vendor: 'AMD', name: 'Instinct MI308X', gpusPerBoard: 1, memoryGib: 192, boardTdpW: null, vfCount: { allowed: [1, 2, 4] }, partitionModes: [{ mode: 'SPX', partitions: 1 }, { mode: 'DPX', partitions: 2 }, { mode: 'CPX', partitions: 4 }], liveMigration: null, licence: 'none', source: 'gimMI300', confidence: 'code' },
  { id: 'flex170', catalogId: 'flex-170', vendor: 'Intel', name: 'Data Center GPU Flex 170', gpusPerBoard: 1, memoryGib: 16, boardTdpW: 150, vfCount: { max: 31, presets: [1, 2, 4, 5, 8, 16], any: true }, fbPerVfRule: 'lmemBytesTotal / N, equal', localMemoryBytes: { eccOff: 16777216000, eccOn: 14199816192 }, schedulers: ['Flexible_30fps (default)', 'Fixed_30fps', 'Flexible_BurstableQoS'], liveMigration: null, licence: 'none', source: 'xpum', confidence: 'code' },
  { id: 'flex140', catalogId: 'flex-140-gpu', vendor: 'Intel', name: 'Data Center GPU Flex 140', gpusPerBoard: 2, memoryGib: 6, boardTdpW: 75, vfCount: { max: 31, presets: [1, 3, 6, 12], any: true, perBoardMax: 62 }, fbPerVfRule: 'lmemBytesTotal / N per GPU', localMemoryBytes: { eccOff: 6039797760, eccOn: 4880072704 }, schedulers: ['Flexible_30fps (default)', 'Fixed_30fps', 'Flexible_BurstableQoS'], liveMigration: null, licence: 'none', source: 'xpum', confidence: 'code', note: '12 is the largest preset; the hardware limit is 31' },
  { id: 'max1100', catalogId: 'max-1100', vendor: 'Intel', name: 'Data Center GPU Max 1100', gpusPerBoard: 1, memoryGib: 48, boardTdpW: 300, vfCount: { max: 63, presets: [1, 2, 3, 4, 8, 16, 32, 63] }, fbPerVfRule: '/ N', localMemoryBytes: { any: 47244640256 }, schedulers: ['Flexible_BurstableQoS'], pfQuantumMs: 64, liveMigration: null, licence: 'none', source: 'xpum', confidence: 'code' },
  { id: 'max1550', catalogId: 'max-1550', vendor: 'Intel', name: 'Data Center GPU Max 1550', gpusPerBoard: 1, memoryGib: 128, boardTdpW: 600, vfCount: { max: 62, presets: [1, 2, 4, 6, 8, 16, 32, 62], evenOnlyAbove1: true }, fbPerVfRule: '/ N; two tiles, so an even count', localMemoryBytes: { any: 128849018880 }, schedulers: ['Flexible_BurstableQoS'], pfQuantumMs: 64, liveMigration: null, licence: 'none', source: 'xpum', confidence: 'code' },
  { id: 'bmg-e211', catalogId: 'arc-pro-b60', vendor: 'Intel', name: 'Arc Pro, Battlemage 24 GB (device e211/e216)', gpusPerBoard: 1, memoryGib: 24, boardTdpW: 200, vfCount: { max: 24, maxSource: 'the GPU catalogue' }, fbPerVfRule: 'equal split', localMemoryBytes: { eccOff: 25367150592, eccOn: 21500002304 }, schedulers: ['Flexible_BurstableQoS (default)'], resources: { doorbells: 240, contextsPerVf: 1024 }, liveMigration: null, licence: 'none', source: 'xpum', confidence: 'code', note: 'mapping of device id to product name (B60 class) is an inference' },
  { id: 'bmg-e212', catalogId: null, vendor: 'Intel', name: 'Arc Pro, Battlemage 16 GB (device e212)', gpusPerBoard: 1, memoryGib: 16, boardTdpW: 70, vfCount: { max: null }, fbPerVfRule: 'equal split', localMemoryBytes: { eccOff: 16911433728, eccOn: 14768144384 }, schedulers: ['Flexible_BurstableQoS (default)'], resources: { doorbells: 256, contextsPerVf: 1024 }, liveMigration: null, licence: 'none', source: 'xpum', confidence: 'code', note: 'B50 class by memory size; list price 350 USD, 70 W on huggingface.co/hardware' },
  { id: 'bmg-e222', catalogId: null, vendor: 'Intel', name: 'Arc Pro, Battlemage 32 GB (device e222)', gpusPerBoard: 1, memoryGib: 32, boardTdpW: 230, vfCount: { max: null }, fbPerVfRule: 'equal split', localMemoryBytes: { eccOff: 33285996544, eccOn: 28293097062 }, schedulers: ['Flexible_BurstableQoS (default)'], resources: { doorbells: 256, contextsPerVf: 1024 }, liveMigration: null, licence: 'none', source: 'xpum', confidence: 'code', note: 'B70 class by memory size' },
  { id: 'bmg-e223', catalogId: null, vendor: 'Intel', name: 'Arc Pro, Battlemage 28 GB (device e223)', gpusPerBoard: 1, memoryGib: 28, boardTdpW: null, vfCount: { max: null }, fbPerVfRule: 'equal split', localMemoryBytes: { eccOff: 29771169792, eccOn: 21500002304 }, schedulers: ['Flexible_BurstableQoS (default)'], resources: { doorbells: 256, contextsPerVf: 1024 }, liveMigration: null, licence: 'none', source: 'xpum', confidence: 'code' },
  { id: 'a10-azure', catalogId: 'a10', vendor: 'NVIDIA', name: 'A10 on Azure NVadsA10 v5 (vGPU over SR-IOV)', gpusPerBoard: 1, memoryGib: 24, boardTdpW: 150, vfCount: { allowed: [1, 2, 3, 6] }, fbPerVfGibByCount: { 1: 24, 2: 12, 3: 8, 6: 4 }, liveMigration: false, licence: 'included: 1 vWS user or 25 vApps users', source: 'azA10', confidence: 'documented' },
];

/** How virtual functions take turns. */
// biome-ignore format: one record per line
export const SRIOV_SCHEDULERS: readonly SriovScheduler[] = [
  { id: 'intel-flexible-30fps', appliesTo: 'Flex (default)', pfQuantumMs: 20, idleVf: 'skipped', vfQuantumMsFormula: 'max(floor(32/N), 1)', vfPreemptTimeoutUsFormula: 'N=1: 128000, else max(floor(64000/N), 16000)', source: 'xpum', confidence: 'code' },
  { id: 'intel-fixed-30fps', appliesTo: 'Flex', pfQuantumMs: 20, idleVf: 'keeps its slot (strict)', vfQuantumMsFormula: 'as flexible', vfPreemptTimeoutUsFormula: 'as flexible', source: 'xpum', confidence: 'code' },
  { id: 'intel-burstable-qos', appliesTo: 'Flex, Max, Battlemage', pfQuantumMs: 64, idleVf: 'skipped', vfQuantumMsFormula: 'min(0.5 x floor(2000 / max(N-1, 1)), 50)', pfQuantumAppliesTo: 'Max series', vfPreemptTimeoutMsFormula: 'floor(2000 / max(N-1, 1)) - quantum', source: 'xpum', confidence: 'code' },
  { id: 'xe-default', appliesTo: 'Linux xe driver >= 6.19', priority: ['low: only if it has work', 'normal: served even when idle', 'high'], memory: 'vram_quota per VF', vfQuantumMsFormula: 'exec_quantum_ms, default 0 = unlimited', vfPreemptTimeoutUsFormula: 'preempt_timeout_us, default 0 = never', source: 'xe', confidence: 'documented' },
  { id: 'amd-gim-s7150', appliesTo: 'S7150, S7150x2', vfQuantumMs: 6, idleVf: 'option 0 skips VFs without driver; option 1 keeps them', source: 'gimS7150', confidence: 'code' },
  { id: 'amd-gim-instinct', appliesTo: 'MI300X', vfQuantumMs: 6, idleVf: 'per policy, see mi300x', source: 'gimMI300', confidence: 'code' },
  { id: 'gvt-g', appliesTo: 'Intel GVT-g (Broadwell to Comet Lake integrated GPUs)', tickMs: 1, rule: 'credits proportional to type weight over a 100 ms period, reset every 10 periods; idle vGPUs skipped', source: 'gvt', confidence: 'code' },
];

/** What holds for SR-IOV GPUs in general. */
// biome-ignore format: one record per line
export const SRIOV_RULES: readonly SriovRule[] = [
  { id: 'SR-1', rule: 'Set vfCount while no VF is assigned: changing the number means removing all VFs first (sriov_numvfs goes through 0), so every VM on the GPU must be off. Not a run-time operation.', source: 'Linux PCI SR-IOV ABI; xpum', confidence: 'documented' },
  { id: 'SR-2', rule: 'Memory is split equally when VFs are created and stays with the VF; no overcommit. Unequal split only through newer xe quotas.', source: 'gimS7150; xpum; xe', confidence: 'code' },
  { id: 'SR-3', rule: 'Engines are time-shared between VFs (world switch), except MI300X compute partitions which are spatial (XCC) and memory partitions (NPS).', source: 'gimMI300; gimS7150', confidence: 'code' },
  { id: 'SR-4', rule: 'Share of a busy VF = 1/active (policies that skip idle VFs) or 1/vfCount (fixed share).', source: 'derived from scheduler sources', confidence: 'derived' },
  { id: 'SR-5', rule: 'Live migration of SR-IOV GPU VMs is not generally available: Azure lists it as unsupported for NVv4, NGads V620 and NVadsA10 v5; Windows Server 2025 GPU partitioning supports it when the IOMMU tracks dirty pages, otherwise the VM restarts on the target; NVIDIA vGPU over SR-IOV supports it because the vGPU manager saves state.', source: 'azNVv4; azNG; azA10; win', confidence: 'documented' },
  { id: 'SR-6', rule: 'A hung VF is reset alone (function-level reset); a PF reset stops all VFs.', source: 'gimMI300', confidence: 'code' },
  { id: 'SR-7', rule: 'No software licence for AMD MxGPU; Intel Flex likewise (Intel statement not retrieved).', source: 'ed; xpum (no licence calls in the code)', confidence: 'unverified' },
  { id: 'SR-8', rule: 'NVIDIA boards before Ampere use mediated devices; from Ampere the vGPU type is set on a PCIe virtual function, but the VF has no fixed share of its own: type, memory and schedule come from the vGPU manager.', source: 'okm', confidence: 'documented' },
  { id: 'SR-9', rule: 'KVM desktops through API/virtio forwarding deadlocked at four or more desktops on one GPU in one report; not an SR-IOV limit.', source: 'helix', confidence: 'unverified' },
];

/** Intel GVT-g vGPU types of integrated GPUs (retired by the vendor). */
// biome-ignore format: one record per line
export const GVTG_TYPES: readonly GvtgType[] = [
  { type: 'i915-GVTg_V4_8 / V5_8', lowGmMiB: 64, highGmMiB: 384, fences: 4, weight: 2, maxResolution: '1024x768', source: 'gvt', confidence: 'code' },
  { type: 'i915-GVTg_V4_4 / V5_4', lowGmMiB: 128, highGmMiB: 512, fences: 4, weight: 4, maxResolution: '1920x1200', source: 'gvt', confidence: 'code' },
  { type: 'i915-GVTg_V4_2 / V5_2', lowGmMiB: 256, highGmMiB: 1024, fences: 4, weight: 8, maxResolution: '1920x1200', source: 'gvt', confidence: 'code' },
  { type: 'i915-GVTg_V4_1 / V5_1', lowGmMiB: 512, highGmMiB: 2048, fences: 4, weight: 16, maxResolution: '1920x1200', source: 'gvt', confidence: 'code' },
];

/** Remarks on the tables above. */
// biome-ignore format: one record per line
export const SRIOV_NOTES: readonly SriovNote[] = [
  { note: 'instances = min(free aperture / low, free hidden / high, free fences / 4)', about: 'gvt-g', source: 'gvt', confidence: 'code' },
  { note: 'about 95 % of native reported by the authors', about: 'gvt-g', source: 'gvirt', confidence: 'vendor-claim' },
  { note: 'MI300X containers measured equal to bare metal in collective bandwidth (about 350 GB/s); partition modes help small models', about: 'sr-iov', source: 'dstack', confidence: 'measured' },
  { note: 'Board watts of V520, V710, MI210, Flex 140/170, Max, Arc Pro are product-page values recalled, not re-read', about: 'sr-iov', source: 'gen', confidence: 'unverified' },
];
