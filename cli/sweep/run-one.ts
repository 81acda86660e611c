import { normalizeScenario, replicate, type Scenario } from '../../sim/index.ts';
import { UsageError } from '../errors.ts';
import { keptTraces, OtherTraces } from '../executors/kept-traces.ts';
import { solverFor } from '../load-solver.ts';
import type { RunOne, SweepContext, SweepOutcome, SweepRun } from './executor.ts';

/** Runs one run in this thread. Traces and the solver are loaded once for all runs that need the same. */
export const runOne: RunOne = async ({ id, index, document, seed, files }, { folder }) => {
  const began = performance.now();
  const elapsedMs = () => Math.round((performance.now() - began) * 1000) / 1000;
  try {
    const scenario = scenarioOf(document);
    const { traces } = await keptTraces(scenario, folder, files);
    const solver = await solverFor(scenario);
    const { digest, readings } = replicate(scenario, traces, seed, { solver });
    const metrics = Object.fromEntries(readings.map(([name, { value, unit }]) => [name, { value, unit }]));
    return { id, index, status: 'done', digest, metrics, elapsedMs: elapsedMs() };
  } catch (error) {
    if (error instanceof OtherTraces) throw error;
    return { id, index, status: 'failed', error: errorLine(error), elapsedMs: elapsedMs() };
  }
};

/** The scenario of the last document: replications of a point follow each other. */
let last: { readonly text: string; readonly scenario: Scenario } | undefined;

function scenarioOf(document: unknown): Scenario {
  const text = JSON.stringify(document);
  if (last?.text !== text) {
    const normalized = normalizeScenario(document);
    if (!normalized.ok) throw new UsageError('the scenario is not valid', normalized.problems);
    last = { text, scenario: normalized.scenario };
  }
  return last.scenario;
}

/** What a thread answers: an error that crosses threads loses its class, so that of other traces travels as data. */
export type ThreadAnswer = SweepOutcome | { readonly file: string; readonly message: string };

/** What the thread pool calls. */
export async function runSweepRun(task: {
  readonly run: SweepRun;
  readonly context: Pick<SweepContext, 'folder'>;
}): Promise<ThreadAnswer> {
  try {
    return await runOne(task.run, task.context);
  } catch (error) {
    const [problem] = error instanceof OtherTraces ? error.problems : [];
    if (problem === undefined) throw error;
    return { file: problem.path, message: problem.message };
  }
}

const LONGEST = 500;

/** An error on one line, for people. */
export function errorLine(error: unknown): string {
  const parts =
    error instanceof UsageError
      ? [error.message, ...error.problems.slice(0, 3).map(({ path, message }) => `${path}: ${message}`)]
      : error instanceof Error
        ? [...('path' in error && typeof error.path === 'string' ? [error.path] : []), error.message]
        : [String(error)];
  const line = parts.join(': ').replace(/\s+/g, ' ').trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}
