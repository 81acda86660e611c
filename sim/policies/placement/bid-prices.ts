import type { FleetView } from '../../cluster/fleet.ts';
import type { TypicalShape } from '../../cluster/fragmentation.ts';
import { GPU_MILLI } from '../../cluster/request.ts';
import { commonStep, roomWorth } from '../packing/gpu-fill.ts';
import { groupHosts } from '../packing/host-groups.ts';
import { PackingProgram } from '../packing/packing-program.ts';
import type { PlacementContext } from './policy.ts';

/**
 * Demands that prices are the mean of, as multiples of what the hosts have. Prices are for hosts in short supply: with
 * less demand everything fits somewhere; and the prices of a single program jump where its optimum changes.
 */
const DEMANDS = [1.05, 1.1, 1.15, 1.2, 1.25];

/**
 * Prices of CPU that a host's worth is the least over, in thousandths of a GPU for a whole core: 0, and from 1/16 GPU for
 * 16 cores by half as much again to a GPU for one.
 */
const CPU_PRICES: readonly number[] = cpuPrices();

function cpuPrices(): readonly number[] {
  const prices = [0];
  for (let price = 4; price < GPU_MILLI; price *= 1.5) prices.push(price);
  return prices;
}

/**
 * What room on GPUs and hosts is worth to the tasks of the usual mix, in thousandths of a GPU.
 *
 * A task that is expected is worth the GPU that it takes, less what the linear program says another of its kind is worth
 * (a kind that is scarce, such as small tasks that fill gaps, fills no gap twice). A GPU's room is worth its best fill with such
 * tasks; a host's room the fill of all its GPUs within its CPU, bounded by a price of CPU (Lagrange): the least, over
 * some prices, of CPU at that price and GPUs filled with what is left of each task's worth.
 */
export class BidPrices {
  readonly levels = CPU_PRICES;
  readonly #step: number;
  /** By GPU model and level: worth by steps of room. */
  readonly #worth: readonly (readonly Float64Array[])[];

  /**
   * @throws {RangeError} if the context has no solver
   */
  constructor({ fleet, fragmentation: { mix }, solver }: PlacementContext, hosts: readonly number[]) {
    if (solver === undefined) {
      throw new RangeError(
        'Cannot place by bid-price without a solver of linear programs: give one to the run (hooks.solver, such as highsSolver(await loadHighs()))',
      );
    }
    const items = itemsOf(fleet, mix, hosts);
    const program = new PackingProgram(
      { groups: groupHosts(fleet, hosts), items, mustTakeCpuOnly: true },
      solver,
    );
    const solutions = items.some(({ count }) => count > 0)
      ? DEMANDS.map((demand) => program.solve(demand))
      : [];
    const worth = items.map(({ gpuMilli }, i) => {
      let price = 0;
      for (const { partPrices } of solutions) price += partPrices[i] as number;
      return gpuMilli - price / Math.max(1, solutions.length);
    });
    const withGpu = mix.filter(({ shape }) => shape.gpuCount > 0);
    this.#step = commonStep(withGpu.map(({ shape }) => shape.gpuMilli));
    this.#worth = fleet.modelNames.map((_, model) =>
      CPU_PRICES.map((cpuPrice) =>
        roomWorth(
          mix.map(({ shape: { gpuCount, gpuMilli, cpuMilli, accepts } }, i) => ({
            milli: gpuCount === 0 || (accepts !== undefined && accepts[model] !== 1) ? 0 : gpuMilli,
            worth: (worth[i] as number) - (cpuPrice * cpuMilli) / 1000 / Math.max(1, gpuCount),
          })),
          this.#step,
        ),
      ),
    );
  }

  /** Adds the worth of a GPU's room to `worth`, by level. */
  addGpu(worth: Float64Array, model: number, leftMilli: number): void {
    const tables = this.#worth[model] as readonly Float64Array[];
    const k = Math.floor(leftMilli / this.#step);
    for (let level = 0; level < tables.length; level++) {
      worth[level]! += (tables[level] as Float64Array)[k] as number;
    }
  }

  /** @param worth of the host's GPUs, by level */
  hostWorth(worth: Float64Array, cpuFreeMilli: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (let level = 0; level < CPU_PRICES.length; level++) {
      const own = (worth[level] as number) + ((CPU_PRICES[level] as number) * cpuFreeMilli) / 1000;
      if (own < least) least = own;
    }
    return least;
  }

  /**
   * The worth of a host after a task took `milli` of each of some GPUs.
   *
   * @param worth of the host's GPUs before, by level
   * @param cpuFreeMilli after
   * @param start number of the host's first GPU
   * @param gpus indices within the host
   */
  hostWorthAfter(
    worth: Float64Array,
    cpuFreeMilli: number,
    fleet: FleetView,
    start: number,
    gpus: readonly number[],
    milli: number,
  ): number {
    let least = Number.POSITIVE_INFINITY;
    for (let level = 0; level < CPU_PRICES.length; level++) {
      let own = (worth[level] as number) + ((CPU_PRICES[level] as number) * cpuFreeMilli) / 1000;
      for (const i of gpus) {
        const left = fleet.gpuFreeMilli[start + i] as number;
        const table = (this.#worth[fleet.gpuModel[start + i] as number] as readonly Float64Array[])[
          level
        ] as Float64Array;
        own -=
          (table[Math.floor(left / this.#step)] as number) -
          (table[Math.max(0, Math.floor((left - milli) / this.#step))] as number);
      }
      if (own < least) least = own;
    }
    return least;
  }
}

/** The usual mix, as many of each as ask for all GPUs of the hosts together. */
function itemsOf(fleet: FleetView, mix: readonly TypicalShape[], hosts: readonly number[]) {
  let capacity = 0;
  for (const host of hosts) capacity += fleet.gpusOf(host) * GPU_MILLI;
  let mean = 0;
  for (const { shape, frequency } of mix) mean += frequency * shape.totalGpuMilli;
  const tasks = mean > 0 ? capacity / mean : 0;
  return mix.map(({ shape, frequency }) => ({
    gpuCount: shape.gpuCount,
    gpuMilli: shape.gpuMilli,
    cpuMilli: shape.cpuMilli,
    memoryMib: shape.memoryMib,
    accepts: shape.accepts,
    count: frequency * tasks,
  }));
}
