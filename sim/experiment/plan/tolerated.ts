import { type Condition, metricsOf, readObjective } from '../../objectives/index.ts';
import type { Objective } from '../../scenario/types.ts';
import type { Tolerated } from '../bound/index.ts';

/** What objectives let happen to jobs. One such as `jobs.rejected == 0` holds of a mean over runs, and leaves a run without any. */
export function toleratedBy(objectives: readonly Objective[]): Tolerated {
  const reads = (name: RegExp) => objectives.some(({ expect }) => readsMetric(expect, name));
  const allowsNone = objectives.some(({ expect }) => {
    const read = readObjective(expect);
    return read.ok && isNoneRejected(read.condition);
  });
  return {
    rejections: !reads(/^jobs\.rejected/) ? 'none' : allowsNone ? 'none-in-a-run' : 'any',
    failures: reads(/^jobs\.failed/),
  };
}

/** Whether a condition reads a metric. */
function readsMetric(expect: string, name: RegExp): boolean {
  const read = readObjective(expect);
  return read.ok && metricsOf(read.condition).some(({ metric }) => name.test(metric.name));
}

/** Whether it holds only where the mean of all jobs that are turned away is below 1. */
function isNoneRejected(condition: Condition): boolean {
  if (condition.kind === 'all') return condition.of.some(isNoneRejected);
  if (condition.kind !== 'comparison') return false;
  const { op, left, right } = condition;
  if (left.kind !== 'metric' || left.metric.name !== 'jobs.rejected' || left.metric.group !== undefined)
    return false;
  if (right.kind !== 'number') return false;
  return op === '<' ? right.value <= 1 : (op === '<=' || op === '==') && right.value < 1;
}
