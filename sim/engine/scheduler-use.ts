import type { LiveJob } from './live-job.ts';

/** What came up in a pool's decisions: which of its rules were ever needed. Counted as they are made. */
export class SchedulerUse {
  /** Whether more than one job ever waited when a decision was made. */
  hadOthersWaiting = false;
  /** Times that a job found no room while others waited behind it. */
  blocked = 0;
  /** Jobs that started past one that found no room. */
  overtook = 0;
  /** Decisions in which more waited than backfilling looks at. */
  beyondDepth = 0;
  /** Running jobs that were stopped for others. */
  stopped = 0;
  /** Times that a running job could not be stopped as it had just begun. */
  leftAlone = 0;
  /** Running jobs that went on when all competed anew. */
  kept = 0;
  /** Times that a job was held although there may have been room, by the reason up to its first colon. */
  readonly held = new Map<string, number>();
  /** Most service that a job had: GPUs times microseconds. */
  mostGpuUs = 0;
  hadJobs = false;
  #tenant: string | undefined;
  #priority: number | undefined;
  hadTenants = false;
  hadPriorities = false;

  queued({ job: { claim } }: LiveJob): void {
    this.hadJobs = true;
    this.#tenant ??= claim.tenant;
    this.#priority ??= claim.priority;
    if (this.#tenant !== claim.tenant) this.hadTenants = true;
    if (this.#priority !== claim.priority) this.hadPriorities = true;
  }

  served({ attainedUs, gpus }: LiveJob): void {
    this.mostGpuUs = Math.max(this.mostGpuUs, attainedUs * gpus);
  }

  hold(reason: string): void {
    const colon = reason.indexOf(':');
    const name = colon < 0 ? reason : reason.slice(0, colon);
    this.held.set(name, (this.held.get(name) ?? 0) + 1);
  }
}
