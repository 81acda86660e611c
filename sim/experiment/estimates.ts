import type { RandomStreams } from '../kernel/random.ts';
import { estimatedUs } from '../policies/queueing/estimates.ts';
import type { Scenario, Scheduling } from '../scenario/types.ts';
import type { TaskSource } from '../workload/task.ts';
import { poolPolicies } from './pools.ts';

/** The same tasks with what the scheduler of their pool takes their run times to be. */
export function withEstimates(
  source: TaskSource,
  scenario: Pick<Scenario, 'policy'>,
  streams: RandomStreams,
): TaskSource {
  const rules = poolPolicies(scenario).map(({ scheduling }) => scheduling.estimates);
  if (rules.every(({ of, noise }) => of === 'exact' && noise === 0)) {
    // What a trace says of run times is not told to anybody.
    return {
      nextTask: () => {
        const task = source.nextTask();
        return task?.estimateUs === undefined ? task : { ...task, estimateUs: undefined };
      },
    };
  }
  return {
    nextTask: () => {
      const task = source.nextTask();
      if (task === undefined) return undefined;
      const { of, noise } = rules[task.claim?.pool ?? 0] as Scheduling['estimates'];
      const baseUs = estimatedUs(of, task, streams);
      const estimateUs =
        noise === 0 ? baseUs : estimatedUs({ noise }, { name: task.name, durationUs: baseUs }, streams);
      return { ...task, estimateUs };
    },
  };
}
