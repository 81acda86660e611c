import type { MIG_SOURCES } from '../data/mig-sources.ts';
import type { Confidence } from '../evidence.ts';

type MigSourceId = keyof typeof MIG_SOURCES;

/** Engines that a GPU instance owns, or that the whole GPU has to give. */
export interface MigEngines {
  readonly copy: number;
  readonly nvdec: number;
  readonly nvenc: number;
  readonly jpeg: number;
  readonly ofa: number;
}

export const MIG_ENGINES = [
  'copy',
  'nvdec',
  'nvenc',
  'jpeg',
  'ofa',
] as const satisfies readonly (keyof MigEngines)[];

/**
 * What a profile adds to the plain slices: `double-memory` is one compute slice with two memory slices,
 * `media` the `+me` suffix, `all-media` `+me.all`, `no-media` `-me`, `graphics` `+gfx`.
 */
export type MigVariant = 'plain' | 'double-memory' | 'media' | 'all-media' | 'no-media' | 'graphics';

export const MIG_VARIANTS: readonly MigVariant[] = [
  'plain',
  'double-memory',
  'media',
  'all-media',
  'no-media',
  'graphics',
];

/** A GPU instance profile. An instance covers placement units [start, start + size). Null means not captured. */
export interface MigProfile {
  readonly name: string;
  /** Names that other driver versions print for the same profile. */
  readonly aliases?: readonly string[];
  readonly variant: MigVariant;
  /** The id the command line uses. */
  readonly smiProfileId: number;
  /** The library's name without its prefix NVML_GPU_INSTANCE_PROFILE_, and its own numbering. */
  readonly nvmlProfile: string;
  readonly nvmlProfileIndex: number;
  readonly maxInstances: number;
  /** SM slices, of `gpuSlicesTotal` of the model. */
  readonly gpuSlices: number;
  /** Memory slices, of `memorySlicesTotal` of the model. */
  readonly memorySlices: number;
  /** The number in the name. */
  readonly memoryGbNominal: number;
  /** What the instance really gets, as the profile listing prints it. */
  readonly memoryGib: number | null;
  /** `memoryGib` rounded to 1/16 GiB. */
  readonly memoryMib: number | null;
  readonly smCount: number | null;
  /** A guess that follows the pattern of an older generation, where `smCount` was not captured. */
  readonly smCountEstimate?: number;
  readonly engines: MigEngines;
  readonly mediaExtensions: boolean;
  readonly graphics: boolean;
  readonly p2p: boolean;
  readonly starts: readonly number[];
  readonly size: number;
  readonly memoryGibOtherDrivers?: readonly number[];
  readonly confidence: Confidence;
  readonly confidenceByField: Readonly<Record<'geometry' | 'memory' | 'smCount' | 'engines', Confidence>>;
  readonly sources: readonly MigSourceId[];
  readonly note?: string;
}

/** A way to divide the SM slices of a GPU instance further. */
export interface ComputeInstanceProfile {
  /** `2c`: two compute slices. */
  readonly name: string;
  readonly gpuSlices: number;
  readonly smiProfileId: number;
  readonly maxInGpuInstance: number;
}

export interface MigComputeInstances {
  readonly byGpuSlices: Readonly<Record<number, readonly ComputeInstanceProfile[]>>;
  /** Command-line id of the compute instance inside a double-memory instance. */
  readonly doubleMemoryProfileId: number | null;
  readonly confidence: Confidence;
  readonly note: string;
}

/** Requests given without a start, and where the driver put them; null where it refused. */
interface PlacementObservation {
  /** Short names: `1g`, `3g`, `1g+me`, `1g.double`. */
  readonly requested: readonly string[];
  readonly starts?: readonly (number | null)[];
  readonly gpuInstanceIds?: readonly number[];
  readonly seenOn: string;
  readonly confidence?: Confidence;
  /** False for sequences that `rule` is known not to give. */
  readonly followsRule: boolean;
}

export interface DefaultPlacementFacts {
  readonly rule: string;
  readonly exception?: string;
  readonly observations: readonly PlacementObservation[];
  readonly confidence: Confidence;
  readonly sources: readonly MigSourceId[];
}

/** Numbering of GPU instances. On some boards the halves are numbered swapped: key on the start, not on the id. */
export interface GpuInstanceIds {
  /** Id by start, by the size of the instance in placement units. */
  readonly bySizeAndStart?: Readonly<Record<number, Readonly<Record<number, number>>>>;
  readonly swappedSize1SeenOnSomeBoards?: Readonly<Record<number, number>>;
  /** Ids of the whole, the halves and the quarters, in the order in which the driver gives them out. */
  readonly byFraction?: Readonly<Record<'full' | 'halves' | 'quarters', readonly number[]>>;
  readonly note?: string;
  readonly confidence: Confidence;
  readonly sources: readonly MigSourceId[];
}

/** What it takes to turn MIG on or off. */
export interface MigModeChange {
  readonly resetRequired: boolean;
  readonly gpuMustBeIdle: boolean;
  readonly modePersistsAcrossReboot: boolean;
  readonly instancesPersistAcrossRebootOrReset: boolean;
  readonly whatToDrain: string;
  readonly confidence: Confidence;
  readonly sources: readonly MigSourceId[];
  readonly note: string;
}

/** What holds while instances are created and destroyed. */
export interface MigReconfigure {
  readonly createDestroyWhileOtherInstancesRun: boolean;
  readonly instanceMustBeIdleToDestroy: boolean;
  readonly destroyComputeInstancesFirst: boolean;
  readonly moveOrResizeInPlace: boolean;
  readonly nvlinkOrPcieP2pBetweenInstances: boolean;
  readonly nvlinkUsableInMigMode: boolean;
  readonly cudaIpcAcrossGpuInstances: boolean;
  readonly cudaIpcAcrossComputeInstancesOfOneGi: boolean;
  readonly gpudirectRdmaFromInstance: boolean;
  readonly mpsInsideInstance: boolean;
  readonly mpsMaxClientsFullGpu: number;
  readonly mpsClientsScaleWithComputeInstanceSize: boolean;
  readonly confidence: Confidence;
  readonly sources: readonly MigSourceId[];
}

type MigOperation =
  | 'create-instance'
  | 'destroy-instance'
  | 'destroy-instance-order-of-magnitude'
  | 'reconfigure-gpu'
  | 'reconfigure-node-with-mig-manager'
  | 'enumerate-many-instances';

export interface MigDuration {
  readonly what: MigOperation;
  readonly seconds?: number | null;
  /** By GPU slices of the instance. */
  readonly secondsByGpuSlices?: Readonly<Record<number, number>>;
  readonly secondsRange?: readonly [low: number, high: number];
  readonly source: MigSourceId;
  readonly confidence: Confidence;
}

/** Counts of full layouts, computed from the placements and engine totals above. */
export interface MigDerivedCounts {
  readonly maximalLayoutsPlain: number;
  readonly maximalMixesPlain: number;
  readonly maximalLayoutsWithDoubleMemory?: number;
  readonly maximalMixesWithDoubleMemory?: number;
}

/** A MIG-capable GPU: its axis, engine budget, profiles and rules of operation. */
export interface MigModel {
  readonly id: string;
  readonly model: string;
  readonly aliases: readonly string[];
  readonly vendor: 'NVIDIA';
  readonly architecture: string;
  readonly family: string;
  readonly memoryGb: number;
  readonly nvidiaSmiTotalMib: number | null;
  readonly smTotal: number;
  readonly gpuSlicesTotal: number;
  readonly memorySlicesTotal: number;
  /** Length of the placement axis: 8, 4 or 12 units; not always the memory slices. */
  readonly placementAxisUnits: number;
  readonly maxGpuInstances: number;
  readonly engineTotals: MigEngines;
  readonly minDriver: string;
  readonly pciDeviceIds: readonly string[];
  readonly profiles: readonly MigProfile[];
  readonly computeInstances: MigComputeInstances;
  readonly gpuInstanceIds: GpuInstanceIds;
  readonly defaultPlacement: DefaultPlacementFacts;
  readonly modeChange: MigModeChange;
  readonly reconfigure: MigReconfigure;
  readonly measuredDurations: readonly MigDuration[];
  /** Instances by GPU slices in the vendor tool's `all-balanced` layout. */
  readonly allBalanced: Readonly<Record<number, number>>;
  readonly derived: MigDerivedCounts;
  readonly notes: readonly string[];
  readonly confidence: Confidence;
  readonly sources: readonly MigSourceId[];
}
