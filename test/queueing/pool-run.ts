import type { ClusterObserver } from '../../sim/cluster/changes.ts';
import { type Claim, NO_CLAIM } from '../../sim/cluster/claim.ts';
import { Fleet, type HostSpec } from '../../sim/cluster/fleet.ts';
import { FragmentationMeter } from '../../sim/cluster/fragmentation.ts';
import { ShapeTable, type TaskRequest } from '../../sim/cluster/request.ts';
import { guardFor } from '../../sim/engine/backfill/index.ts';
import type { FaultSetup } from '../../sim/engine/faults.ts';
import type { LicenceSetup } from '../../sim/engine/licences/setup.ts';
import type { RunContext } from '../../sim/engine/run-context.ts';
import type { Scheduler } from '../../sim/engine/scheduler.ts';
import { type BackfillGuard, DEFAULT_RULES, type SchedulingRules } from '../../sim/engine/scheduling.ts';
import { runTimed } from '../../sim/engine/timed.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import type { Micros } from '../../sim/kernel/time.ts';
import { placementPolicy } from '../../sim/policies/placement/index.ts';
import type { PlacementPolicyName } from '../../sim/policies/placement/names.ts';
import { Placer } from '../../sim/policies/placement/placer.ts';
import {
  DEFAULT_QUEUEING_CONFIG,
  type QueueingConfig,
  type QueueingPolicy,
} from '../../sim/policies/queueing/discipline.ts';
import type { FillRule } from '../../sim/policies/queueing/names.ts';
import type { GpuAsk, GpuUse } from '../../sim/sharing/index.ts';
import type { Task, WorkProfile } from '../../sim/workload/task.ts';

/** A job of a small hand-made run. Times are seconds; GPUs are whole unless `milli` says otherwise. */
export interface SmallJob {
  readonly name: string;
  readonly at: number;
  readonly runs: number;
  readonly gpus?: number;
  readonly milli?: number;
  /** GPUs of each worker, for a gang of several. */
  readonly workers?: readonly number[];
  readonly cpu?: number;
  readonly memory?: number;
  /** What it asks of each GPU that a mode shares. */
  readonly ask?: GpuAsk;
  /** What it does with GPUs; default: what it asks for, on any model alike. */
  readonly profile?: Partial<WorkProfile>;
  /** What the scheduler takes its run time to be. */
  readonly estimate?: number;
  readonly claim?: Partial<Claim>;
}

/** What became of a job, in seconds. */
export interface JobStory {
  readonly name: string;
  /** Each time it was placed, and on which hosts. */
  readonly starts: { readonly at: number; readonly hosts: readonly number[] }[];
  /** Each time it was stopped to make room. */
  readonly stops: number[];
  end: number | undefined;
  rejected: string | undefined;
  /** Work that it had to do again. */
  lost: number;
}

export interface SmallRun {
  /** GPUs of each host; its CPU and memory are plentiful. Default: one host. */
  readonly hosts?: readonly number[];
  readonly hostSpecs?: readonly HostSpec[];
  readonly jobs: readonly SmallJob[];
  readonly policy: QueueingPolicy;
  readonly rules?: Partial<SchedulingRules>;
  readonly config?: Partial<QueueingConfig>;
  readonly placement?: PlacementPolicyName;
  readonly guard?: ((scheduler: Scheduler, context: RunContext) => BackfillGuard) | undefined;
  readonly observer?: ClusterObserver;
  /** Books of what GPUs do and of what jobs wait for; told of every change as well. */
  readonly books?: (
    fleet: Fleet,
    hosts: readonly number[],
  ) => Pick<RunContext, 'work' | 'waits' | 'observers'>;
  readonly horizon?: number;
  readonly faults?: (fleet: Fleet) => FaultSetup;
  readonly licences?: LicenceSetup;
}

/** All of a GPU all the time. */
const WHOLE: GpuUse = {
  workload: 'generic',
  busy: 1,
  compute: 1,
  bandwidth: 1,
  memoryMib: 0,
  linkBytesPerSec: 0,
  processes: 1,
  syncCallsPerSec: 0,
  speedByProfile: null,
};

const PLENTY = { cpuMilli: 1_000_000, memoryMib: 2 ** 30 };

/** Runs a few jobs under a discipline and tells what became of each, by name. */
export function runSmall(setup: SmallRun): ReadonlyMap<string, JobStory> {
  const specs =
    setup.hostSpecs ??
    (setup.hosts ?? [1]).map((count, h) => ({
      name: `h${h}`,
      ...PLENTY,
      gpus: count === 0 ? [] : [{ model: 'gpu', count }],
    }));
  const fleet = new Fleet(specs);
  const streams = new RandomStreams(1);
  const placer = new Placer(
    placementPolicy(setup.placement ?? 'best-fit'),
    {
      fleet,
      fragmentation: new FragmentationMeter(fleet, []),
      reference: { cpuMilli: PLENTY.cpuMilli, gpuMilli: 8000 },
      random: streams.stream('placement-gpu'),
    },
    'host-order',
    streams.stream('placement-tie'),
  );
  const stories = new Map<string, JobStory>();
  const story = (name: string) => stories.get(name) as JobStory;
  const watch: ClusterObserver = {
    arrived: (_atUs, { name }) => {
      stories.set(name, { name, starts: [], stops: [], end: undefined, rejected: undefined, lost: 0 });
    },
    placed: (atUs, { name }, parts) => {
      story(name).starts.push({ at: atUs / 1e6, hosts: parts.map(({ host }) => host) });
    },
    preempted: (atUs, { name }, _parts, _reason, lostUs) => {
      story(name).stops.push(atUs / 1e6);
      story(name).lost += lostUs / 1e6;
    },
    finished: (atUs, { name }) => {
      story(name).end = atUs / 1e6;
    },
    rejected: (_atUs, { name }, reason) => {
      story(name).rejected = reason;
    },
  };
  const books = setup.books?.(fleet, placer.hosts);
  const context: RunContext = {
    fleet,
    work: books?.work,
    waits: books?.waits,
    shapes: new ShapeTable(fleet.modelNames),
    placer,
    observers: [
      ...(books?.observers ?? []),
      watch,
      ...(setup.observer === undefined ? [] : [setup.observer]),
    ],
  };
  const rules: SchedulingRules = { ...DEFAULT_RULES, fill: setup.policy.fill, ...setup.rules };
  const tasks = [...setup.jobs]
    .map((job, i) => ({ job, i }))
    .sort((a, b) => a.job.at - b.job.at || a.i - b.i)
    .map(({ job }) => taskOf(job))
    .values();
  runTimed(context, {
    source: { nextTask: () => tasks.next().value },
    pools: [
      {
        placer,
        discipline: setup.policy.create({
          fleet,
          capacity: {
            gpus: fleet.gpuCount,
            cpuMilli: fleet.cpuTotalMilli,
            memoryMib: fleet.memoryTotalMib,
          },
          config: { ...DEFAULT_QUEUEING_CONFIG, ...setup.config },
        }),
        rules,
        isImmediate: false,
        guard: setup.guard === undefined ? undefined : (scheduler) => setup.guard!(scheduler, context),
      },
    ],
    horizonUs: setup.horizon === undefined ? Number.POSITIVE_INFINITY : setup.horizon * 1e6,
    warmupUs: 0 as Micros,
    sessionGroups: 0,
    faults: setup.faults?.(fleet),
    licences: setup.licences,
  });
  return stories;
}

function taskOf(job: SmallJob): Task {
  const request = (gpuCount: number): TaskRequest => ({
    cpuMilli: job.cpu ?? 0,
    memoryMib: job.memory ?? 0,
    gpuCount,
    gpuMilli: gpuCount === 0 ? 0 : (job.milli ?? 1000),
    models: [],
    ask: job.ask,
  });
  const profile: WorkProfile | undefined =
    job.ask === undefined && job.profile === undefined
      ? undefined
      : {
          use: job.ask?.use ?? WHOLE,
          reference: null,
          speedByModel: {},
          communication: 0,
          lifecycle: null,
          ...job.profile,
        };
  return {
    name: job.name,
    request: request(job.workers?.[0] ?? job.gpus ?? 1),
    workers: job.workers?.map(request),
    claim: { ...NO_CLAIM, ...job.claim },
    arrivalUs: Math.round(job.at * 1e6),
    durationUs: Math.round(job.runs * 1e6),
    profile,
    estimateUs: job.estimate === undefined ? undefined : Math.round(job.estimate * 1e6),
  };
}

/** The guard of a fill rule, as a run takes it; undefined where it has none. */
export function guardOf(fill: FillRule): SmallRun['guard'] {
  return fill === 'easy' || fill === 'conservative'
    ? (scheduler, context) => guardFor(fill, context, context.placer)?.(scheduler) as BackfillGuard
    : undefined;
}

/** When each job ended, in seconds, by name. */
export function endsOf(stories: ReadonlyMap<string, JobStory>): Record<string, number | undefined> {
  return Object.fromEntries([...stories].map(([name, { end }]) => [name, end]));
}
