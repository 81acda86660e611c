import { dot, orthogonal, solveUpper } from '../orthogonal.ts';

/**
 * How many columns say something that the others do not: rank by QR with column pivoting, the longest remaining first.
 *
 * @param columns all of the same length
 * @param zero length at or below which a column says nothing
 * @param small part of its length that must be left of a column when the others are taken out of it
 */
export function independentColumns(
  columns: readonly (readonly number[])[],
  zero: number,
  small: number,
): number {
  const open = columns.map((column) => {
    const length = Math.sqrt(dot(column, column));
    return { rest: [...column], least: Math.max(zero, small * length) };
  });
  for (let rank = 0; ; rank++) {
    const lengths = open.map(({ rest, least }) => {
      const left = Math.sqrt(dot(rest, rest));
      return left > least ? left : 0;
    });
    const longest = Math.max(0, ...lengths);
    if (longest === 0) return rank;
    const [pivot] = open.splice(lengths.indexOf(longest), 1);
    const direction = (pivot?.rest ?? []).map((value) => value / longest);
    for (const { rest } of open) {
      // Twice: one pass leaves rounding errors as long as what is looked for.
      for (let pass = 0; pass < 2; pass++) {
        const share = dot(rest, direction);
        rest.forEach((value, i) => {
          rest[i] = value - share * (direction[i] as number);
        });
      }
    }
  }
}

/**
 * Diagonal of (JᵀJ)⁻¹, by which the residual variance is multiplied to give the variances of fitted parameters.
 *
 * @param columns of J; independent
 * @throws {RangeError} if they are not
 */
export function inverseDiagonal(columns: readonly (readonly number[])[]): number[] {
  const found = orthogonal(columns, 0);
  if (found === null) throw new RangeError('Cannot invert: the columns depend on each other');
  // (RᵀR)⁻¹ = R⁻¹ R⁻ᵀ: rows of the inverse triangle, squared and summed.
  const diagonal = new Array<number>(columns.length).fill(0);
  for (let c = 0; c < columns.length; c++) {
    const unit = columns.map((_, row) => (row === c ? 1 : 0));
    solveUpper(found, unit).forEach((value, row) => {
      diagonal[row] = (diagonal[row] as number) + value * value;
    });
  }
  return diagonal;
}
