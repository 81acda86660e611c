import { type Condition, readObjective } from '../../objectives/index.ts';
import type { Objective } from '../../scenario/types.ts';
import type { WaitLimit } from '../bound/index.ts';

const QUANTILES: Readonly<Record<string, number>> = {
  'wait.p50': 0.5,
  'wait.p95': 0.95,
  'wait.p99': 0.99,
  'wait.max': 1,
};

/** Limits that objectives put to waits. */
interface WaitLimits {
  readonly limits: readonly WaitLimit[];
  /** Of the mean, in seconds. */
  readonly means: readonly number[];
}

/** Waits of all jobs that objectives put a limit to: `p95(wait) < 60s`, alone or joined by `and`. */
export function waitLimits(objectives: readonly Objective[]): WaitLimits {
  const found = objectives.flatMap(({ expect }) => {
    const read = readObjective(expect);
    return read.ok ? limitsIn(read.condition) : [];
  });
  return {
    limits: found.flatMap(({ name, limitSec }) => {
      const quantile = QUANTILES[name];
      return quantile === undefined ? [] : [{ quantile, limitSec }];
    }),
    means: found.flatMap(({ name, limitSec }) => (name === 'wait.mean' ? [limitSec] : [])),
  };
}

/** Metrics of all jobs that a condition puts an upper limit to. */
function limitsIn(condition: Condition): readonly { readonly name: string; readonly limitSec: number }[] {
  if (condition.kind === 'all') return condition.of.flatMap(limitsIn);
  if (condition.kind !== 'comparison') return [];
  const { op, left, right } = condition;
  if (left.kind !== 'metric' || right.kind !== 'number' || (op !== '<' && op !== '<=')) return [];
  return left.metric.group === undefined ? [{ name: left.metric.name, limitSec: right.value }] : [];
}
