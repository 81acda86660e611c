/** A row of a linear program: `lower <= sum of coefficients x columns <= upper`. */
export interface LinearRow {
  /** -Infinity: no lower bound. */
  readonly lower: number;
  /** Infinity: no upper bound. */
  readonly upper: number;
  /** Numbers of the variables that have a coefficient here, each at most once. */
  readonly columns: readonly number[];
  /** In the order of `columns`. */
  readonly coefficients: readonly number[];
}

/** Minimise `cost x` over `lower <= x <= upper` and the rows. */
export interface LinearProgram {
  /** By variable. To maximise, state the negative. */
  readonly cost: ArrayLike<number>;
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
  readonly rows: readonly LinearRow[];
}

/** What a solver found. */
export type LinearSolution =
  | {
      readonly status: 'optimal';
      readonly objective: number;
      /** By variable, within the solver's tolerance of bounds and rows. */
      readonly values: Float64Array;
      /** By row: by how much the optimum grows when both bounds of the row do, per unit. */
      readonly rowDuals: Float64Array;
    }
  | { readonly status: 'infeasible' | 'unbounded' };

/**
 * Solves linear programs. The same program always has the same answer, bit for bit, whatever was solved before: results
 * of a run rest on it where an optimum is not the only one.
 */
export interface LinearSolver {
  /** @throws {Error} if it finds no answer, such as by numbers that are not finite */
  solve(program: LinearProgram): LinearSolution;
}

/** A linear program of which some variables are whole. */
export interface IntegerProgram extends LinearProgram {
  /** By variable: 1 = takes whole values alone. */
  readonly isWhole: ArrayLike<number>;
}

/** What a solver found of an integer program. */
export type IntegerSolution =
  | {
      /** `limit`: it stopped at the limit of nodes before it was sure. */
      readonly status: 'optimal' | 'limit';
      /** Of the best found; absent where none was. */
      readonly best?: { readonly objective: number; readonly values: Float64Array };
      /** No solution has an objective below this (within the solver's tolerance). */
      readonly bound: number;
    }
  | { readonly status: 'infeasible' | 'unbounded' };

/** Solves integer programs by branch and bound; the same program and limit always have the same answer. */
export interface IntegerSolver extends LinearSolver {
  /**
   * @param mostNodes of the search tree, so that the answer does not depend on the speed of the machine
   * @throws {Error} if it finds no answer, such as by numbers that are not finite
   */
  solveWhole(program: IntegerProgram, mostNodes: number): IntegerSolution;
}

/** Gathers a linear program variable by variable and row by row. */
export class LinearProgramBuilder implements IntegerProgram {
  readonly cost: number[] = [];
  readonly isWhole: number[] = [];
  readonly lower: number[] = [];
  readonly upper: number[] = [];
  readonly rows: LinearRow[] = [];

  /** Adds a variable and says its number. */
  variable(cost: number, lower = 0, upper = Number.POSITIVE_INFINITY): number {
    this.isWhole.push(0);
    this.cost.push(cost);
    this.lower.push(lower);
    this.upper.push(upper);
    return this.cost.length - 1;
  }

  /** Adds a variable that takes whole values alone and says its number. */
  whole(cost: number, lower = 0, upper = Number.POSITIVE_INFINITY): number {
    const variable = this.variable(cost, lower, upper);
    this.isWhole[variable] = 1;
    return variable;
  }

  /** Adds a row; coefficients of 0 may be left out. */
  row(lower: number, upper: number, columns: readonly number[], coefficients: readonly number[]): void {
    this.rows.push({ lower, upper, columns, coefficients });
  }
}
