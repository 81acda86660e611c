import type { ClusterObserver } from '../cluster/changes.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Task, TaskRole } from '../workload/task.ts';
import type { LiveJob } from './live-job.ts';
import type { Residency } from './residency.ts';

/** What the roles of jobs (sessions, replicas) may do with the run. */
export interface RoleHost {
  /** Told of every change, in this order. */
  readonly observers: readonly ClusterObserver[];
  readonly simulation: Simulation;
  readonly residency: Residency;
  /** The live job of a slot that is in use. */
  liveAt(slot: number): LiveJob;
  /** A task arrives now, besides those of the source. */
  arrive(task: Task): void;
}

/**
 * Jobs that are no batch of work: what they do between their start and their end. They are told of both, and handle the
 * events of their own ranks.
 */
export interface RoleRuntime {
  /** The job works from now on; it is seated, inactive. */
  started(slot: number): void;
  /** Its speed on its GPUs has changed. */
  sped(slot: number, speed: number): void;
  /** It stops now; it is still seated. */
  stopped(slot: number): void;
  /** A job of this role is over, whether it finished, failed or was rejected. */
  gone(role: TaskRole): void;
  /** One of its own events. */
  handle(rank: number, payload: number): void;
}
