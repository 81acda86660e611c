import type { Fleet } from '../cluster/fleet.ts';
import { GPU_MILLI, type TaskRequest } from '../cluster/request.ts';
import type { RandomStreams } from '../kernel/random.ts';
import type { Scenario } from '../scenario/types.ts';
import { copyName, type FillOrder, fillOrder } from '../workload/fill-order.ts';
import { MergedSource } from '../workload/merged.ts';
import { ReplaySource } from '../workload/replay.ts';
import { SyntheticSource } from '../workload/synthetic.ts';
import type { Task, TaskSource } from '../workload/task.ts';
import { type TypicalRequest, typicalMix } from '../workload/typical-mix.ts';
import { ScenarioError } from './scenario-error.ts';
import type { TraceData, TraceTask } from './trace-data.ts';

/** A run's tasks, and how many there will be where that is known. */
export interface Workload {
  readonly source: TaskSource;
  readonly taskCount: number | undefined;
}

/** Tasks in order of arrival for a timed run; trace tasks without an arrival time or a duration are left out. */
export function timedTasks(scenario: Scenario, traces: TraceData, streams: RandomStreams): Workload {
  const sources: TaskSource[] = [];
  let count: number | undefined = 0;
  if (traces.tasks !== undefined) {
    const replayable = traces.tasks.filter(isReplayable);
    sources.push(new ReplaySource(replayable.map((task) => ({ ...task, ...task.request }))));
    count += replayable.length;
  }
  const { synthetic } = scenario.workload;
  if (synthetic !== null) {
    sources.push(new SyntheticSource(synthetic, streams));
    count = synthetic.taskCount === null ? undefined : count + synthetic.taskCount;
  }
  return {
    source: sources.length === 1 ? (sources[0] as TaskSource) : new MergedSource(sources),
    taskCount: count,
  };
}

/** Whether a trace says when the task arrives and how long it runs. */
function isReplayable(task: TraceTask): task is TraceTask & { arrivalSec: number; durationSec: number } {
  return task.arrivalSec !== undefined && task.durationSec !== undefined;
}

/** Tasks in order of arrival for a fill run: as given, or shuffled and brought to the target. */
export function fillTasks(
  scenario: Scenario,
  traces: TraceData,
  fleet: Fleet,
  streams: RandomStreams,
): Workload {
  if (scenario.experiment.kind !== 'fill')
    throw new RangeError('Cannot order tasks for a fill run: the experiment is timed');
  if (fleet.gpuCount === 0) throw new ScenarioError('fleet', 'has no GPU, so there is nothing to fill');
  const tasks: { name: string; request: TaskRequest }[] = (traces.tasks ?? []).slice();
  const { synthetic } = scenario.workload;
  if (synthetic !== null) {
    const generated = new SyntheticSource(synthetic, streams);
    for (let task = generated.nextTask(); task !== undefined; task = generated.nextTask()) tasks.push(task);
  }
  const { order, target } = scenario.experiment;
  if (!tasks.some((task) => task.request.gpuCount > 0)) {
    throw new ScenarioError(
      'workload',
      `has ${tasks.length} tasks and none of them asks for GPU, so they cannot fill the fleet`,
    );
  }
  if (order === 'file' || target === null) return listed(tasks, tasks.keys(), tasks.length, tasks.length);
  const arranged = orderedToTarget(
    tasks.map(({ name, request }) => ({ name, gpuCount: request.gpuCount, gpuMilli: request.gpuMilli })),
    fleet.gpuCount * GPU_MILLI,
    target,
    streams,
  );
  return listed(
    tasks,
    arranged.order.values(),
    arranged.order.length,
    arranged.order.length - arranged.copies,
  );
}

/** `fillOrder`, whose refusal of a list that gets too long is wrong input. */
function orderedToTarget(...given: Parameters<typeof fillOrder>): FillOrder {
  try {
    return fillOrder(...given);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ScenarioError('experiment.target', error.message);
  }
}

/** The mix that expected fragmentation is about: of the file named for it, else of the workload itself. */
export function typicalRequests(scenario: Scenario, traces: TraceData): TypicalRequest[] {
  const share = scenario.policy.typicalShare;
  if (traces.typical !== undefined) return typicalMix(traces.typical, share);
  const recorded = (traces.tasks ?? []).map((task) => task.request);
  const { synthetic } = scenario.workload;
  if (synthetic === null) return typicalMix(recorded, share);
  if (recorded.length === 0) return typicalMix(synthetic.classes, share);
  // Beside a trace each class counts as the tasks expected of it; generated up to a time, as many in all as the trace has.
  const perWeight =
    (synthetic.taskCount ?? recorded.length) / synthetic.classes.reduce((sum, c) => sum + c.weight, 0);
  return typicalMix(
    [...recorded, ...synthetic.classes.map((c) => ({ ...c, weight: c.weight * perWeight }))],
    share,
  );
}

function listed(
  tasks: readonly { readonly name: string; readonly request: TaskRequest }[],
  order: Iterator<number>,
  count: number,
  originals: number,
): Workload {
  let given = 0;
  const nextTask = (): Task | undefined => {
    const next = order.next();
    if (next.done === true) return undefined;
    const { name, request } = tasks[next.value] as { name: string; request: TaskRequest };
    const copy = given - originals;
    given += 1;
    return {
      name: copy < 0 ? name : copyName(name, copy),
      request,
      arrivalUs: 0,
      durationUs: Number.POSITIVE_INFINITY,
    };
  };
  return { source: { nextTask }, taskCount: count };
}
