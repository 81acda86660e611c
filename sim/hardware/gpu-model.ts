import type { GPU_SOURCES } from './data/gpu-sources.ts';
import type { Confidence } from './evidence.ts';

type GpuSourceId = keyof typeof GPU_SOURCES;
export type Vendor = 'NVIDIA' | 'AMD' | 'Intel';

/**
 * A physical GPU as the system sees it. Where a board carries several GPUs, every number is per GPU;
 * only `boardTdpW` and `gpusPerBoard` describe the board. Null means not known, never zero.
 * `unverifiedFields` names the fields that a test or a report must not assert.
 */
export interface GpuModel {
  readonly id: string;
  readonly name: string;
  readonly vendor: Vendor;
  readonly architecture: string;
  readonly releaseYear: number;
  readonly formFactor: string;
  readonly gpusPerBoard: number;
  /** GB as the vendor prints it; the printed number is really GiB. */
  readonly memoryGb: number;
  readonly memoryType: string;
  readonly memoryBandwidthGbPerSec: number;
  readonly fp32Tflops: number;
  /** Dense (no sparsity), FP32 accumulation; `fp16Note` where the part has no matrix engine. */
  readonly fp16TensorTflopsDense: number | null;
  readonly tdpW: number;
  readonly boardTdpW: number;
  /** From measurements, never from datasheets. */
  readonly idleW: number | null;
  readonly idleWSource: string | null;
  readonly pcieGen: number;
  readonly pcieLanes: number;
  /** NVLink, Infinity Fabric or Xe Link, the total of both directions; halve it for one direction. */
  readonly fabricGbPerSecBidirectional: number | null;
  readonly fabricKind: string | null;
  readonly computeUnits: number;
  readonly computeUnitKind: 'SM' | 'CU' | 'Xe core';
  /** Total memory printed by nvidia-smi. */
  readonly nvidiaSmiTotalMib: number | null;
  readonly virtualization: GpuVirtualization;
  /** `MigModel.id`; null where the GPU has no MIG. */
  readonly migModelId: string | null;
  /** Indicative prices; cloud prices include the virtual machine around the GPU. */
  readonly prices: readonly GpuPrice[];
  /** `VgpuGpu.id` of every entry of the vGPU table that is this GPU. */
  readonly vgpuGpuIds: readonly string[];
  /** `SriovGpu.id`. */
  readonly sriovId: string | null;
  readonly confidence: Confidence;
  readonly unverifiedFields: readonly string[];
  readonly sources: readonly GpuSourceId[];
  readonly note?: string;
  readonly fp16Note?: string;
}

export interface GpuVirtualization {
  readonly passthrough: boolean;
  readonly timeSlicing: boolean;
  /** `pre-volta`: no per-client address-space isolation. `none`: MPS is NVIDIA only. */
  readonly mps: 'full' | 'pre-volta' | 'none';
  readonly mig: boolean;
  readonly nvidiaVgpu: boolean | null;
  readonly migBackedVgpu?: boolean;
  readonly sriov: GpuSriov;
  readonly note?: string;
}

/** What the GPU catalogue itself says of virtual functions; the SR-IOV table says more. */
export interface GpuSriov {
  readonly supported: boolean;
  readonly kind?: string;
  readonly confidence?: Confidence;
  readonly maxVfsPerGpu?: number | null;
  readonly defaultMaxVfs?: number;
  readonly maxVfsPerBoard?: number;
  /** VF counts that cloud providers sell. */
  readonly cloudSplits?: readonly number[];
  /** VF counts the vendor's stock configuration has presets for. */
  readonly stockSplits?: readonly number[];
  /** VFs by compute and memory partition mode. */
  readonly partitionModes?: Readonly<Record<string, number>>;
  /** Formula in milliseconds. */
  readonly execQuantumMs?: string;
  readonly defaultScheduler?: string;
}

export type GpuPrice = CloudGpuPrice | ListGpuPrice;

export interface CloudGpuPrice {
  readonly kind: 'cloud-on-demand-hour';
  readonly usdPerHour: number;
  /** A fraction where the SKU holds part of a GPU. */
  readonly gpusInSku: number;
  readonly usdPerGpuHour: number;
  readonly provider: string;
  readonly sku: string;
  readonly region: string | null;
  readonly asOf: string | null;
  readonly source: GpuSourceId;
  readonly indicative: true;
}

export interface ListGpuPrice {
  readonly kind: 'list-or-street-price';
  readonly usd: number;
  readonly asOf: string | null;
  readonly source: GpuSourceId;
  readonly indicative: true;
}
