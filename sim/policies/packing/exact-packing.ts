import { GPU_MILLI } from '../../cluster/request.ts';
import { type IntegerSolver, LinearProgramBuilder } from '../../kernel/optimize/linear-program.ts';
import type { PackingItem } from './packing-program.ts';

/** One host. */
export interface PackingHost {
  readonly cpuMilli: number;
  readonly memoryMib: number;
  /** Model of each of its GPUs. */
  readonly gpuModels: ArrayLike<number>;
}

/** What tasks can be given at most, in thousandths of a GPU. */
export interface ExactPacking {
  /** No packing allocates more. */
  readonly boundMilli: number;
  /** Whether that is the optimum: a packing that allocates as much was found. */
  readonly isOptimal: boolean;
}

/** Larger problems are left to the linear program: branch and bound would stop at its limit far from the optimum. */
const MOST_VARIABLES = 1500;
const MOST_NODES = 500;
const TOLERANCE = 1e-6;

/**
 * The most GPU that whole tasks can be given on these hosts: an integer program with the number of parts of each kind on
 * each GPU, and of tasks on each host. A host takes n tasks of c GPUs each where the parts add up to n times c and no GPU
 * has more than n of them. Tasks without GPU are left out.
 *
 * @returns undefined where the problem is too large
 */
export function exactPacking(
  hosts: readonly PackingHost[],
  items: readonly PackingItem[],
  solver: IntegerSolver,
): ExactPacking | undefined {
  const kinds = items.filter(({ gpuCount, count }) => gpuCount > 0 && count > 0);
  const gpus = hosts.reduce((sum, { gpuModels }) => sum + gpuModels.length, 0);
  if (kinds.length * (gpus + hosts.length) > MOST_VARIABLES) return undefined;
  const program = new LinearProgramBuilder();
  const ofKind = kinds.map(() => [] as number[]);
  for (const { cpuMilli, memoryMib, gpuModels } of hosts) {
    const parts = Array.from({ length: gpuModels.length }, () => [] as [variable: number, milli: number][]);
    const tasks = kinds.map(({ gpuCount, gpuMilli, accepts, count }, k) => {
      const most = Math.min(count, gpuModels.length * Math.floor(GPU_MILLI / gpuMilli));
      const task = program.whole(0, 0, most);
      ofKind[k]?.push(task);
      const own: number[] = [];
      for (let g = 0; g < gpuModels.length; g++) {
        if (accepts !== undefined && accepts[gpuModels[g] as number] !== 1) continue;
        const part = program.whole(-gpuMilli / GPU_MILLI, 0, Math.floor(GPU_MILLI / gpuMilli));
        own.push(part);
        parts[g]?.push([part, gpuMilli]);
        if (gpuCount > 1) program.row(Number.NEGATIVE_INFINITY, 0, [part, task], [1, -1]);
      }
      program.row(0, 0, [...own, task], [...own.map(() => 1), -gpuCount]);
      return task;
    });
    for (const each of parts) {
      const sizes = each.map(([, milli]) => milli);
      program.row(
        Number.NEGATIVE_INFINITY,
        GPU_MILLI,
        each.map(([part]) => part),
        sizes,
      );
    }
    const limit = (upper: number, of: (item: PackingItem) => number): void =>
      program.row(Number.NEGATIVE_INFINITY, upper, tasks, kinds.map(of));
    limit(cpuMilli, (kind) => kind.cpuMilli);
    limit(memoryMib, (kind) => kind.memoryMib);
  }
  kinds.forEach(({ count }, k) => {
    const tasks = ofKind[k] ?? [];
    program.row(
      Number.NEGATIVE_INFINITY,
      count,
      tasks,
      tasks.map(() => 1),
    );
  });
  const solution = solver.solveWhole(program, MOST_NODES);
  if (!('bound' in solution)) throw new Error(`A packing program is ${solution.status}`);
  // Thousandths are whole: what the bound has beyond one is the solver's tolerance.
  return {
    boundMilli: Math.floor(-solution.bound * GPU_MILLI + TOLERANCE * GPU_MILLI),
    isOptimal: solution.status === 'optimal',
  };
}
