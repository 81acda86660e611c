import { FrameTracker } from '../../engine/frame-tracker.ts';
import type { RunContext } from '../../engine/run-context.ts';
import { ServiceRuntime } from '../../engine/services.ts';
import { SessionRuntime } from '../../engine/sessions.ts';
import { runTimed, type TimedOutcome } from '../../engine/timed.ts';
import type { Micros } from '../../kernel/time.ts';
import type { LicenceTally } from '../../observe/licence-meter.ts';
import type { Readings } from '../../observe/metric.ts';
import type { Scenario } from '../../scenario/types.ts';
import { readCards } from '../card-readings.ts';
import { readChanges } from '../change-readings.ts';
import { poolNumbers } from '../claims.ts';
import { frameDemandOf, sessionGroupSpec } from '../demand.ts';
import { elasticOf } from '../elastic.ts';
import { withEstimates } from '../estimates.ts';
import { faultMeter } from '../fault-readings.ts';
import { faultsOf } from '../faults.ts';
import { readFrames } from '../frame-readings.ts';
import { hostChangesOf } from '../hosts.ts';
import { licencesOf } from '../licences.ts';
import { poolsOf } from '../pools.ts';
import { readRepartition, repartitionOf } from '../repartition.ts';
import { readServices } from '../service-readings.ts';
import { readSessions } from '../session-readings.ts';
import { timedTasks } from '../tasks.ts';
import type { TraceData } from '../trace-data.ts';
import { findWithoutEffect } from '../without-effect.ts';
import type { Meters } from './meters.ts';
import type { Stage } from './stage.ts';
import type { ReplicationHooks } from './types.ts';

/** What a timed run said besides its readings. */
export interface TimedCourse {
  readonly outcome: TimedOutcome;
  readonly withoutEffect: readonly string[];
  readonly licences: readonly LicenceTally[] | undefined;
}

/** Runs a timed scenario, and reads what its own sections measure: cards, changes, faults, licences, sessions and so on. */
export function runTimedCourse(
  scenario: Scenario,
  traces: TraceData,
  { fleet, placers, streams }: Stage,
  context: RunContext,
  { usage, measures }: Meters,
  hooks: ReplicationHooks,
  readings: Readings,
): TimedCourse {
  const { experiment } = scenario;
  if (experiment.kind !== 'timed')
    throw new RangeError('Cannot run a timed course: the experiment is a fill');
  const { source, taskCount } = timedTasks(scenario, traces, fleet, streams);
  const warmupUs = experiment.warmupUs as Micros;
  const horizonUs = experiment.horizonUs ?? Number.POSITIVE_INFINITY;
  const { services, sessions } = scenario.workload;
  let serving: ServiceRuntime | undefined;
  const frames = sessions.some((group) => group.frames !== null)
    ? new FrameTracker(sessions.map(frameDemandOf), measures?.alerts.frames)
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
  if (measures !== undefined) measures.licences = licences?.meter;
  const pools = poolsOf(scenario, context, placers, { streams, solver: hooks.solver });
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
  const endUs = outcome.endUs as Micros;
  readings.set('time.end', { value: endUs / 1e6, unit: 'seconds' });
  readCards(readings, fleet, outcome, warmupUs, (host) => usage.presentSec(host));
  if (scenario.changes.length > 0) readChanges(readings, outcome.changes);
  if (outcome.repartition !== undefined) readRepartition(readings, outcome.repartition);
  faulty?.read(readings, endUs);
  licences?.meter.read(readings, endUs);
  elastic?.listener.read(readings, endUs);
  readSessions(readings, sessions, outcome, warmupUs);
  if (frames !== undefined) readFrames(readings, sessions, frames);
  if (serving !== undefined) readServices(readings, services, serving.summaries(outcome.endUs));
  return {
    outcome,
    withoutEffect: findWithoutEffect(scenario, placers, outcome.use),
    licences: licences?.meter.tallies(endUs),
  };
}
