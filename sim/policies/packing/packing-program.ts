import { GPU_MILLI } from '../../cluster/request.ts';
import { LinearProgramBuilder, type LinearSolver } from '../../kernel/optimize/linear-program.ts';
import { bestFill, commonStep, type GpuFill, type GpuPart, roomWorth } from './gpu-fill.ts';

/** Tasks that ask for the same. */
export interface PackingItem {
  /** 0: a task without GPU. */
  readonly gpuCount: number;
  /** Thousandths of each of its GPUs. */
  readonly gpuMilli: number;
  readonly cpuMilli: number;
  readonly memoryMib: number;
  /** By GPU model: 1 = will do. Absent: any will do. */
  readonly accepts: Uint8Array | undefined;
  /** How many there are, at most; need not be whole. */
  readonly count: number;
}

/** Hosts that are alike: what they have together. */
export interface PackingGroup {
  readonly cpuMilli: number;
  readonly memoryMib: number;
  /** GPUs by model. */
  readonly gpus: readonly { readonly model: number; readonly count: number }[];
}

/** What is to be packed where. */
export interface PackingProblem {
  readonly groups: readonly PackingGroup[];
  readonly items: readonly PackingItem[];
  /** Tasks without GPU have to be taken in, as far as there is CPU for them. */
  readonly mustTakeCpuOnly: boolean;
}

/** The optimum of the relaxed problem, and what it says things are worth, in thousandths of a GPU. */
export interface PackingSolution {
  /** GPU that tasks get, in thousandths. */
  readonly allocatedMilli: number;
  /**
   * By item: what one more GPU part of its kind would add. Above 0 where all of them are placed; the rest of its size
   * is what the room is worth.
   */
  readonly partPrices: readonly number[];
  /** By group: what a thousandth of a CPU core is worth. */
  readonly cpuPrices: readonly number[];
  /** By group: what a MiB of host memory is worth. */
  readonly memoryPrices: readonly number[];
  /** More than this no packing allocates; from the prices alone, so that it holds whatever the solver's tolerance. */
  readonly boundMilli: number;
}

interface Column {
  readonly bin: number;
  readonly fill: GpuFill;
}

/** GPUs of one model in one group. */
interface Bin {
  readonly group: number;
  readonly model: number;
  readonly count: number;
}

/** Rounds until no fill is worth more than its GPU; problems of hundreds of kinds take some tens. */
const MOST_ROUNDS = 400;
const TOLERANCE = 1e-6;
/** Thousandths of a GPU that a task without GPU is worth where those have to be taken in. */
const MUST = 100 * GPU_MILLI;

/**
 * How much GPU tasks can be given at most, relaxed: CPU and host memory of a group of hosts are one, tasks of several GPUs
 * are so many parts, numbers need not be whole; what lies on one GPU is exact. By column generation: the fills of single
 * GPUs are the columns, and each round asks for fills that are worth more than their GPU at the prices of the last.
 *
 * @throws {RangeError} if an item takes no whole number of thousandths
 * @see Gilmore and Gomory, "A Linear Programming Approach to the Cutting-Stock Problem", Operations Research 9 (1961)
 */
export class PackingProgram {
  readonly #problem: PackingProblem;
  readonly #solver: LinearSolver;
  readonly #bins: readonly Bin[];
  readonly #step: number;
  readonly #columns: Column[] = [];
  readonly #known = new Set<string>();

  constructor(problem: PackingProblem, solver: LinearSolver) {
    for (const { gpuCount, gpuMilli } of problem.items) {
      if (gpuCount > 0 && !(Number.isInteger(gpuMilli) && gpuMilli >= 1 && gpuMilli <= GPU_MILLI)) {
        throw new RangeError(`Cannot pack ${gpuMilli} thousandths of a GPU: whole numbers of 1 to 1000`);
      }
    }
    this.#problem = problem;
    this.#solver = solver;
    this.#bins = problem.groups.flatMap(({ gpus }, group) =>
      gpus.filter(({ count }) => count > 0).map(({ model, count }) => ({ group, model, count })),
    );
    this.#step = commonStep(
      problem.items.filter(({ gpuCount }) => gpuCount > 0).map(({ gpuMilli }) => gpuMilli),
    );
  }

  /**
   * Solves for the items as they are, or for `demand` times as many of each. Fills found for one demand are kept for the
   * next.
   */
  solve(demand = 1): PackingSolution {
    let prices = this.#pricesOf(demand);
    for (let round = 0; round < MOST_ROUNDS; round++) {
      let isBetter = false;
      for (let b = 0; b < this.#bins.length; b++) {
        const fill = bestFill(this.#parts(b, prices), this.#step);
        if (fill.worth <= (prices.bins[b] as number) + TOLERANCE) continue;
        if (this.#addColumn(b, fill)) isBetter = true;
      }
      if (!isBetter) break;
      prices = this.#pricesOf(demand);
    }
    return {
      allocatedMilli: prices.objective,
      partPrices: prices.items,
      cpuPrices: prices.cpu,
      memoryPrices: prices.memory,
      boundMilli: this.#bound(demand, prices),
    };
  }

  #addColumn(bin: number, fill: GpuFill): boolean {
    const key = `${bin}:${[...fill.counts].map(([i, n]) => `${i}*${n}`).join()}`;
    if (this.#known.has(key)) return false;
    this.#known.add(key);
    this.#columns.push({ bin, fill });
    return true;
  }

  /** Items as parts of the GPUs of one bin: what is left of their size when all else is paid for. */
  #parts(bin: number, prices: Prices): readonly GpuPart[] {
    const { group, model } = this.#bins[bin] as Bin;
    const cpu = prices.cpu[group] as number;
    const memory = prices.memory[group] as number;
    return this.#problem.items.map(({ gpuCount, gpuMilli, cpuMilli, memoryMib, accepts }, i) => ({
      milli: gpuMilli,
      worth:
        gpuCount === 0 || (accepts !== undefined && accepts[model] !== 1)
          ? 0
          : gpuMilli - (prices.items[i] as number) - (cpu * cpuMilli + memory * memoryMib) / gpuCount,
    }));
  }

  #pricesOf(demand: number): Prices {
    const { groups, items, mustTakeCpuOnly } = this.#problem;
    const program = new LinearProgramBuilder();
    const row = (): Row => ({ columns: [], coefficients: [] });
    const ofBin = this.#bins.map(row);
    const ofCpu = groups.map(row);
    const ofMemory = groups.map(row);
    const ofItem = items.map(row);
    for (const { bin, fill } of this.#columns) {
      const { group } = this.#bins[bin] as Bin;
      let milli = 0;
      let cpu = 0;
      let memory = 0;
      for (const [i, n] of fill.counts) {
        const item = items[i] as PackingItem;
        milli += n * item.gpuMilli;
        cpu += (n * item.cpuMilli) / item.gpuCount;
        memory += (n * item.memoryMib) / item.gpuCount;
      }
      const variable = program.variable(-milli / GPU_MILLI);
      put(ofBin[bin] as Row, variable, 1);
      put(ofCpu[group] as Row, variable, cpu / CPU_UNIT);
      put(ofMemory[group] as Row, variable, memory / MEMORY_UNIT);
      for (const [i, n] of fill.counts) put(ofItem[i] as Row, variable, n);
    }
    items.forEach(({ gpuCount, cpuMilli, memoryMib }, i) => {
      if (gpuCount > 0 || !mustTakeCpuOnly) return;
      groups.forEach((_, g) => {
        const variable = program.variable(-MUST / GPU_MILLI);
        put(ofItem[i] as Row, variable, 1);
        put(ofCpu[g] as Row, variable, cpuMilli / CPU_UNIT);
        put(ofMemory[g] as Row, variable, memoryMib / MEMORY_UNIT);
      });
    });
    const add = (rows: readonly Row[], uppers: readonly number[]): void => {
      rows.forEach(({ columns, coefficients }, i) => {
        program.row(Number.NEGATIVE_INFINITY, uppers[i] as number, columns, coefficients);
      });
    };
    add(
      ofBin,
      this.#bins.map(({ count }) => count),
    );
    add(
      ofCpu,
      groups.map(({ cpuMilli }) => cpuMilli / CPU_UNIT),
    );
    add(
      ofMemory,
      groups.map(({ memoryMib }) => memoryMib / MEMORY_UNIT),
    );
    add(
      ofItem,
      items.map(({ count, gpuCount }) => count * demand * Math.max(1, gpuCount)),
    );
    const solution = this.#solver.solve(program);
    if (solution.status !== 'optimal') throw new Error(`A packing program is ${solution.status}`);
    // A price below 0 is rounding.
    const price = (row: number, unit: number) =>
      Math.max(0, (-(solution.rowDuals[row] as number) * GPU_MILLI) / unit);
    const from = { cpu: this.#bins.length, memory: this.#bins.length + groups.length };
    return {
      objective: allocatedOf(solution.values, this.#columns, items),
      bins: this.#bins.map((_, b) => price(b, 1)),
      cpu: groups.map((_, g) => price(from.cpu + g, CPU_UNIT)),
      memory: groups.map((_, g) => price(from.memory + g, MEMORY_UNIT)),
      items: items.map((_, i) => price(from.memory + groups.length + i, 1)),
    };
  }

  /** Everything there is at its price: by weak duality no packing has more, whatever the prices are. */
  #bound(demand: number, prices: Prices): number {
    const { groups, items } = this.#problem;
    let bound = 0;
    this.#bins.forEach(({ count }, b) => {
      const worth = roomWorth(this.#parts(b, prices), this.#step);
      bound += count * (worth[worth.length - 1] as number);
    });
    groups.forEach(({ cpuMilli, memoryMib }, g) => {
      bound += (prices.cpu[g] as number) * cpuMilli + (prices.memory[g] as number) * memoryMib;
    });
    items.forEach(({ count, gpuCount }, i) => {
      bound += (prices.items[i] as number) * count * demand * gpuCount;
    });
    return bound;
  }
}

/** Units of the rows, so that coefficients are near 1. */
const CPU_UNIT = 1000;
const MEMORY_UNIT = 4096;

interface Prices {
  readonly objective: number;
  readonly bins: readonly number[];
  readonly cpu: readonly number[];
  readonly memory: readonly number[];
  readonly items: readonly number[];
}

interface Row {
  readonly columns: number[];
  readonly coefficients: number[];
}

function put({ columns, coefficients }: Row, variable: number, coefficient: number): void {
  if (coefficient === 0) return;
  columns.push(variable);
  coefficients.push(coefficient);
}

function allocatedOf(
  values: Float64Array,
  columns: readonly Column[],
  items: readonly PackingItem[],
): number {
  let milli = 0;
  columns.forEach(({ fill }, c) => {
    let own = 0;
    for (const [i, n] of fill.counts) own += n * (items[i] as PackingItem).gpuMilli;
    milli += own * (values[c] as number);
  });
  return milli;
}
