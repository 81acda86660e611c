import { isGpuOpen } from '../../cluster/open.ts';
import { GPU_MILLI, type TaskShape } from '../../cluster/request.ts';
import { BidPrices } from './bid-prices.ts';
import { hasRoom, leastLeftFirst } from './gpu-choice.ts';
import type { PlacementContext, PlacementPolicy, Scorer } from './policy.ts';

/** Beside a thousandth of a GPU that is lost: the weight of a thousandth of expected fragment. */
const FRAGMENT_WEIGHT = 0.05;
/** And of each whole GPU, or its share of CPU, that a host has left: equal places go to the fullest host. */
const ROOM_WEIGHT = 2;
/** Scores are rounded to this: what differs by less is equal, in whatever order sums were taken. */
const GRAIN = 1e-6;

/**
 * Bid prices: what a host's free GPUs and CPU are worth to the tasks that are still expected, before and after; the task goes where that
 * falls least. Expected fragmentation and fullness decide among places that are nearly equal. Prices come from a linear
 * program over the usual mix, solved once.
 */
export const bidPrice: PlacementPolicy = {
  name: 'bid-price',
  summary: 'the host and GPU whose worth to the usual mix falls least (prices from a linear program)',
  source:
    'bid-price control (Talluri and van Ryzin, "An Analysis of Bid-Price Controls for Network Revenue Management", Management Science 44, 1998) with fills of single GPUs as columns; weights measured on the openb workloads (docs/placement.md)',
  // A loss of one GPU, 1000, is a score of 100.
  scoreFactor: 0.1,
  create: (context, hosts) => new BidPriceScorer(context, hosts),
};

class BidPriceScorer implements Scorer {
  readonly #context: PlacementContext;
  readonly #prices: BidPrices;
  /** By host and level of CPU price: worth of the host's open GPUs; as of `#version`. */
  readonly #worth: Float64Array;
  readonly #version: Float64Array;
  readonly #chosen: number[] = [];

  constructor(context: PlacementContext, hosts: readonly number[]) {
    this.#context = context;
    this.#prices = new BidPrices(context, hosts);
    const { hostCount } = context.fleet;
    this.#worth = new Float64Array(hostCount * this.#prices.levels.length);
    this.#version = new Float64Array(hostCount).fill(-1);
  }

  score(host: number, shape: TaskShape): number {
    return this.#best(host, shape).score;
  }

  chooseGpus(host: number, shape: TaskShape, gpus: number[]): void {
    if (isShare(shape)) gpus.push(this.#best(host, shape).gpu);
    else leastLeftFirst(this.#context.fleet, host, shape, gpus);
  }

  /** The least loss on a host, and for a share of one GPU the GPU it is reached with, the first of equals. */
  #best(host: number, shape: TaskShape): { readonly score: number; readonly gpu: number } {
    const { fleet, fragmentation, reference } = this.#context;
    const start = fleet.gpuStart[host] as number;
    const cpuFree = fleet.cpuFreeMilli[host] as number;
    const worth = this.#worthOf(host);
    const before = this.#prices.hostWorth(worth, cpuFree);
    const state = fragmentation.stateOf(host);
    const fragment = fragmentation.fragment(state, cpuFree);
    const cpuPerGpu = reference.cpuMilli / (reference.gpuMilli / GPU_MILLI);
    const room = (fleet.hostGpuFreeMilli[host] as number) / GPU_MILLI + cpuFree / cpuPerGpu;
    const scoreOf = (gpus: readonly number[]): number => {
      let after = state;
      for (const i of gpus) {
        const g = start + i;
        after = fragmentation.states.after(
          after,
          fleet.gpuModel[g] as number,
          fleet.gpuFreeMilli[g] as number,
          shape.gpuMilli,
        );
      }
      const cpuAfter = cpuFree - shape.cpuMilli;
      const loss =
        before -
        this.#prices.hostWorthAfter(worth, cpuAfter, fleet, start, gpus, shape.gpuMilli) +
        FRAGMENT_WEIGHT * (fragmentation.fragment(after, cpuAfter) - fragment) +
        ROOM_WEIGHT * room;
      return -Math.round(loss / GRAIN) * GRAIN;
    };
    const chosen = this.#chosen;
    if (!isShare(shape)) {
      chosen.length = 0;
      if (shape.gpuCount > 0) leastLeftFirst(fleet, host, shape, chosen);
      return { score: scoreOf(chosen), gpu: -1 };
    }
    let score = Number.NEGATIVE_INFINITY;
    let gpu = -1;
    const count = fleet.gpusOf(host);
    for (let i = 0; i < count; i++) {
      if (!hasRoom(fleet, start + i, shape) || isLikeEarlier(fleet, start, i, shape)) continue;
      chosen.length = 1;
      chosen[0] = i;
      const own = scoreOf(chosen);
      if (own > score) {
        score = own;
        gpu = i;
      }
    }
    return { score, gpu };
  }

  #worthOf(host: number): Float64Array {
    const { fleet } = this.#context;
    const levels = this.#prices.levels.length;
    const worth = this.#worth.subarray(host * levels, (host + 1) * levels);
    const version = fleet.versions[host] as number;
    if (this.#version[host] !== version) {
      this.#version[host] = version;
      worth.fill(0);
      for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
        if (isGpuOpen(fleet, g)) {
          this.#prices.addGpu(worth, fleet.gpuModel[g] as number, fleet.gpuFreeMilli[g] as number);
        }
      }
    }
    return worth;
  }
}

function isShare(shape: TaskShape): boolean {
  return shape.gpuCount === 1 && shape.gpuMilli < GPU_MILLI;
}

/** Whether an earlier GPU of the host is of the same model, has as much left, and would do. */
function isLikeEarlier(
  fleet: PlacementContext['fleet'],
  start: number,
  index: number,
  shape: TaskShape,
): boolean {
  for (let g = start; g < start + index; g++) {
    if (
      fleet.gpuFreeMilli[g] === fleet.gpuFreeMilli[start + index] &&
      fleet.gpuModel[g] === fleet.gpuModel[start + index] &&
      fleet.hasRoom(g, shape)
    ) {
      return true;
    }
  }
  return false;
}
