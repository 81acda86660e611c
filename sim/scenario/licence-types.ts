import type { LicenceEdition, LicenceMetric, WhenNone } from '../licences/names.ts';

/** Licences of one edition that stand in for each other. Times are whole microseconds. */
export interface LicencePool {
  readonly name: string;
  readonly edition: LicenceEdition;
  /** Null: as the edition is counted. */
  readonly metric: LicenceMetric | null;
  readonly entitled: number;
  /** Licences for a term, besides those. */
  readonly subscriptions: readonly {
    readonly seats: number;
    readonly fromUs: number;
    /** Null: it does not end. */
    readonly termUs: number | null;
    readonly renewals: number;
    readonly gapUs: number;
  }[];
  /** Names of the hosts where they hold, in the order of the fleet; null: all. */
  readonly hosts: readonly string[] | null;
  readonly whenNone: WhenNone;
  /** Null: the figure `licence.lease`. */
  readonly leaseUs: number | null;
  /** Null: a part of the lease. */
  readonly renewalUs: number | null;
  /** Processors of each host, for licences by the core. */
  readonly cpusPerHost: number;
}

/** Software licences, and what becomes of who has none. */
export interface Licences {
  readonly pools: readonly LicencePool[];
  /** By time, ascending; null: as it is known. */
  readonly unlicensed:
    | readonly { readonly afterUs: number; readonly fps: number | null; readonly compute: number }[]
    | null;
}
