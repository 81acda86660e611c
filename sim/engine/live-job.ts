import type { Job } from '../cluster/changes.ts';
import type { Part } from '../cluster/part.ts';
import { GPU_MILLI } from '../cluster/request.ts';
import type { EventId } from '../kernel/event-queue.ts';
import type { QueuedJob } from '../policies/queueing/discipline.ts';
import type { TaskRole, WorkProfile } from '../workload/task.ts';

const NOWHERE: readonly Part[] = [];

/** A job in the system: it waits, starts, runs, saves its state or stops. */
export class LiveJob implements QueuedJob {
  readonly slot: number;
  readonly job: Job;
  readonly profile: WorkProfile | undefined;
  readonly role: TaskRole | undefined;
  readonly gpus: number;
  /** Number of the pool that it waits or runs in: that of its claim, unless it was sent to another. */
  pool: number;
  phase: 'waiting' | 'starting' | 'running' | 'saving' | 'stopping' = 'waiting';
  /** What it holds; none while it waits. */
  parts: readonly Part[] = NOWHERE;
  /** When it was placed last. */
  startedUs: number;
  /** Work left when `speed` was last set, in microseconds at full speed. */
  workLeftUs: number;
  speed = 0;
  sinceUs: number;
  queuedSinceUs: number;
  preemptions = 0;
  /** Time that it held its GPUs in runs that are over. */
  heldUs = 0;
  /** Time up to which `attainedUs` counts while it holds its GPUs. */
  heldUntilUs: number;
  /** Its next event of its own (ready, finished, saved, gone); undefined while nothing is due. */
  event: EventId | undefined = undefined;
  /** Where it is moving to; its own place is held until it has arrived. */
  move: Move | undefined = undefined;
  /** Time to read its saved state back when it starts next. */
  restoreUs = 0;
  /** Work that the state holds which it saved when it was asked to; checkpoints of its own come on top. */
  savedUs = 0;
  /** How often a fault ended what it did. */
  faults = 0;
  /** Why it is being stopped, while it saves its state. */
  stopReason = '';

  constructor(
    slot: number,
    job: Job,
    profile: WorkProfile | undefined,
    role: TaskRole | undefined,
    atUs: number,
  ) {
    this.slot = slot;
    this.job = job;
    this.profile = profile;
    this.role = role;
    this.pool = job.claim.pool;
    this.startedUs = atUs;
    this.workLeftUs = job.durationUs;
    this.sinceUs = atUs;
    this.queuedSinceUs = atUs;
    this.heldUntilUs = atUs;
    let milli = 0;
    for (let i = 0; i < job.shapes.length; i++) milli += (job.shapes[i] as Job['shape']).totalGpuMilli;
    this.gpus = milli / GPU_MILLI;
  }

  get attainedUs(): number {
    return this.parts.length === 0 ? this.heldUs : this.heldUs + this.heldUntilUs - this.startedUs;
  }

  get estimateLeftUs(): number {
    const { estimateUs, durationUs } = this.job;
    return durationUs === Number.POSITIVE_INFINITY
      ? estimateUs
      : Math.max(1, estimateUs - (durationUs - this.workLeftUs));
  }

  /** Whether it holds GPUs and does not give them back yet. */
  get isPlaced(): boolean {
    return this.phase === 'starting' || this.phase === 'running';
  }
}

/** A place reserved for a job that moves. */
export interface Move {
  readonly parts: readonly Part[];
  readonly event: EventId;
}

/** Books the work done and the time held since this was last done. */
export function settleWork(live: LiveJob, nowUs: number): void {
  if (live.phase === 'running') live.workLeftUs -= (nowUs - live.sinceUs) * live.speed;
  live.sinceUs = nowUs;
  live.heldUntilUs = nowUs;
}

/** Work that is left at an instant, in microseconds at full speed; books nothing. */
export function workLeftAt({ phase, workLeftUs, sinceUs, speed }: LiveJob, nowUs: number): number {
  return phase === 'running' ? workLeftUs - (nowUs - sinceUs) * speed : workLeftUs;
}

/**
 * Work that is kept when it is stopped without warning: what it saved when it was asked to, and the whole intervals
 * since then, after each of which it takes a checkpoint of its own.
 */
export function savedWorkUs({ job, workLeftUs, savedUs }: LiveJob): number {
  const interval = job.claim.checkpoint?.intervalUs ?? Number.POSITIVE_INFINITY;
  if (interval === Number.POSITIVE_INFINITY || job.durationUs === Number.POSITIVE_INFINITY) return savedUs;
  const doneUs = job.durationUs - workLeftUs;
  // A checkpoint that is written at this very instant counts, whatever the rounding of the work.
  const intervals = Math.floor((doneUs - savedUs) / interval + 1e-9);
  return Math.min(doneUs, savedUs + intervals * interval);
}

/** Speed of a job that takes checkpoints while it runs, as a part of its speed without: each interval of work takes one save longer. */
export function checkpointDrag({ job }: LiveJob): number {
  const { checkpoint } = job.claim;
  if (checkpoint === null || checkpoint.intervalUs === Number.POSITIVE_INFINITY) return 1;
  return checkpoint.intervalUs / (checkpoint.intervalUs + checkpoint.saveUs);
}
