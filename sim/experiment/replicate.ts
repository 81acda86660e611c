import type { ClusterObserver } from '../cluster/changes.ts';
import { Fleet, type HostSpec } from '../cluster/fleet.ts';
import { FragmentationMeter } from '../cluster/fragmentation.ts';
import { GPU_MILLI, ShapeTable, type TaskShape } from '../cluster/request.ts';
import { runFill } from '../engine/fill.ts';
import { FrameTracker } from '../engine/frame-tracker.ts';
import type { Intervention } from '../engine/interventions.ts';
import type { RunContext } from '../engine/run-context.ts';
import { ServiceRuntime } from '../engine/services.ts';
import { SessionRuntime } from '../engine/sessions.ts';
import { runTimed, type TimedOutcome } from '../engine/timed.ts';
import type { LinearSolver } from '../kernel/optimize/linear-program.ts';
import { RandomStreams } from '../kernel/random.ts';
import type { Micros } from '../kernel/time.ts';
import { EventDigest } from '../observe/digest.ts';
import { FillCurve, type FillSeries } from '../observe/fill-curve.ts';
import { FragmentationOverTime } from '../observe/fragmentation-over-time.ts';
import { FragmentationTracker } from '../observe/fragmentation-tracker.ts';
import { type HeldBack, JobMeter } from '../observe/job-meter.ts';
import type { LicenceTally } from '../observe/licence-meter.ts';
import type { Reading, Readings } from '../observe/metric.ts';
import type { RunSeries } from '../observe/series/time-series.ts';
import { UsageMeter } from '../observe/usage-meter.ts';
import { type Waited, WaitLedger } from '../observe/wait-ledger.ts';
import { Waterfall } from '../observe/waterfall/waterfall.ts';
import type { Placer } from '../policies/placement/placer.ts';
import type { Scenario } from '../scenario/types.ts';
import type { Task } from '../workload/task.ts';
import type { AlertFound } from './alerts.ts';
import { readCards } from './card-readings.ts';
import { readChanges } from './change-readings.ts';
import { poolNumbers } from './claims.ts';
import { readCost } from './cost.ts';
import type { CostBasis } from './cost-basis.ts';
import { CostMeter } from './cost-meter.ts';
import { frameDemandOf, sessionGroupSpec } from './demand.ts';
import { elasticOf } from './elastic.ts';
import { withEstimates } from './estimates.ts';
import { faultMeter } from './fault-readings.ts';
import { faultsOf } from './faults.ts';
import { readFrames } from './frame-readings.ts';
import type { GroupReadings } from './groups.ts';
import { hostChangesOf, hostsOf } from './hosts.ts';
import { licencesOf, requirePlainQueues } from './licences.ts';
import { Measures, readMeasures } from './measures.ts';
import { placersOf, poolNames, poolsOf } from './pools.ts';
import { readRepartition, repartitionOf } from './repartition.ts';
import { readServices } from './service-readings.ts';
import { readSessions } from './session-readings.ts';
import { type RunStatistics, RunStatisticsMeter } from './statistics/run-statistics.ts';
import { seeksSteadyState, withSettledWarmup } from './statistics/warmup.ts';
import { fillTasks, timedTasks, typicalRequests } from './tasks.ts';
import type { TraceData } from './trace-data.ts';
import { readWaterfall, type WaterfallRun } from './waterfall.ts';
import { findWithoutEffect } from './without-effect.ts';

/** What one replication found: plain data, ready to be sent between threads. */
export interface Replication {
  readonly seed: number;
  readonly digest: string;
  readonly readings: readonly (readonly [string, Reading])[];
  readonly byGpuModel: readonly {
    readonly model: string;
    readonly readings: readonly (readonly [string, Reading])[];
  }[];
  readonly fill: FillSeries | undefined;
  /** Metrics of parts of the fleet and kinds of jobs, what changed over time, and alerts; of timed runs. */
  readonly groups?: GroupReadings | undefined;
  readonly series?: RunSeries | undefined;
  readonly alerts?: readonly AlertFound[] | undefined;
  /** How its course went; of timed runs. */
  readonly statistics: RunStatistics | undefined;
  readonly rejectedFor: readonly (readonly [string, number])[];
  readonly waitedFor: readonly (readonly [string, HeldBack])[];
  /** All waiting by reason and demand. */
  readonly waited: readonly Waited[];
  /** What became of the capacity; of timed runs. */
  readonly waterfall?: WaterfallRun | undefined;
  /** What it costs; where the scenario asks for it. */
  readonly cost?: CostBasis | undefined;
  /** What its licences came to; where the scenario has any. */
  readonly licences?: readonly LicenceTally[] | undefined;
  /** Policies and parameters that are stated and changed nothing, in sentences. */
  readonly withoutEffect: readonly string[];
}

/** What a caller may listen to while a replication runs. */
export interface ReplicationHooks {
  /** Called once before the first event; what it returns is told of every change, after the metrics. */
  observers?(fleet: Fleet, waits: WaitLedger | undefined): readonly ClusterObserver[];
  /**
   * False: only the metrics of the fleet as a whole, no waterfall, groups, series, alerts nor statistics within the run.
   * That saves a fifth of the time of a large run (`bench/results/scale-*.md`).
   */
  readonly detail?: boolean;
  /** Names of jobs whose reasons to wait are told one by one. */
  readonly watched?: ReadonlySet<string>;
  /** What a task is in this run in place of what the workload says. */
  amend?(task: Task): Task;
  /** The hosts of this run in place of those that the scenario states; those it has keep their numbers. */
  hosts?(stated: readonly HostSpec[]): readonly HostSpec[];
  /** Solves linear programs; there where `needsSolver(scenario)`. */
  readonly solver?: LinearSolver | undefined;
  /** What is looked at or done from outside while a timed run goes on. */
  readonly interventions?: readonly Intervention[];
  /** Number of jobs so far, and of how many where that is known. */
  onProgress?(jobs: number, total: number | undefined): void;
}

/**
 * Runs a scenario once.
 *
 * @param seed in place of the scenario's own
 * @throws {ScenarioError} where the scenario cannot be run with the tasks it has, such as tasks without GPU in a fill run
 * @throws {RangeError} if a trace that the scenario names was not given, or a solver that it needs
 */
export function replicate(
  scenario: Scenario,
  traces: TraceData,
  seed: number,
  hooks: ReplicationHooks = {},
): Replication {
  const settled = withSettledWarmup(scenario, (pilot) => {
    // Nobody listens to it, and nobody looks in.
    const { observers: _o, watched: _w, interventions: _i, onProgress: _p, ...changing } = hooks;
    return runOnce(pilot, traces, seed, { ...changing, detail: true }).statistics;
  });
  return runOnce(settled, traces, seed, hooks);
}

function runOnce(scenario: Scenario, traces: TraceData, seed: number, hooks: ReplicationHooks): Replication {
  const streams = new RandomStreams(seed);
  const stated = hostsOf(scenario, traces);
  const fleet = new Fleet(hooks.hosts?.(stated) ?? stated);
  learnRules(fleet, scenario);
  const expected = (shape: TaskShape) => fleet.expectedMilli(shape);
  const shapes = new ShapeTable(fleet.modelNames, expected);
  // The mix has a table of its own: its shapes carry no host memory and must not take numbers from the run's shapes.
  const mixShapes = new ShapeTable(fleet.modelNames, expected);
  const mix = typicalRequests(scenario, traces).map(({ request, frequency }) => ({
    shape: mixShapes.intern(request),
    frequency,
  }));
  const fragmentation = new FragmentationMeter(fleet, mix);
  const { experiment } = scenario;
  const warmupUs = (experiment.kind === 'timed' ? experiment.warmupUs : 0) as Micros;
  const hasDetail = hooks.detail !== false;
  const digest = new EventDigest();
  const usage = new UsageMeter(fleet, warmupUs, scenario.elastic != null);
  const jobs = new JobMeter(warmupUs, fleet.hasCards);
  const statistics =
    experiment.kind === 'timed' && hasDetail
      ? new RunStatisticsMeter(fleet, warmupUs, seeksSteadyState(scenario))
      : undefined;
  const costs =
    scenario.cost == null || experiment.kind === 'fill' ? undefined : new CostMeter(fleet, warmupUs);
  const tracker = new FragmentationTracker(fleet, fragmentation);
  const fragmented = new FragmentationOverTime(fleet, tracker, warmupUs);
  const curve = experiment.kind === 'fill' ? new FillCurve(fleet, tracker) : undefined;
  const placers = placersOf(
    scenario,
    {
      fleet,
      fragmentation,
      reference: referenceSize(scenario, fleet),
      random: streams.stream('placement-gpu'),
    },
    streams,
  );
  const poolHosts = placers.map(({ hosts }) => hosts);
  const measures =
    experiment.kind === 'fill' || !hasDetail
      ? undefined
      : new Measures(fleet, scenario, poolHosts, mix, tracker);
  const hasWaterfall = experiment.kind === 'timed' && hasDetail;
  const waterfall = !hasWaterfall ? undefined : new Waterfall(fleet, warmupUs, poolHosts);
  const waits =
    experiment.kind === 'fill' ? undefined : new WaitLedger(fleet, warmupUs, poolHosts, waterfall);
  const context: RunContext = {
    fleet,
    shapes,
    placer: placers[0] as Placer,
    waits,
    work: waterfall,
    observers: [
      ...(waits === undefined ? [] : [waits]),
      ...(waterfall === undefined ? [] : [waterfall]),
      digest,
      usage,
      jobs,
      ...(statistics === undefined ? [] : [statistics]),
      tracker,
      fragmented,
      ...(measures?.observers ?? []),
      ...(curve === undefined ? [] : [curve]),
      ...(costs === undefined ? [] : [costs]),
      ...(hooks.observers?.(fleet, waits) ?? []),
    ],
    watched: hooks.watched,
    amend: hooks.amend && ((task) => hooks.amend?.(task) ?? task),
  };

  const readings: Readings = new Map();
  const overTime = experiment.kind === 'timed';
  let course: TimedOutcome | undefined;
  let withoutEffect: readonly string[] = [];
  let licenceTallies: readonly LicenceTally[] | undefined;
  if (experiment.kind === 'fill') {
    const { source, taskCount } = fillTasks(scenario, traces, fleet, streams);
    runFill(context, source, (n) => hooks.onProgress?.(n, taskCount));
    readings.set('gpu.requestedMilli', { value: curve?.requestedMilli ?? 0, unit: 'milliGPU' });
  } else {
    const { source, taskCount } = timedTasks(scenario, traces, fleet, streams);
    const horizonUs = experiment.horizonUs ?? Number.POSITIVE_INFINITY;
    const { services, sessions } = scenario.workload;
    let serving: ServiceRuntime | undefined;
    const frames = sessions.some((group) => group.frames !== null)
      ? new FrameTracker(sessions.map(frameDemandOf))
      : undefined;
    const faults = scenario.faults == null ? undefined : faultsOf(scenario.faults, fleet, streams, horizonUs);
    const faulty = faults === undefined ? undefined : faultMeter(faults, fleet, warmupUs);
    const elastic =
      scenario.elastic == null
        ? undefined
        : elasticOf(scenario.elastic, fleet, placers, poolNumbers(scenario), streams);
    const licences =
      scenario.licences == null
        ? undefined
        : licencesOf(scenario.licences, scenario.overheads, fleet, warmupUs);
    const pools = poolsOf(scenario, context, placers, { streams, solver: hooks.solver });
    if (licences !== undefined) requirePlainQueues(licences, pools);
    const outcome = runTimed(context, {
      source: withEstimates(source, scenario, streams),
      pools,
      horizonUs,
      warmupUs,
      sessionGroups: sessions.length,
      frames,
      ...(scenario.changes.length === 0 ? {} : { changes: hostChangesOf(scenario, fleet) }),
      licences: licences?.setup,
      repartition: scenario.repartition.length === 0 ? undefined : repartitionOf(scenario.repartition, fleet),
      faults: faults === undefined ? undefined : { ...faults, listener: faulty },
      elastic,
      sessions:
        sessions.length === 0
          ? undefined
          : (host) =>
              new SessionRuntime(
                host,
                sessions.map((group) => sessionGroupSpec(group, poolNumbers(scenario))),
                streams,
              ),
      services:
        services.length === 0
          ? undefined
          : (host) => (serving = new ServiceRuntime(host, services, streams, warmupUs)),
      interventions: hooks.interventions,
      onProgress: (n) => hooks.onProgress?.(n, taskCount),
    });
    course = outcome;
    withoutEffect = findWithoutEffect(scenario, placers, outcome.use);
    readings.set('time.end', { value: outcome.endUs / 1e6, unit: 'seconds' });
    readCards(readings, fleet, outcome, warmupUs, (host) => usage.presentSec(host));
    if (scenario.changes.length > 0) readChanges(readings, outcome.changes);
    if (outcome.repartition !== undefined) readRepartition(readings, outcome.repartition);
    faulty?.read(readings, outcome.endUs as Micros);
    licences?.meter.read(readings, outcome.endUs as Micros);
    licenceTallies = licences?.meter.tallies(outcome.endUs as Micros);
    elastic?.listener.read(readings, outcome.endUs as Micros);
    readSessions(readings, sessions, outcome, warmupUs);
    if (frames !== undefined) readFrames(readings, sessions, frames);
    if (serving !== undefined) readServices(readings, services, serving.summaries(outcome.endUs));
  }
  jobs.read(readings, overTime);
  usage.read(readings, overTime);
  fragmented.read(readings, overTime);
  if (measures !== undefined) readMeasures(readings, measures, scenario);
  const { cost: terms, elastic: elasticity } = scenario;
  const cost =
    terms === null || costs === undefined || course === undefined
      ? undefined
      : readCost(readings, { cost: terms, elastic: elasticity }, fleet, costs, course);
  readings.set('events', { value: digest.events, unit: 'events' });

  return {
    seed,
    digest: digest.hex(),
    readings: [...readings],
    byGpuModel: fleet.modelNames.map((model, m) => {
      const ofModel: Readings = new Map();
      usage.readModel(ofModel, m, overTime);
      return { model, readings: [...ofModel] };
    }),
    fill: curve?.series(),
    ...(measures === undefined ? {} : measures.told(readings, fleet, scenario)),
    statistics: statistics?.read(),
    rejectedFor: [...jobs.rejectedFor],
    waitedFor: [...jobs.waitedFor],
    waited: waits?.rows() ?? [],
    ...(waterfall === undefined ? {} : { waterfall: readWaterfall(waterfall, poolNames(scenario)) }),
    ...(cost === undefined ? {} : { cost }),
    ...(licenceTallies === undefined ? {} : { licences: licenceTallies }),
    withoutEffect,
  };
}

/** Makes known from the start which classes others keep away from. */
function learnRules(fleet: Fleet, { workload: { synthetic, services, sessions } }: Scenario): void {
  for (const { layout } of [...(synthetic?.classes ?? []), ...services, ...sessions]) {
    if (layout !== undefined) fleet.neighbours.learn(layout);
  }
}

/** What CPU and GPU of a host are divided by before they are compared: stated, else the largest host of the fleet. */
function referenceSize(scenario: Scenario, fleet: Fleet): { cpuMilli: number; gpuMilli: number } {
  const stated = scenario.policy.referenceHost;
  if (stated !== null) return { cpuMilli: stated.cpuMilli, gpuMilli: stated.gpuCount * GPU_MILLI };
  let cpuMilli = 1;
  let gpus = 1;
  for (let h = 0; h < fleet.hostCount; h++) {
    cpuMilli = Math.max(cpuMilli, fleet.cpuCapacityMilli[h] as number);
    gpus = Math.max(gpus, fleet.gpusOf(h));
  }
  return { cpuMilli, gpuMilli: gpus * GPU_MILLI };
}
