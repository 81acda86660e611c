import { runFill } from '../engine/fill.ts';
import type { RunContext } from '../engine/run-context.ts';
import type { IntegerSolver } from '../kernel/optimize/linear-program.ts';
import type { Micros } from '../kernel/time.ts';
import { FillCurve } from '../observe/fill-curve.ts';
import type { Readings } from '../observe/metric.ts';
import type { Placer } from '../policies/placement/placer.ts';
import type { Scenario } from '../scenario/types.ts';
import { costMeter, readCost } from './cost.ts';
import { ArrivedJobs } from './hindsight/arrived-jobs.ts';
import { readFillHindsight } from './hindsight/fill.ts';
import { readTimedHindsight } from './hindsight/timed.ts';
import { keptUsage } from './kept-usage.ts';
import { readMeasures } from './measures.ts';
import { poolNames } from './pools.ts';
import { type MeterDetail, Meters } from './replicate/meters.ts';
import { buildStage, type Stage } from './replicate/stage.ts';
import { runTimedCourse } from './replicate/timed-course.ts';
import type { Replication, ReplicationHooks } from './replicate/types.ts';
import { withSettledWarmup } from './statistics/warmup.ts';
import { fillTasks } from './tasks.ts';
import type { TraceData } from './trace-data.ts';
import { readWaterfall } from './waterfall.ts';

export type { Replication, ReplicationHooks } from './replicate/types.ts';

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
    return runOnce(pilot, traces, seed, changing, 'course').statistics;
  });
  const isPlain = hooks.detail === false || scenario.metrics?.detail === false;
  return runOnce(settled, traces, seed, hooks, isPlain ? 'fleet' : 'all');
}

/** Sets the stage, puts the meters around it, lets the run go and reads the meters. */
function runOnce(
  scenario: Scenario,
  traces: TraceData,
  seed: number,
  hooks: ReplicationHooks,
  detail: MeterDetail,
): Replication {
  const stage = buildStage(scenario, traces, seed, hooks);
  const { fleet } = stage;
  const meters = new Meters(stage, scenario, detail);
  const { experiment } = scenario;
  const isTimed = experiment.kind === 'timed';
  const curve = isTimed ? undefined : new FillCurve(fleet, meters.tracker);
  const arrived = !isTimed && experiment.hasHindsight === true ? new ArrivedJobs() : undefined;
  const costs =
    scenario.cost == null || !isTimed ? undefined : costMeter(scenario, fleet, experiment.warmupUs as Micros);
  const context: RunContext = {
    fleet,
    shapes: stage.shapes,
    placer: stage.placers[0] as Placer,
    waits: meters.ledger,
    work: meters.waterfall,
    observers: [
      meters,
      ...(curve === undefined ? [] : [curve]),
      ...(arrived === undefined ? [] : [arrived]),
      ...(costs === undefined ? [] : [costs]),
      ...(hooks.observers?.(fleet, meters.ledger, meters.waterfall, stage.mix) ?? []),
    ],
    watched: hooks.watched,
    amend: hooks.amend && ((task) => hooks.amend?.(task) ?? task),
  };

  const readings: Readings = new Map();
  if (curve !== undefined) fillFleet(scenario, traces, stage, context, hooks, curve, readings);
  if (arrived !== undefined) {
    readFillHindsight(readings, fleet, stage.poolHosts[0] as readonly number[], arrived, solverOf(hooks));
  }
  const course = isTimed
    ? runTimedCourse(scenario, traces, stage, context, meters, hooks, readings)
    : undefined;
  meters.read(readings, isTimed);
  const { measures, waterfall } = meters;
  if (isTimed) readMeasures(readings, measures, scenario);
  const unproven =
    course === undefined || experiment.hasHindsight !== true || detail === 'course'
      ? undefined
      : readTimedHindsight(
          readings,
          { scenario, traces, seed, isChanged: isChanged(hooks) },
          solverOf(hooks),
        );
  const { cost: terms, elastic } = scenario;
  const cost =
    terms === null || costs === undefined || course === undefined
      ? undefined
      : readCost(readings, { cost: terms, elastic }, fleet, costs, course.outcome);
  readings.set('events', { value: meters.digest.events, unit: 'events' });

  return {
    seed,
    digest: meters.digest.hex(),
    readings: [...readings],
    byGpuModel: fleet.modelNames.map((model, m) => {
      const ofModel: Readings = new Map();
      meters.usage.readModel(ofModel, m, isTimed);
      return { model, readings: [...ofModel] };
    }),
    fill: curve?.series(),
    ...(isTimed && measures === undefined ? { isPlain: true } : {}),
    ...(measures === undefined ? {} : measures.told(fleet, scenario)),
    statistics: meters.statistics?.read(),
    rejectedFor: [...meters.jobs.rejectedFor],
    waitedFor: [...meters.jobs.waitedFor],
    waited: meters.ledger?.rows() ?? [],
    ...(waterfall === undefined ? {} : { waterfall: readWaterfall(waterfall, poolNames(scenario)) }),
    ...(cost === undefined ? {} : { cost }),
    ...(costs === undefined || course === undefined || hooks.keepsUsage !== true
      ? {}
      : { usage: keptUsage(costs, course.outcome.endUs) }),
    ...(course?.licences === undefined ? {} : { licences: course.licences }),
    withoutEffect: [...(course?.withoutEffect ?? []), ...(unproven === undefined ? [] : [unproven])],
  };
}

/** Whether a run is other than its scenario says. */
function isChanged({ hosts, amend, interventions }: ReplicationHooks): boolean {
  return hosts !== undefined || amend !== undefined || (interventions ?? []).length > 0;
}

function solverOf({ solver }: ReplicationHooks): IntegerSolver {
  if (solver === undefined) {
    throw new RangeError(
      'Cannot find out what was possible without a solver: give one to the run (hooks.solver, such as highsSolver(await loadHighs()))',
    );
  }
  return solver;
}

/** Fills the fleet, task by task, as long as there are any. */
function fillFleet(
  scenario: Scenario,
  traces: TraceData,
  { fleet, streams }: Stage,
  context: RunContext,
  hooks: ReplicationHooks,
  curve: FillCurve,
  readings: Readings,
): void {
  const { source, taskCount } = fillTasks(scenario, traces, fleet, streams);
  runFill(context, source, (n) => hooks.onProgress?.(n, taskCount));
  readings.set('gpu.requestedMilli', { value: curve.requestedMilli, unit: 'milliGPU' });
}
