import type { FleetView } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import type { SharedGpu } from '../../sharing/index.ts';

/**
 * Notices what has changed about hosts since they were looked at last, beyond the jobs whose ends are known: that they
 * close or open, that GPUs, links or cards change, and that somebody else has come or gone.
 */
export class HostWatch {
  readonly #fleet: FleetView;
  readonly #closed: Uint8Array;
  readonly #gpuClosed: Uint8Array;
  readonly #fabric: Uint8Array;
  readonly #sharing: (SharedGpu | undefined)[];
  /** What is free together with what the known jobs hold. */
  readonly #cpu: Float64Array;
  readonly #memory: Float64Array;
  readonly #gpu: Float64Array;
  /** What the known jobs hold. */
  readonly #cpuHeld: Float64Array;
  readonly #memoryHeld: Float64Array;
  readonly #gpuHeld: Float64Array;

  constructor(fleet: FleetView) {
    this.#fleet = fleet;
    const gpus = fleet.gpuModel.length;
    this.#closed = new Uint8Array(fleet.hostCount);
    this.#gpuClosed = new Uint8Array(gpus);
    this.#fabric = new Uint8Array(gpus);
    this.#sharing = new Array(gpus);
    // Nothing that a host can have, so that the first look finds all of them changed.
    this.#cpu = new Float64Array(fleet.hostCount).fill(-1);
    this.#memory = new Float64Array(fleet.hostCount);
    this.#gpu = new Float64Array(gpus);
    this.#cpuHeld = new Float64Array(fleet.hostCount);
    this.#memoryHeld = new Float64Array(fleet.hostCount);
    this.#gpuHeld = new Float64Array(gpus);
  }

  /** A known job holds a part from now on (`sign` 1), or does not any more (-1). */
  hold({ shape, host, gpus }: Part, sign: 1 | -1): void {
    this.#cpuHeld[host]! += sign * shape.cpuMilli;
    this.#memoryHeld[host]! += sign * shape.memoryMib;
    const start = this.#fleet.gpuStart[host] as number;
    for (const g of gpus) this.#gpuHeld[start + g]! += sign * shape.gpuMilli;
  }

  /**
   * Looks at a host and says whether it has changed. What shared cards give is up to them: a host that has some counts
   * as changed each time.
   */
  hasChanged(host: number): boolean {
    const fleet = this.#fleet;
    const closed = fleet.closedFor[host] as number;
    const cpu = (fleet.cpuFreeMilli[host] as number) + (this.#cpuHeld[host] as number);
    const memory = (fleet.memoryFreeMib[host] as number) + (this.#memoryHeld[host] as number);
    let changed = closed !== this.#closed[host] || cpu !== this.#cpu[host] || memory !== this.#memory[host];
    this.#closed[host] = closed;
    this.#cpu[host] = cpu;
    this.#memory[host] = memory;
    const end = fleet.gpuStart[host + 1] as number;
    for (let g = fleet.gpuStart[host] as number; g < end; g++) {
      const gpu = (fleet.gpuFreeMilli[g] as number) + (this.#gpuHeld[g] as number);
      const gpuClosed = fleet.gpuClosedFor[g] as number;
      const fabric = fleet.gpuHasFabric[g] as number;
      if (gpu !== this.#gpu[g] || gpuClosed !== this.#gpuClosed[g] || fabric !== this.#fabric[g]) {
        this.#gpu[g] = gpu;
        this.#gpuClosed[g] = gpuClosed;
        this.#fabric[g] = fabric;
        changed = true;
      }
      if (fleet.hasCards && fleet.cards[g] !== undefined) changed = true;
    }
    return changed;
  }

  /** Whether any GPU is shared in another way than when this was asked last. */
  hasNewSharing(): boolean {
    const { sharing, hasCards } = this.#fleet;
    if (!hasCards) return false;
    let isNew = false;
    for (let g = 0; g < this.#sharing.length; g++) {
      if (sharing[g] === this.#sharing[g]) continue;
      this.#sharing[g] = sharing[g];
      isNew = true;
    }
    return isNew;
  }
}
