import { type Condition, readObjective } from '../../objectives/index.ts';
import type { Objective } from '../../scenario/types.ts';
import type { WaitLimit } from './bound/index.ts';

const QUANTILES: Readonly<Record<string, number>> = {
  'wait.p50': 0.5,
  'wait.p95': 0.95,
  'wait.p99': 0.99,
  'wait.max': 1,
};

/** Multiples of a mean that a limit is put to. */
const MULTIPLES = [4, 20];

/** Of waits with this mean no more than 1 in so many are so many times as long (Markov). */
const beyondMean = (meanSec: number, times: number): WaitLimit => ({
  quantile: 1 - 1 / times,
  limitSec: times * meanSec,
});

/** Waits of all jobs that objectives put a limit to: `p95(wait) < 60s`, alone or joined by `and`. */
export function waitLimits(objectives: readonly Objective[]): readonly WaitLimit[] {
  return objectives.flatMap(({ expect }) => {
    const read = readObjective(expect);
    return read.ok ? limitsIn(read.condition) : [];
  });
}

function limitsIn(condition: Condition): readonly WaitLimit[] {
  if (condition.kind === 'all') return condition.of.flatMap(limitsIn);
  if (condition.kind !== 'comparison') return [];
  const { op, left, right } = condition;
  if (left.kind !== 'metric' || right.kind !== 'number' || (op !== '<' && op !== '<=')) return [];
  if (left.metric.group !== undefined) return [];
  if (left.metric.name === 'wait.mean') return MULTIPLES.map((times) => beyondMean(right.value, times));
  const quantile = QUANTILES[left.metric.name];
  return quantile === undefined ? [] : [{ quantile, limitSec: right.value }];
}
