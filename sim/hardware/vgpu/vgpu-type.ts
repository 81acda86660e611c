import type { Evidence } from '../evidence.ts';

/** A: published applications, B: office desktops, Q: workstations, C: compute. */
export type VgpuSeries = 'A' | 'B' | 'Q' | 'C';

/**
 * `time-sliced`: memory split, engines shared in turn. `mig`: one vGPU is one GPU instance.
 * `mig-time-sliced`: several vGPUs share one GPU instance in turn.
 */
export type VgpuBacking = 'time-sliced' | 'mig' | 'mig-time-sliced';

export type VgpuScheduler = 'best-effort' | 'equal-share' | 'fixed-share';

/** One vGPU type of one GPU. Null means not known or not applicable. */
export interface VgpuType {
  /** `A40-2Q`: board, frame buffer in GiB (0 stands for 512 MiB), series. Unique over all GPUs. */
  readonly type: string;
  readonly series: VgpuSeries;
  readonly backing: VgpuBacking;
  /** MIG-backed types: GPU slices of the instance, and the instance variant that backs the type. */
  readonly migSlices: number | null;
  readonly mediaEngines: 'default' | '+gfx' | '+me' | null;
  /** Frame buffer held on the GPU by one vGPU; nominal for MIG-backed types, see `note`. */
  readonly fbMib: number;
  /** What the guest sees. */
  readonly guestFbMib: number | null;
  readonly hostReservationMib: number | null;
  /** vGPUs of this type per physical GPU in equal-size mode. */
  readonly maxPerGpu: number;
  readonly maxPerBoard: number;
  /** The same in mixed-size mode, by rule R-mixed-3. */
  readonly maxPerGpuMixedSize: number | null;
  readonly maxPerGpuInstance: number | null;
  readonly licence: readonly string[];
  readonly displayHeads: number | null;
  /** Sum over the heads. */
  readonly maxPixels: number | null;
  /** Default cap; off under equal and fixed share. */
  readonly frameRateLimitFps: number | null;
  readonly cuda: boolean | null;
  readonly multiVgpuPerVm: boolean | null;
  readonly source: 'xml' | 'vdm';
  readonly confirmedBy: 'vdm' | null;
  readonly confidence: Evidence;
  readonly note: string | null;
}

/** A GPU that carries vGPUs. Memory, watts and counts are per GPU except `boardTdpW`. */
export interface VgpuGpu {
  readonly id: string;
  /** `GpuModel.id`, where the GPU catalogue has this GPU. */
  readonly catalogId: string | null;
  readonly name: string;
  readonly arch: string;
  readonly memoryGib: number;
  readonly gpusPerBoard: number;
  readonly boardTdpW: number | null;
  /** `gpu-catalogue`: as sure as the GPU catalogue is. */
  readonly tdpConfidence: 'documented' | 'unverified' | 'gpu-catalogue';
  /** Ampere and later set the type on a virtual function; earlier GPUs use mediated devices without SR-IOV. */
  readonly hostVgpuMode: 'sriov-vf' | 'mediated-device';
  readonly hostVgpuModeConfidence: Evidence;
  readonly schedulers: readonly VgpuScheduler[];
  readonly migMaxInstances: number;
  readonly typeNamePrefix: string;
  readonly sources: readonly ('xml' | 'vdm' | 'adv')[];
  readonly confidence: Evidence;
  readonly note?: string;
}
