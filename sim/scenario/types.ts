import type { DistributionSpec } from '../kernel/distributions/index.ts';
import type { PlacementPolicyName } from '../policies/placement/names.ts';
import type { QueueingPolicyName } from '../policies/queueing/names.ts';
import type { FillOrderName, TieBreakName, TraceFormatName } from './names.ts';

/**
 * A scenario in numbers, as the engine takes it: every default resolved, every quantity a number in the unit
 * that its name ends with. Plain data, so that it can be sent to a worker.
 */
export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly sources: readonly string[];
  /** Whole number from 0 to 2^53 - 1. */
  readonly seed: number;
  readonly replications: number;
  readonly fleet: Fleet;
  readonly workload: Workload;
  readonly policy: Policy;
  readonly experiment: Experiment;
}

/** The machines: stated in the scenario, or in a file that the caller reads. */
export type Fleet =
  | { readonly kind: 'hosts'; readonly groups: readonly HostGroup[] }
  | {
      readonly kind: 'trace';
      readonly format: TraceFormatName;
      /** As written: relative to the scenario's folder. */
      readonly nodesPath: string;
      readonly isStrict: boolean;
    };

/** Equal hosts. Their names come from `hostName`; hosts are in the order of groups, then of numbers. */
export interface HostGroup {
  readonly name: string;
  readonly count: number;
  readonly cpuMilli: number;
  readonly memoryMib: number;
  /** In the order of the GPUs' indices in the host; empty for a host without GPU. */
  readonly gpus: readonly { readonly model: string; readonly count: number }[];
}

/** The tasks: `trace`, `synthetic` or both, never neither. */
export interface Workload {
  readonly trace: {
    readonly format: TraceFormatName;
    /** As written: relative to the scenario's folder. */
    readonly podsPath: string;
    readonly isStrict: boolean;
  } | null;
  /** File whose task mix the fgd policy expects; null: the workload's own mix. */
  readonly typicalPath: string | null;
  readonly synthetic: SyntheticWorkload | null;
}

export interface SyntheticWorkload {
  /** Number of tasks; null where they arrive until `untilUs`. */
  readonly taskCount: number | null;
  /** Tasks arrive up to this time, in microseconds; null where there are `taskCount`. */
  readonly untilUs: number | null;
  /** Null where only the order of the tasks counts (fill experiments). */
  readonly arrivals: Arrivals | null;
  readonly classes: readonly TaskClass[];
}

export type Arrivals =
  | {
      readonly process: 'poisson';
      /** Mean rate over a week. */
      readonly ratePerSecond: number;
      /** Factor of the rate in each hour of the day from time 0, mean 1; null: flat. */
      readonly hourFactors: readonly number[] | null;
      /** Factor of the rate on each day of the week from time 0, mean 1; null: flat. */
      readonly dayFactors: readonly number[] | null;
    }
  | { readonly process: 'deterministic'; readonly ratePerSecond: number }
  | { readonly process: 'renewal'; readonly gapSec: DistributionSpec };

/** A task shape with its share of the arrivals. */
export interface TaskClass {
  readonly name: string;
  /** Relative frequency, at least 0; not all are 0. */
  readonly weight: number;
  readonly cpuMilli: number;
  readonly memoryMib: number;
  readonly gpuCount: number;
  /** Share of each of its GPUs in thousandths, 1 to 1000; 0 where `gpuCount` is 0. */
  readonly gpuMilli: number;
  /** GPU models it accepts; empty: any. */
  readonly models: readonly string[];
  /** Name of the lifetime it shares; null where it states its own or none. */
  readonly lifetimeName: string | null;
  /** Distribution of its lifetime in seconds. Null in fill experiments that state none, where nothing ends. */
  readonly lifetimeSec: DistributionSpec | null;
}

export interface Policy {
  readonly placement: PlacementPolicyName;
  /** `auto` is resolved. */
  readonly tieBreak: Exclude<TieBreakName, 'auto'>;
  readonly queueing: QueueingPolicyName;
  /** The fgd policy expects the most frequent shapes that cover this share of the mix, in (0, 1]. */
  readonly typicalShare: number;
  /** Host size that CPU and GPU are divided by before they are compared; null: the largest of the fleet. */
  readonly referenceHost: { readonly cpuMilli: number; readonly gpuCount: number } | null;
}

export type Experiment =
  | {
      readonly kind: 'timed';
      /** Time at which the run stops, in microseconds; null: when every task has left. */
      readonly horizonUs: number | null;
      /** Time at the start that metrics leave out, in microseconds; shorter than the horizon. */
      readonly warmupUs: number;
    }
  | {
      readonly kind: 'fill';
      readonly order: FillOrderName;
      /** GPU requested in all as a multiple of the capacity; null where the order is the file's, which it leaves as it is. */
      readonly target: number | null;
    };
