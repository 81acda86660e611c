import type { Evidence } from '../evidence.ts';
import type { VgpuSeries } from './vgpu-type.ts';

export interface VgpuRule {
  readonly id: string;
  readonly topic: string;
  readonly rule: string;
  readonly values?: SchedulerRanges;
  readonly source: string;
  readonly confidence: Evidence;
}

/** Ranges of the time-sliced scheduler; the default depends on whether a type allows at most 8 vGPUs per GPU. */
export interface SchedulerRanges {
  readonly averagingFactor: { readonly min: number; readonly default: number; readonly max: number };
  readonly frequencyHz: DefaultByCount;
  readonly timeSliceMs: DefaultByCount;
}

interface DefaultByCount {
  readonly min: number;
  readonly defaultUpTo8: number;
  readonly defaultAbove8: number;
  readonly max: number;
}

export interface VgpuEdition {
  readonly series: VgpuSeries | 'gaming';
  readonly editions: readonly string[];
  readonly use: string;
  readonly source: string;
  readonly confidence: Evidence;
}

/** Stun time of one GPU on one link, by vGPU memory. */
export interface LiveMigrationStun {
  readonly gpu: string;
  readonly link: string;
  readonly vsphere: string;
  readonly table: readonly {
    readonly vgpuGib: number;
    /** Null where the migration fails. */
    readonly stunSec?: number | null;
    readonly stunSecByVmMemoryGib?: Readonly<Record<number, number>>;
    readonly note?: string;
  }[];
  readonly source: string;
  readonly confidence: Evidence;
  readonly note?: string;
}

export interface LiveMigrationFit {
  readonly gpu: string;
  readonly fixedSec: number;
  readonly secPerGib: number;
  readonly source: string;
  readonly confidence: Evidence;
}
