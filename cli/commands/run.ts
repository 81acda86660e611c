import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { parametersInUse } from '../../sim/experiment/uncertainty/index.ts';
import {
  assumptionsOf,
  type Replication,
  type RunResult,
  type Scenario,
  summarize,
} from '../../sim/index.ts';
import { printable } from '../../sim/report/format.ts';
import { summaryText } from '../../sim/report/summary.ts';
import { uncertaintyText } from '../../sim/report/uncertainty.ts';
import { type Problem, UsageError } from '../errors.ts';
import { recordingHooks } from '../executors/recording.ts';
import { runReplications } from '../executors/replications.ts';
import { planUncertainty } from '../executors/uncertainty.ts';
import type { CliIo } from '../io.ts';
import { type LoadedScenario, loadScenario } from '../load-scenario.ts';
import { loadTraces } from '../load-traces.ts';
import { integerOption, repeatable } from '../options.ts';
import { OutputFile } from '../output-file.ts';
import { ProgressLine } from '../progress.ts';
import { type OutputName, outputPlaces } from '../run-outputs.ts';
import { fillSeriesCsv } from '../series-csv.ts';
import { shellWord } from '../shell-word.ts';
import { packageVersion } from '../version.ts';

interface RunOptions {
  readonly set?: readonly string[];
  readonly overlay?: readonly string[];
  readonly seed?: number;
  readonly replications?: number;
  readonly workers: number;
  readonly out?: string;
  readonly json?: boolean;
  readonly decisions?: string;
  readonly events?: string;
  readonly uncertainty?: number;
  readonly drivers?: readonly string[];
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
    .option('--out <dir>', 'write result.json and the curves as CSV to this folder')
    .option('--json', 'print result.json to stdout instead of the summary')
    .option('--decisions <file.csv>', 'write where each job went: job,host,gpus')
    .option('--events <file.jsonl>', 'write every event, one JSON object a line')
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
  const overlays = [
    ...(options.set ?? []),
    ...(options.seed === undefined ? [] : [`seed=${options.seed}`]),
    ...(options.replications === undefined ? [] : [`replications=${options.replications}`]),
  ];
  const overlayFiles = options.overlay ?? [];
  const loaded = loadScenario(name, overlays, overlayFiles);
  const { scenario, document, folder } = loaded;
  const isFill = scenario.experiment.kind === 'fill';
  const uncertainty = planUncertainty(options, loaded);
  const places = outputPlaces(options, loaded);
  const { traces, inputs, notes } = await loadTraces(scenario, folder);
  for (const note of [...loaded.notes.map(({ path, message }) => `${path}: ${message}`), ...notes])
    io.err(`note: ${printable(note)}\n`);

  // Opened before the simulation: a place that cannot be written to should not cost a run.
  const files = new Map<OutputName, OutputFile>();
  try {
    for (const { output, path } of places) files.set(output, new OutputFile(path));
    const replications = await simulate(loaded, traces, options, io, files);
    const { notes: remarks, ...summary } = summarize(replications);
    const result: RunResult = {
      schema: 'slicewise/result@1',
      version: packageVersion,
      scenario: document,
      overlays: [...overlayFiles, ...overlays],
      inputs,
      ...summary,
      assumptions: assumptionsOf(scenario),
      ...(await uncertainty?.run(summary.metrics, traces, io)),
      notes: remarks,
    };
    const json = `${JSON.stringify(result, null, 2)}\n`;
    files.get('result')?.write(json);
    if (result.series.fill !== undefined) files.get('curves')?.write(fillSeriesCsv(result.series.fill));
    for (const file of files.values()) file.commit();
    if (options.out !== undefined && !isFill) {
      // Curves of an earlier fill run would be taken for those of this one.
      const curves = resolve(options.out, 'fill.csv');
      if (!places.some(({ path }) => resolve(path) === curves)) rmSync(curves, { force: true });
    }
    io.out(options.json === true ? json : summaryText(result, io.columns));
    if (options.json !== true && result.uncertainty !== undefined) {
      io.out(`\n${uncertaintyText(result.uncertainty, options.drivers)}`);
    }
    if (options.out !== undefined) io.err(`\n${nextSteps(name, options.out, scenario, isFill)}`);
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
): Promise<Replication[]> {
  const { scenario } = loaded;
  const single = scenario.replications === 1;
  const progress = new ProgressLine(io, 'run', single ? 'jobs' : 'replications');
  try {
    return await runReplications({
      scenario,
      traces,
      folder: loaded.folder,
      document: loaded.document,
      workers: options.workers,
      hooks: {
        ...recordingHooks(files.get('decisions'), files.get('events')),
        onProgress(jobs, total) {
          if (single) progress.update(jobs, total);
        },
      },
      onReplication(done) {
        if (!single) progress.update(done, scenario.replications);
      },
    });
  } finally {
    progress.end();
  }
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
