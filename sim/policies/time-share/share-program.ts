import {
  LinearProgramBuilder,
  type LinearSolution,
  type LinearSolver,
} from '../../kernel/optimize/linear-program.ts';
import type { Kind } from './kinds.ts';
import type { ShareProblem } from './policy.ts';

/**
 * The linear program that all policies have in common: a variable for the share of each kind of job on each model where
 * it runs; no job runs for more than all the time, and no model gives more than its GPUs.
 */
export class ShareProgram {
  readonly program = new LinearProgramBuilder();
  readonly kinds: readonly Kind[];
  readonly #models: number;
  /** By kind and model: number of the variable; -1 where the kind does not run. */
  readonly #variable: Int32Array;

  /**
   * @param benefit by kind and model: what one job is worth there all the time, for policies that add such up
   */
  constructor(
    kinds: readonly Kind[],
    { gpusOfModel }: ShareProblem,
    benefit: (kind: Kind, model: number) => number = () => 0,
  ) {
    this.kinds = kinds;
    const models = gpusOfModel.length;
    this.#models = models;
    this.#variable = new Int32Array(kinds.length * models).fill(-1);
    const { program } = this;
    kinds.forEach((kind, k) => {
      for (let m = 0; m < models; m++) {
        if (!runsOn(kind, m, gpusOfModel)) continue;
        this.#variable[k * models + m] = program.variable(-kind.members.length * benefit(kind, m));
      }
    });
    kinds.forEach((_, k) => {
      const columns = this.#columnsOf(k);
      if (columns.length > 0) {
        program.row(
          Number.NEGATIVE_INFINITY,
          1,
          columns,
          Array.from(columns, () => 1),
        );
      }
    });
    for (let m = 0; m < models; m++) {
      const columns: number[] = [];
      const coefficients: number[] = [];
      kinds.forEach(({ gpus, members }, k) => {
        const column = this.#variable[k * models + m] as number;
        if (column < 0) return;
        columns.push(column);
        coefficients.push(gpus * members.length);
      });
      if (columns.length > 0) {
        program.row(Number.NEGATIVE_INFINITY, gpusOfModel[m] as number, columns, coefficients);
      }
    }
  }

  /** Whether no kind runs anywhere. */
  get isEmpty(): boolean {
    return this.#variable.every((column) => column < 0);
  }

  /** Whether a kind runs anywhere. */
  runs(k: number): boolean {
    return this.#columnsOf(k).length > 0;
  }

  /**
   * Asks that what a job of a kind gets is at least `amount`, besides `factor` times a variable if there is one.
   *
   * @param worth by model: what it gets there all the time
   * @returns number of the row; -1: the kind runs nowhere, and nothing is asked
   */
  atLeast(
    k: number,
    worth: (model: number) => number,
    amount: number,
    rest?: { readonly variable: number; readonly factor: number },
  ): number {
    const columns: number[] = [];
    const coefficients: number[] = [];
    for (let m = 0; m < this.#models; m++) {
      const column = this.#variable[k * this.#models + m] as number;
      if (column < 0) continue;
      columns.push(column);
      coefficients.push(worth(m));
    }
    if (columns.length === 0) return -1;
    if (rest !== undefined) {
      columns.push(rest.variable);
      coefficients.push(-rest.factor);
    }
    this.program.row(amount, Number.POSITIVE_INFINITY, columns, coefficients);
    return this.program.rows.length - 1;
  }

  solve(solver: LinearSolver): LinearSolution {
    return solver.solve(this.program);
  }

  /** Shares by job and model, from the values of the variables. */
  sharesOf(values: ArrayLike<number>, jobs: number): Float64Array {
    const models = this.#models;
    const shares = new Float64Array(jobs * models);
    this.kinds.forEach(({ members }, k) => {
      for (let m = 0; m < models; m++) {
        const column = this.#variable[k * models + m] as number;
        if (column < 0) continue;
        // A solver keeps to its bounds up to a tolerance.
        const share = Math.min(1, Math.max(0, values[column] as number));
        for (const job of members) shares[job * models + m] = share < LEAST_SHARE ? 0 : share;
      }
    });
    return shares;
  }

  #columnsOf(k: number): number[] {
    return Array.from(this.#variable.subarray(k * this.#models, (k + 1) * this.#models)).filter(
      (column) => column >= 0,
    );
  }
}

/** Less than this is what a solver leaves of nothing. */
const LEAST_SHARE = 1e-9;

/** Whether a job has speed on a model that has room for it. */
export function runsOn(
  { speeds, gpus }: Pick<Kind, 'speeds' | 'gpus'>,
  model: number,
  gpusOfModel: ArrayLike<number>,
): boolean {
  return (speeds[model] as number) > 0 && gpus <= (gpusOfModel[model] as number);
}
