import { judgeAlone } from '../../../sim/experiment/compare/index.ts';
import {
  assumptionsOf,
  type ClusterObserver,
  type InputSummary,
  type IntegerSolver,
  type ReplayRecording,
  type ReplicationHooks,
  type RunResult,
  recordReplay,
  replicate,
  type Scenario,
  summarize,
  type TraceData,
} from '../../../sim/index.ts';
import type { CanonicalDocument } from '../../../sim/scenario/index.ts';
import type { RunProgress } from '../messages.ts';

/** What one run is given. */
export interface RunInput {
  readonly scenario: Scenario;
  readonly document: CanonicalDocument;
  readonly traces: TraceData;
  readonly inputs: readonly InputSummary[];
  readonly solver: IntegerSolver | undefined;
  /** Of the product. */
  readonly version: string;
  /** Takes the replay. */
  readonly sink: { write(bytes: Uint8Array): void };
  /** Told as often as the engine tells; whoever shows it chooses when. */
  onProgress(progress: Omit<RunProgress, 'seconds'>): void;
}

/**
 * Runs a scenario once and writes its replay, as `run --replay` does.
 *
 * @throws {ScenarioError} where the scenario cannot be run with the tasks it has
 */
export function simulate(input: RunInput): RunResult {
  const { scenario, document, traces, inputs, version, sink, solver } = input;
  const { experiment, seed } = scenario;
  const horizonUs = experiment.kind === 'timed' ? (experiment.horizonUs ?? undefined) : undefined;
  let atUs = 0;
  let recorded: ReplayRecording | undefined;
  const hooks: ReplicationHooks = {
    observers(fleet, waits, waterfall, mix) {
      recorded = recordReplay({ scenario, document, version, fleet, waits, waterfall, mix }, sink);
      const clock: ClusterObserver = {
        arrived: (nowUs) => {
          atUs = nowUs;
        },
      };
      return [recorded.writer, clock];
    },
    onProgress(jobs, total) {
      input.onProgress({
        ...{ jobs, atUs },
        ...(total === undefined ? {} : { total }),
        ...(horizonUs === undefined ? {} : { horizonUs }),
      });
    },
    solver,
  };
  const replications = [replicate(scenario, traces, seed, hooks)];
  const { notes, ...summary } = summarize(replications);
  const { results: objectives, notes: left } = judgeAlone(scenario.objectives ?? [], replications);
  const result: RunResult = {
    schema: 'slicewise/result@1',
    version,
    scenario: document,
    overlays: [],
    inputs,
    ...summary,
    ...(objectives.length === 0 ? {} : { objectives }),
    assumptions: assumptionsOf(scenario),
    notes: [...notes, ...left],
  };
  recorded?.close(result);
  return result;
}
