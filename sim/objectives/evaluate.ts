import type { MetricRef, Quantity, Side } from './expression.ts';

/** A metric in base units; null where there was nothing to measure. */
export type Lookup = (side: Side, metric: MetricRef) => number | null;

/**
 * The value of a quantity, in base units; null where something in it has none. A quotient by 0 is infinite, and 0 by 0
 * none; a relative change from 0 to 0 is 0.
 */
export function evaluate(node: Quantity, lookup: Lookup): number | null {
  switch (node.kind) {
    case 'number':
      return node.value;
    case 'metric':
      return lookup(node.side, node.metric);
    case 'delta':
    case 'change': {
      const base = evaluate(node.of, (_, metric) => lookup('base', metric));
      const candidate = evaluate(node.of, (_, metric) => lookup('candidate', metric));
      if (base === null || candidate === null) return null;
      const difference = candidate - base;
      if (node.kind === 'change' || difference === 0) return difference;
      return known(difference / Math.abs(base));
    }
    case 'negative': {
      const value = evaluate(node.of, lookup);
      return value === null ? null : -value;
    }
    case 'fold': {
      const values = node.of.map((part) => evaluate(part, lookup));
      if (values.some((value) => value === null)) return null;
      const numbers = values as readonly number[];
      if (node.name === 'abs') return Math.abs(numbers[0] as number);
      return node.name === 'min' ? Math.min(...numbers) : Math.max(...numbers);
    }
    case 'arithmetic': {
      const left = evaluate(node.left, lookup);
      const right = evaluate(node.right, lookup);
      if (left === null || right === null) return null;
      return known(
        node.op === '+'
          ? left + right
          : node.op === '-'
            ? left - right
            : node.op === '*'
              ? left * right
              : left / right,
      );
    }
  }
}

const known = (value: number) => (Number.isNaN(value) ? null : value);
