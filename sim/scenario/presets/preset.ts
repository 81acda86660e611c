import type { Evidence } from '../../hardware/index.ts';
import type { DistributionSpec } from '../../kernel/distributions/index.ts';
import type { GpuUse, SlotRequest, WorkloadClass } from '../../sharing/index.ts';
import type { Frames, Service, SessionGroup } from '../types.ts';

/** A figure of a preset, where it comes from and how sure it is. `inferred` and `unverified` are reported as assumed. */
export interface Figure<T> {
  readonly value: T;
  /** Record ids of the overhead table, files beside the product, documents, or the reason of an assumption. */
  readonly source: string;
  readonly evidence: Evidence;
}

/** Every field of `T` as a figure of its own. */
export type Figures<T> = { readonly [K in keyof T]: Figure<T[K]> };

/** What all presets say: of the host, of the card, and of its use. Units as in `Demand` and `GpuUse`. */
interface PresetOfDemand {
  /** Unique among the presets. */
  readonly name: string;
  readonly title: string;
  /** One or two sentences: what it stands for, and what it leaves out. */
  readonly summary: string;
  readonly cpuMilli: Figure<number>;
  readonly memoryMib: Figure<number>;
  readonly gpuCount: Figure<number>;
  readonly slot: Figure<SlotRequest>;
  /** GPU on which its use and lengths hold, as the catalogue knows it. */
  readonly referenceModel: Figure<string>;
  /** Measured speed by catalogue id relative to the reference, empty where there is none. */
  readonly speedByModel: Figure<Readonly<Record<string, number>>>;
  readonly communication: Figure<number>;
  readonly workload: WorkloadClass;
  /** While it has work; alone on the reference GPU. */
  readonly use: Figures<Omit<GpuUse, 'workload'>>;
}

/** Work that ends. */
export interface BatchPreset extends PresetOfDemand {
  readonly kind: 'batch';
  readonly lifetimeSec: Figure<DistributionSpec>;
}

/** One replica of a server. */
export interface ServicePreset
  extends PresetOfDemand,
    Figures<
      Pick<Service, 'batchSec' | 'variability' | 'maxBatch' | 'batchWaitUs' | 'concurrency' | 'objectiveUs'>
    > {
  readonly kind: 'service';
}

/** One user with frames to see. */
export interface SessionPreset
  extends PresetOfDemand,
    Figures<Pick<SessionGroup, 'logon' | 'durationSec' | 'activity'>> {
  readonly kind: 'session';
  readonly frames: Figures<Frames>;
}

export type Preset = BatchPreset | ServicePreset | SessionPreset;
export type PresetKind = Preset['kind'];

/** A figure that nobody published: its source says why this one. */
export function assumed<T>(value: T, reason: string): Figure<T> {
  return { value, source: `assumed: ${reason}`, evidence: 'inferred' };
}

/** A figure computed from published ones: its source says how. */
export function derived<T>(value: T, source: string): Figure<T> {
  return { value, source, evidence: 'derived' };
}

export function measured<T>(value: T, source: string): Figure<T> {
  return { value, source, evidence: 'measured' };
}

export function documented<T>(value: T, source: string): Figure<T> {
  return { value, source, evidence: 'documented' };
}

/** A figure of one of the reference articles: a claim to test, not a fact. */
export function claimed<T>(value: T, source: string): Figure<T> {
  return { value, source: `claim: ${source}`, evidence: 'unverified' };
}

/** A figure that is part of what the preset stands for. */
export function defined<T>(value: T, source: string): Figure<T> {
  return { value, source, evidence: 'documented' };
}

/** Parts of a preset that take the same value in most. */
export const ONE_GPU = defined(1, 'one GPU, by definition of the preset');
export const NO_MODEL_SPEEDS = defined<Readonly<Record<string, number>>>({}, 'none: by the catalogue');
export const NO_COMMUNICATION = defined(0, 'one GPU: nothing to exchange with others');
export const NO_PROFILE_SPEEDS = defined(null, 'none: by the table of the workload class');
export const ONE_PROCESS = defined(1, 'one process, by definition of the preset');

/** A figure of a preset with the key it stands at, such as `use.bandwidth`. */
export interface KeyedFigure {
  readonly key: string;
  readonly figure: Figure<unknown>;
}

/** All figures of a preset, in the order in which it states them. */
export function figuresOf(preset: Preset): readonly KeyedFigure[] {
  return Object.entries(preset).flatMap(([key, entry]) => {
    if (typeof entry !== 'object') return [];
    if (isFigure(entry)) return [{ key, figure: entry }];
    return Object.entries(entry as Figures<Record<string, unknown>>).map(([field, figure]) => ({
      key: `${key}.${field}`,
      figure,
    }));
  });
}

/** The figures that reports must call assumed. */
export function assumedFigures(preset: Preset): readonly KeyedFigure[] {
  return figuresOf(preset).filter(
    ({ figure: { evidence } }) => evidence === 'inferred' || evidence === 'unverified',
  );
}

function isFigure(entry: object): entry is Figure<unknown> {
  return 'evidence' in entry && 'source' in entry && 'value' in entry;
}
