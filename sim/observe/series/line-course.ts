import type { ClusterObserver, Job } from '../../cluster/changes.ts';
import type { FleetView } from '../../cluster/fleet.ts';
import { GPU_MILLI } from '../../cluster/request.ts';
import type { Micros } from '../../kernel/time.ts';
import type { FragmentationTracker } from '../fragmentation-tracker.ts';
import type { HeldListener } from '../groups/tracks.ts';
import type { MetricUnit } from '../metric.ts';

const WAITING = 0;
const WAITING_GPUS = 1;
const RUNNING = 2;
const FRAGMENT = 3;
const IN_SERVICE = 4;

/** What is followed of the fleet as a whole besides what its parts hold: columns of value and whole (-1: of nothing). */
export const LINE_SIGNALS: Readonly<
  Record<
    'jobs.waiting' | 'jobs.waitingGpus' | 'jobs.running' | 'fragmentation',
    { readonly valueAt: number; readonly wholeAt: number; readonly unit: MetricUnit }
  >
> = {
  'jobs.waiting': { valueAt: WAITING, wholeAt: -1, unit: 'jobs' },
  'jobs.waitingGpus': { valueAt: WAITING_GPUS, wholeAt: -1, unit: 'GPU' },
  'jobs.running': { valueAt: RUNNING, wholeAt: -1, unit: 'jobs' },
  fragmentation: { valueAt: FRAGMENT, wholeAt: IN_SERVICE, unit: 'fraction' },
};
export type LineSignalName = keyof typeof LINE_SIGNALS;

/**
 * The queues of all pools together, the jobs that run or start, and the fragmentation of the fleet, over time. To be told
 * of changes after the tracker that it reads.
 */
export class LineCourse implements ClusterObserver {
  readonly #fleet: FleetView;
  readonly #tracker: FragmentationTracker;
  readonly #warmupUs: number;
  readonly #row = new Float64Array(5);
  readonly #listeners: HeldListener[] = [];
  #sinceUs = 0;
  #isWarm = false;

  constructor(fleet: FleetView, tracker: FragmentationTracker, warmupUs: number) {
    this.#fleet = fleet;
    this.#tracker = tracker;
    this.#warmupUs = warmupUs;
    this.#fragment();
  }

  listen(listener: HeldListener): void {
    this.#listeners.push(listener);
  }

  arrived(atUs: Micros, job: Job): void {
    this.#wait(atUs, job, 1);
  }

  rejected(atUs: Micros, job: Job): void {
    this.#wait(atUs, job, -1);
  }

  placed(atUs: Micros, job: Job): void {
    this.#wait(atUs, job, -1);
    this.#row[RUNNING]! += 1;
    this.#fragment();
  }

  preempted(atUs: Micros, job: Job): void {
    this.#wait(atUs, job, 1);
    this.#row[RUNNING]! -= 1;
    this.#fragment();
  }

  finished(atUs: Micros): void {
    this.#left(atUs);
  }

  failed(atUs: Micros): void {
    this.#left(atUs);
  }

  freed(atUs: Micros): void {
    this.#settle(atUs);
    this.#fragment();
  }

  moved(atUs: Micros): void {
    this.#settle(atUs);
    this.#fragment();
  }

  hostChanged(atUs: Micros): void {
    this.#settle(atUs);
    this.#fragment();
  }

  openChanged(atUs: Micros): void {
    this.#settle(atUs);
    this.#fragment();
  }

  ended(atUs: Micros): void {
    this.#settle(atUs);
  }

  #left(atUs: number): void {
    this.#settle(atUs);
    this.#row[RUNNING]! -= 1;
    this.#fragment();
  }

  #wait(atUs: number, { shapes }: Job, sign: 1 | -1): void {
    this.#settle(atUs);
    let milli = 0;
    for (let i = 0; i < shapes.length; i++) milli += (shapes[i] as Job['shape']).totalGpuMilli;
    this.#row[WAITING]! += sign;
    this.#row[WAITING_GPUS]! += (sign * milli) / GPU_MILLI;
  }

  #fragment(): void {
    const { gpuCount, gpuFreeTotalMilli } = this.#fleet;
    this.#row[FRAGMENT] = this.#tracker.fragmentMilli();
    this.#row[IN_SERVICE] = gpuCount * GPU_MILLI - (gpuFreeTotalMilli - this.#tracker.idleMilli);
  }

  #settle(atUs: number): void {
    if (!this.#isWarm && atUs >= this.#warmupUs) {
      this.#book(this.#warmupUs);
      this.#isWarm = true;
      for (const each of this.#listeners) each.reset(this.#warmupUs);
    }
    this.#book(atUs);
  }

  #book(atUs: number): void {
    const sinceUs = this.#sinceUs;
    if (atUs <= sinceUs) return;
    this.#sinceUs = atUs;
    for (let i = 0; i < this.#listeners.length; i++)
      (this.#listeners[i] as HeldListener).held(sinceUs, atUs, this.#row, 0);
  }
}
