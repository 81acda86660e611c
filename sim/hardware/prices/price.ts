import type { Evidence } from '../evidence.ts';

/** A software licence. Prices are list or public quotes in USD; null where only a quote exists. */
export interface Licence {
  readonly id: string;
  readonly vendor: string;
  readonly edition: string;
  /** vGPU series it covers. */
  readonly series: readonly string[];
  /** What is counted: concurrent users, physical GPUs, cores. */
  readonly metric: string;
  readonly subscriptionUsdPerYear: number | null;
  readonly subscriptionUsdPerYearRange?: readonly [low: number, high: number];
  readonly subscription5YearUsd?: number;
  readonly subscription5YearConfidence?: Evidence;
  readonly perpetualUsd?: number;
  readonly perpetualConfidence?: Evidence;
  readonly perpetualUsdWith5YearSupport?: number;
  /** Yearly support that a perpetual licence needs. */
  readonly sumsUsdPerYear?: number;
  readonly streetUsd?: number;
  readonly cloudUsdPerGpuHour?: number;
  /** Fraction off the list price. */
  readonly educationDiscount?: number;
  readonly includedWith?: string;
  readonly priceDate?: string;
  readonly source: string;
  readonly confidence: Evidence;
  readonly note?: string;
}

export interface LicenceRule {
  readonly id: string;
  readonly rule: string;
  readonly source: string;
  readonly confidence: Evidence;
  /** Which part of the rule is weaker than the rest. */
  readonly partial?: string;
}

/** What a vGPU guest without a licence may do, from one time after boot to the next. */
export interface UnlicensedPhase {
  readonly phase: string;
  readonly effect: string;
  readonly source: string;
  readonly confidence: Evidence;
  readonly note?: string;
}

/** An on-demand price. The price of an instance includes its host; marketplace rows are per GPU. */
export interface CloudPrice {
  readonly provider: string;
  readonly region?: string;
  readonly instance?: string;
  readonly gpu: string;
  /** Devices the instance shows. */
  readonly gpus?: number;
  /** Whole GPUs it gets: 0.125 is one eighth; null where the price list does not say. */
  readonly gpuShare?: number | null;
  readonly usdPerHour?: number;
  readonly usdPerHourRange?: readonly [low: number, high: number];
  readonly usdPerHourCommunity?: number;
  readonly usdPerHourSecure?: number;
  readonly asOf: string;
  readonly source: string;
  readonly confidence: Evidence;
  readonly note?: string;
}

export interface HardwarePrice {
  readonly gpu: string;
  readonly usd?: number | null;
  readonly usdRange?: readonly [low: number, high: number];
  readonly asOf: string | null;
  readonly source: string;
  readonly confidence: Evidence;
  readonly note?: string;
}

export interface GpuPower {
  readonly gpu: string;
  readonly idleW: number | null;
  /** Watts on top of bare idle. */
  readonly idleAddsW?: readonly [low: number, high: number];
  readonly maxW: number | null;
  readonly source: string;
  readonly confidence: Evidence;
  readonly note?: string;
}

export interface FacilityFigure {
  readonly id: string;
  readonly low: number | null;
  readonly typical: number;
  readonly high: number | null;
  readonly unit: string;
  readonly source: string;
  readonly confidence: Evidence;
  readonly note?: string;
}

export interface CostFormula {
  readonly id: string;
  readonly formula: string;
  readonly source: string;
  readonly confidence: Evidence;
  readonly note?: string;
}

export interface SizingFact {
  readonly fact: string;
  readonly source: string;
  readonly confidence: Evidence;
}
