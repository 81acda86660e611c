import { type Command, Option } from 'commander';
import {
  type ExplainRequest,
  explainJob,
  type JobExplanation,
  JobTimeError,
  UnknownJobError,
} from '../../sim/experiment/explain/index.ts';
import { nearestNames } from '../../sim/hardware/index.ts';
import { explainText } from '../../sim/report/explain.ts';
import { plural, printable } from '../../sim/report/format.ts';
import { durationQuantity } from '../../sim/scenario/quantities/duration.ts';
import { type Problem, UsageError } from '../errors.ts';
import type { CliIo } from '../io.ts';
import { loadScenario } from '../load-scenario.ts';
import { solverFor } from '../load-solver.ts';
import { loadTraces } from '../load-traces.ts';
import { integerOption, repeatable } from '../options.ts';
import { ProgressLine } from '../progress.ts';

interface ExplainOptions {
  readonly at?: string;
  readonly set?: readonly string[];
  readonly overlay?: readonly string[];
  readonly seed?: number;
  readonly most?: number;
  readonly json?: boolean;
}

/** `slicewise explain SCENARIO JOB`: what became of one job and why, and which single changes would have started it. */
export function registerExplain(program: Command, io: CliIo): void {
  const wrongOptions: Problem[] = [];
  program
    .command('explain')
    .description('what became of one job and why, and which single changes would have started it')
    .argument('<scenario>', 'path of a scenario file (YAML or JSON), or the name of a catalogue scenario')
    .argument('<job>', 'name of a job, session or replica, as run --events and --decisions write it')
    .option(
      '--at <time>',
      'when it should run, such as 2h or "1d 3h" from the start (default: when it first has to wait)',
    )
    .option('--set <path=value>', 'change one value of the scenario first (repeatable)', repeatable)
    .option(
      '--overlay <file.yaml>',
      'merge this file into the scenario before the settings, such as what calibrate writes (repeatable)',
      repeatable,
    )
    .addOption(
      new Option('--seed <n>', "seed in place of the scenario's").argParser(
        integerOption('--seed', 0, Number.MAX_SAFE_INTEGER, wrongOptions),
      ),
    )
    .addOption(
      new Option('--most <n>', 'most changes of one kind that are tried, each in a run of its own')
        .argParser(integerOption('--most', 1, 10_000, wrongOptions))
        .default(8),
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nKinds of changes, the smallest first: another demand, its place in the queue, one job moved, one job\nstopped, another sharing mode, one more GPU, one more host. Each that is shown was run.\n\nExamples:\n  slicewise explain crowded.yaml train --at 2h\n  slicewise explain crowded.yaml train --set policy.queueing=sjf --json',
    )
    .action((scenario: string, job: string, options: ExplainOptions) => {
      const atSec = options.at === undefined ? undefined : secondsOf(options.at, wrongOptions);
      if (wrongOptions.length > 0) throw new UsageError('wrong options', wrongOptions);
      return explain(scenario, job, options, atSec, io);
    });
}

async function explain(
  name: string,
  job: string,
  options: ExplainOptions,
  atSec: number | undefined,
  io: CliIo,
): Promise<void> {
  const overlays = [...(options.set ?? []), ...(options.seed === undefined ? [] : [`seed=${options.seed}`])];
  const loaded = loadScenario(name, overlays, options.overlay ?? []);
  const { scenario, document, folder } = loaded;
  if (atSec !== undefined && scenario.experiment.kind === 'fill') {
    throw new UsageError('wrong options', [
      { path: '--at', value: options.at, message: 'a fill run has no time: leave it out' },
    ]);
  }
  const { traces, notes } = await loadTraces(scenario, folder);
  for (const note of [...loaded.notes.map(({ path, message }) => `${path}: ${message}`), ...notes])
    io.err(`note: ${printable(note)}\n`);
  const solver = await solverFor(scenario);
  const progress = new ProgressLine(io, 'explain', 'changes');
  let explanation: JobExplanation;
  try {
    explanation = explained({
      scenario,
      document,
      traces,
      seed: scenario.seed,
      job,
      atSec,
      solver,
      mostOfAKind: options.most ?? 8,
      onProgress: (done, total) => progress.update(done, total),
    });
  } finally {
    progress.end();
  }
  io.out(
    options.json === true
      ? `${JSON.stringify(explanation, null, 2)}\n`
      : explainText(explanation, Math.min(io.columns, 100)),
  );
}

/** `explainJob`, whose refusals of a name or a time are wrong input. */
function explained(request: ExplainRequest): JobExplanation {
  try {
    return explainJob(request);
  } catch (error) {
    if (error instanceof UnknownJobError) {
      const { names } = error;
      const hint =
        names.length === 0 ? 'no job arrives' : `the nearest: ${nearestNames(request.job, names).join(', ')}`;
      throw new UsageError('cannot explain the job', [
        {
          path: request.job,
          value: request.job,
          message: `is none of the ${plural(names.length, 'job')} of the run`,
          hint,
        },
      ]);
    }
    if (error instanceof JobTimeError) {
      throw new UsageError('cannot explain the job', [
        { path: '--at', value: request.atSec, message: error.message },
      ]);
    }
    throw error;
  }
}

/** Reads `2h`, or several that are added up: `1d 3h 12m`, as times are printed. */
function secondsOf(text: string, problems: Problem[]): number {
  let us = 0;
  for (const part of text.trim().split(/\s+/)) {
    const reading = durationQuantity.read(part);
    if (reading.ok) us += reading.value;
    else {
      problems.push({ path: '--at', value: text, message: reading.message });
      return 0;
    }
  }
  return us / 1e6;
}
