import type { Micros } from '../kernel/time.ts';
import type { Claim } from './claim.ts';
import type { Layout } from './layout.ts';
import type { Kin } from './neighbours.ts';
import type { Part } from './part.ts';
import type { TaskShape } from './request.ts';
import type { AtRest } from './work-books.ts';

/** One job as the engine knows it. */
export interface Job {
  /** Order of arrival, from 0. */
  readonly number: number;
  readonly name: string;
  /** What its first worker asks for; most jobs have one. */
  readonly shape: TaskShape;
  /** What each worker asks for. They start together or not at all. */
  readonly shapes: readonly TaskShape[];
  /** Which places its workers may have; absent: any. */
  readonly layout?: Layout | undefined;
  /** What it is to its neighbours; absent: nothing to anybody. */
  readonly kin?: Kin | undefined;
  /** Jobs with equal numbers ask for the same, so that what one cannot have the others cannot either. */
  readonly demand: number;
  readonly claim: Claim;
  readonly arrivalUs: Micros;
  /** How long it runs once placed, at full speed, in whole microseconds. Infinity: it never leaves. */
  readonly durationUs: number;
  /** What the scheduler takes that to be, in whole microseconds, at least 1. */
  readonly estimateUs: number;
  /** When it should have ended; absent: nobody said. Nothing is scheduled by it. */
  readonly deadlineUs?: number | undefined;
  /** A session or a replica lasts for its time whatever its speed; a batch until its work is done. */
  readonly kind: 'batch' | 'session' | 'replica';
}

/** Who does the work of a card at one time. Read it at once: it is used again. */
export interface CardWork {
  readonly count: number;
  job(i: number): Job;
  /** Part of the card's compute. */
  work(i: number): number;
}

/**
 * The read-only record of what happens, told to each observer in order after the fleet has changed. Every job arrives
 * once and then is rejected (it never starts), or placed and perhaps preempted and placed again, and finished or failed
 * at last. What is still waiting or running when the run ends is told by `ended`.
 */
export interface ClusterObserver {
  arrived?(atUs: Micros, job: Job): void;
  /** It starts, or starts again, with these parts: one for each worker. */
  placed?(atUs: Micros, job: Job, parts: readonly Part[]): void;
  /** Its start is over (boot, attach, instance created): it works from now on. Told only where starting takes time. */
  ready?(atUs: Micros, job: Job): void;
  /**
   * It holds its parts and does not work on them: it starts until it is `ready`, saves its state until it is `preempted`,
   * moves until `freed`, or has finished and stops until `freed`.
   */
  halted?(atUs: Micros, job: Job, why: AtRest): void;
  finished?(atUs: Micros, job: Job, parts: readonly Part[], startedUs: Micros): void;
  /** It ended before its work was done, and gave back what it held: `reason` says why. */
  failed?(atUs: Micros, job: Job, parts: readonly Part[], reason: string): void;
  /**
   * It was stopped, gave back what it held and waits again. `lostUs` is the work that it has to do once more, in
   * microseconds at full speed.
   */
  preempted?(atUs: Micros, job: Job, parts: readonly Part[], reason: string, lostUs: number): void;
  /**
   * What a finished job held is free again, where stopping takes time (detach, instance destroyed), or what a moved job
   * held before. Not told where it is free at once.
   */
  freed?(atUs: Micros, job: Job, parts: readonly Part[]): void;
  /** `reason` names the binding constraint (see fit.ts). */
  rejected?(atUs: Micros, job: Job, reason: string): void;
  /** The job that should start next cannot, and why; told again when the reason changes. */
  blocked?(atUs: Micros, job: Job, reason: string): void;
  /** Why a watched job waits (see `RunContext.watched`); told again when the reason changes. */
  waits?(atUs: Micros, job: Job, reason: string): void;
  /**
   * It moves: a place on other hosts is held for it besides its own, until `freed` tells that its own is free. Where it
   * finishes or fails before, that place is free again at once.
   */
  moved?(atUs: Micros, job: Job, parts: readonly Part[]): void;
  /** A host takes nobody in from now on, or opens again: `reason` says why. */
  hostChanged?(atUs: Micros, host: number, isOpen: boolean, reason: string): void;
  /** Hosts or GPUs take nobody in from now on, or open again, for whatever reason but a claim: see open.ts. */
  openChanged?(atUs: Micros): void;
  /** A card has other GPU instances from now on: its number in the fleet, and its layout in words. */
  relaid?(atUs: Micros, gpu: number, layout: string): void;
  /** Parts of cards are held or free again (see `relaid`), or a claim closes hosts: no other call tells of that. */
  fleetChanged?(atUs: Micros): void;
  /** A unit breaks down or works again: its kind (`gpu`, `host`, ...) and its name. */
  unitChanged?(atUs: Micros, kind: string, unit: string, isUp: boolean): void;
  /** A session begins or ends to have work; `job` is its number. There may be tens of millions of these. */
  toggled?(atUs: Micros, job: number, isActive: boolean): void;
  /**
   * A card that a mode shares does so much from now on: work as a part of its compute, whether anybody on it has work, and
   * bytes a second over its link. There may be tens of millions of these, several for one card at one instant.
   */
  worked?(atUs: Micros, gpu: number, work: number, isBusy: boolean, linkBytesPerSec: number): void;
  /**
   * For whom a card that a mode shares works from now on. The parts add up to its work (see `worked`); where all residents
   * are sessions of one group, one of them stands for all. Told whenever somebody joins, leaves or changes its speed.
   */
  workedFor?(atUs: Micros, gpu: number, by: CardWork): void;
  /** From now on the job exchanges data between its GPUs for this part of its time. Told of jobs that do, at each place. */
  exchanges?(atUs: Micros, job: Job, parts: readonly Part[], share: number): void;
  /** A request of a service is answered; `service` counts from 0. */
  answered?(atUs: Micros, service: number, arrivedUs: number): void;
  ended?(atUs: Micros): void;
}
