import type { ClusterObserver, Job } from '../cluster/changes.ts';
import type { FleetView } from '../cluster/fleet.ts';
import { GPU_MILLI } from '../cluster/request.ts';
import type { Micros } from '../kernel/time.ts';
import type { FragmentationTracker } from './fragmentation-tracker.ts';

/** Curves of a fill run by arrived GPU request in percent of capacity; null where no attempt fell on a column. */
export interface FillSeries {
  /** 0, 1, 2, ... */
  readonly arrivedPct: readonly number[];
  /** Allocated GPU, percent of capacity. */
  readonly allocatedPct: readonly (number | null)[];
  /** Expected fragment, percent of capacity. */
  readonly fragmentedPct: readonly (number | null)[];
  /** Expected fragment, percent of the idle GPU. */
  readonly fragRatioPct: readonly (number | null)[];
}

/** Attempts beyond 1,000 times the capacity are left out: a list taken as given may ask for any multiple. */
const LAST_COLUMN = 100_000;

/**
 * Records a fill run: each cell is the mean over all scheduling attempts whose arrived percentage, the attempt's own
 * request included, rounds to the column. That is the rule of the published openb curves.
 */
export class FillCurve implements ClusterObserver {
  /** GPU requested so far, in thousandths. */
  requestedMilli = 0;
  readonly #fleet: FleetView;
  readonly #fragmentation: FragmentationTracker;
  readonly #attempts: number[] = [];
  readonly #allocated: number[] = [];
  readonly #fragmented: number[] = [];
  readonly #ratio: number[] = [];

  /** @param fragmentation must be told of each placement before this */
  constructor(fleet: FleetView, fragmentation: FragmentationTracker) {
    this.#fleet = fleet;
    this.#fragmentation = fragmentation;
  }

  placed(_atUs: Micros, job: Job): void {
    this.#attempt(job);
  }

  rejected(_atUs: Micros, job: Job): void {
    this.#attempt(job);
  }

  series(): FillSeries {
    const mean = (sums: readonly number[]) =>
      sums.map((sum, column) =>
        (this.#attempts[column] as number) > 0 ? sum / (this.#attempts[column] as number) : null,
      );
    return {
      arrivedPct: this.#attempts.map((_, column) => column),
      allocatedPct: mean(this.#allocated),
      fragmentedPct: mean(this.#fragmented),
      fragRatioPct: mean(this.#ratio),
    };
  }

  #attempt(job: Job): void {
    const capacity = this.#fleet.gpuCount * GPU_MILLI;
    for (const shape of job.shapes) this.requestedMilli += shape.totalGpuMilli;
    const column = Math.round((this.requestedMilli / capacity) * 100);
    if (column > LAST_COLUMN) return;
    while (this.#attempts.length <= column) {
      this.#attempts.push(0);
      this.#allocated.push(0);
      this.#fragmented.push(0);
      this.#ratio.push(0);
    }
    const idle = this.#fleet.gpuFreeTotalMilli;
    const fragment = this.#fragmentation.fragmentMilli();
    this.#attempts[column]! += 1;
    this.#allocated[column]! += ((capacity - idle) / capacity) * 100;
    this.#fragmented[column]! += (fragment / capacity) * 100;
    this.#ratio[column]! += idle > 0 ? (fragment / idle) * 100 : 0;
  }
}
