import type { ClusterObserver } from '../../sim/cluster/changes.ts';
import { type Claim, NO_CLAIM } from '../../sim/cluster/claim.ts';
import { Fleet, type HostSpec } from '../../sim/cluster/fleet.ts';
import { FragmentationMeter } from '../../sim/cluster/fragmentation.ts';
import { ShapeTable } from '../../sim/cluster/request.ts';
import type { HostPrice } from '../../sim/engine/elastic/bill.ts';
import type { BurstRule, ElasticGroup, ElasticSetup, FleetStep } from '../../sim/engine/elastic/setup.ts';
import type { RunContext } from '../../sim/engine/run-context.ts';
import { DEFAULT_RULES, type SchedulingRules } from '../../sim/engine/scheduling.ts';
import { runTimed } from '../../sim/engine/timed.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import type { Micros } from '../../sim/kernel/time.ts';
import { EventDigest } from '../../sim/observe/digest.ts';
import { ElasticMeter } from '../../sim/observe/elastic-meter.ts';
import type { Readings } from '../../sim/observe/metric.ts';
import { UsageMeter } from '../../sim/observe/usage-meter.ts';
import type { ScaleIn, ScaleOut, ScalePlan } from '../../sim/policies/autoscaling/index.ts';
import { placementPolicy } from '../../sim/policies/placement/index.ts';
import { Placer } from '../../sim/policies/placement/placer.ts';
import { DEFAULT_QUEUEING_CONFIG } from '../../sim/policies/queueing/discipline.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import type { Task } from '../../sim/workload/task.ts';

/** A job of a small hand-made run. Times are seconds. */
export interface Job {
  readonly name: string;
  readonly at: number;
  readonly runs: number;
  readonly gpus?: number;
  readonly models?: readonly string[];
  readonly claim?: Partial<Claim>;
}

/** What became of a job, in seconds. */
export interface Story {
  readonly starts: { readonly at: number; readonly hosts: readonly number[] }[];
  readonly stops: number[];
  end: number | undefined;
  rejected: string | undefined;
  lost: number;
}

export interface Run {
  /** GPUs of each host, or their model. */
  readonly hosts: readonly (number | { readonly model: string; readonly gpus: number })[];
  /** Hosts of each pool; default: one pool with all. */
  readonly pools?: readonly (readonly number[])[];
  readonly jobs: readonly Job[];
  readonly elastic?: Partial<Omit<ElasticSetup, 'listener'>>;
  readonly rules?: Partial<SchedulingRules>;
  readonly horizon?: number;
  readonly observer?: (fleet: Fleet) => ClusterObserver;
}

const NEVER = Number.POSITIVE_INFINITY;
const S = 1e6;

const NO_OUT: ScaleOut = { jobs: null, gpus: null, waitedUs: null, allocated: null, by: null, cooldownUs: 0 };
const NO_IN: ScaleIn = { idleUs: NEVER, allocated: null, cooldownUs: 0 };

/** A plan; what is not said never happens. */
export function plan(
  given: Partial<Omit<ScalePlan, 'out' | 'in'>> & { out?: Partial<ScaleOut>; in?: Partial<ScaleIn> },
): ScalePlan {
  return {
    min: 0,
    max: 1000,
    minLifeUs: 0,
    week: [],
    ...given,
    out: { ...NO_OUT, ...given.out },
    in: { ...NO_IN, ...given.in },
  };
}

/** A group whose hosts boot in `boot` seconds. */
export function group(
  hosts: readonly number[],
  given: Omit<Partial<ElasticGroup>, 'plan'> & { plan: ScalePlan; boot?: number },
): ElasticGroup {
  const { boot = 0, ...rest } = given;
  return {
    name: 'cloud',
    hosts,
    pool: 0,
    start: given.plan.min,
    bootUs: () => boot * S,
    clearing: { running: 'wait', migratePath: null },
    price: null,
    spot: null,
    ...rest,
  };
}

export function price(given: Partial<HostPrice>): HostPrice {
  return {
    perHour: 0,
    everyUs: S,
    minimumUs: 0,
    billsBoot: false,
    egressPerGb: 0,
    egressGb: { default: 0, byClass: {} },
    cap: NEVER,
    ...given,
  };
}

export function burst(from: number, to: number, given: Partial<BurstRule>): BurstRule {
  return { from, to, waitedUs: NEVER, jobs: NEVER, mayGo: () => true, ...given };
}

export function step(
  at: number,
  hosts: readonly number[],
  joins: boolean,
  running: FleetStep['clearing']['running'] = 'wait',
): FleetStep {
  return { atUs: at * S, hosts, joins, clearing: { running, migratePath: null } };
}

/** Runs a few jobs on hosts that come and go. */
export function runElastic(setup: Run): {
  readonly stories: Record<string, Story>;
  readonly readings: Readings;
  readonly digest: string;
  readonly endUs: number;
} {
  const specs = setup.hosts.map((each, h): HostSpec => {
    const { model, gpus } = typeof each === 'number' ? { model: 'gpu', gpus: each } : each;
    return { name: `h${h}`, cpuMilli: 1e6, memoryMib: 2 ** 20, gpus: [{ model, count: gpus }] };
  });
  const fleet = new Fleet(specs);
  const streams = new RandomStreams(1);
  const placers = (setup.pools ?? [specs.map((_, h) => h)]).map(
    (hosts) =>
      new Placer(
        placementPolicy('best-fit'),
        {
          fleet,
          fragmentation: new FragmentationMeter(fleet, []),
          reference: { cpuMilli: 1e6, gpuMilli: 8000 },
          random: streams.stream('placement-gpu'),
        },
        'host-order',
        streams.stream('placement-tie'),
        hosts,
      ),
  );
  const stories: Record<string, Story> = {};
  const story = (name: string) => stories[name] as Story;
  const watch: ClusterObserver = {
    arrived: (_atUs, { name }) => {
      stories[name] = { starts: [], stops: [], end: undefined, rejected: undefined, lost: 0 };
    },
    placed: (atUs, { name }, parts) => {
      story(name).starts.push({ at: atUs / S, hosts: parts.map(({ host }) => host) });
    },
    preempted: (atUs, { name }, _parts, _reason, lostUs) => {
      story(name).stops.push(atUs / S);
      story(name).lost += lostUs / S;
    },
    finished: (atUs, { name }) => {
      story(name).end = atUs / S;
    },
    rejected: (_atUs, { name }, reason) => {
      story(name).rejected = reason;
    },
  };
  const digest = new EventDigest();
  const usage = new UsageMeter(fleet, 0 as Micros, setup.elastic !== undefined);
  const context: RunContext = {
    fleet,
    shapes: new ShapeTable(fleet.modelNames),
    placer: placers[0] as Placer,
    observers: [digest, usage, watch, ...(setup.observer === undefined ? [] : [setup.observer(fleet)])],
  };
  const groups = setup.elastic?.groups ?? [];
  const meter = new ElasticMeter(
    groups.map(({ name }) => name),
    (setup.elastic?.bursts ?? []).map(({ from, to }) => `${from}-${to}`),
  );
  const tasks = setup.jobs
    .map((job, i) => ({ job, i }))
    .sort((a, b) => a.job.at - b.job.at || a.i - b.i)
    .map(({ job }) => taskOf(job))
    .values();
  const outcome = runTimed(context, {
    source: { nextTask: () => tasks.next().value },
    pools: placers.map((placer) => ({
      placer,
      discipline: fifo.create({
        fleet,
        capacity: { gpus: fleet.gpuCount, cpuMilli: fleet.cpuTotalMilli, memoryMib: fleet.memoryTotalMib },
        config: DEFAULT_QUEUEING_CONFIG,
      }),
      rules: { ...DEFAULT_RULES, ...setup.rules },
      isImmediate: false,
    })),
    horizonUs: setup.horizon === undefined ? NEVER : setup.horizon * S,
    warmupUs: 0 as Micros,
    sessionGroups: 0,
    elastic:
      setup.elastic === undefined
        ? undefined
        : { groups: [], steps: [], bursts: [], ...setup.elastic, listener: meter },
  });
  const readings: Readings = new Map();
  usage.read(readings, true);
  meter.read(readings, outcome.endUs as Micros);
  return { stories, readings, digest: digest.hex(), endUs: outcome.endUs };
}

function taskOf(job: Job): Task {
  return {
    name: job.name,
    request: {
      cpuMilli: 0,
      memoryMib: 0,
      gpuCount: job.gpus ?? 1,
      gpuMilli: 1000,
      models: job.models ?? [],
    },
    claim: { ...NO_CLAIM, ...job.claim },
    arrivalUs: Math.round(job.at * S),
    durationUs: Math.round(job.runs * S),
  };
}

/** Reading by name; the test fails where there is none. */
export function reading(readings: Readings, name: string): number | null {
  const found = readings.get(name);
  if (found === undefined) throw new RangeError(`There is no reading ${name}`);
  return found.value;
}
