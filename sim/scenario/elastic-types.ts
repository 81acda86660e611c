import type { DistributionSpec } from '../kernel/distributions/index.ts';

/** Hosts that come and go. Lengths are whole microseconds; hosts are names, in order. */
export interface Elastic {
  /** Hosts that join or leave at a date, in order of the dates. */
  readonly steps: readonly (ClearingSpec & {
    readonly atUs: number;
    readonly hosts: readonly string[];
    readonly joins: boolean;
  })[];
  readonly groups: readonly ElasticGroupSpec[];
  readonly bursts: readonly {
    readonly from: string;
    readonly to: string;
    /** Null: not for that. */
    readonly waitedUs: number | null;
    readonly jobs: number | null;
    /** Null: all. */
    readonly classes: readonly string[] | null;
  }[];
}

interface ClearingSpec {
  readonly running: 'wait' | 'preempt' | 'migrate';
  readonly migratePath: string | null;
}

export interface ElasticGroupSpec {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly min: number;
  readonly max: number;
  readonly start: number;
  readonly bootSec: DistributionSpec;
  readonly out: {
    readonly jobs: number | null;
    readonly gpus: number | null;
    readonly waitedUs: number | null;
    readonly allocated: { readonly above: number; readonly forUs: number } | null;
    readonly by: number | null;
    readonly cooldownUs: number;
  };
  readonly in: ClearingSpec & {
    /** Infinity: never. */
    readonly idleUs: number;
    readonly allocated: { readonly below: number; readonly forUs: number } | null;
    readonly cooldownUs: number;
  };
  readonly minLifeUs: number;
  readonly week: readonly {
    readonly days: readonly number[];
    readonly fromUs: number;
    readonly toUs: number;
    readonly hosts: number;
  }[];
  /** USD; data in GB of 10^9 bytes. */
  readonly price: {
    readonly perHour: number;
    readonly everyUs: number;
    readonly minimumUs: number;
    readonly billsBoot: boolean;
    readonly egressPerGb: number;
    readonly egressGb: { readonly default: number; readonly byClass: Readonly<Record<string, number>> };
    /** Infinity: none. */
    readonly cap: number;
  } | null;
  readonly spot: {
    /** Mean of an exponential time; null: only those of the log. */
    readonly everySec: number | null;
    readonly log: readonly { readonly atUs: number; readonly hosts: number }[];
    readonly noticeUs: number;
    readonly backSec: DistributionSpec;
  } | null;
}
