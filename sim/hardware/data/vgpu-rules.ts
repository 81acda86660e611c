import type { LiveMigrationFit, LiveMigrationStun, VgpuEdition, VgpuRule } from '../vgpu/vgpu-rules.ts';

/** Where the vGPU tables took their facts from. */
// biome-ignore format: one record per line
export const VGPU_SOURCES = {
  xml: 'GitHub tomasharkema/nixos-nvidia-vgpu, vgpuConfig.xml (NVIDIA vGPU host-driver type database, commit e9f9f0f, 2024-08-12; release inferred as vGPU 17 / R550)',
  vdm: 'GitHub NVIDIA/vgpu-device-manager, examples/config-example.yaml (commit acb7270, v0.5.0, 2026-08-20)',
  nvaie5: 'NVIDIA AI Enterprise 5.0 user guide for vGPU (driver 550.54.16, March 2024), text copy on GitHub',
  lic12: 'docs.nvidia.com, Virtual GPU Client Licensing User Guide 12.0-12.4',
  lic16: 'docs.nvidia.com, Virtual GPU Client Licensing User Guide 16.0',
  mig: 'docs.nvidia.com, MIG User Guide, Supported GPUs page',
  nvaie9: 'docs.nvidia.com, NVIDIA AI Enterprise release 8/9, vGPU for Compute: mode decision, scheduling and overview pages',
  okm: 'GitHub NVIDIA/open-gpu-kernel-modules 595.45.04, nvrm_registry.h and NVML/vGPU headers (2026-03-05)',
  adv: 'GitHub fjacquet/vgpu-advisor, src/data/gpus.json (2026-08-10)',
} as const;

/** How vGPUs are admitted, scheduled, licensed and moved. */
// biome-ignore format: one record per line
export const VGPU_RULES: readonly VgpuRule[] = [
  { id: 'R-alloc-1', topic: 'frame buffer', rule: 'Frame buffer is reserved when the vGPU is created (VM power-on) and held exclusively until it is destroyed; no overcommit of vGPU memory.', source: 'nvaie5', confidence: 'documented' },
  { id: 'R-alloc-2', topic: 'capacity', rule: 'maxPerBoard = maxPerGpu x gpusPerBoard; a vGPU never spans physical GPUs. One VM may hold several vGPUs only if the type allows it (multiVgpuPerVm).', source: 'nvaie5, xml', confidence: 'documented' },
  { id: 'R-equal-1', topic: 'equal-size mode', rule: 'Default mode. All resident vGPUs of one physical GPU have the same frame-buffer size; series may differ (an A40-2B and an A40-2Q can share). The first vGPU placed fixes the size until the GPU is empty again.', source: 'nvaie5', confidence: 'documented' },
  { id: 'R-equal-2', topic: 'equal-size mode', rule: 'Older host configuration files carry a homogeneous-vGPU switch that forced the same TYPE, not only the same size; treat same-type as the rule for pre-2020 releases.', source: 'GitHub samicrusader/vgpudconfig (older vgpuConfig)', confidence: 'unverified' },
  { id: 'R-mixed-1', topic: 'mixed-size mode', rule: 'Must be enabled per physical GPU (vSphere 8.0U3 names: sameSize / mixedSize; KVM: heterogeneous mode through nvidia-smi). Then sizes may differ, sum of sizes <= GPU memory and every vGPU occupies a contiguous interval [placementId, placementId + size) in 1 GiB units; intervals may not overlap and the ID must be in the type list.', source: 'nvaie5; vSphere API 8.0.3 VgpuMode enum', confidence: 'documented' },
  { id: 'R-mixed-2', topic: 'mixed-size mode', rule: 'Only best-effort and equal-share scheduling; fixed share is refused. The manager picks a placement unless the KVM administrator names one. Support depends on GPU and hypervisor.', source: 'nvaie5; nvaie9', confidence: 'documented' },
  { id: 'R-mixed-3', topic: 'mixed-size mode', rule: 'Derived closed form that reproduces every published placement table we have (94, 80, 64, 40, 32, 24, 20, 16 GiB): n = largest power of two with n x size <= memory; split memory in n equal cells; even cells start at floor(cell start); odd cells end at floor(cell end), so ID = floor(cell end) - size. Max in mixed mode = min(n, maxPerGpu).', source: 'derived from nvaie5 tables', confidence: 'derived' },
  { id: 'R-mixed-4', topic: 'mixed-size mode', rule: 'Ada GPUs have a lower mixed-mode maximum for 1 GiB types than other architectures with the same memory; the figure is not in the copy read.', source: 'nvaie5 (remark without figure in the copy read)', confidence: 'unverified' },
  { id: 'R-mode-1', topic: 'MIG vs time-sliced', rule: 'MIG-backed types appear only once MIG mode is on and GPU instances exist; with MIG on, plain time-sliced types cannot be created on that GPU (this clause inferred). One MIG-backed vGPU per GPU instance, except time-sliced MIG-backed types (RTX PRO Blackwell), where several vGPUs share one GPU instance.', source: 'nvaie5; nvaie9; vdm counts', confidence: 'documented' },
  { id: 'R-mode-2', topic: 'parallelism', rule: 'Time-sliced vGPUs run one after another on the graphics/compute engine of the whole GPU; MIG-backed vGPUs run in parallel on their own engines.', source: 'nvaie5', confidence: 'documented' },
  { id: 'R-sched-1', topic: 'scheduler', rule: 'best-effort: default on all architectures; round robin that skips idle vGPUs; a busy vGPU may use the whole GPU; no floor under contention other than about 1/busy.', source: 'nvaie5', confidence: 'documented' },
  { id: 'R-sched-2', topic: 'scheduler', rule: 'equal-share: each RUNNING vGPU gets 1/running, whether or not it is busy; share changes when vGPUs start or stop; unused time is not given to others.', source: 'nvaie5', confidence: 'documented' },
  { id: 'R-sched-3', topic: 'scheduler', rule: 'fixed-share: each vGPU gets 1/maxPerGpu of its type, constant when others are absent (T4-4C: 25 %); unused time is not given to others.', source: 'nvaie5', confidence: 'documented' },
  { id: 'R-sched-4', topic: 'scheduler', rule: 'Equal and fixed share exist on architectures after Maxwell; policy is per host GPU and needs a host reboot or driver reload (newer nvidia-smi can set it until the next reload).', source: 'nvaie5', confidence: 'documented' },
  { id: 'R-sched-5', topic: 'scheduler', rule: 'Strict round robin (default since vGPU 15): averaging factor 1-60, default 33; a vGPU that overran its slice has accrued overrun / averaging factor taken from later slices. Frequency 63-960 Hz. Without strict round robin the scheduler picks the least-scheduled vGPU and the slice length is set instead: 1-30 ms.', values: { averagingFactor: { min: 1, default: 33, max: 60 }, frequencyHz: { min: 63, defaultUpTo8: 480, defaultAbove8: 960, max: 960 }, timeSliceMs: { min: 1, defaultUpTo8: 2, defaultAbove8: 1, max: 30 } }, source: 'nvaie5; okm', confidence: 'documented' },
  { id: 'R-sched-6', topic: 'scheduler', rule: 'Default slice: 2 ms (480 Hz) when the type allows at most 8 vGPUs per GPU, 1 ms (960 Hz) above. The guide contradicts itself: another table says fewer than 8 / 8 or more and counts resident vGPUs. Make the threshold a parameter.', source: 'nvaie5', confidence: 'documented' },
  { id: 'R-sched-7', topic: 'scheduler', rule: 'Registry encoding: policy 0x00 best effort, 0x01 equal, 0x11 fixed; bits 31:24 averaging factor, 21:12 frequency, 23:16 slice in ms (non-strict).', source: 'okm', confidence: 'code' },
  { id: 'R-frl-1', topic: 'frame rate limiter', rule: 'B-series capped at 45 fps, A/Q/C at 60 fps by default; limiter is off under equal and fixed share.', source: 'xml; nvaie5', confidence: 'documented' },
  { id: 'R-lic-1', topic: 'licence', rule: 'A-series needs vApps; B-series vPC or RTX vWS; Q-series RTX vWS; C-series vCS or vWS up to vGPU 12-era, NVIDIA AI Enterprise since. Enforced in the guest driver; vPC is not valid for passthrough or bare metal; passthrough graphics needs vWS, or vApps at reduced resolution.', source: 'lic12; lic16; NVIDIA control panel help: GRID licensing reference', confidence: 'documented' },
  { id: 'R-lic-2', topic: 'licence', rule: 'Licence is checked out at guest boot and returned at shutdown: one per concurrently running VM (per user for vApps session hosts; per GPU for vCS / AI Enterprise).', source: 'lic16; NVIDIA packaging guide', confidence: 'documented' },
  { id: 'R-mig-1', topic: 'live migration', rule: 'vGPU VMs can be live-migrated and suspended between hosts with the same GPU model, same vGPU type available and compatible driver branch; all frame buffer is copied while the VM is stunned (see liveMigrationStun). Not possible while CUDA debuggers/profilers are enabled. vSphere needs vgpu.hotmigrate.enabled.', source: 'nvaie5; docs.vmware.com vMotion for vGPU pages; stephenwagner.com', confidence: 'documented' },
  { id: 'R-mig-2', topic: 'live migration', rule: 'Passthrough VMs cannot be live-migrated, suspended or hibernated.', source: 'NVIDIA known-limitations pages (vGPU for Compute)', confidence: 'documented' },
  { id: 'R-mig-3', topic: 'placement automation', rule: 'vSphere DRS cluster with vGPU VMs must run Partially Automated or Manual (vGPU 17 era): no fully automatic rebalancing. vSphere 8.0U2+ adds a per-VM stun-time limit and estimates (only for C and Q series).', source: 'nvaie5; vSphere 8.0U2 notes', confidence: 'documented' },
  { id: 'R-feat-1', topic: 'features', rule: 'Unified memory and CUDA debuggers/profilers are off by default for vGPUs and are enabled per VM.', source: 'nvaie5', confidence: 'documented' },
  { id: 'R-pix-1', topic: 'display', rule: 'A type carries heads and a pixel budget: sum of head pixels <= maxPixels. The 0.5 GB types (8,192,000 pixels) cannot drive one 3840x2160 head (8,294,400).', source: 'xml', confidence: 'documented' },
  { id: 'R-fb-1', topic: 'frame buffer', rule: 'Guest sees less than the type size: on Ada a 4 GiB type leaves 3840 MiB, 48 GiB leaves 47104 MiB; on Turing and older 4 GiB leaves 3776 MiB.', source: 'xml', confidence: 'documented' },
  { id: 'R-choose-1', topic: 'policy choice', rule: 'Vendor guidance: density with intermittent desktops -> best effort; steady performance -> fixed or equal share; compute -> fixed or equal share, or MIG-backed when hard isolation is required.', source: 'nvaie9; vxworld.co.uk 2025-09; Dell VDI guidance', confidence: 'documented' },
];

/** Licence editions that cover a series of vGPU types. */
// biome-ignore format: one record per line
export const VGPU_EDITIONS: readonly VgpuEdition[] = [
  { series: 'A', editions: ['vApps'], use: 'published applications, session hosts; one 1280x1024 head', source: 'xml; lic16', confidence: 'documented' },
  { series: 'B', editions: ['vPC', 'RTX vWS'], use: 'office desktops; 45 fps; up to 2 GiB types', source: 'xml; lic16', confidence: 'documented' },
  { series: 'Q', editions: ['RTX vWS'], use: 'workstations; all features incl. CUDA', source: 'xml; lic16', confidence: 'documented' },
  { series: 'C', editions: ['NVIDIA AI Enterprise (since vGPU 13.x/NVAIE 1.x)', 'vCS (legacy)', 'RTX vWS (legacy, vGPU <=12 era)'], use: 'compute; one head, CUDA; sizes from 4 GiB', source: 'lic12; vdm; nvaie5', confidence: 'documented' },
  { series: 'gaming', editions: ['vGaming (cloud gaming providers)'], use: 'game streaming; present in older host databases', source: 'GitHub samicrusader/vgpudconfig', confidence: 'unverified' },
];

/** Which GPUs support mixed-size mode. */
export const MIXED_SIZE_SUPPORT = {
  byGpu:
    'not enumerated in the copy read; published tables exist for 16-94 GiB boards of Volta, Turing, Ampere, Ada and Hopper, so treat every GPU with a table as capable and older ones as not',
  confidence: 'inferred',
  source: 'nvaie5',
} as const;

/** Seconds a VM stands still while its vGPU memory is copied. */
// biome-ignore format: one record per line
export const LIVE_MIGRATION_STUN: readonly LiveMigrationStun[] = [
  { gpu: 'P40', link: '10 GbE', vsphere: '6.7U1', table: [{ vgpuGib: 1, stunSec: 9 }, { vgpuGib: 2, stunSec: 16.5 }, { vgpuGib: 4, stunSec: 31.4 }, { vgpuGib: 8, stunSec: 61.3 }, { vgpuGib: 10, stunSec: 76.3 }, { vgpuGib: 12, stunSec: 91.2 }, { vgpuGib: 16, stunSec: null, note: 'over the 100 s limit: migration fails' }], source: 'docs.vmware.com, vMotion stun times for vGPU (6.7U1)', confidence: 'measured' },
  { gpu: 'V100', link: '10 GbE', vsphere: '6.7U3', table: [{ vgpuGib: 1, stunSec: 2.17 }, { vgpuGib: 2, stunSec: 4.03 }, { vgpuGib: 4, stunSec: 7.02 }, { vgpuGib: 8, stunSec: 14.48 }, { vgpuGib: 16, stunSec: 27.79 }, { vgpuGib: 32, stunSec: 50.81 }], source: 'docs.vmware.com, vMotion stun times for vGPU (6.7U3)', confidence: 'measured' },
  { gpu: 'V100', link: '10 GbE', vsphere: '7.0', table: [{ vgpuGib: 1, stunSec: 2 }, { vgpuGib: 2, stunSec: 4 }, { vgpuGib: 4, stunSec: 6 }, { vgpuGib: 8, stunSec: 12 }, { vgpuGib: 16, stunSec: 22 }, { vgpuGib: 32, stunSec: 39 }], source: 'docs.vmware.com, vSphere 7.0 vMotion stun times', confidence: 'measured' },
  { gpu: 'any', link: '10 GbE', vsphere: '7.0 worst case', table: [{ vgpuGib: 1, stunSecByVmMemoryGib: { 4: 5, 8: 6, 16: 8, 32: 12 } }, { vgpuGib: 2, stunSecByVmMemoryGib: { 4: 7, 8: 9, 16: 11, 32: 15 } }, { vgpuGib: 4, stunSecByVmMemoryGib: { 4: 13, 8: 14, 16: 16, 32: 21 } }, { vgpuGib: 8, stunSecByVmMemoryGib: { 4: 24, 8: 25, 16: 28, 32: 32 } }, { vgpuGib: 16, stunSecByVmMemoryGib: { 4: 47, 8: 48, 16: 50, 32: 54 } }, { vgpuGib: 32, stunSecByVmMemoryGib: { 4: 91, 8: 92, 16: 95, 32: 99 } }], source: 'docs.vmware.com, vSphere 7.0 maximum stun times (one migration at a time)', confidence: 'documented' },
  { gpu: 'any', link: 'n/a', vsphere: '8.0+', table: [], source: 'vSphere Web Services API 8.0 SharedGpuCapabilities/VgpuProfileInfo fields', confidence: 'documented', note: 'API exposes an enhanced-migration capability with sub-second downtime and a data-size estimate; no measured table found' },
];

/** `stun = fixedSec + secPerGib x vGPU memory in GiB`. */
// biome-ignore format: one record per line
export const LIVE_MIGRATION_FITS: readonly LiveMigrationFit[] = [
  { gpu: 'P40 6.7U1', fixedSec: 1.53, secPerGib: 7.474, source: 'least squares over LIVE_MIGRATION_STUN', confidence: 'derived' },
  { gpu: 'V100 6.7U3', fixedSec: 1.17, secPerGib: 1.576, source: 'least squares over LIVE_MIGRATION_STUN', confidence: 'derived' },
  { gpu: 'V100 7.0', fixedSec: 1.67, secPerGib: 1.19, source: 'least squares over LIVE_MIGRATION_STUN', confidence: 'derived' },
];
