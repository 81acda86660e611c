import type { FleetView } from '../../cluster/fleet.ts';
import { GPU_MILLI } from '../../cluster/request.ts';

/** What is allocated of the hosts of each pool that take jobs in. Brought up to date by what has changed since it was asked. */
export class PoolLoad {
  readonly #fleet: FleetView;
  readonly #poolOf: Int32Array;
  readonly used: Float64Array;
  readonly capacity: Float64Array;
  /** By host, as counted last: allocated, and capacity (0 = it takes nobody in). */
  readonly #used: Float64Array;
  readonly #capacity: Float64Array;
  #seen = -1;

  /** @param hostsOfPool by pool number */
  constructor(fleet: FleetView, hostsOfPool: readonly (readonly number[])[]) {
    this.#fleet = fleet;
    this.#poolOf = new Int32Array(fleet.hostCount);
    hostsOfPool.forEach((hosts, pool) => {
      for (const host of hosts) this.#poolOf[host] = pool;
    });
    this.used = new Float64Array(hostsOfPool.length);
    this.capacity = new Float64Array(hostsOfPool.length);
    this.#used = new Float64Array(fleet.hostCount);
    this.#capacity = new Float64Array(fleet.hostCount);
  }

  update(): void {
    const { changeCount, changeRing, hostCount } = this.#fleet;
    if (this.#seen < 0 || changeCount - this.#seen > changeRing.length) {
      for (let host = 0; host < hostCount; host++) this.#count(host);
    } else {
      for (let i = this.#seen; i < changeCount; i++) {
        this.#count(changeRing[i & (changeRing.length - 1)] as number);
      }
    }
    this.#seen = changeCount;
  }

  #count(host: number): void {
    const fleet = this.#fleet;
    const pool = this.#poolOf[host] as number;
    const isOpen = fleet.closedFor[host] === 0;
    const capacity = isOpen ? fleet.gpusOf(host) * GPU_MILLI : 0;
    const used = isOpen ? capacity - (fleet.hostGpuFreeMilli[host] as number) : 0;
    this.used[pool]! += used - (this.#used[host] as number);
    this.capacity[pool]! += capacity - (this.#capacity[host] as number);
    this.#used[host] = used;
    this.#capacity[host] = capacity;
  }
}
