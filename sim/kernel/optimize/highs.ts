import type {
  IntegerProgram,
  IntegerSolution,
  IntegerSolver,
  LinearProgram,
  LinearSolution,
} from './linear-program.ts';

/** Native model states of HiGHS that are answers (`highs.constants.modelStatus`). */
const MODEL_STATUS = { optimal: 7, infeasible: 8, unboundedOrInfeasible: 9, unbounded: 10, unknown: 15 };

interface RawModel {
  setOptionValue(name: string, value: boolean | number | string): number;
  clearModel(): number;
  clearSolver(): number;
  passLp(model: object): number;
  passModel(model: object): number;
  getInfoValue(name: string): { readonly status: number; readonly value?: number | bigint };
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
 * A solver of linear programs by HiGHS (dual simplex), and of integer programs by its branch and bound,, for a module that was loaded before:
 * loading takes time and files, solving is at once.
 *
 * @param highs `await loadHighs()` of the package `highs`
 */
export function highsSolver(highs: HighsModule): IntegerSolver {
  const model = highs.raw.createModel();
  model.setOptionValue('output_flag', false);
  // One thread, one method: no choice that may depend on the machine.
  model.setOptionValue('solver', 'simplex');
  // Optimal means the optimum, not within a ten-thousandth of it.
  model.setOptionValue('mip_rel_gap', 0);
  model.setOptionValue('mip_abs_gap', 1e-7);
  return {
    solve: (program) => solve(highs, model, program),
    solveWhole: (program, mostNodes) => solveWhole(highs, model, program, mostNodes),
  };
}

function solve(highs: HighsModule, model: RawModel, program: LinearProgram): LinearSolution {
  const { rows } = program;
  // HiGHS takes a program without variables for none at all.
  if (program.cost.length === 0) {
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
  const passed = model.passLp(dataOf(highs, program));
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

function solveWhole(
  highs: HighsModule,
  model: RawModel,
  program: IntegerProgram,
  mostNodes: number,
): IntegerSolution {
  if (program.cost.length === 0) {
    const empty = solve(highs, model, program);
    return empty.status === 'optimal' ? { status: 'optimal', best: empty, bound: 0 } : empty;
  }
  model.clearModel();
  model.setOptionValue('mip_max_nodes', mostNodes);
  const integrality = Int32Array.from(program.isWhole);
  const passed = model.passModel({ ...dataOf(highs, program), integrality });
  if (passed === -1 || model.run() === -1) throw new Error('HiGHS could not take an integer program');
  const status = model.getModelStatus();
  if (status === MODEL_STATUS.infeasible) return { status: 'infeasible' };
  if (status === MODEL_STATUS.unbounded || status === MODEL_STATUS.unboundedOrInfeasible) {
    return { status: 'unbounded' };
  }
  const value = (name: string) => Number(model.getInfoValue(name).value);
  const bound = value('mip_dual_bound');
  if (Number.isNaN(bound)) throw new Error(`HiGHS ended without a bound: model status ${status}`);
  const isFound = value('primal_solution_status') === FEASIBLE;
  const solution = isFound ? model.getSolution().value : undefined;
  if (status === MODEL_STATUS.optimal && solution === undefined) {
    throw new Error('HiGHS says that it found an optimum, and has none');
  }
  return {
    status: status === MODEL_STATUS.optimal ? 'optimal' : 'limit',
    ...(solution === undefined
      ? {}
      : { best: { objective: model.getObjectiveValue(), values: solution.colValue } }),
    bound:
      bound >= highs.infinity
        ? Number.POSITIVE_INFINITY
        : bound <= -highs.infinity
          ? Number.NEGATIVE_INFINITY
          : bound,
  };
}

/** `primal_solution_status` of a solution that keeps all rows and bounds. */
const FEASIBLE = 2;

/** A program as HiGHS takes it. */
function dataOf(highs: HighsModule, program: LinearProgram): object {
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
  return {
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
  };
}
