import { type Condition, readObjective } from '../../objectives/index.ts';
import type { Objective } from '../../scenario/types.ts';
import type { WaitLimit } from './bound/index.ts';

const QUANTILES: Readonly<Record<string, number>> = {
  'wait.p50': 0.5,
  'wait.p95': 0.95,
  'wait.p99': 0.99,
  'wait.max': 1,
};

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
  const quantile = left.metric.group === undefined ? QUANTILES[left.metric.name] : undefined;
  return quantile === undefined ? [] : [{ quantile, limitSec: right.value }];
}
