import type { ScalePlan } from '../../policies/autoscaling/index.ts';
import type { HostPrice } from './bill.ts';

/** What becomes of jobs on a host that is to leave: it waits for their ends, or they are stopped or moved where that can be. */
export interface Clearing {
  readonly running: 'wait' | 'preempt' | 'migrate';
  /** Name of the way to migrate; null unless `running` is `migrate`. */
  readonly migratePath: string | null;
}

/** Hosts of one pool that come and go with the load. */
export interface ElasticGroup {
  readonly name: string;
  readonly hosts: readonly number[];
  readonly pool: number;
  readonly plan: ScalePlan;
  /** Hosts that are there at time 0, the first of them. */
  readonly start: number;
  /** Time from asking for a host until it is there, drawn anew each time. */
  bootUs(): number;
  readonly clearing: Clearing;
  /** Null: it costs nothing. */
  readonly price: HostPrice | null;
  readonly spot: Spot | null;
}

/** Hosts that their owner takes back. */
export interface Spot {
  /** Time until a host that has come is taken back, drawn anew each time; null: only those of the log are. */
  untilUs: (() => number) | null;
  /** Times at which notice was given, and of how many hosts: those that have been there longest. */
  readonly log: readonly { readonly atUs: number; readonly hosts: number }[];
  /** From the notice until the host is gone. */
  readonly noticeUs: number;
  /** Time from then until it can be asked for again. */
  backUs(): number;
}

/** Hosts that join the fleet at a time, or leave it. */
export interface FleetStep {
  readonly atUs: number;
  readonly hosts: readonly number[];
  readonly joins: boolean;
  readonly clearing: Clearing;
}

/** Jobs of one pool that go to another one when they wait. */
export interface BurstRule {
  readonly from: number;
  readonly to: number;
  /** A job that has waited this long goes; Infinity: not for that. */
  readonly waitedUs: number;
  /** As many go as leave fewer than this waiting, those that have waited longest; Infinity: not for that. */
  readonly jobs: number;
  mayGo(label: string): boolean;
}

export interface ElasticSetup {
  readonly groups: readonly ElasticGroup[];
  /** In order of their times. */
  readonly steps: readonly FleetStep[];
  readonly bursts: readonly BurstRule[];
  readonly listener?: ElasticListener | undefined;
}

/** Told what happens; it changes nothing. `group` counts from 0. */
interface ElasticListener {
  /** Hosts of the group that are there, those that leave included; told once at the start. */
  hosts(atUs: number, group: number, count: number): void;
  asked(group: number, hosts: number): void;
  /** A host that was asked for is there. */
  booted(group: number, us: number): void;
  /** Hosts were told to leave. */
  released(group: number, hosts: number): void;
  interrupted(group: number): void;
  /** What became of a job on a host that was taken back. */
  struck(group: number, fate: 'saved' | 'lost', lostGpuUs: number): void;
  /** A job was placed on a host of the group, having waited so long since it arrived. */
  ran(group: number, waitedUs: number, isFirstStart: boolean): void;
  burst(rule: number, waitedUs: number): void;
  returned(rule: number): void;
  capped(atUs: number, group: number): void;
  cost(group: number, computeUsd: number, egressUsd: number): void;
}
