import manifest from '../../../package.json' with { type: 'json' };
import { readTraces, TraceError } from '../../../scenarios/read-traces.ts';
import { ScenarioError } from '../../../sim/index.ts';
import { applyOverlay, normalizeScenario, parseScenarioText } from '../../../sim/scenario/index.ts';
import { parsePath } from '../../../sim/scenario/path.ts';
import { settingsForOneRun } from '../desk/changes.ts';
import { placedProblem, Refused } from '../desk/problem.ts';
import type { GivenFile, RunOutcome, RunProgress } from '../messages.ts';
import { BlobSink } from './blob-sink.ts';
import { givenSource } from './given-files.ts';
import { simulate } from './simulate.ts';
import { browserSolver } from './solver.ts';

/**
 * Runs a scenario text once, with its own seed: several replications, or a precision, would need several runs, of which
 * there is no replay.
 *
 * @param files that it reads
 * @throws {Refused} with everything that is wrong
 */
export async function runText(
  text: string,
  files: readonly GivenFile[],
  onProgress: (progress: RunProgress) => void,
): Promise<RunOutcome> {
  const parsed = parseScenarioText(text);
  if (!parsed.ok) throw new Refused('The YAML cannot be read', parsed.problems.map(placedProblem));
  const single = applyOverlay(parsed.document, settingsForOneRun(parsed.document));
  const result = normalizeScenario(single.ok ? single.document : parsed.document, { at: parsed.at });
  if (!result.ok) throw new Refused('The scenario is not valid', result.problems.map(placedProblem));
  const { scenario, document: normalized } = result;
  // Variants are no part of this run.
  const { whatIf: _variants, ...document } = normalized;
  try {
    const { traces, inputs, notes } = await readTraces(scenario, givenSource(files));
    const solver = await browserSolver(scenario);
    const sink = new BlobSink();
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1000;
    const outcome = simulate({
      ...{ scenario, document, traces, inputs, solver, sink, version: manifest.version },
      onProgress: (progress) => onProgress({ ...progress, seconds: seconds() }),
    });
    return {
      ...{ replay: sink.blob(), digest: outcome.digest, seconds: seconds() },
      notes: [...result.notes.map(({ path, message }) => `${path}: ${message}`), ...notes, ...outcome.notes],
    };
  } catch (error) {
    if (error instanceof TraceError) throw new Refused(error.message, error.problems);
    if (!(error instanceof ScenarioError)) throw error;
    const { path, message } = error;
    const at = parsed.at(parsePath(path) ?? []);
    throw new Refused('The scenario cannot be run', [placedProblem({ path, message, at })]);
  }
}
