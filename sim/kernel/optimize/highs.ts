import type { LinearProgram, LinearSolution, LinearSolver } from './linear-program.ts';

/** Native model states of HiGHS that are answers (`highs.constants.modelStatus`). */
const MODEL_STATUS = { optimal: 7, infeasible: 8, unboundedOrInfeasible: 9, unbounded: 10, unknown: 15 };

interface RawModel {
  setOptionValue(name: string, value: boolean | number | string): number;
  clearModel(): number;
  clearSolver(): number;
  passLp(model: object): number;
  run(): number;
  getModelStatus(): number;
  getObjectiveValue(): number;
  getSolution(): {
    readonly status: number;
    readonly value?: { readonly colValue: Float64Array; readonly rowDual: Float64Array };
  };
}

/** What is used of the module that the package `highs` loads. */
export interface HighsModule {
  readonly infinity: number;
  readonly raw: { createModel(): RawModel };
}

/**
 * A solver of linear programs by HiGHS (dual simplex, or what the engine chooses), for a module that was loaded before:
 * loading takes time and files, solving is at once.
 *
 * @param highs `await loadHighs()` of the package `highs`
 */
export function highsSolver(highs: HighsModule): LinearSolver {
  const model = highs.raw.createModel();
  model.setOptionValue('output_flag', false);
  // One thread, one method: no choice that may depend on the machine.
  model.setOptionValue('solver', 'simplex');
  return {
    solve: (program) => solve(highs, model, program),
  };
}

function solve(highs: HighsModule, model: RawModel, program: LinearProgram): LinearSolution {
  const finite = (bounds: ArrayLike<number>) =>
    Float64Array.from(bounds, (bound) =>
      bound === Number.POSITIVE_INFINITY
        ? highs.infinity
        : bound === Number.NEGATIVE_INFINITY
          ? -highs.infinity
          : bound,
    );
  const { rows } = program;
  const starts = new Int32Array(rows.length + 1);
  const indices: number[] = [];
  const values: number[] = [];
  rows.forEach(({ columns, coefficients }, i) => {
    columns.forEach((column, k) => {
      indices.push(column);
      values.push(coefficients[k] as number);
    });
    starts[i + 1] = indices.length;
  });
  const numCols = program.cost.length;
  // HiGHS takes a program without variables for none at all.
  if (numCols === 0) {
    const isFeasible = rows.every(({ lower, upper }) => lower <= 0 && upper >= 0);
    if (!isFeasible) return { status: 'infeasible' };
    return {
      status: 'optimal',
      objective: 0,
      values: new Float64Array(0),
      rowDuals: new Float64Array(rows.length),
    };
  }
  // The basis of the program before would decide among equal optima.
  model.clearModel();
  const passed = model.passLp({
    numCols,
    numRows: rows.length,
    colCost: Float64Array.from(program.cost),
    colLower: finite(program.lower),
    colUpper: finite(program.upper),
    rowLower: finite(rows.map(({ lower }) => lower)),
    rowUpper: finite(rows.map(({ upper }) => upper)),
    matrix: {
      format: 'csr',
      numRows: rows.length,
      numCols,
      starts,
      indices: Int32Array.from(indices),
      values: Float64Array.from(values),
    },
  });
  if (passed === -1 || model.run() === -1) throw new Error('HiGHS could not take a linear program');
  let status = model.getModelStatus();
  if (status === MODEL_STATUS.unknown) {
    // What presolve left out could not be put back within the tolerance: once more without it.
    model.setOptionValue('presolve', 'off');
    model.clearSolver();
    model.run();
    model.setOptionValue('presolve', 'choose');
    status = model.getModelStatus();
  }
  if (status === MODEL_STATUS.infeasible) return { status: 'infeasible' };
  if (status === MODEL_STATUS.unbounded || status === MODEL_STATUS.unboundedOrInfeasible) {
    return { status: 'unbounded' };
  }
  const solution = model.getSolution().value;
  if (status !== MODEL_STATUS.optimal || solution === undefined) {
    throw new Error(`HiGHS ended without an optimum: model status ${status}`);
  }
  return {
    status: 'optimal',
    objective: model.getObjectiveValue(),
    values: solution.colValue,
    rowDuals: solution.rowDual,
  };
}
