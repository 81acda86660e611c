import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { type Replication, type RunResult, summarize } from '../../sim/index.ts';
import { summaryText } from '../../sim/report/summary.ts';
import { UsageError } from '../errors.ts';
import { recordingHooks } from '../executors/recording.ts';
import { runReplications } from '../executors/replications.ts';
import type { CliIo } from '../io.ts';
import { loadScenario } from '../load-scenario.ts';
import { loadTraces } from '../load-traces.ts';
import { integerOption } from '../options.ts';
import { OutputFile, writeWhole } from '../output-file.ts';
import { ProgressLine } from '../progress.ts';
import { fillSeriesCsv } from '../series-csv.ts';
import { packageVersion } from '../version.ts';

interface RunOptions {
  readonly set: string[];
  readonly seed?: number;
  readonly replications?: number;
  readonly workers: number;
  readonly out?: string;
  readonly json?: boolean;
  readonly decisions?: string;
  readonly events?: string;
}

/** `slicewise run SCENARIO`: simulates and reports. */
export function registerRun(program: Command, io: CliIo): void {
  program
    .command('run')
    .description('simulate a scenario: summary table, result.json, decisions and events on request')
    .argument('<scenario>', 'path of a scenario file (YAML or JSON), or the name of a catalogue scenario')
    .option(
      '--set <path=value>',
      'change one value of the scenario, such as policy.placement=fgd (repeatable)',
      append,
      [],
    )
    .addOption(
      new Option('--seed <n>', "seed in place of the scenario's").argParser(
        integerOption('--seed', 0, Number.MAX_SAFE_INTEGER),
      ),
    )
    .addOption(
      new Option('--replications <n>', 'independent runs, with seeds seed, seed+1, ...').argParser(
        integerOption('--replications', 1, 100_000),
      ),
    )
    .addOption(
      new Option('--workers <n>', 'threads for several replications')
        .argParser(integerOption('--workers', 1, 256))
        .default(1),
    )
    .option('--out <dir>', 'write result.json and the curves as CSV to this folder')
    .option('--json', 'print result.json to stdout instead of the summary')
    .option('--decisions <file.csv>', 'write where each job went: job,host,gpus')
    .option('--events <file.jsonl>', 'write every event, one JSON object a line')
    .addHelpText(
      'after',
      '\nExample: slicewise run openb-like --set policy.placement=fgd --set experiment.kind=fill --seed 42 --out out',
    )
    .action((scenario: string, options: RunOptions) => run(scenario, options, io));
}

function append(value: string, earlier: string[]): string[] {
  return [...earlier, value];
}

async function run(name: string, options: RunOptions, io: CliIo): Promise<void> {
  const overlays = [
    ...options.set,
    ...(options.seed === undefined ? [] : [`seed=${options.seed}`]),
    ...(options.replications === undefined ? [] : [`replications=${options.replications}`]),
  ];
  const loaded = loadScenario(name, overlays);
  const { scenario, document, folder } = loaded;
  if (scenario.replications > 1 && (options.decisions !== undefined || options.events !== undefined)) {
    throw new UsageError('cannot record several replications in one file', [
      {
        path: options.decisions === undefined ? '--events' : '--decisions',
        message: `needs --replications 1, got ${scenario.replications}`,
      },
    ]);
  }
  const { traces, inputs, notes } = await loadTraces(scenario, folder);
  for (const note of [...loaded.notes.map(({ path, message }) => `${path}: ${message}`), ...notes])
    io.err(`note: ${note}\n`);

  const decisions = options.decisions === undefined ? undefined : new OutputFile(options.decisions);
  const events = options.events === undefined ? undefined : new OutputFile(options.events);
  try {
    const replications = await simulate(loaded, traces, options, io, decisions, events);
    const result: RunResult = {
      schema: 'slicewise/result@1',
      version: packageVersion,
      scenario: document,
      overlays,
      inputs,
      ...summarize(replications),
    };
    const json = `${JSON.stringify(result, null, 2)}\n`;
    if (options.out !== undefined) {
      writeWhole(join(options.out, 'result.json'), json);
      const { fill } = result.series;
      if (fill !== undefined) writeWhole(join(options.out, 'fill.csv'), fillSeriesCsv(fill));
    }
    decisions?.commit();
    events?.commit();
    io.out(options.json === true ? json : summaryText(result));
    if (options.out !== undefined) io.err(nextSteps(name, options.out));
  } finally {
    decisions?.discard();
    events?.discard();
  }
}

async function simulate(
  loaded: ReturnType<typeof loadScenario>,
  traces: Awaited<ReturnType<typeof loadTraces>>['traces'],
  options: RunOptions,
  io: CliIo,
  decisions: OutputFile | undefined,
  events: OutputFile | undefined,
): Promise<Replication[]> {
  const { scenario } = loaded;
  const single = scenario.replications === 1;
  let progress: ProgressLine | undefined;
  try {
    return await runReplications({
      scenario,
      traces,
      folder: loaded.folder,
      document: loaded.document,
      workers: options.workers,
      hooks: {
        ...recordingHooks(decisions, events),
        onProgress(jobs, total) {
          if (!single) return;
          progress ??= new ProgressLine(io, 'run', 'jobs', total);
          progress.update(jobs);
        },
      },
      onReplication(done) {
        if (single) return;
        progress ??= new ProgressLine(io, 'run', 'replications', scenario.replications);
        progress.update(done);
      },
    });
  } finally {
    progress?.end();
  }
}

function nextSteps(name: string, out: string): string {
  return [
    `\nWritten: ${join(out, 'result.json')} (all metrics, the scenario as it ran, the digest)`,
    `Try next:  slicewise run ${name} --set policy.placement=fgd        another placement policy`,
    `           slicewise run ${name} --set experiment.kind=fill        how much of the fleet the task mix can fill`,
    `           slicewise check ${name}                                 the scenario with every default spelled out`,
    '           (in a checkout: npm run -s slicewise -- run ...)\n',
  ].join('\n');
}
