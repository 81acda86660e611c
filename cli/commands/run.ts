import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { gateVerdict, judgeAlone, replicationValues } from '../../sim/experiment/compare/index.ts';
import { precisionNotes } from '../../sim/experiment/statistics/precision.ts';
import { parametersInUse } from '../../sim/experiment/uncertainty/index.ts';
import {
  assumptionsOf,
  type ReplayRecording,
  type Replication,
  type RunResult,
  type Scenario,
  summarize,
} from '../../sim/index.ts';
import { layOut } from '../../sim/report/blocks.ts';
import { printable } from '../../sim/report/format.ts';
import { objectiveBlocks } from '../../sim/report/objectives.ts';
import { summaryText } from '../../sim/report/summary.ts';
import { uncertaintyText } from '../../sim/report/uncertainty.ts';
import { costCsv, focusText } from '../cost-csv.ts';
import { type Problem, UsageError } from '../errors.ts';
import { recordingHooks } from '../executors/recording.ts';
import {
  type PreciseRun,
  type ReplicationRun,
  runReplications,
  runUntilPrecise,
} from '../executors/replications.ts';
import { planUncertainty } from '../executors/uncertainty.ts';
import { GateFailed } from '../gate-failed.ts';
import { checkGiveBack, runGiveBack } from '../give-back.ts';
import type { CliIo } from '../io.ts';
import { type LoadedScenario, loadScenario } from '../load-scenario.ts';
import { loadTraces } from '../load-traces.ts';
import { integerOption, repeatable } from '../options.ts';
import { OutputFile } from '../output-file.ts';
import {
  asUsageError,
  checkPrecisionOptions,
  type PrecisionOptions,
  precisionSettings,
} from '../precision-options.ts';
import { ProgressLine } from '../progress.ts';
import { type OutputName, outputPlaces } from '../run-outputs.ts';
import { fillSeriesCsv, timeSeriesCsv } from '../series-csv.ts';
import { shellWord } from '../shell-word.ts';
import { packageVersion } from '../version.ts';

interface RunOptions extends PrecisionOptions {
  readonly set?: readonly string[];
  readonly overlay?: readonly string[];
  readonly seed?: number;
  readonly replications?: number;
  /** False with --no-detail. */
  readonly detail: boolean;
  readonly workers: number;
  readonly out?: string;
  readonly strict?: boolean;
  readonly json?: boolean;
  readonly decisions?: string;
  readonly events?: string;
  readonly replay?: string;
  readonly uncertainty?: number;
  readonly drivers?: readonly string[];
  readonly giveBack?: number;
}

/** Fewer say nothing about the ends of an interval; more say no more than these. */
const MIN_SAMPLES = 10;
const MAX_SAMPLES = 10_000;

/** `slicewise run SCENARIO`: simulates and reports. */
export function registerRun(program: Command, io: CliIo): void {
  const wrongOptions: Problem[] = [];
  program
    .command('run')
    .description('simulate a scenario: summary table, result.json, decisions and events on request')
    .argument('<scenario>', 'path of a scenario file (YAML or JSON), or the name of a catalogue scenario')
    .option(
      '--set <path=value>',
      'change one value of the scenario, such as policy.placement=fgd (repeatable)',
      repeatable,
    )
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
      new Option('--replications <n>', 'independent runs, with seeds seed, seed+1, ...').argParser(
        integerOption('--replications', 1, 100_000, wrongOptions),
      ),
    )
    .addOption(
      new Option('--workers <n>', 'threads for several replications, no more than cores')
        .argParser(integerOption('--workers', 1, 256, wrongOptions))
        .default(1),
    )
    .addOption(
      new Option(
        '--uncertainty <n>',
        'run n samples of the overheads within their ranges: intervals, and which of them drive the result',
      ).argParser(integerOption('--uncertainty', MIN_SAMPLES, MAX_SAMPLES, wrongOptions)),
    )
    .option(
      '--drivers <metric>',
      'with --uncertainty: show what drives this metric, such as completion.mean (repeatable)',
      repeatable,
    )
    .addOption(
      new Option(
        '--give-back [n]',
        'for the n largest parts of the capacity that are no work (default 5): what one change would give back, each shown by runs',
      )
        .argParser(integerOption('--give-back', 1, 20, wrongOptions))
        .preset('5'),
    )
    .option(
      '--precision <metric=width>',
      'run until the 95 % interval of this metric is so narrow: wait.mean=5% of the mean, or a number in its unit (repeatable)',
      repeatable,
    )
    .addOption(
      new Option('--max-replications <n>', 'with --precision: no more than these; default 1000').argParser(
        integerOption('--max-replications', 5, 100_000, wrongOptions),
      ),
    )
    .option(
      '--time-budget <duration>',
      'with --precision: begin no replication after so much time, such as 10m; the number then depends on the machine',
    )
    .option('--no-detail', 'the metrics of the fleet as a whole alone, as with --set metrics.detail=false')
    .option(
      '--out <dir>',
      'write result.json, the curves and, with a section cost, the bill as CSV to this folder',
    )
    .option('--strict', 'an objective that is undecided fails, too: exit code 1')
    .option('--json', 'print result.json to stdout instead of the summary')
    .option('--decisions <file.csv>', 'write where each job went: job,host,gpus')
    .option('--events <file.jsonl>', 'write every event, one JSON object a line')
    .option('--replay <file>', 'write a replay: what happened, moment by moment, for `slicewise view`')
    .addHelpText(
      'after',
      '\nExamples:\n  slicewise run openb-like --set policy.placement=best-fit --seed 7 --out out' +
        '\n  slicewise run openb-like --replications 5 --workers 2 --json' +
        '\n  slicewise run shared.yaml --overlay calibrated.yaml --uncertainty 100 --drivers completion.mean',
    )
    .action((scenario: string, options: RunOptions) => {
      if (wrongOptions.length > 0) throw new UsageError('wrong options', wrongOptions);
      return run(scenario, options, io);
    });
}

async function run(name: string, options: RunOptions, io: CliIo): Promise<void> {
  const stated = [
    ...(options.set ?? []),
    ...(options.seed === undefined ? [] : [`seed=${options.seed}`]),
    ...(options.replications === undefined ? [] : [`replications=${options.replications}`]),
    ...(options.detail ? [] : ['metrics.detail=false']),
  ];
  const overlayFiles = options.overlay ?? [];
  const overlays = [...stated, ...precisionSettings(options, () => loadScenario(name, stated, overlayFiles))];
  const loaded = loadScenario(name, overlays, overlayFiles);
  const budgetMs = checkPrecisionOptions(options, loaded);
  checkGiveBack(options.giveBack, loaded);
  const { scenario, document, folder } = loaded;
  const isFill = scenario.experiment.kind === 'fill';
  const uncertainty = planUncertainty(options, loaded);
  const places = outputPlaces(options, loaded);
  const { traces, inputs, notes } = await loadTraces(scenario, folder);
  for (const note of [...loaded.notes.map(({ path, message }) => `${path}: ${message}`), ...notes])
    io.err(`note: ${printable(note)}\n`);

  // Opened before the simulation: a place that cannot be written to should not cost a run.
  const files = new Map<OutputName, OutputFile>();
  const replay: { recorded?: ReplayRecording } = {};
  try {
    for (const { output, path } of places) files.set(output, new OutputFile(path));
    const { replications, precise } = await simulate(loaded, traces, options, io, files, budgetMs, replay);
    const { notes: remarks, ...summary } = summarize(replications);
    const { giveBack: most, workers } = options;
    const giveBack =
      most === undefined ? undefined : await runGiveBack(most, loaded, replications, workers, io);
    const values = replicationValues(replications);
    const { results: objectives, notes: left } = judgeAlone(scenario.objectives ?? [], replications);
    const result: RunResult = {
      schema: 'slicewise/result@1',
      version: packageVersion,
      scenario: document,
      overlays: [...overlayFiles, ...overlays],
      inputs,
      ...summary,
      ...(giveBack === undefined ? {} : { giveBack }),
      ...(values === undefined ? {} : { replications: values }),
      ...(objectives.length === 0 ? {} : { objectives }),
      assumptions: assumptionsOf(scenario),
      ...(await uncertainty?.run(summary.metrics, traces, io)),
      ...(precise === undefined ? {} : { precision: precise.decision.targets }),
      notes: [...remarks, ...notesOf(precise, options.timeBudget), ...left],
    };
    replay.recorded?.close(result);
    const json = `${JSON.stringify(result, null, 2)}\n`;
    files.get('result')?.write(json);
    if (result.series.fill !== undefined) files.get('curves')?.write(fillSeriesCsv(result.series.fill));
    if (result.series.time !== undefined) files.get('series')?.write(timeSeriesCsv(result.series.time));
    files.get('cost')?.write(costCsv(result));
    files.get('focus')?.write(focusText(result, document.name));
    for (const file of files.values()) file.commit();
    if (options.out !== undefined) {
      // What an earlier run of another kind left there would be taken for what this one wrote.
      for (const name of ['series.csv', 'fill.csv', 'cost.csv', 'focus.csv']) {
        const old = resolve(options.out, name);
        if (!places.some(({ path }) => resolve(path) === old)) rmSync(old, { force: true });
      }
    }
    io.out(options.json === true ? json : summaryText(result, io.columns));
    if (options.json !== true && result.uncertainty !== undefined) {
      io.out(`\n${uncertaintyText(result.uncertainty, options.drivers)}`);
    }
    const isStrict = options.strict === true;
    if (options.json !== true && objectives.length > 0) {
      io.out(
        `\n${layOut(objectiveBlocks(objectives, isStrict), Math.max(80, Math.min(100, io.columns))).join('\n')}\n`,
      );
    }
    if (options.out !== undefined) io.err(`\n${nextSteps(name, options.out, scenario, isFill)}`);
    if (gateVerdict(objectives, isStrict) === 'fail') throw new GateFailed();
  } finally {
    for (const file of files.values()) file.discard();
  }
}

async function simulate(
  loaded: LoadedScenario,
  traces: Awaited<ReturnType<typeof loadTraces>>['traces'],
  options: RunOptions,
  io: CliIo,
  files: ReadonlyMap<OutputName, OutputFile>,
  budgetMs: number,
  replay: { recorded?: ReplayRecording },
): Promise<{ readonly replications: readonly Replication[]; readonly precise?: PreciseRun }> {
  const { scenario } = loaded;
  const isOpen = scenario.experiment.precision !== undefined;
  const single = scenario.replications === 1 && !isOpen;
  const progress = new ProgressLine(io, 'run', single ? 'jobs' : 'replications');
  const began = performance.now();
  // Variants are no part of this run: no worker needs to check them.
  const { whatIf: _variants, ...document } = loaded.document;
  try {
    const run: ReplicationRun = {
      scenario,
      traces,
      folder: loaded.folder,
      document,
      workers: options.workers,
      hooks: {
        ...recordingHooks({
          decisions: files.get('decisions'),
          events: files.get('events'),
          replay: files.get('replay'),
          scenario,
          document,
          began: (recorded) => {
            replay.recorded = recorded;
          },
        }),
        onProgress(jobs, total) {
          if (single) progress.update(jobs, total);
        },
      },
      onReplication(done, total) {
        if (!single) progress.update(done, total);
      },
    };
    if (!isOpen) return { replications: await runReplications(run) };
    const precise = await runUntilPrecise(run, () => performance.now() - began > budgetMs);
    return { replications: precise.replications, precise };
  } catch (error) {
    throw asUsageError(error);
  } finally {
    progress.end();
  }
}

/** What a precision that was not reached leaves open. */
function notesOf(precise: PreciseRun | undefined, timeBudget: string | undefined): readonly string[] {
  if (precise === undefined) return [];
  const { decision, isOutOfTime, replications } = precise;
  const runs = replications.length;
  if (!isOutOfTime) return precisionNotes(decision, runs, 'as many as precision.most allows');
  return [
    `The time budget of ${timeBudget} ended the run after ${runs} of ${decision.total} replications: another machine may get further`,
    ...precisionNotes(decision, runs, 'time was up'),
  ];
}

/** Commands that work on this scenario whatever it says. */
function nextSteps(name: string, out: string, scenario: Scenario, isFill: boolean): string {
  const word = shellWord(name);
  const { policy, workload } = scenario;
  const goesOn = workload.services.length > 0 || workload.sessions.length > 0;
  const steps: (readonly [command: string, what: string])[] = [
    [
      `run ${word} --set policy.placement=${policy.placement === 'fgd' ? 'best-fit' : 'fgd'}`,
      'another placement policy',
    ],
    // Services and sessions need time: no fill run takes them.
    isFill || goesOn
      ? [`run ${word} --replications 5`, 'means with 95 % intervals']
      : [`run ${word} --set "experiment={kind: fill}"`, 'how much of the fleet the task mix can fill'],
    ...(parametersInUse(scenario).varied.length > 0 && !isFill
      ? [[`run ${word} --uncertainty 20`, 'what the overheads of sharing do to the result'] as const]
      : []),
    [`report ${shellWord(out)} --out ${shellWord(out)}`, 'the result as a page with charts, and as Markdown'],
    [`check ${word}`, 'the scenario with every default spelled out'],
  ];
  const width = Math.max(...steps.map(([command]) => command.length));
  const lines = steps.map(
    ([command, what], i) =>
      `${(i === 0 ? 'Try next:' : '').padEnd(11)}slicewise ${command.padEnd(width)}  ${what}`,
  );
  const written = `Written: ${join(out, 'result.json')} (all metrics, the scenario as it ran, the digest)`;
  return `${[written, ...lines, '           (in a checkout: npm run -s slicewise -- run ...)'].join('\n')}\n`;
}
