import { type Condition, metricsOf, type Quantity } from '../../objectives/index.ts';

/** How far replications are those of their seeds, rather than a sample of the same mean and spread. */
export interface Exactness {
  readonly isExact: boolean;
  /** The same of metrics of parts of the run: results keep these by mean and interval. */
  readonly hasExactGroups: boolean;
}

/** Whether the replications of a side are those of its seeds in all that a condition reads. */
export function isExactFor(condition: Condition, { isExact, hasExactGroups }: Exactness): boolean {
  return isExact && (hasExactGroups || !readsGroups(condition));
}

const readsGroups = (condition: Condition) =>
  metricsOf(condition).some(({ metric }) => metric.group !== undefined);

/**
 * Whether mean and spread of each metric are enough to judge a condition: one comparison about one metric at most, of which both
 * sides are no more than multiples. What several metrics share, and what a square or a larger of two makes of single
 * replications, means do not tell.
 */
export function restsOnMeans(condition: Condition): boolean {
  if (condition.kind !== 'comparison') return false;
  const metrics = metricsOf(condition).map(({ metric }) =>
    JSON.stringify([metric.group?.by, metric.group?.name, metric.name]),
  );
  return new Set(metrics).size <= 1 && degree(condition.left) <= 1 && degree(condition.right) <= 1;
}

/** 0: a number; 1: multiples of metrics; beyond: something else. */
function degree(node: Quantity): number {
  switch (node.kind) {
    case 'number':
      return 0;
    case 'metric':
      return 1;
    case 'negative':
    case 'delta':
    case 'change':
      return degree(node.of);
    case 'fold':
      return node.of.every((part) => degree(part) === 0) ? 0 : Number.POSITIVE_INFINITY;
    case 'arithmetic': {
      const [left, right] = [degree(node.left), degree(node.right)];
      if (node.op === '*') return left + right;
      if (node.op === '/') return right === 0 ? left : Number.POSITIVE_INFINITY;
      return Math.max(left, right);
    }
  }
}
