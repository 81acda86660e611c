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

/** A value (and what it is a part of) that listeners are told of once it has been held for some time and is another one. */
class LazySignal {
  readonly #listeners: HeldListener[] = [];
  readonly #row: Float64Array;
  /** What is held since `#sinceUs`, as far as listeners will be told; and what it is from `#atUs` on. */
  #sinceUs = 0;
  #atUs = 0;
  #value = 0;
  #whole = 1;
  readonly #valueAt: number;
  readonly #wholeAt: number;

  constructor(row: Float64Array, valueAt: number, wholeAt: number) {
    this.#row = row;
    this.#valueAt = valueAt;
    this.#wholeAt = wholeAt;
  }

  listen(listener: HeldListener): void {
    this.#listeners.push(listener);
  }

  set(atUs: number, value: number, whole = 1): void {
    if (atUs > this.#atUs) {
      if (
        this.#row[this.#valueAt] !== this.#value ||
        (this.#wholeAt >= 0 && this.#row[this.#wholeAt] !== this.#whole)
      ) {
        this.#tell(this.#atUs);
        this.#keep();
      }
      this.#atUs = atUs;
    }
    this.#value = value;
    this.#whole = whole;
  }

  /** Tells all up to then. */
  settle(atUs: number): void {
    this.set(atUs, this.#value, this.#whole);
    this.#tell(this.#atUs);
    this.#keep();
  }

  reset(atUs: number): void {
    for (const each of this.#listeners) each.reset(atUs);
  }

  #keep(): void {
    this.#row[this.#valueAt] = this.#value;
    if (this.#wholeAt >= 0) this.#row[this.#wholeAt] = this.#whole;
  }

  #tell(untilUs: number): void {
    const sinceUs = this.#sinceUs;
    if (untilUs <= sinceUs) return;
    this.#sinceUs = untilUs;
    for (let i = 0; i < this.#listeners.length; i++)
      (this.#listeners[i] as HeldListener).held(sinceUs, untilUs, this.#row, 0);
  }
}

/**
 * The queues of all pools together, the jobs that run or start, and the fragmentation of the fleet, over time. To be told
 * of changes after the tracker that it reads.
 */
export class LineCourse implements ClusterObserver {
  readonly #fleet: FleetView;
  readonly #tracker: FragmentationTracker;
  readonly #warmupUs: number;
  readonly #signals: Readonly<Record<LineSignalName, LazySignal>>;
  #waiting = 0;
  #waitingMilli = 0;
  #running = 0;
  #isWarm = false;

  constructor(fleet: FleetView, tracker: FragmentationTracker, warmupUs: number) {
    this.#fleet = fleet;
    this.#tracker = tracker;
    this.#warmupUs = warmupUs;
    const row = new Float64Array(5);
    const signal = (name: LineSignalName) =>
      new LazySignal(row, LINE_SIGNALS[name].valueAt, LINE_SIGNALS[name].wholeAt);
    this.#signals = {
      'jobs.waiting': signal('jobs.waiting'),
      'jobs.waitingGpus': signal('jobs.waitingGpus'),
      'jobs.running': signal('jobs.running'),
      fragmentation: signal('fragmentation'),
    };
    this.#fragment(0);
  }

  listen(name: LineSignalName, listener: HeldListener): void {
    this.#signals[name].listen(listener);
  }

  arrived(atUs: Micros, job: Job): void {
    this.#wait(atUs, job, 1);
  }

  rejected(atUs: Micros, job: Job): void {
    this.#wait(atUs, job, -1);
  }

  placed(atUs: Micros, job: Job): void {
    this.#wait(atUs, job, -1);
    this.#run(atUs, 1);
  }

  preempted(atUs: Micros, job: Job): void {
    this.#wait(atUs, job, 1);
    this.#run(atUs, -1);
  }

  finished(atUs: Micros): void {
    this.#run(atUs, -1);
  }

  failed(atUs: Micros): void {
    this.#run(atUs, -1);
  }

  freed(atUs: Micros): void {
    this.#fragment(atUs);
  }

  moved(atUs: Micros): void {
    this.#fragment(atUs);
  }

  hostChanged(atUs: Micros): void {
    this.#fragment(atUs);
  }

  openChanged(atUs: Micros): void {
    this.#fragment(atUs);
  }

  ended(atUs: Micros): void {
    this.#warmUp(atUs);
    for (const signal of Object.values(this.#signals)) signal.settle(atUs);
  }

  #wait(atUs: number, { shapes }: Job, sign: 1 | -1): void {
    if (!this.#isWarm) this.#warmUp(atUs);
    for (let i = 0; i < shapes.length; i++) {
      this.#waitingMilli += sign * (shapes[i] as Job['shape']).totalGpuMilli;
    }
    this.#waiting += sign;
    this.#signals['jobs.waiting'].set(atUs, this.#waiting);
    this.#signals['jobs.waitingGpus'].set(atUs, this.#waitingMilli / GPU_MILLI);
  }

  #run(atUs: number, sign: 1 | -1): void {
    this.#running += sign;
    this.#fragment(atUs);
    this.#signals['jobs.running'].set(atUs, this.#running);
  }

  #fragment(atUs: number): void {
    if (!this.#isWarm) this.#warmUp(atUs);
    const { gpuCount, gpuFreeTotalMilli } = this.#fleet;
    const inService = gpuCount * GPU_MILLI - (gpuFreeTotalMilli - this.#tracker.idleMilli);
    this.#signals.fragmentation.set(atUs, this.#tracker.fragmentMilli(), inService);
  }

  #warmUp(atUs: number): void {
    if (this.#isWarm || atUs < this.#warmupUs) return;
    this.#isWarm = true;
    for (const signal of Object.values(this.#signals)) {
      signal.settle(this.#warmupUs);
      signal.reset(this.#warmupUs);
    }
  }
}
