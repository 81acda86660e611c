import { dot, orthogonal, solveUpper } from '../orthogonal.ts';

/** Ranks from 1; equal values share the mean of theirs. */
export function averageRanks(values: readonly number[]): number[] {
  const order = values
    .map((_, i) => i)
    .sort((a, b) => (values[a] as number) - (values[b] as number) || a - b);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end += 1;
    for (let i = start; i < end; i++) ranks[order[i] as number] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/**
 * Spearman's rank correlation, in [-1, 1]: 1 where one always rises with the other, however curved.
 *
 * @returns null where one of them never changes
 */
export function rankCorrelation(x: readonly number[], y: readonly number[]): number | null {
  const a = standardized(averageRanks(x));
  const b = standardized(averageRanks(y));
  if (a === null || b === null) return null;
  const r = a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
  return Math.min(1, Math.max(-1, r));
}

/** A linear model of standardized inputs. */
export interface Regression {
  /** By input: change of the output in its standard deviations when the input rises by one of its own. */
  readonly coefficients: readonly number[];
  /** Part of the output's variance that the linear model explains, [0, 1]. */
  readonly explained: number;
}

/**
 * Least squares of the output on all inputs together, each scaled to mean 0 and length 1.
 *
 * @param inputs columns of the same length as `output`
 * @returns null where output or an input never changes, inputs depend on each other, or there are too few observations
 */
export function standardizedRegression(
  inputs: readonly (readonly number[])[],
  output: readonly number[],
): Regression | null {
  const n = output.length;
  const k = inputs.length;
  const y = standardized(output);
  if (y === null || k === 0 || n < k + 2) return null;
  const columns = inputs.map(standardized);
  const found = columns.every((column) => column !== null) ? orthogonal(columns, 1e-8) : null;
  if (found === null) return null;
  const parts = found.basis.map((direction) => dot(direction, y));
  return { coefficients: solveUpper(found, parts), explained: Math.min(1, dot(parts, parts)) };
}

/** Shifted to mean 0 and scaled to length 1; null where all values are the same. */
function standardized(values: readonly number[]): number[] | null {
  const first = values[0];
  if (values.every((value) => value === first)) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const length = Math.sqrt(dot(centred, centred));
  return length > 0 ? centred.map((value) => value / length) : null;
}
