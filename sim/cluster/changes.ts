import type { Micros } from '../kernel/time.ts';
import type { Grant } from './fleet.ts';
import type { TaskShape } from './request.ts';

/** One job as the engine knows it. */
export interface Job {
  /** Order of arrival, from 0. */
  readonly number: number;
  readonly name: string;
  readonly shape: TaskShape;
  readonly arrivalUs: Micros;
  /** How long it runs once placed, at full speed, in whole microseconds. Infinity: it never leaves. */
  readonly durationUs: number;
  /** A session or a replica lasts for its time whatever its speed; a batch until its work is done. */
  readonly kind: 'batch' | 'session' | 'replica';
}

/**
 * The read-only record of what happens, told to each observer in order after the fleet has changed. Every job arrives
 * once and then is rejected (it never starts) or placed and perhaps finished or failed. What is still waiting or running when the
 * run ends is told by `ended`.
 */
export interface ClusterObserver {
  arrived?(atUs: Micros, job: Job): void;
  /** `gpus` are GPU indices within the host, ascending; `grant` its slots on GPUs shared by a mode. */
  placed?(atUs: Micros, job: Job, host: number, gpus: readonly number[], grant: Grant): void;
  /** Its start is over (boot, attach, instance created): it works from now on. Told only where starting takes time. */
  ready?(atUs: Micros, job: Job): void;
  finished?(atUs: Micros, job: Job, host: number, gpus: readonly number[], startedUs: Micros): void;
  /** It ended before its work was done, and gave back what it held: `reason` says why. */
  failed?(atUs: Micros, job: Job, host: number, gpus: readonly number[], reason: string): void;
  /**
   * What a finished job held is free again, where stopping takes time (detach, instance destroyed), or what a moved job
   * held before. Not told where it is free at once.
   */
  freed?(atUs: Micros, job: Job, host: number): void;
  /** `reason` names the binding constraint (see fit.ts). */
  rejected?(atUs: Micros, job: Job, reason: string): void;
  /** The job at the head of the queue cannot start, and why; told again when the reason changes. */
  blocked?(atUs: Micros, job: Job, reason: string): void;
  /**
   * It moves: a place on another host is held for it besides its own, until `freed` tells that its own is free. Where it
   * finishes or fails before, that place is free again at once.
   */
  moved?(atUs: Micros, job: Job, host: number, gpus: readonly number[], grant: Grant): void;
  /** A session begins or ends to have work; `job` is its number. There may be tens of millions of these. */
  toggled?(atUs: Micros, job: number, isActive: boolean): void;
  /** A request of a service is answered; `service` counts from 0. */
  answered?(atUs: Micros, service: number, arrivedUs: number): void;
  ended?(atUs: Micros): void;
}
