import type { ClusterObserver, Job } from '../cluster/changes.ts';
import type { FleetView } from '../cluster/fleet.ts';
import { FRAGMENT_CATEGORIES, type FragmentationMeter } from '../cluster/fragmentation.ts';
import { isHostOpen, openIdleMilli } from '../cluster/open.ts';
import type { Part } from '../cluster/part.ts';
import { PairSums } from '../kernel/stats/pair-sums.ts';
import type { Micros } from '../kernel/time.ts';

const CATEGORIES = FRAGMENT_CATEGORIES.length;
const SATISFIED = FRAGMENT_CATEGORIES.indexOf('satisfied');

/**
 * Idle GPU of the whole fleet by fragment category, in thousandths, kept up to date host by host. What is left on hosts
 * and GPUs that take nobody in is not idle: nobody could have it.
 *
 * To the last bit it is a matter of how the fleet is, not of what was before: the record of a run tells of hosts that
 * changed at one instant in another order than the run itself.
 */
export class FragmentationTracker implements ClusterObserver {
  /** By `FRAGMENT_CATEGORIES`. */
  readonly sums = new Float64Array(CATEGORIES);
  /** Idle GPU of the fleet, in thousandths. */
  idleMilli = 0;
  readonly #fleet: FleetView;
  readonly #meter: FragmentationMeter;
  /** By category, over the hosts. */
  readonly #byCategory: readonly PairSums[];
  readonly #idleOf: Int32Array;
  readonly #row = new Float64Array(CATEGORIES);
  /** Changes of the fleet up to which closed hosts and GPUs are known. */
  #seenChanges: number;

  constructor(fleet: FleetView, meter: FragmentationMeter) {
    this.#fleet = fleet;
    this.#meter = meter;
    this.#byCategory = FRAGMENT_CATEGORIES.map(() => new PairSums(fleet.hostCount));
    this.#idleOf = new Int32Array(fleet.hostCount);
    for (let h = 0; h < fleet.hostCount; h++) this.#update(h);
    this.#seenChanges = fleet.changeCount;
  }

  placed(_atUs: Micros, _job: Job, parts: readonly Part[]): void {
    for (const { host } of parts) this.#update(host);
  }

  finished(_atUs: Micros, _job: Job, parts: readonly Part[]): void {
    for (const { host } of parts) this.#update(host);
  }

  failed(_atUs: Micros, _job: Job, parts: readonly Part[]): void {
    for (const { host } of parts) this.#update(host);
  }

  preempted(_atUs: Micros, _job: Job, parts: readonly Part[]): void {
    for (const { host } of parts) this.#update(host);
  }

  moved(_atUs: Micros, _job: Job, parts: readonly Part[]): void {
    for (const { host } of parts) this.#update(host);
  }

  freed(_atUs: Micros, _job: Job, parts: readonly Part[]): void {
    for (const { host } of parts) this.#update(host);
  }

  openChanged(): void {
    const { changeRing, changeCount, hostCount } = this.#fleet;
    const from = this.#seenChanges;
    this.#seenChanges = changeCount;
    if (changeCount - from > changeRing.length) {
      for (let h = 0; h < hostCount; h++) this.#update(h);
      return;
    }
    for (let i = from; i < changeCount; i++) this.#update(changeRing[i & (changeRing.length - 1)] as number);
  }

  /** Fragment of the fleet, all categories but `satisfied`, in thousandths of a GPU. */
  fragmentMilli(): number {
    let total = 0;
    for (let c = 0; c < CATEGORIES; c++) if (c !== SATISFIED) total += this.sums[c] as number;
    return total;
  }

  #update(host: number): void {
    const row = this.#row.fill(0);
    if (isHostOpen(this.#fleet, host)) this.#meter.addHost(host, row, 1);
    for (let c = 0; c < CATEGORIES; c++) {
      const held = this.#byCategory[c] as PairSums;
      held.set(host, row[c] as number);
      this.sums[c] = held.total;
    }
    const idle = openIdleMilli(this.#fleet, host);
    this.idleMilli += idle - (this.#idleOf[host] as number);
    this.#idleOf[host] = idle;
  }
}
