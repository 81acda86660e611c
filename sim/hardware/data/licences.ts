import type { Licence, LicenceRule, UnlicensedPhase } from '../prices/price.ts';

/** Software licences of sharing modes and hypervisors: list or public quotes, USD, as of 2026-08. */
// biome-ignore format: one record per line
export const LICENCES: readonly Licence[] = [
  { id: 'vapps', vendor: 'NVIDIA', edition: 'Virtual Applications (vApps)', series: ['A'], metric: 'concurrent users (CCU)', subscriptionUsdPerYear: 10, perpetualUsd: 20, sumsUsdPerYear: 5, priceDate: '2024-2026', perpetualConfidence: 'unverified', source: 'pkg', confidence: 'documented' },
  { id: 'vpc', vendor: 'NVIDIA', edition: 'Virtual PC (vPC)', series: ['B'], metric: 'concurrent users / VMs (CCU)', subscriptionUsdPerYear: 50, perpetualUsd: 100, sumsUsdPerYear: 25, priceDate: '2024-2026', perpetualConfidence: 'unverified', source: 'pkg', confidence: 'documented' },
  { id: 'vws', vendor: 'NVIDIA', edition: 'RTX Virtual Workstation (vWS)', series: ['Q', 'B', 'C (legacy)'], metric: 'concurrent users / VMs (CCU)', subscriptionUsdPerYear: 250, perpetualUsd: 450, sumsUsdPerYear: 100, streetUsd: 479, priceDate: '2024-2026', source: 'pkg; street: shi', confidence: 'documented', note: 'also licences passthrough and bare-metal graphics' },
  { id: 'vcs', vendor: 'NVIDIA', edition: 'Virtual Compute Server (vCS, replaced by NVAIE)', series: ['C'], metric: 'GPU', subscriptionUsdPerYear: 50, source: 'pkg', confidence: 'unverified' },
  { id: 'nvaie', vendor: 'NVIDIA', edition: 'NVIDIA AI Enterprise', series: ['C', 'MIG-backed'], metric: 'GPU (physical)', subscriptionUsdPerYear: 4500, subscription5YearUsd: 18000, subscription5YearConfidence: 'unverified', perpetualUsdWith5YearSupport: 22500, cloudUsdPerGpuHour: 1, educationDiscount: 0.75, includedWith: 'H100 PCIe, H200 NVL and similar boards: five years', source: 'nvaie', confidence: 'documented', note: 'B300 counts dies per package: ask per contract; graphics rights of vWS are separate (inferred)' },
  { id: 'amd-mxgpu', vendor: 'AMD', edition: 'MxGPU / GIM', series: [], metric: 'none', subscriptionUsdPerYear: 0, source: 'dev3d; cloudrift', confidence: 'vendor-claim' },
  { id: 'intel-flex', vendor: 'Intel', edition: 'Flex, Max, Arc Pro SR-IOV', series: [], metric: 'none', subscriptionUsdPerYear: 0, source: 'gen', confidence: 'unverified' },
  { id: 'vcf', vendor: 'Broadcom', edition: 'VMware Cloud Foundation', metric: 'core, at least 16 per CPU, order of 72 or more cores since 2025-04-10', subscriptionUsdPerYear: 350, series: [], source: 'vmw', confidence: 'documented' },
  { id: 'vvf', vendor: 'Broadcom', edition: 'vSphere Foundation', metric: 'core, as above', subscriptionUsdPerYear: 150, subscriptionUsdPerYearRange: [135, 190], series: [], source: 'vmw', confidence: 'documented', note: '135 on 3-year terms; part of the vGPU host stack' },
  { id: 'bitfusion', vendor: 'Broadcom', edition: 'vSphere Bitfusion', metric: 'host add-on, discontinued', subscriptionUsdPerYear: null, series: [], source: 'gen', confidence: 'unverified' },
  { id: 'orionx', vendor: 'VirtAI Tech', edition: 'OrionX pool', metric: 'per GPU or per pool, quoted', subscriptionUsdPerYear: null, series: [], source: 'gen', confidence: 'unverified' },
  { id: 'hami', vendor: 'CNCF', edition: 'HAMi (Apache 2.0)', metric: 'none', subscriptionUsdPerYear: 0, series: [], source: 'GitHub Project-HAMi/HAMi licence file', confidence: 'documented' },
  { id: 'gpu-operator', vendor: 'NVIDIA', edition: 'Kubernetes device plugin, time-slicing, MPS, MIG on containers', metric: 'none (open source; support through NVAIE)', subscriptionUsdPerYear: 0, series: [], source: 'GitHub NVIDIA/k8s-device-plugin', confidence: 'documented' },
];

/** How licences are counted and held. */
// biome-ignore format: one record per line
export const LICENCE_RULES: readonly LicenceRule[] = [
  { id: 'LR-1', rule: 'One licence per concurrently running VM with a vGPU (vPC, vWS) or concurrent user (vApps, session hosts); two vGPUs in one VM still one vWS.', source: 'lic12; lic16; pkg', confidence: 'documented', partial: 'second clause inferred' },
  { id: 'LR-2', rule: 'Held from guest boot to shutdown. Subscription grants a one-month grace (13 months enabled); lapse means no lease at next renewal.', source: 'grid16; pkg', confidence: 'documented' },
  { id: 'LR-3', rule: 'When none is free, the guest still boots and starts at full capability, then degrades (see unlicensed); nothing stops existing VMs.', source: 'grid16; cp', confidence: 'documented' },
  { id: 'LR-4', rule: 'Perpetual needs support (SUMS), now bought with 5-year terms, earlier first year.', source: 'pkg', confidence: 'documented' },
  { id: 'LR-5', rule: 'Passthrough of a whole GPU: no vGPU licence for compute; graphics needs vWS (software-enforced) or vApps at reduced resolution.', source: 'lic16; cp', confidence: 'documented' },
  { id: 'LR-6', rule: 'A licence server outage or clock skew prevents lease renewal; client keeps its lease until expiry.', source: 'GitHub homelab and installer issues on delegated licence servers', confidence: 'inferred' },
  { id: 'LR-7', rule: 'Academic price is lower; government and volume discounts exist: treat list as an upper bound.', source: 'pkg', confidence: 'unverified' },
];

/** What a vGPU guest without a licence may do, by time since boot. */
// biome-ignore format: one record per line
export const UNLICENSED_PHASES: readonly UnlicensedPhase[] = [
  { phase: 'boot to about 20 min', effect: 'full capability', source: 'cp; cudf (20 min threshold observed on A30-24C)', confidence: 'measured' },
  { phase: 'about 20 min to about 24 h', effect: 'frame rate limit 15 fps; compute calls slow (allocations of MB per several seconds; a cuDF start from seconds to over 5 min)', source: 'home (60 to 15 fps); cudf; go220', confidence: 'measured', note: 'the 24 h end of this phase is community knowledge' },
  { phase: 'after about 24 h (24-72 h reported)', effect: 'frame rate limit 3 fps; GPU resource allocation limited; CUDA disabled (devices reported busy or unavailable)', source: 'cp (3 fps, CUDA disabled); vu79 (24-72 h then 3 fps); rodan', confidence: 'documented', note: 'exact hour unverified' },
  { phase: 'licence acquired', effect: 'restrictions removed without reboot', source: 'cp', confidence: 'documented' },
  { phase: 'states in NVML', effect: 'unlicensed unrestricted (grace), unlicensed restricted, licensed, not applicable', source: 'nvml', confidence: 'documented' },
];
