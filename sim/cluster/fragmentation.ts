import type { FleetView } from './fleet.ts';
import { type GpuRoom, GpuStates } from './gpu-states.ts';
import type { TaskShape } from './request.ts';

/**
 * What becomes of an idle GPU share when the next task of the usual mix comes to its host. All but `satisfied` is
 * fragment: idle, but of no use to that task.
 */
export const FRAGMENT_CATEGORIES = [
  'lack-both',
  'lack-gpu',
  'satisfied',
  'lack-cpu',
  'no-gpu-satisfied',
  'no-gpu-lack-cpu',
  'no-access',
] as const;

const LACK_BOTH = 0;
const LACK_GPU = 1;
const SATISFIED = 2;
const LACK_CPU = 3;
const NO_GPU_SATISFIED = 4;
const NO_GPU_LACK_CPU = 5;
const NO_ACCESS = 6;
const CATEGORIES = 7;

/** What is looked at of a fleet. */
export type HostRoom = GpuRoom & Pick<FleetView, 'hostCount' | 'versions' | 'cpuFreeMilli'>;

/** A task shape that is expected again, with the share of arrivals it makes up. */
export interface TypicalShape {
  readonly shape: TaskShape;
  /** 0 to 1; the frequencies of a mix sum to 1. */
  readonly frequency: number;
}

/**
 * Expected stranded GPU of a host, in thousandths: over the usual task mix, the mean of the idle GPU that a task of the
 * mix could not use there. It is all idle GPU if the task needs none, if no GPU model will do, if too few GPUs have
 * room or CPU is short; else that on GPUs with less left than the task needs. Host memory is not looked at. GPUs that
 * have failed are none of the host's.
 *
 * Sums run over the mix in its order within a category, then over categories, because decisions at exact ties depend on
 * the rounding of that order.
 *
 * @see Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation Gradient Descent",
 *   USENIX ATC 2023, section 3
 */
export class FragmentationMeter {
  readonly states = new GpuStates();
  readonly #fleet: HostRoom;
  readonly mix: readonly TypicalShape[];
  /** Ascending distinct CPU requests of the mix: only which of them still fit matters. */
  readonly #cpuSteps: number[];
  /** By state * (steps + 1) + fitting steps: row of `#amounts`. */
  readonly #rowByKey = new Map<number, number>();
  #amounts = new Float64Array(CATEGORIES * 1024);
  #totals = new Float64Array(1024);
  #rows = 0;
  #epoch = 0;
  readonly #hostState: Int32Array;
  readonly #hostStateAt: Float64Array;

  constructor(fleet: HostRoom, mix: readonly TypicalShape[]) {
    this.#fleet = fleet;
    this.mix = mix;
    this.#cpuSteps = [...new Set(mix.map((t) => t.shape.cpuMilli))].sort((a, b) => a - b);
    this.#hostState = new Int32Array(fleet.hostCount).fill(-1);
    this.#hostStateAt = new Float64Array(fleet.hostCount).fill(-1);
  }

  /** The host's GPU state number, kept until the host's residents change. */
  stateOf(host: number): number {
    const stamp = this.#stamp(host);
    if (this.#hostStateAt[host] !== stamp) {
      this.#hostState[host] = this.states.ofHost(this.#fleet, host);
      this.#hostStateAt[host] = stamp;
    }
    return this.#hostState[host] as number;
  }

  /** Expected fragment in thousandths of a GPU, for GPUs in `state` beside `cpuFreeMilli` of free CPU. */
  fragment(state: number, cpuFreeMilli: number): number {
    // First the row: finding it may replace the array.
    const row = this.#row(state, cpuFreeMilli);
    return this.#totals[row] as number;
  }

  /** Adds a host's idle GPU by category to `sums` (length 7, thousandths), `weight` times. */
  addHost(host: number, sums: Float64Array, weight: number): void {
    const row = this.#row(this.stateOf(host), this.#fleet.cpuFreeMilli[host] as number);
    for (let c = 0; c < CATEGORIES; c++) sums[c]! += weight * (this.#amounts[row * CATEGORIES + c] as number);
  }

  /** To be called between decisions: forgets kept answers when there are too many. */
  trim(): void {
    this.states.trim();
    if (this.states.epoch === this.#epoch && this.#rows < 500_000) return;
    this.#epoch = this.states.epoch;
    this.#rowByKey.clear();
    this.#rows = 0;
    this.#hostStateAt.fill(-1);
  }

  #stamp(host: number): number {
    return this.#fleet.versions[host] as number;
  }

  #row(state: number, cpuFreeMilli: number): number {
    const steps = this.#cpuSteps;
    let lo = 0;
    let hi = steps.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if ((steps[mid] as number) <= cpuFreeMilli) lo = mid + 1;
      else hi = mid;
    }
    const key = state * (steps.length + 1) + lo;
    let row = this.#rowByKey.get(key);
    if (row === undefined) {
      row = this.#rows++;
      this.#rowByKey.set(key, row);
      this.#fill(row, this.states.entries(state), lo === 0 ? -1 : (steps[lo - 1] as number));
    }
    return row;
  }

  #fill(row: number, entries: Int32Array, largestFittingCpu: number): void {
    if ((row + 1) * CATEGORIES > this.#amounts.length) {
      const amounts = new Float64Array(this.#amounts.length * 2);
      amounts.set(this.#amounts);
      this.#amounts = amounts;
      const totals = new Float64Array(this.#totals.length * 2);
      totals.set(this.#totals);
      this.#totals = totals;
    }
    const amounts = this.#amounts.subarray(row * CATEGORIES, (row + 1) * CATEGORIES).fill(0);
    let idle = 0;
    for (const entry of entries) idle += entry & 1023;
    for (const { shape, frequency } of this.mix) {
      const cpuFits = shape.cpuMilli <= largestFittingCpu;
      if (shape.gpuCount === 0) {
        amounts[cpuFits ? NO_GPU_SATISFIED : NO_GPU_LACK_CPU]! += frequency * idle;
        continue;
      }
      let accepted = 0;
      let withRoom = 0;
      let usable = 0;
      for (const entry of entries) {
        if (shape.accepts !== undefined && shape.accepts[entry >>> 10] !== 1) continue;
        accepted += 1;
        if ((entry & 1023) >= shape.gpuMilli) {
          withRoom += 1;
          usable += entry & 1023;
        }
      }
      if (accepted === 0 && shape.accepts !== undefined) {
        amounts[NO_ACCESS]! += frequency * idle;
      } else if (withRoom < shape.gpuCount) {
        amounts[cpuFits ? LACK_GPU : LACK_BOTH]! += frequency * idle;
      } else if (cpuFits) {
        amounts[LACK_GPU]! += frequency * (idle - usable);
        amounts[SATISFIED]! += frequency * usable;
      } else {
        amounts[LACK_CPU]! += frequency * idle;
      }
    }
    let total = 0;
    for (let c = 0; c < CATEGORIES; c++) if (c !== SATISFIED) total += amounts[c] as number;
    this.#totals[row] = total;
  }
}
