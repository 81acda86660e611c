import type { ClusterObserver, Job } from '../cluster/changes.ts';
import type { FleetView } from '../cluster/fleet.ts';
import { FRAGMENT_CATEGORIES, type FragmentationMeter } from '../cluster/fragmentation.ts';
import { isHostOpen, openIdleMilli } from '../cluster/open.ts';
import type { Part } from '../cluster/part.ts';
import type { Micros } from '../kernel/time.ts';

const CATEGORIES = FRAGMENT_CATEGORIES.length;
const SATISFIED = FRAGMENT_CATEGORIES.indexOf('satisfied');
/** Sums are built anew after so many changes, so that rounding does not pile up. */
const REBUILD_EVERY = 65_536;

/**
 * Idle GPU of the whole fleet by fragment category, in thousandths, kept up to date host by host. What is left on hosts
 * and GPUs that take nobody in is not idle: nobody could have it.
 */
export class FragmentationTracker implements ClusterObserver {
  /** By `FRAGMENT_CATEGORIES`. */
  readonly sums = new Float64Array(CATEGORIES);
  /** Idle GPU of the fleet, in thousandths. */
  idleMilli = 0;
  readonly #fleet: FleetView;
  readonly #meter: FragmentationMeter;
  readonly #byHost: Float64Array;
  readonly #idleOf: Int32Array;
  readonly #row = new Float64Array(CATEGORIES);
  #changes = 0;
  /** Changes of the fleet up to which closed hosts and GPUs are known. */
  #seenChanges: number;

  constructor(fleet: FleetView, meter: FragmentationMeter) {
    this.#fleet = fleet;
    this.#meter = meter;
    this.#byHost = new Float64Array(fleet.hostCount * CATEGORIES);
    this.#idleOf = new Int32Array(fleet.hostCount);
    for (let h = 0; h < fleet.hostCount; h++) this.#update(h);
    this.#seenChanges = fleet.changeCount;
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

  openChanged(): void {
    const { changeRing, changeCount, hostCount } = this.#fleet;
    const from = this.#seenChanges;
    this.#seenChanges = changeCount;
    if (changeCount - from > changeRing.length) {
      for (let h = 0; h < hostCount; h++) this.#changed(h);
      return;
    }
    for (let i = from; i < changeCount; i++) this.#changed(changeRing[i & (changeRing.length - 1)] as number);
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
    if (isHostOpen(this.#fleet, host)) this.#meter.addHost(host, row, 1);
    const at = host * CATEGORIES;
    for (let c = 0; c < CATEGORIES; c++) {
      this.sums[c]! += (row[c] as number) - (this.#byHost[at + c] as number);
      this.#byHost[at + c] = row[c] as number;
    }
    const idle = openIdleMilli(this.#fleet, host);
    this.idleMilli += idle - (this.#idleOf[host] as number);
    this.#idleOf[host] = idle;
  }
}
