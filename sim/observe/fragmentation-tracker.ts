import type { ClusterObserver, Job } from '../cluster/changes.ts';
import type { FleetView } from '../cluster/fleet.ts';
import { FRAGMENT_CATEGORIES, type FragmentationMeter } from '../cluster/fragmentation.ts';
import type { Part } from '../cluster/part.ts';
import type { Micros } from '../kernel/time.ts';

const CATEGORIES = FRAGMENT_CATEGORIES.length;
const SATISFIED = FRAGMENT_CATEGORIES.indexOf('satisfied');
/** Sums are built anew after so many changes, so that rounding does not pile up. */
const REBUILD_EVERY = 65_536;

/** Idle GPU of the whole fleet by fragment category, in thousandths, kept up to date host by host. */
export class FragmentationTracker implements ClusterObserver {
  /** By `FRAGMENT_CATEGORIES`. */
  readonly sums = new Float64Array(CATEGORIES);
  readonly #fleet: FleetView;
  readonly #meter: FragmentationMeter;
  readonly #byHost: Float64Array;
  readonly #row = new Float64Array(CATEGORIES);
  #changes = 0;

  constructor(fleet: FleetView, meter: FragmentationMeter) {
    this.#fleet = fleet;
    this.#meter = meter;
    this.#byHost = new Float64Array(fleet.hostCount * CATEGORIES);
    for (let h = 0; h < fleet.hostCount; h++) this.#update(h);
  }

  placed(_atUs: Micros, _job: Job, parts: readonly Part[]): void {
    for (const { host } of parts) this.#changed(host);
  }

  finished(_atUs: Micros, _job: Job, parts: readonly Part[]): void {
    for (const { host } of parts) this.#changed(host);
  }

  failed(_atUs: Micros, _job: Job, parts: readonly Part[]): void {
    for (const { host } of parts) this.#changed(host);
  }

  preempted(_atUs: Micros, _job: Job, parts: readonly Part[]): void {
    for (const { host } of parts) this.#changed(host);
  }

  moved(_atUs: Micros, _job: Job, parts: readonly Part[]): void {
    for (const { host } of parts) this.#changed(host);
  }

  freed(_atUs: Micros, _job: Job, parts: readonly Part[]): void {
    for (const { host } of parts) this.#changed(host);
  }

  /** Fragment of the fleet, all categories but `satisfied`, in thousandths of a GPU. */
  fragmentMilli(): number {
    let total = 0;
    for (let c = 0; c < CATEGORIES; c++) if (c !== SATISFIED) total += this.sums[c] as number;
    return total;
  }

  #changed(host: number): void {
    this.#update(host);
    this.#changes += 1;
    if (this.#changes % REBUILD_EVERY !== 0) return;
    this.sums.fill(0);
    for (let h = 0; h < this.#fleet.hostCount; h++) {
      for (let c = 0; c < CATEGORIES; c++) this.sums[c]! += this.#byHost[h * CATEGORIES + c] as number;
    }
  }

  #update(host: number): void {
    const row = this.#row.fill(0);
    this.#meter.addHost(host, row, 1);
    const at = host * CATEGORIES;
    for (let c = 0; c < CATEGORIES; c++) {
      this.sums[c]! += (row[c] as number) - (this.#byHost[at + c] as number);
      this.#byHost[at + c] = row[c] as number;
    }
  }
}
