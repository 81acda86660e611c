import type { Micros } from '../kernel/time.ts';
import type { TaskShape } from './request.ts';

/** One job as the engine knows it. */
export interface Job {
  /** Order of arrival, from 0. */
  readonly number: number;
  readonly name: string;
  readonly shape: TaskShape;
  readonly arrivalUs: Micros;
  /** How long it runs once placed, in whole microseconds. Infinity: it never leaves. */
  readonly durationUs: number;
}

/**
 * The read-only record of what happens, told to each observer in order after the fleet has changed. Every job arrives
 * once and then is rejected (it never starts) or placed and perhaps finished. What is still waiting or running when the
 * run ends is told by `ended`.
 */
export interface ClusterObserver {
  arrived?(atUs: Micros, job: Job): void;
  /** `gpus` are GPU indices within the host, ascending. */
  placed?(atUs: Micros, job: Job, host: number, gpus: readonly number[]): void;
  finished?(atUs: Micros, job: Job, host: number, gpus: readonly number[], startedUs: Micros): void;
  /** `reason` names the binding constraint (see fit.ts). */
  rejected?(atUs: Micros, job: Job, reason: string): void;
  /** The job at the head of the queue cannot start, and why; told again when the reason changes. */
  blocked?(atUs: Micros, job: Job, reason: string): void;
  ended?(atUs: Micros): void;
}
