import type { Claim } from '../../cluster/claim.ts';
import type { Micros } from '../../kernel/time.ts';
import type { EntitlementStep, LicenceCause, Restriction, WhenNone } from '../../licences/index.ts';

/** Licences of one edition that stand in for each other. */
export interface LicencePoolSetup {
  readonly name: string;
  readonly metric: 'user' | 'gpu';
  /** Needs that they meet, as `editionNeeded` names them. */
  readonly covers: readonly string[];
  readonly entitled: number;
  /** How many there are over time, by time; absent: `entitled` all the time. */
  readonly steps?: readonly EntitlementStep[] | undefined;
  /** By host: whether they hold there; absent: everywhere. */
  readonly holds?: readonly boolean[] | undefined;
  readonly whenNone: WhenNone;
  /** Time for which a client keeps one that it cannot renew, in whole microseconds. */
  readonly leaseUs: number;
  /** A client renews its lease at multiples of this, at most `leaseUs`. */
  readonly renewalUs: number;
}

/** The licences of a run. */
export interface LicenceSetup {
  /** A tenant takes of the first that covers its need where it runs; if none does, it lacks that of the first that covers it. */
  readonly pools: readonly LicencePoolSetup[];
  /** By time, ascending: what a guest without a licence may do from then on. */
  readonly restrictions: readonly Restriction[];
  /** Told what happens; it changes nothing. */
  readonly listener?: LicenceListener | undefined;
}

/** How many licences of a pool are out, and who lacks one. */
export interface LicenceLevels {
  /** Out at the server: held, or not yet known to be given back. */
  readonly inUse: number;
  /** Clients that run, with a licence or without. */
  readonly needed: number;
  /** Clients without, by cause. */
  readonly lacking: Readonly<Record<LicenceCause, number>>;
}

interface LicenceListener {
  /** The levels of a pool are these from now on. */
  levels(atUs: Micros, pool: number, levels: LicenceLevels): void;
  /** A licence is out for somebody with this claim, or no longer. */
  held?(atUs: Micros, pool: number, claim: Claim, by: 1 | -1): void;
  /** A client has asked for a licence: it has got one at once, or not. */
  asked(pool: number, isGranted: boolean): void;
  /** A lease ended that could not be renewed in time. */
  expired(pool: number): void;
}
