import type { Job } from '../cluster/changes.ts';
import type { Grant } from '../cluster/fleet.ts';
import type { EventId } from '../kernel/event-queue.ts';
import type { TaskRole, WorkProfile } from '../workload/task.ts';

/** A job in the system: it waits, starts, runs or stops. */
export interface LiveJob {
  readonly job: Job;
  readonly profile: WorkProfile | undefined;
  readonly role: TaskRole | undefined;
  phase: 'waiting' | 'starting' | 'running' | 'stopping';
  host: number;
  /** GPU indices within the host. */
  gpus: readonly number[];
  grant: Grant;
  startedUs: number;
  /** Work left when `speed` was last set, in microseconds at full speed. */
  workLeftUs: number;
  speed: number;
  sinceUs: number;
  /** Its next event of its own (ready, finished, gone); undefined while nothing is due. */
  event: EventId | undefined;
  /** Where it is moving to; its own place is held until it has arrived. */
  move: Move | undefined;
}

/** A place reserved for a job that moves. */
export interface Move {
  readonly host: number;
  readonly gpus: readonly number[];
  readonly grant: Grant;
  readonly event: EventId;
}

/** Books the work done since the speed was last set. */
export function settleWork(live: LiveJob, nowUs: number): void {
  live.workLeftUs -= (nowUs - live.sinceUs) * live.speed;
  live.sinceUs = nowUs;
}
