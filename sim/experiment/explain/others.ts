import type { ClusterObserver, Job } from '../../cluster/changes.ts';
import { GPU_MILLI } from '../../cluster/request.ts';
import type { Micros } from '../../kernel/time.ts';

const US_PER_HOUR = 3.6e9;

interface Record {
  readonly gpus: number;
  waitUs: number;
  /** Since when it waits; undefined while it does not. */
  sinceUs: number | undefined;
  lostUs: number;
  isRejected: boolean;
}

/** What a change does to all jobs but the one that it is for. */
export interface Harm {
  /** Jobs that wait longer in all, and how much longer they wait. */
  readonly delayedJobs: number;
  readonly addedJobHours: number;
  /** The same times the GPUs that they ask for. */
  readonly addedGpuHours: number;
  /** Jobs that wait less, and how much less. */
  readonly hastenedJobs: number;
  readonly savedJobHours: number;
  readonly savedGpuHours: number;
  /** Work that has to be done once more, in GPU-hours, beyond what it was. */
  readonly lostGpuHours: number;
  /** Jobs that are rejected and were not before. */
  readonly rejectedJobs: number;
}

/** How long every job of a run waits. Jobs are told apart by name; those of one name count together. */
export class WaitRecorder implements ClusterObserver {
  readonly #jobs = new Map<string, Record>();
  #endUs = 0;

  arrived(atUs: Micros, { name, shapes }: Job): void {
    const known = this.#jobs.get(name);
    if (known !== undefined) {
      known.sinceUs ??= atUs;
      return;
    }
    const milli = shapes.reduce((sum, { totalGpuMilli }) => sum + totalGpuMilli, 0);
    this.#jobs.set(name, {
      gpus: milli / GPU_MILLI,
      waitUs: 0,
      sinceUs: atUs,
      lostUs: 0,
      isRejected: false,
    });
  }

  placed(atUs: Micros, { name }: Job): void {
    this.#stopWaiting(atUs, name);
  }

  preempted(atUs: Micros, { name }: Job, _parts: unknown, _reason: string, lostUs: number): void {
    const record = this.#jobs.get(name);
    if (record === undefined) return;
    record.sinceUs = atUs;
    record.lostUs += lostUs;
  }

  rejected(atUs: Micros, { name }: Job): void {
    this.#stopWaiting(atUs, name);
    const record = this.#jobs.get(name);
    if (record !== undefined) record.isRejected = true;
  }

  ended(atUs: Micros): void {
    this.#endUs = atUs;
  }

  /** Names of all jobs that arrived, in order of arrival. */
  get names(): readonly string[] {
    return [...this.#jobs.keys()];
  }

  /**
   * What became of the others in this run as against another one of the same workload. Who waits at the end of both runs
   * counts up to the end of the longer one.
   *
   * @param except the job that the change is for
   */
  harmAgainst(before: WaitRecorder, except: string): Harm {
    const endUs = Math.max(this.#endUs, before.#endUs);
    let [delayedJobs, addedUs, addedGpuUs, hastenedJobs, savedUs, savedGpuUs, lostGpuUs, rejectedJobs] = [
      0, 0, 0, 0, 0, 0, 0, 0,
    ];
    for (const [name, now] of this.#jobs) {
      const then = before.#jobs.get(name);
      if (name === except || then === undefined) continue;
      if (now.isRejected && !then.isRejected) rejectedJobs += 1;
      if (now.isRejected !== then.isRejected) continue;
      const moreUs = waitOf(now, endUs) - waitOf(then, endUs);
      if (moreUs > 0) {
        delayedJobs += 1;
        addedUs += moreUs;
        addedGpuUs += moreUs * now.gpus;
      } else if (moreUs < 0) {
        hastenedJobs += 1;
        savedUs -= moreUs;
        savedGpuUs -= moreUs * now.gpus;
      }
      lostGpuUs += (now.lostUs - then.lostUs) * now.gpus;
    }
    return {
      delayedJobs,
      addedJobHours: addedUs / US_PER_HOUR,
      addedGpuHours: addedGpuUs / US_PER_HOUR,
      hastenedJobs,
      savedJobHours: savedUs / US_PER_HOUR,
      savedGpuHours: savedGpuUs / US_PER_HOUR,
      lostGpuHours: Math.max(0, lostGpuUs) / US_PER_HOUR,
      rejectedJobs,
    };
  }

  #stopWaiting(atUs: number, name: string): void {
    const record = this.#jobs.get(name);
    if (record?.sinceUs === undefined) return;
    record.waitUs += atUs - record.sinceUs;
    record.sinceUs = undefined;
  }
}

function waitOf({ waitUs, sinceUs }: Record, endUs: number): number {
  return sinceUs === undefined ? waitUs : waitUs + Math.max(0, endUs - sinceUs);
}
