import type { LinearProgram } from '../../kernel/optimize/linear-program.ts';

/**
 * What no solution of a program is below, by weak duality from prices of its rows: true whatever the prices are, so that it does
 * not rest on a solver's tolerance. -Infinity where a variable or a row that a price is put on has no end.
 *
 * @param rowDuals by row, as `LinearSolution` has them
 */
export function provenLeast(program: LinearProgram, rowDuals: ArrayLike<number>): number {
  const { cost, lower, upper, rows } = program;
  const reduced = Float64Array.from(cost);
  let least = 0;
  rows.forEach((row, i) => {
    const price = rowDuals[i] as number;
    const end = price > 0 ? row.lower : row.upper;
    // A price on an end that there is not is rounding.
    if (price === 0 || !Number.isFinite(end)) return;
    least += price * end;
    row.columns.forEach((column, c) => {
      reduced[column]! -= price * (row.coefficients[c] as number);
    });
  });
  for (let v = 0; v < reduced.length; v++) {
    const each = reduced[v] as number;
    if (each !== 0) least += each * ((each > 0 ? lower[v] : upper[v]) as number);
  }
  return least;
}
