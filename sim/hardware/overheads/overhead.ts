import type { OVERHEAD_SOURCES } from '../data/overhead-sources.ts';
import type { Evidence } from '../evidence.ts';

type OverheadSourceId = keyof typeof OVERHEAD_SOURCES;

/** One published figure or range. `low`, `typical`, `high` are in `unit`; null where the source gives none. */
export interface OverheadRecord {
  readonly id: string;
  readonly mode: string;
  readonly workload: string;
  readonly metric: string;
  readonly unit: string;
  readonly low: number | null;
  readonly typical: number | null;
  readonly high: number | null;
  readonly hypervisor?: string;
  readonly year?: number;
  /** What low, typical and high are when they come from a sample: `p5 / median / p95`. */
  readonly statistic?: string;
  /** Size of that sample. */
  readonly n?: number;
  /** Value by number of tenants. */
  readonly points?: Readonly<Record<number, number>>;
  readonly byProcesses?: Readonly<Record<number, readonly [min: number, median: number, max: number]>>;
  /** Value by slice, or by batch size and slice. */
  readonly table?: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
  readonly source: OverheadSourceId;
  readonly confidence: Evidence;
  readonly note?: string;
}

/**
 * What a run assumes for a sharing mode unless told otherwise. Fractions of 1, or seconds where the parameter says
 * so; all three numbers are null where a formula stands instead.
 */
export interface OverheadDefault {
  readonly mode: string;
  readonly parameter: string;
  readonly low: number | null;
  readonly typical: number | null;
  readonly high: number | null;
  readonly formula?: string;
  /** Ids of records, and `article-N` for a claim of article N that widened the range. */
  readonly basedOn: readonly string[];
  readonly confidence: Evidence;
  readonly note?: string;
}
