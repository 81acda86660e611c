import type { Fleet, FleetView } from '../cluster/fleet.ts';
import { GPU_MILLI, type TaskRequest } from '../cluster/request.ts';
import type { RandomStreams } from '../kernel/random.ts';
import { useOfShare } from '../scenario/resolve/demand.ts';
import type { Scenario, Service, SyntheticWorkload } from '../scenario/types.ts';
import type { SlotRequest } from '../sharing/index.ts';
import { copyName, type FillOrder, fillOrder } from '../workload/fill-order.ts';
import { MergedSource } from '../workload/merged.ts';
import { ReplaySource } from '../workload/replay.ts';
import { SyntheticSource, type SyntheticSpec } from '../workload/synthetic.ts';
import type { Task, TaskSource, WorkProfile } from '../workload/task.ts';
import { type TypicalRequest, typicalMix } from '../workload/typical-mix.ts';
import { claimOf, claimsOfClass, poolNumbers, TraceClaims } from './claims.ts';
import { profileOf, requestOf, workersOf } from './demand.ts';
import { ScenarioError } from './scenario-error.ts';
import type { TraceData, TraceTask } from './trace-data.ts';
import { TraceRequests } from './trace-requests.ts';

/** A recorded request with what it does on shared GPUs. */
type RecordedRequest = TaskRequest & { readonly profile?: WorkProfile | undefined };

/** A run's tasks, and how many there will be where that is known. */
export interface Workload {
  readonly source: TaskSource;
  readonly taskCount: number | undefined;
}

/** Tasks in order of arrival for a timed run; trace tasks without an arrival time or a duration are left out. */
export function timedTasks(
  scenario: Scenario,
  traces: TraceData,
  fleet: FleetView,
  streams: RandomStreams,
): Workload {
  const pools = poolNumbers(scenario);
  const sources: TaskSource[] = [];
  let count: number | undefined = 0;
  if (traces.tasks !== undefined) {
    const replayable = traces.tasks.filter(isReplayable);
    const recorded = recordedRequests(scenario);
    const claims = new TraceClaims();
    const requests = new TraceRequests(fleet);
    sources.push(
      new ReplaySource(
        replayable.map((task) => ({
          name: task.name,
          arrivalSec: task.arrivalSec,
          durationSec: task.durationSec,
          estimateSec: task.estimateSec,
          deadlineSec: task.deadlineSec,
          claim: claims.of(task),
          ...requests.of(task, recorded(task.request)),
        })),
      ),
    );
    count += replayable.length;
  }
  const { synthetic } = scenario.workload;
  if (synthetic !== null) {
    sources.push(new SyntheticSource(withProfiles(synthetic, pools), streams));
    count = synthetic.taskCount === null ? undefined : count + synthetic.taskCount;
  }
  const { services } = scenario.workload;
  if (services.length > 0) {
    sources.push(replicaTasks(services, pools));
    count = count === undefined ? undefined : count + services.reduce((sum, each) => sum + each.replicas, 0);
  }
  return {
    source: sources.length === 1 ? (sources[0] as TaskSource) : new MergedSource(sources),
    taskCount: count,
  };
}

/** The classes with what their tasks ask of shared GPUs and do there. */
function withProfiles(synthetic: SyntheticWorkload, pools: ReadonlyMap<string, number>): SyntheticSpec {
  return {
    ...synthetic,
    classes: synthetic.classes.map((each) => {
      const request = requestOf(each);
      return {
        ...request,
        name: each.name,
        weight: each.weight,
        lifetimeSec: each.lifetimeSec,
        deadline: each.deadline,
        profile: profileOf(each),
        workers: workersOf(each, request),
        layout: each.layout,
        claims: claimsOfClass(each, pools),
      };
    }),
  };
}

/** Recorded requests as shared GPUs see them; as they are where all GPUs are shared by fraction. One object for equal shares. */
function recordedRequests(scenario: Scenario): (request: TaskRequest) => RecordedRequest {
  const { fleet } = scenario;
  if (fleet.kind === 'trace' || fleet.groups.every((group) => group.sharing === null)) {
    return (request) => request;
  }
  const known = new Map<number, Pick<RecordedRequest, 'ask' | 'profile'>>();
  return (request) => {
    if (request.gpuCount === 0) return request;
    const { gpuMilli } = request;
    let shared = known.get(gpuMilli);
    if (shared === undefined) {
      // Traces say how much of a GPU a task has, and nothing of how it uses it.
      const use = useOfShare(gpuMilli, 0);
      const slot: SlotRequest =
        gpuMilli === GPU_MILLI ? { kind: 'whole' } : { kind: 'part', computeMilli: gpuMilli, memoryMib: 0 };
      shared = {
        ask: { slot, use, count: 1 },
        profile: { use, reference: null, speedByModel: {}, communication: 0, lifecycle: null },
      };
      known.set(gpuMilli, shared);
    }
    return { ...request, ...shared };
  };
}

/** All replicas of the services, present from the start, in the order of the scenario. */
function replicaTasks(services: readonly Service[], pools: ReadonlyMap<string, number>): TaskSource {
  const tasks = services.flatMap((service, s) => {
    const request = requestOf(service);
    const profile = profileOf(service);
    const claim = claimOf(service.claim, service.name, pools);
    return Array.from(
      { length: service.replicas },
      (_, replica): Task => ({
        name: `${service.name}-${replica}`,
        request,
        arrivalUs: 0,
        durationUs: Number.POSITIVE_INFINITY,
        profile,
        claim,
        layout: service.layout,
        role: { kind: 'replica', service: s, replica },
      }),
    );
  });
  const given = tasks.values();
  return { nextTask: () => given.next().value };
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
  const recorded = recordedRequests(scenario);
  const tasks: FillTask[] = (traces.tasks ?? []).map((task) => ({
    name: task.name,
    request: recorded(task.request),
  }));
  const { synthetic } = scenario.workload;
  if (synthetic !== null) {
    const generated = new SyntheticSource(withProfiles(synthetic, poolNumbers(scenario)), streams);
    // A fill run has no queue: of who asks it takes only what rules about places are about.
    const hasRules = synthetic.classes.some(({ layout }) => layout !== undefined);
    for (let task = generated.nextTask(); task !== undefined; task = generated.nextTask()) {
      tasks.push({ ...task, claim: hasRules ? task.claim : undefined });
    }
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
    tasks.map(({ name, request, workers }) => ({
      name,
      gpuCount: request.gpuCount * (workers?.length ?? 1),
      gpuMilli: request.gpuMilli,
    })),
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
  const onCards = recordedRequests(scenario);
  const recorded = (traces.tasks ?? []).map((task) => onCards(task.request));
  const { synthetic, services, sessions } = scenario.workload;
  const lasting = [
    ...services.map((each) => ({ ...requestOf(each), weight: each.replicas })),
    ...sessions.map((each) => ({ ...requestOf(each), weight: each.users })),
  ];
  if (synthetic === null) return typicalMix([...recorded, ...lasting], share);
  const classes = synthetic.classes.map((each) => ({
    ...requestOf(each),
    weight: each.weight * (each.workers ?? 1),
  }));
  if (recorded.length + lasting.length === 0) return typicalMix(classes, share);
  // Beside others each class counts as the tasks expected of it; generated up to a time, as many in all as the others.
  const others = recorded.length + lasting.reduce((sum, each) => sum + each.weight, 0);
  const perWeight = (synthetic.taskCount ?? others) / classes.reduce((sum, c) => sum + c.weight, 0);
  return typicalMix(
    [...recorded, ...classes.map((c) => ({ ...c, weight: c.weight * perWeight })), ...lasting],
    share,
  );
}

/** A task that is there from the start and never leaves. */
type FillTask = Pick<Task, 'name' | 'request' | 'workers' | 'layout' | 'claim'>;

function listed(
  tasks: readonly FillTask[],
  order: Iterator<number>,
  count: number,
  originals: number,
): Workload {
  let given = 0;
  const nextTask = (): Task | undefined => {
    const next = order.next();
    if (next.done === true) return undefined;
    const { name, request, workers, layout, claim } = tasks[next.value] as FillTask;
    const copy = given - originals;
    given += 1;
    return {
      name: copy < 0 ? name : copyName(name, copy),
      request,
      workers,
      layout,
      claim,
      arrivalUs: 0,
      durationUs: Number.POSITIVE_INFINITY,
    };
  };
  return { source: { nextTask }, taskCount: count };
}
