import type { Evidence } from '../hardware/evidence.ts';

/** A figure with where it comes from. */
export interface CostFigure {
  /** Decimal text. */
  readonly amount: string;
  readonly source: string;
  readonly confidence: Evidence | 'stated';
}

export interface CostPrice extends CostFigure {
  /** ISO 4217. */
  readonly currency: string;
}

type UsageBasisName = 'allocated' | 'used' | 'peak' | 'cores' | 'memory' | 'sessions';

/** How hosts are paid for. Prices of hosts leave out their GPUs; null: nothing. Shares are decimal text, 0 to 1. */
export type Tenure =
  | {
      readonly kind: 'owned';
      readonly host: CostPrice | null;
      readonly gpu: CostPrice | null;
      readonly months: number;
      readonly residual: string;
      /** A year, as a part of the price. */
      readonly support: string;
    }
  /** Prices a month. */
  | {
      readonly kind: 'leased';
      readonly host: CostPrice | null;
      readonly gpu: CostPrice | null;
      readonly months: number;
      /** Null: as in the first term. */
      readonly renewal: { readonly host: CostPrice | null; readonly gpu: CostPrice | null } | null;
      readonly atEnd: 'renew' | 'monthly';
      /** Part of the rents still to come. */
      readonly endFee: string;
    }
  | {
      readonly kind: 'cloud';
      readonly perHour: CostPrice;
      readonly committed: {
        /** Null: all of the entry. */
        readonly hosts: number | null;
        readonly discount: string;
        readonly months: number;
        readonly paid: 'monthly' | 'upfront';
        readonly atEnd: 'renew' | 'on-demand';
      } | null;
      /** Taken off the price of the hours that no commitment pays for; null: they are on demand. */
      readonly spot: string | null;
    }
  | { readonly kind: 'free'; readonly why: string };

export interface HostCost {
  readonly name: string;
  /** Names of hosts, in order. */
  readonly hosts: readonly string[];
  readonly region: string | null;
  readonly tenure: Tenure;
  /** A month: so many kW or racks at a price. */
  readonly space: { readonly unit: 'kW' | 'rack'; readonly units: string; readonly price: CostPrice } | null;
  readonly isMetered: boolean;
}

export interface LicenceCost {
  readonly name: string;
  readonly price: CostPrice;
  /** Null: a subscription, by the year. */
  readonly perpetual: { readonly months: number; readonly support: CostPrice | null } | null;
  readonly per: 'gpu' | 'host' | 'core' | 'user';
  /** Null: all. */
  readonly hosts: readonly string[] | null;
  readonly sessions: readonly string[] | null;
  /** Null: as many as are counted. */
  readonly count: number | null;
  readonly includedMonths: number;
  readonly region: string | null;
}

/** What the fleet costs, in numbers. */
export interface Cost {
  /** ISO 4217. */
  readonly currency: Uppercase<string>;
  readonly month: string | null;
  readonly rates: readonly {
    readonly from: string;
    readonly to: string;
    readonly rate: string;
    readonly source: string;
  }[];
  readonly hosts: readonly HostCost[];
  readonly energy: {
    readonly perKwh: CostPrice;
    readonly pue: CostFigure;
    /** Watts without GPUs. */
    readonly hosts: { readonly idle: CostFigure; readonly max: CostFigure } | null;
    /** By GPU model, those that the document states or allows. */
    readonly gpus: readonly {
      readonly model: string;
      readonly idleW: number;
      readonly maxW: number;
      readonly source: string;
      readonly confidence: Evidence | 'stated';
    }[];
    readonly gramsPerKwh: CostFigure | null;
  } | null;
  readonly administration: readonly {
    readonly name: string;
    /** People, at a price a year; or null: every host, at a price a month. */
    readonly people: string | null;
    readonly price: CostPrice;
  }[];
  readonly fixed: readonly {
    readonly name: string;
    readonly kind: 'network' | 'storage' | 'space' | 'support' | 'other';
    readonly perMonth: CostPrice;
  }[];
  /** Data in GB of 10^9 bytes. */
  readonly egress: { readonly perGb: CostPrice; readonly gbPerJob: number } | null;
  readonly licences: readonly LicenceCost[];
  readonly downtime: {
    readonly perGpuHour: CostPrice | null;
    readonly perFailedJob: CostPrice | null;
  } | null;
  readonly chargeback: {
    readonly tariff: 'full-cost' | 'fixed-and-variable' | 'rates';
    readonly by: UsageBasisName;
    readonly fixed: number;
    readonly rates: readonly { readonly by: UsageBasisName; readonly price: CostPrice }[];
    readonly idle: 'spread' | 'unallocated';
  } | null;
  readonly baseline: {
    readonly name: string;
    readonly upfront: CostPrice | null;
    readonly perMonth: CostPrice;
    readonly resale: CostPrice | null;
    readonly months: number;
    /** A year. */
    readonly rate: number;
  } | null;
  readonly years: number;
}
