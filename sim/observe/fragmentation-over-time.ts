import type { ClusterObserver } from '../cluster/changes.ts';
import type { FleetView } from '../cluster/fleet.ts';
import { FRAGMENT_CATEGORIES } from '../cluster/fragmentation.ts';
import { GPU_MILLI } from '../cluster/request.ts';
import { TimeWeighted } from '../kernel/stats/time-weighted.ts';
import type { Micros } from '../kernel/time.ts';
import type { FragmentationTracker } from './fragmentation-tracker.ts';
import type { Readings } from './metric.ts';

const START = 0 as Micros;

/**
 * Expected fragmentation of the fleet as parts of its GPU capacity in service: in all, by category, and of what is idle.
 * In service is what is allocated and what could be: idle GPU of hosts that are down, not there or to be emptied, and of
 * GPUs that are down, is neither fragment nor capacity. Means are of all fragment over all capacity.
 */
export class FragmentationOverTime implements ClusterObserver {
  readonly #fleet: FleetView;
  readonly #tracker: FragmentationTracker;
  readonly #warmupUs: Micros;
  readonly #total: TimeWeighted;
  readonly #byCategory: TimeWeighted[];
  readonly #capacity: TimeWeighted;
  #isWarm = false;
  #endUs = 0 as Micros;

  /** @param tracker must be told of each change before this */
  constructor(fleet: FleetView, tracker: FragmentationTracker, warmupUs: Micros) {
    this.#fleet = fleet;
    this.#tracker = tracker;
    this.#warmupUs = warmupUs;
    this.#total = new TimeWeighted(START, tracker.fragmentMilli());
    this.#byCategory = Array.from(tracker.sums, (sum) => new TimeWeighted(START, sum));
    this.#capacity = new TimeWeighted(START, this.#inService());
  }

  placed(atUs: Micros): void {
    this.#change(atUs);
  }

  finished(atUs: Micros): void {
    this.#change(atUs);
  }

  failed(atUs: Micros): void {
    this.#change(atUs);
  }

  preempted(atUs: Micros): void {
    this.#change(atUs);
  }

  moved(atUs: Micros): void {
    this.#change(atUs);
  }

  freed(atUs: Micros): void {
    this.#change(atUs);
  }

  openChanged(atUs: Micros): void {
    this.#change(atUs);
  }

  ended(atUs: Micros): void {
    this.#change(atUs);
    this.#endUs = atUs;
  }

  /** What is so at the end; with `overTime` also the means. */
  read(into: Readings, overTime: boolean): void {
    const part = (milli: number, capacity: number) => ({
      value: capacity > 0 ? milli / capacity : null,
      unit: 'fraction' as const,
    });
    const end = (of: TimeWeighted) => part(of.value, this.#capacity.value);
    // A run that ended within the warm-up measured nothing.
    const capacity = this.#isWarm ? this.#meanCapacity() : 0;
    const mean = (of: TimeWeighted) => part(of.mean(this.#endUs), capacity);
    if (overTime) into.set('fragmentation.mean', mean(this.#total));
    into.set('fragmentation.end', end(this.#total));
    const idle = this.#tracker.idleMilli;
    into.set('fragmentation.ofIdle.end', {
      value: idle > 0 ? this.#total.value / idle : null,
      unit: 'fraction',
    });
    FRAGMENT_CATEGORIES.forEach((category, c) => {
      const held = this.#byCategory[c] as TimeWeighted;
      if (overTime) into.set(`fragmentation.${category}.mean`, mean(held));
      into.set(`fragmentation.${category}.end`, end(held));
    });
  }

  /** Thousandths of a GPU that are allocated or could be. */
  #inService(): number {
    const { gpuCount, gpuFreeTotalMilli } = this.#fleet;
    return gpuCount * GPU_MILLI - (gpuFreeTotalMilli - this.#tracker.idleMilli);
  }

  /** Its mean over time; the value itself, without rounding, where it never changed. */
  #meanCapacity(): number {
    const { min, max } = this.#capacity.summary(this.#endUs);
    return min !== undefined && min === max ? min : this.#capacity.mean(this.#endUs);
  }

  #change(atUs: Micros): void {
    if (!this.#isWarm && atUs >= this.#warmupUs) {
      this.#isWarm = true;
      this.#total.reset(this.#warmupUs);
      for (const held of [this.#capacity, ...this.#byCategory]) held.reset(this.#warmupUs);
    }
    this.#total.set(atUs, this.#tracker.fragmentMilli());
    this.#capacity.set(atUs, this.#inService());
    for (let c = 0; c < this.#byCategory.length; c++) {
      (this.#byCategory[c] as TimeWeighted).set(atUs, this.#tracker.sums[c] as number);
    }
  }
}
