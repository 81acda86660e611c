import type { ClusterObserver } from '../../sim/cluster/changes.ts';
import { type Claim, NO_CLAIM } from '../../sim/cluster/claim.ts';
import { Fleet } from '../../sim/cluster/fleet.ts';
import { FragmentationMeter } from '../../sim/cluster/fragmentation.ts';
import { ShapeTable } from '../../sim/cluster/request.ts';
import { guardFor } from '../../sim/engine/backfill/index.ts';
import type { RepartitionCounts, RepartitionPolicy } from '../../sim/engine/repartition/setup.ts';
import type { RunContext } from '../../sim/engine/run-context.ts';
import { DEFAULT_RULES, type SchedulingRules } from '../../sim/engine/scheduling.ts';
import { runTimed } from '../../sim/engine/timed.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import type { Micros } from '../../sim/kernel/time.ts';
import { EventDigest } from '../../sim/observe/digest.ts';
import { placementPolicy } from '../../sim/policies/placement/index.ts';
import { Placer } from '../../sim/policies/placement/placer.ts';
import { DEFAULT_QUEUEING_CONFIG } from '../../sim/policies/queueing/discipline.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { cardSpecOf } from '../../sim/scenario/resolve/card-spec.ts';
import {
  type GpuAsk,
  ParameterValues,
  SHARING_PARAMETERS,
  type SharingConfig,
  type SlotRequest,
  sharingMode,
} from '../../sim/sharing/index.ts';
import type { Task } from '../../sim/workload/task.ts';
import { fullSpeedOn, slicesOn } from './full-speed.ts';

/** A job that wants parts by name or by size. Times are seconds; unless it says so it runs at full speed on whatever it gets. */
interface CardJob {
  readonly name: string;
  readonly at: number;
  readonly runs: number;
  readonly profile?: string;
  /** Speeds by MIG profile, in place of those of the setup. */
  readonly speeds?: Readonly<Record<string, number | null>>;
  /** In place of `profile`. */
  readonly slot?: SlotRequest;
  /** Number of such instances, each on another card. */
  readonly gpus?: number;
  readonly cpu?: number;
  readonly claim?: Partial<Claim>;
  /** One that lasts for its time as a session does, and is never stopped. */
  readonly isSession?: boolean;
}

/** What became of a job; times in seconds. */
interface Story {
  readonly placed: { readonly at: number; readonly gpu: number; readonly slot: string }[];
  readonly stopped: number[];
  readonly moved: { readonly at: number; readonly gpu: number; readonly slot: string }[];
  lost: number;
  end: number | undefined;
  rejected: string | undefined;
}

export interface CardSetup {
  /** Cards of each host. Default: one host with one. */
  readonly hosts?: readonly number[];
  readonly model?: string;
  /** Of cards in MIG mode. */
  readonly layout?: readonly string[] | null;
  /** Another mode. */
  readonly sharing?: SharingConfig;
  /** What is done with the fleet before the first job comes. */
  readonly prepare?: (fleet: Fleet) => void;
  readonly jobs: readonly CardJob[];
  /** Whether jobs on MIG are as fast as their compute slices are many. */
  readonly isBySlices?: boolean;
  readonly policy?: RepartitionPolicy;
  readonly fill?: SchedulingRules['fill'];
  readonly rules?: Partial<SchedulingRules>;
  readonly horizon?: number;
  readonly observer?: (fleet: Fleet) => ClusterObserver;
  /** Books of what GPUs do; told of every change as well. */
  readonly books?: (fleet: Fleet) => Pick<RunContext, 'work' | 'waits' | 'observers'>;
}

export interface CardOutcome {
  readonly stories: ReadonlyMap<string, Story>;
  /** Every change of a card: seconds, GPU number, layout in words. */
  readonly layouts: readonly (readonly [at: number, gpu: number, layout: string])[];
  readonly counts: Readonly<RepartitionCounts> | undefined;
  readonly digest: string;
  readonly fleet: Fleet;
  readonly waiting: number;
}

/** Figures of a world in which tenants do not slow each other down and no mode costs speed. */
const NO_LOSS = {
  'mig.neighbour-slowdown': 0,
  'vgpu.lone': 1,
  'vgpu.aggregate': 1,
  'sriov.lone': 1,
  'sriov.aggregate': 1,
};

/** Runs a few jobs on shared cards whose tenants do not slow each other down. */
export function runCards(setup: CardSetup): CardOutcome {
  const model = setup.model ?? 'A100-SXM4-40GB';
  const values = new ParameterValues(SHARING_PARAMETERS, NO_LOSS);
  const spec = cardSpecOf(
    { uplinkBytesPerSec: null },
    { model, count: 1, pcieLanes: null, pcieGen: null, nvlink: null, memoryMib: null },
  );
  const config: SharingConfig = setup.sharing ?? {
    mode: 'mig',
    layout: setup.layout ?? null,
    computeInstances: false,
  };
  const sharing = { mode: sharingMode(config.mode), config, spec, values };
  const fleet = new Fleet(
    (setup.hosts ?? [1]).map((count, h) => ({
      name: `h${h}`,
      cpuMilli: 64_000,
      memoryMib: 2 ** 20,
      gpus: [{ model, count, sharing }],
    })),
  );
  setup.prepare?.(fleet);
  const streams = new RandomStreams(1);
  const placer = new Placer(
    placementPolicy('first-fit'),
    {
      fleet,
      fragmentation: new FragmentationMeter(fleet, []),
      reference: { cpuMilli: 64_000, gpuMilli: 8000 },
      random: streams.stream('placement-gpu'),
    },
    'host-order',
    streams.stream('placement-tie'),
  );
  const stories = new Map<string, Story>();
  const layouts: (readonly [number, number, string])[] = [];
  const story = (name: string) => stories.get(name) as Story;
  const digest = new EventDigest();
  const watch: ClusterObserver = {
    arrived: (_at, { name }) => {
      stories.set(name, { placed: [], stopped: [], moved: [], lost: 0, end: undefined, rejected: undefined });
    },
    placed: (at, { name }, parts) => {
      for (const { host, gpus, grant } of parts) {
        gpus.forEach((g, i) => {
          const gpu = (fleet.gpuStart[host] as number) + g;
          story(name).placed.push({ at: at / 1e6, gpu, slot: grant[i]?.label ?? '' });
        });
      }
    },
    moved: (at, { name }, [part]) => {
      const gpu = (fleet.gpuStart[part?.host ?? 0] as number) + (part?.gpus[0] ?? 0);
      story(name).moved.push({ at: at / 1e6, gpu, slot: part?.grant[0]?.label ?? '' });
    },
    preempted: (at, { name }, _parts, _reason, lostUs) => {
      story(name).stopped.push(at / 1e6);
      story(name).lost += lostUs / 1e6;
    },
    finished: (at, { name }) => {
      story(name).end = at / 1e6;
    },
    rejected: (_at, { name }, reason) => {
      story(name).rejected = reason;
    },
    relaid: (at, gpu, layout) => {
      layouts.push([at / 1e6, gpu, layout]);
    },
  };
  const books = setup.books?.(fleet);
  const observers = [
    ...(books?.observers ?? []),
    watch,
    digest,
    ...(setup.observer === undefined ? [] : [setup.observer(fleet)]),
  ];
  const context: RunContext = {
    fleet,
    work: books?.work,
    waits: books?.waits,
    shapes: new ShapeTable(fleet.modelNames),
    placer,
    observers,
  };
  const rules: SchedulingRules = { ...DEFAULT_RULES, fill: setup.fill ?? 'skip', ...setup.rules };
  const asks = new Map<string, GpuAsk>();
  const tasks = [...setup.jobs]
    .sort((a, b) => a.at - b.at)
    .map((job) => taskOf(job, asks, setup.isBySlices === true ? slicesOn(model) : fullSpeedOn(model)))
    .values();
  const outcome = runTimed(context, {
    source: { nextTask: () => tasks.next().value },
    pools: [
      {
        placer,
        discipline: fifo.create({
          fleet,
          capacity: { gpus: fleet.gpuCount, cpuMilli: fleet.cpuTotalMilli, memoryMib: fleet.memoryTotalMib },
          config: DEFAULT_QUEUEING_CONFIG,
        }),
        rules,
        guard: guardFor(rules.fill, { fleet }, placer),
        isImmediate: false,
      },
    ],
    horizonUs: setup.horizon === undefined ? Number.POSITIVE_INFINITY : setup.horizon * 1e6,
    warmupUs: 0 as Micros,
    sessionGroups: 1,
    sessions: () => ({ started() {}, sped() {}, stopped() {}, gone() {}, handle() {} }),
    repartition:
      setup.policy === undefined
        ? undefined
        : { rules: [{ hosts: (setup.hosts ?? [1]).map((_, h) => h), policy: setup.policy }] },
  });
  return {
    stories,
    layouts,
    counts: outcome.repartition,
    digest: digest.hex(),
    fleet,
    waiting: outcome.waiting,
  };
}

function taskOf(job: CardJob, asks: Map<string, GpuAsk>, speeds: Readonly<Record<string, number>>): Task {
  const { at, runs, profile = '', gpus = 1, cpu = 0, claim, isSession } = job;
  const slot = job.slot ?? { kind: 'profile', profile };
  const speedByProfile = job.speeds ?? speeds;
  const key = JSON.stringify([slot, speedByProfile]);
  let ask = asks.get(key);
  if (ask === undefined) {
    ask = {
      slot,
      count: 1,
      use: {
        workload: 'generic',
        // So little that all who share a card by turns have what they want of it.
        busy: 0.01,
        compute: 0.01,
        bandwidth: 0,
        memoryMib: 0,
        linkBytesPerSec: 0,
        processes: 1,
        syncCallsPerSec: 0,
        speedByProfile,
      },
    };
    asks.set(key, ask);
  }
  return {
    name: job.name,
    request: { cpuMilli: cpu * 1000, memoryMib: 0, gpuCount: gpus, gpuMilli: 100, models: [], ask },
    claim: { ...NO_CLAIM, ...claim },
    arrivalUs: Math.round(at * 1e6),
    durationUs: runs === Number.POSITIVE_INFINITY ? runs : Math.round(runs * 1e6),
    profile: { use: ask.use, reference: null, speedByModel: {}, communication: 0, lifecycle: null },
    ...(isSession === true ? { role: { kind: 'session', group: 0, user: 0 } as const } : {}),
  };
}

/** When each job ended, in seconds, by name. */
export function endsOf({ stories }: CardOutcome): Record<string, number | undefined> {
  return Object.fromEntries([...stories].map(([name, { end }]) => [name, end]));
}

export const PERIODIC = {
  kind: 'periodic',
  everyUs: null,
  atUnserved: true,
  atChange: false,
  gapUs: 0,
  running: 'wait',
  migratePath: null,
  patienceUs: null,
  runningWeight: 1,
  horizonUs: 3600e6,
  creation: 'any-start',
} as const satisfies RepartitionPolicy;

export const DEFRAGMENT = {
  kind: 'defragment',
  creation: 'driver',
  everyUs: null,
  atUnserved: true,
  gapUs: 0,
  gainPerCost: 1,
  maxMoves: 2,
  horizonUs: 3600e6,
  migratePath: null,
} as const satisfies RepartitionPolicy;
