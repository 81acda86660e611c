import type { Evidence } from '../evidence.ts';
import type { Vendor } from '../gpu-model.ts';

/**
 * How many virtual functions a GPU can have. The count is set while nothing is attached. `allowed` lists the only
 * counts, `presets` the vendor's configured ones; `any` says that every count up to `max` works.
 */
export interface VfCount {
  readonly min?: number;
  readonly max?: number | null;
  readonly maxSource?: string;
  readonly any?: boolean;
  readonly allowed?: readonly number[];
  readonly presets?: readonly number[];
  /** Counts the released driver is qualified for. */
  readonly qualified?: readonly number[];
  readonly hardwareMax?: number;
  readonly frameworkMax?: number;
  readonly perBoardMax?: number;
  readonly evenOnlyAbove1?: boolean;
}

export interface SriovPartitionMode {
  readonly mode: string;
  readonly partitions: number;
  readonly xccPerPartition?: number;
  readonly npsAllowed?: readonly string[];
  readonly vfs?: readonly number[];
  readonly memoryGibPerPartition?: number;
}

interface SriovGpuScheduler {
  readonly note?: string;
  readonly policies: readonly { readonly name: string; readonly rule: string }[];
  readonly quantumMs?: {
    readonly default: number;
    readonly min: number;
    readonly max: number;
    readonly note: string;
  };
  readonly gfxQuantumMs?: { readonly moreThanOneVf: number; readonly oneVf: string };
  readonly multimediaQuantumMs?: number;
  readonly maxQuantumMs?: number;
}

/** A GPU that splits into virtual functions. Memory is per GPU; `boardTdpW` is per board. Null means not known. */
export interface SriovGpu {
  readonly id: string;
  /** `GpuModel.id`, where the GPU catalogue has this GPU. */
  readonly catalogId: string | null;
  readonly vendor: Vendor;
  readonly name: string;
  readonly gpusPerBoard: number;
  readonly memoryGib: number;
  readonly boardTdpW: number | null;
  readonly vfCount: VfCount;
  /** Frame buffer of one VF, by number of VFs. */
  readonly fbPerVfGibByCount?: Readonly<Record<number, number>>;
  readonly fbPerVfRule?: string;
  /** Local memory that is split between VFs, with error correction on or off. */
  readonly localMemoryBytes?: Readonly<Partial<Record<'eccOff' | 'eccOn' | 'any', number>>>;
  readonly partitionModes?: readonly SriovPartitionMode[];
  readonly partitionNote?: string;
  readonly scheduler?: SriovGpuScheduler;
  /** Names of the vendor's scheduler presets. */
  readonly schedulers?: readonly string[];
  /** Turn of the physical function. */
  readonly pfQuantumMs?: number;
  readonly resources?: { readonly doorbells: number; readonly contextsPerVf: number };
  readonly typicalUsersPerGpu?: Readonly<
    Record<'knowledge' | 'cad' | 'heavy', readonly [low: number, high: number]>
  >;
  readonly liveMigration: boolean | null;
  readonly liveMigrationConfidence?: Evidence;
  readonly liveMigrationNote?: string;
  readonly licence: string;
  readonly source: string;
  readonly confidence: Evidence;
  readonly note?: string;
}

/** How VFs of a vendor's GPUs take turns; N in a formula is the number of VFs. */
export interface SriovScheduler {
  readonly id: string;
  readonly appliesTo: string;
  readonly vfQuantumMs?: number;
  readonly vfQuantumMsFormula?: string;
  readonly vfPreemptTimeoutUsFormula?: string;
  readonly vfPreemptTimeoutMsFormula?: string;
  readonly pfQuantumMs?: number;
  readonly pfQuantumAppliesTo?: string;
  readonly tickMs?: number;
  readonly idleVf?: string;
  readonly priority?: readonly string[];
  readonly memory?: string;
  readonly rule?: string;
  readonly source: string;
  readonly confidence: Evidence;
}

export interface SriovRule {
  readonly id: string;
  readonly rule: string;
  readonly source: string;
  readonly confidence: Evidence;
}

/** Instances of a type = min(free aperture / low, free hidden / high, free fences / fences). */
export interface GvtgType {
  readonly type: string;
  readonly lowGmMiB: number;
  readonly highGmMiB: number;
  readonly fences: number;
  /** Share of the scheduler's credits. */
  readonly weight: number;
  readonly maxResolution: string;
  readonly source: string;
  readonly confidence: Evidence;
}

export interface SriovNote {
  readonly note: string;
  readonly about: 'gvt-g' | 'sr-iov';
  readonly source: string;
  readonly confidence: Evidence;
}
