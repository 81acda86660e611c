import { type ReplayOutline, ReplayPlayback, type ReplayReading } from '../observe/replay/index.ts';
import { normalizeScenario } from '../scenario/index.ts';
import type { Scenario } from '../scenario/types.ts';
import { hostsOf } from './hosts.ts';
import { measureFleet } from './replay.ts';
import { ScenarioError } from './scenario-error.ts';
import type { TraceData } from './trace-data.ts';

/** The scenario that a replay is of. */
export function scenarioOfReplay({ header }: Pick<ReplayOutline, 'header'>): Scenario {
  const read = normalizeScenario(header.scenario);
  if (read.ok) return read.scenario;
  const first = read.problems[0];
  throw new ScenarioError(
    first?.path ?? '',
    `the replay has a scenario that this version cannot read: ${first?.message}`,
  );
}

/**
 * What is measured of jobs, allocation, fragmentation and parts of the fleet, from a replay file instead of the run itself:
 * to the last bit the same where the file is whole. What requests, frames and single sessions went through is known to the
 * run alone.
 *
 * @param scenario of the header (see `scenarioOfReplay`), or the one that was run in its place
 * @param traces tasks of the trace, for the mix whose fragmentation is measured; the fleet is in the file
 */
export function* measureReplay(
  outline: ReplayOutline,
  size: number,
  scenario: Scenario,
  traces: TraceData,
): ReplayReading<ReturnType<ReturnType<typeof measureFleet>['read']>> {
  const hosts = hostsOf(scenario, { hosts: outline.header.start.hosts });
  const playback = new ReplayPlayback(outline, hosts);
  const measuring = measureFleet(scenario, traces, playback.fleet);
  yield* playback.play(size, measuring.observers);
  return measuring.read();
}
