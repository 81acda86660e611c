import { type Expression, isCondition, type MetricRef, type Quantity } from './expression.ts';
import { knownUnit } from './names.ts';
import { ExpressionError } from './tokens.ts';
import { amountOf, type Dimension, dimensionText, isCount, joined, sameDimension, unitOf } from './units.ts';

/** Unit of a metric as results write it; undefined where it is not known (yet). */
export type UnitOf = (metric: MetricRef) => string | undefined;

/** What a quantity measures; no dimension: not known. */
interface Measured {
  readonly dimension: Dimension | undefined;
  /** Made of numbers alone, so that it may take on the unit of what it is compared with. */
  readonly isLiteral: boolean;
  readonly isZero?: boolean;
  /** A bare number beside it would be taken for another unit. */
  readonly needsUnit?: boolean;
}

/** Units that do not fit, and quantities where a condition is wanted. */
export function checkUnits(
  expression: Expression,
  unit: UnitOf = ({ name }) => knownUnit(name),
): readonly ExpressionError[] {
  const problems: ExpressionError[] = [];
  const { measure, same } = measuring(unit, problems);
  const walk = (node: Expression): void => {
    if (!isCondition(node)) return void measure(node);
    if (node.kind === 'comparison') {
      same(measure(node.left), measure(node.right), node.right.from, 'compared with');
    } else if (node.kind === 'not') walk(node.of);
    else node.of.forEach(walk);
  };
  walk(expression);
  return problems;
}

/** What two quantities that are compared measure; undefined where no unit is known. */
export function dimensionOf(left: Quantity, right: Quantity, unit: UnitOf): Dimension | undefined {
  const { measure, same } = measuring(unit, []);
  return same(measure(left), measure(right), left.from, '').dimension;
}

function measuring(unit: UnitOf, problems: ExpressionError[]) {
  const measure = (node: Quantity): Measured => {
    switch (node.kind) {
      case 'number':
        return { dimension: node.dimension, isLiteral: true, isZero: node.value === 0 };
      case 'metric': {
        const name = unit(node.metric);
        if (name === undefined) return { dimension: undefined, isLiteral: false };
        // A unit without multiples is its own measure.
        const dimension = unitOf(name)?.dimension ?? { [name]: 1 };
        return { dimension, isLiteral: false, needsUnit: name === 'milliGPU' };
      }
      case 'delta':
        measure(node.of);
        return { dimension: {}, isLiteral: false };
      case 'change':
      case 'negative':
        return measure(node.of);
      case 'fold':
        return node.of
          .map((part) => ({ part, measured: measure(part) }))
          .reduce((left, right) => ({
            part: right.part,
            measured: same(left.measured, right.measured, right.part.from, `in ${node.name}()`),
          })).measured;
      case 'arithmetic': {
        const left = measure(node.left);
        const right = measure(node.right);
        if (node.op === '+' || node.op === '-')
          return same(left, right, node.right.from, `with "${node.op}"`);
        const isLiteral = left.isLiteral && right.isLiteral;
        if (left.dimension === undefined || right.dimension === undefined)
          return { dimension: undefined, isLiteral };
        return { dimension: joined(left.dimension, right.dimension, node.op === '*' ? 1 : -1), isLiteral };
      }
    }
  };

  const same = (left: Measured, right: Measured, from: number, where: string): Measured => {
    const rest = left.isLiteral ? right : left;
    const isLiteral = left.isLiteral && right.isLiteral;
    if (left.dimension === undefined || right.dimension === undefined)
      return { dimension: left.dimension ?? right.dimension, isLiteral };
    const fits =
      sameDimension(left.dimension, right.dimension) || takesOn(left, right) || takesOn(right, left);
    if (!fits) {
      problems.push(
        new ExpressionError(
          from,
          `found ${dimensionText(right.dimension)} ${where} ${dimensionText(left.dimension)}`,
          hintFor(left, right),
        ),
      );
    }
    return { ...rest, isLiteral };
  };

  return { measure, same };
}

/** Whether a number may take on the unit of another quantity: 0, a count of things, an amount per what the other is counted by. */
function takesOn(literal: Measured, other: Measured): boolean {
  if (!literal.isLiteral || literal.dimension === undefined || other.dimension === undefined) return false;
  const isBare = Object.keys(literal.dimension).length === 0;
  if (isBare) return literal.isZero === true || (isCount(other.dimension) && other.needsUnit !== true);
  const amount = amountOf(other.dimension);
  return amount !== undefined && sameDimension(amount, literal.dimension);
}

function hintFor(left: Measured, right: Measured): string {
  const bare = [left, right].find(
    ({ isLiteral, dimension }) => isLiteral && dimension !== undefined && Object.keys(dimension).length === 0,
  );
  const other = bare === left ? right : left;
  if (bare === undefined || other.dimension === undefined) return 'both sides must be of one unit';
  const example =
    dimensionText(other.dimension) === 'seconds' ? '60s' : `5 ${dimensionText(other.dimension)}`;
  return `write the number with its unit, such as ${example}`;
}
