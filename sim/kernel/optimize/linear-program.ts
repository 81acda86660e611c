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

/** Gathers a linear program variable by variable and row by row. */
export class LinearProgramBuilder implements LinearProgram {
  readonly cost: number[] = [];
  readonly lower: number[] = [];
  readonly upper: number[] = [];
  readonly rows: LinearRow[] = [];

  /** Adds a variable and says its number. */
  variable(cost: number, lower = 0, upper = Number.POSITIVE_INFINITY): number {
    this.cost.push(cost);
    this.lower.push(lower);
    this.upper.push(upper);
    return this.cost.length - 1;
  }

  /** Adds a row; coefficients of 0 may be left out. */
  row(lower: number, upper: number, columns: readonly number[], coefficients: readonly number[]): void {
    this.rows.push({ lower, upper, columns, coefficients });
  }
}
