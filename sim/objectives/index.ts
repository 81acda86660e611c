/**
 * What a run must keep to, in one line each: `p95(wait) < 60s`. Read, checked for units, and judged by intervals over
 * the replications.
 */
import { checkUnits } from './check.ts';
import { type Condition, isCondition, needsBase } from './expression.ts';
import { parseExpression } from './parse.ts';
import { ExpressionError } from './tokens.ts';

export { estimate, type Observed, type RunValues, type Samples } from './estimate.ts';
export { type Condition, type GroupKind, metricsOf, type Quantity } from './expression.ts';
export {
  type ComparisonResult,
  checkObservedUnits,
  type Judgement,
  judge,
  missingMetrics,
  type ObjectiveVerdict,
} from './judge.ts';
export { ALIASES, KNOWN_METRICS, knownUnit, unaliased } from './names.ts';
export { MAX_LENGTH } from './tokens.ts';
export { type Dimension, dimensionText } from './units.ts';

/** Something that is wrong with an expression. */
export interface ExpressionProblem {
  /** From 1. */
  readonly column: number;
  /** `column 8: found "minutes" after a number: not a unit`. */
  readonly message: string;
  readonly hint?: string;
}

export type ReadObjective =
  | {
      readonly ok: true;
      readonly condition: Condition;
      /** Whether it speaks of a base, which only `compare` has. */
      readonly needsBase: boolean;
    }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

/** Reads a condition: every unknown name and every unit that does not fit, or the first thing that is no expression. */
export function readObjective(text: string): ReadObjective {
  try {
    const { expression, unknown } = parseExpression(text);
    const errors = [...unknown, ...checkUnits(expression)];
    if (!isCondition(expression)) {
      const hint = 'accepted: a condition, such as p95(wait) < 60s';
      errors.push(new ExpressionError(expression.to, 'found the end after a quantity', hint));
    } else if (errors.length === 0) {
      return { ok: true, condition: expression, needsBase: needsBase(expression) };
    }
    return { ok: false, problems: errors.sort((a, b) => a.from - b.from).map(problemOf) };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { ok: false, problems: [problemOf(error)] };
  }
}

export function problemOf({ from, message, hint }: ExpressionError): ExpressionProblem {
  const column = from + 1;
  return { column, message: `column ${column}: ${message}`, ...(hint === undefined ? {} : { hint }) };
}
