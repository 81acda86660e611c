import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  checkInputs,
  checkStudy,
  oneAtATimeRuns,
  type SeedReadings,
  type StudyRun,
  sobolRuns,
  sobolStudy,
  tornado,
  type VariedInput,
} from '../../sim/experiment/statistics/index.ts';
import { KNOWN_METRICS, knownUnit, likelyNames, unaliased } from '../../sim/objectives/names.ts';
import { count, plural, printable } from '../../sim/report/format.ts';
import { nameHint } from '../../sim/scenario/nearest-name.ts';
import { type Problem, UsageError } from '../errors.ts';
import { keptTraces } from '../executors/kept-traces.ts';
import { runStudy } from '../executors/studies.ts';
import type { CliIo } from '../io.ts';
import { type LoadedScenario, loadScenario } from '../load-scenario.ts';
import { traceFiles } from '../load-traces.ts';
import { integerOption, repeatable } from '../options.ts';
import { OutputFile } from '../output-file.ts';
import { ProgressLine } from '../progress.ts';
import { packageVersion } from '../version.ts';
import { sensitivityCsv } from './sensitivity/csv.ts';
import type { SensitivityDocument } from './sensitivity/document.ts';
import { sensitivityText } from './sensitivity/text.ts';

interface SensitivityOptions {
  readonly vary?: readonly string[];
  readonly metric?: readonly string[];
  readonly sobol?: number;
  readonly budget: number;
  readonly set?: readonly string[];
  readonly overlay?: readonly string[];
  readonly seed?: number;
  readonly replications?: number;
  readonly workers: number;
  readonly json?: boolean;
  readonly out?: string;
}

/** Where a scenario says nothing of replications: one at a time needs a spread, Sobol indices take it from their rows. */
const REPLICATIONS = { oneAtATime: 10, sobol: 1 } as const;
/** Fewer rows leave intervals from next to nothing to all. */
const FEWEST_ROWS = 16;
const MOST_ROWS = 65_536;
/** Runs that nobody has asked for by name. */
const BUDGET = 10_000;
/** Looked at where no metric is named, as far as the run has them. */
const METRICS = ['wait.mean', 'completion.mean', 'gpu.allocated.mean', 'gpu.allocated.end', 'jobs.completed'];
const SHOWN = 3;

/** `slicewise sensitivity SCENARIO`: which inputs move a metric, and how far. */
export function registerSensitivity(program: Command, io: CliIo): void {
  const wrongOptions: Problem[] = [];
  const commas = (value: string, earlier: readonly string[] | undefined) => [
    ...(earlier ?? []),
    ...value.split(',').map((each) => each.trim()),
  ];
  const integer = (name: string, min: number, max: number) => integerOption(name, min, max, wrongOptions);
  program
    .command('sensitivity')
    .description(
      'what moves a metric: vary values of a scenario one at a time, or all together (Sobol indices)',
    )
    .argument('<scenario>', 'path of a scenario file (YAML or JSON), or the name of a catalogue scenario')
    .option(
      '--vary <path=range>',
      'PATH=LOW:HIGH, PATH=LOW:HIGH:TYPICAL or PATH=a,b,c, such as fleet.hosts[0].count=2:8 (repeatable)',
      repeatable,
    )
    .option(
      '--metric <names>',
      'metrics to explain, separated by commas, such as wait.p95 (repeatable)',
      commas,
    )
    .addOption(
      new Option(
        '--sobol <rows>',
        'all inputs together: (inputs + 2) x rows settings; powers of two suit best',
      ).argParser(integer('--sobol', FEWEST_ROWS, MOST_ROWS)),
    )
    .addOption(
      new Option('--budget <runs>', 'refuse a study that needs more simulations than these')
        .argParser(integer('--budget', 1, 10_000_000))
        .default(BUDGET),
    )
    .option('--set <path=value>', 'change one value of the scenario first (repeatable)', repeatable)
    .option(
      '--overlay <file.yaml>',
      'merge this file into the scenario before the settings (repeatable)',
      repeatable,
    )
    .addOption(
      new Option('--seed <n>', "first seed in place of the scenario's").argParser(
        integer('--seed', 0, Number.MAX_SAFE_INTEGER),
      ),
    )
    .addOption(
      new Option(
        '--replications <n>',
        `runs of each setting, of the same seeds; default: those of the scenario, or ${REPLICATIONS.oneAtATime} one at a time and ${REPLICATIONS.sobol} with --sobol where it states one`,
      ).argParser(integer('--replications', 1, 100_000)),
    )
    .addOption(
      new Option('--workers <n>', 'threads, no more than cores')
        .argParser(integer('--workers', 1, 256))
        .default(1),
    )
    .option('--json', 'print sensitivity.json instead of the tables')
    .option('--out <dir>', 'write sensitivity.json and sensitivity.csv to this folder')
    .addHelpText(
      'after',
      '\nExamples:\n  slicewise sensitivity precise.yaml --vary workload.synthetic.arrivals.rate=20/h:40/h --vary fleet.hosts[0].gpus[0].count=3:6 --metric wait.mean' +
        '\n  slicewise sensitivity openb-like --vary policy.placement=fgd,best-fit,first-fit --vary fleet.hosts[0].count=20:40:31 --metric wait.p95' +
        '\n  slicewise sensitivity precise.yaml --vary workload.synthetic.arrivals.rate=20/h:40/h --vary policy.queueing=fifo,sjf --sobol 64 --workers 2 --out out',
    )
    .action((scenario: string, options: SensitivityOptions) => {
      const problems = [...wrongOptions, ...wrongNames(options)];
      if (problems.length > 0)
        throw new UsageError('wrong options', [...problems, ...wrongInputs(scenario, options)]);
      return sensitivity(scenario, options, io);
    });
}

const unaliaseds = ({ metric = [] }: SensitivityOptions) => metric.map(unaliased);

/** What is wrong with the options whatever the scenario is. */
function wrongNames(options: SensitivityOptions): readonly Problem[] {
  const problems: Problem[] = unaliaseds(options)
    .filter((name) => knownUnit(name) === undefined)
    .map((name) => {
      const hint = nameHint(name, KNOWN_METRICS, likelyNames(name));
      return { path: '--metric', value: name, message: `there is no metric "${name}"`, hint };
    });
  if (options.vary === undefined) {
    const hint = 'such as --vary fleet.hosts[0].count=2:8';
    problems.push({ path: '--vary', message: 'says what is varied: one or more are needed', hint });
  }
  if (options.out === '') problems.push({ path: '--out', message: 'must be a path, got ""' });
  return problems;
}

/** What is wrong with the scenario and what is varied of it, said together with what is wrong with the options. */
function wrongInputs(
  name: string,
  { vary = [], set = [], overlay = [] }: SensitivityOptions,
): readonly Problem[] {
  try {
    const { whatIf: _variants, ...written } = loadScenario(name, set, overlay).written as Record<
      string,
      unknown
    >;
    const checked = checkInputs(written, vary);
    return checked.ok ? [] : checked.problems;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.problems;
  }
}

/** A study that is ready to run. */
interface Plan {
  readonly inputs: readonly VariedInput[];
  /** The typical run first. */
  readonly runs: readonly StudyRun[];
  readonly seeds: readonly number[];
}

async function sensitivity(name: string, options: SensitivityOptions, io: CliIo): Promise<void> {
  const overlays = [...(options.overlay ?? []), ...(options.set ?? [])];
  const loaded = loadScenario(name, options.set ?? [], options.overlay ?? []);
  const { whatIf: _variants, ...document } = loaded.document;
  const { whatIf: _same, ...written } = loaded.written as Record<string, unknown>;
  const plan = planOf(written, loaded, options);
  const { inputs, runs, seeds } = plan;
  const files = openFiles(loaded, options.out);
  try {
    const loadedTraces = await keptTraces(loaded.scenario, loaded.folder);
    for (const note of [
      ...loaded.notes.map(({ path, message }) => `${path}: ${message}`),
      ...loadedTraces.notes,
    ])
      io.err(`note: ${printable(note)}\n`);
    io.err(`${statedRuns(plan, options)}\n`);
    const { metrics, values } = await simulate(plan, loaded, options, io);
    const common = {
      schema: 'slicewise/sensitivity@1',
      version: packageVersion,
      scenario: document,
      overlays,
      inputs: loadedTraces.inputs,
      method: options.sobol === undefined ? 'one-at-a-time' : 'sobol',
      varied: inputs,
      seeds,
      runs: runs.length * seeds.length,
      notes: notesOf(loaded, inputs, options, seeds),
    } as const;
    const found: SensitivityDocument =
      options.sobol === undefined
        ? { ...common, tornado: tornado(inputs, values, metrics) }
        : { ...common, rows: options.sobol, sobol: sobolOf(plan, options.sobol, metrics, values) };
    const json = `${JSON.stringify(found, null, 2)}\n`;
    files.json?.write(json);
    files.csv?.write(sensitivityCsv(found));
    files.json?.commit();
    files.csv?.commit();
    io.out(options.json === true ? json : sensitivityText(found, io.columns));
  } finally {
    files.json?.discard();
    files.csv?.discard();
  }
}

/** @throws {UsageError} with everything that is wrong with what is varied, or if the study is larger than the budget */
function planOf(document: object, { scenario }: LoadedScenario, options: SensitivityOptions): Plan {
  const checked = checkInputs(document, options.vary ?? []);
  if (!checked.ok) throw new UsageError('cannot vary the scenario', checked.problems);
  const { inputs } = checked;
  const { seed = scenario.seed, replications, sobol, budget } = options;
  const least = sobol === undefined ? REPLICATIONS.oneAtATime : REPLICATIONS.sobol;
  const each = replications ?? (scenario.replications > 1 ? scenario.replications : least);
  const seeds = Array.from({ length: each }, (_, i) => seed + i);
  // Counted before anything is made: a study that is refused should not cost memory.
  const settings = sobol === undefined ? undefined : 1 + (inputs.length + 2) * sobol;
  if (settings !== undefined) requireBudget(settings * each, budget, settings, each);
  const runs =
    sobol === undefined
      ? oneAtATimeRuns(document, inputs)
      : [{ values: [], settings: [], document }, ...sobolRuns(document, inputs, sobol, seed)];
  requireBudget(runs.length * each, budget, runs.length, each);
  const problems = checkStudy(runs);
  if (problems.length > 0) throw new UsageError('values do not go together', problems);
  return { inputs, runs, seeds };
}

function requireBudget(needed: number, budget: number, settings: number, each: number): void {
  if (needed <= budget) return;
  const message = `needs ${plural(needed, 'run')} (${plural(settings, 'setting')} x ${plural(each, 'replication')}), got a budget of ${count(budget)}`;
  const hint = `--budget ${needed}, fewer rows or fewer replications`;
  throw new UsageError('the study is too large', [{ path: '--budget', value: budget, message, hint }]);
}

function statedRuns({ inputs, runs, seeds }: Plan, { sobol }: SensitivityOptions): string {
  const how = sobol === undefined ? 'one at a time' : `together, Sobol indices of ${count(sobol)} rows`;
  return `sensitivity: ${plural(inputs.length, 'input')} ${how}: ${plural(runs.length, 'setting')} x ${plural(seeds.length, 'replication')} = ${plural(runs.length * seeds.length, 'run')}`;
}

interface Simulated {
  readonly metrics: readonly string[];
  /** By setting and seed, the metrics alone. */
  readonly values: readonly (readonly SeedReadings[])[];
}

async function simulate(
  { runs, seeds }: Plan,
  { folder }: LoadedScenario,
  options: SensitivityOptions,
  io: CliIo,
): Promise<Simulated> {
  const values = runs.map(() => new Array<SeedReadings>(seeds.length));
  const progress = new ProgressLine(io, 'sensitivity', 'runs');
  const common = { seeds, folder, workers: options.workers };
  let done = 0;
  let wanted: ReadonlySet<string> | undefined;
  const keep = (offset: number) => ({
    ...common,
    take({ seed, readings }: SeedReadings, run: number, at: number) {
      const kept = wanted === undefined ? readings : readings.filter(([name]) => wanted?.has(name));
      (values[offset + run] as SeedReadings[])[at] = { seed, readings: kept };
      done += 1;
      progress.update(done, runs.length * seeds.length);
    },
  });
  try {
    // The typical setting first: a metric that it does not have should not cost a study.
    await runStudy({ ...keep(0), runs: runs.slice(0, 1) });
    const metrics = metricsOf(values[0] as readonly SeedReadings[], options);
    wanted = new Set(metrics);
    await runStudy({ ...keep(1), runs: runs.slice(1) });
    return { metrics, values };
  } finally {
    progress.end();
  }
}

/** @throws {UsageError} if the typical run lacks a metric that is asked for */
function metricsOf(typical: readonly SeedReadings[], options: SensitivityOptions): readonly string[] {
  const known = new Set(typical.flatMap(({ readings }) => readings.map(([name]) => name)));
  const asked = [...new Set(unaliaseds(options))];
  const missing = asked.filter((name) => !known.has(name) && !name.startsWith('jobs.'));
  if (missing.length > 0) {
    throw new UsageError(
      'wrong options',
      missing.map((name) => ({
        path: '--metric',
        value: name,
        message: `the run has no metric "${name}"`,
        hint: nameHint(name, [...known]),
      })),
    );
  }
  if (asked.length > 0) return asked;
  const measured = METRICS.filter((name) =>
    typical.some(({ readings }) => readings.some(([own, { value }]) => own === name && value !== null)),
  );
  return measured.slice(0, SHOWN);
}

function sobolOf(
  { inputs, seeds }: Plan,
  rows: number,
  metrics: readonly string[],
  values: readonly (readonly SeedReadings[])[],
) {
  const [typical = [], ...design] = values;
  const read = (runs: readonly SeedReadings[], metric: string) =>
    runs.map(({ readings }) => readings.find(([name]) => name === metric)?.[1] ?? null);
  // A reason that no job met in a run counts there as 0 jobs.
  const isCount = (metric: string) => knownUnit(metric) === 'jobs';
  const numbers = (runs: readonly SeedReadings[], metric: string) =>
    read(runs, metric).map((each) => (each === null && isCount(metric) ? 0 : (each?.value ?? null)));
  const byMetric = new Map(metrics.map((metric) => [metric, design.map((runs) => numbers(runs, metric))]));
  return sobolStudy(inputs, rows, seeds[0] as number, byMetric).map((found) => {
    const atTypical = numbers(typical, found.metric).filter((value) => value !== null);
    const sum = atTypical.reduce((total, value) => total + value, 0);
    return {
      ...found,
      unit: values.flatMap((runs) => read(runs, found.metric)).find((each) => each !== null)?.unit ?? 'ratio',
      typical: atTypical.length === 0 ? null : sum / atTypical.length,
    };
  });
}

function notesOf(
  { scenario }: LoadedScenario,
  inputs: readonly VariedInput[],
  { sobol }: SensitivityOptions,
  seeds: readonly number[],
): readonly string[] {
  const hasTypical = inputs.some((input) => 'typical' in input);
  return [
    ...(sobol === undefined && seeds.length < 2
      ? ['One replication shows no spread: no effect is judged']
      : []),
    ...(sobol !== undefined && hasTypical
      ? ['Typical values say nothing of a study of all inputs together: every place of a range is as likely']
      : []),
    ...(scenario.experiment.precision === undefined
      ? []
      : ['experiment.precision is for run: each setting runs as often as the others']),
  ];
}

/** Opened before the simulation: a place that cannot be written to should not cost one. */
function openFiles(
  { scenario, filePath, overlayPaths, folder }: LoadedScenario,
  out: string | undefined,
): { readonly json?: OutputFile; readonly csv?: OutputFile } {
  if (out === undefined) return {};
  const taken = [filePath, ...overlayPaths, ...traceFiles(scenario).map((path) => resolve(folder, path))];
  const paths = ['sensitivity.json', 'sensitivity.csv'].map((file) => join(out, file));
  const problems = paths
    .filter((path) => taken.some((each) => resolve(each) === resolve(path)))
    .map((path) => ({ path: '--out', message: `must not overwrite an input of the study, got ${path}` }));
  if (problems.length > 0) throw new UsageError('wrong options', problems);
  const json = new OutputFile(paths[0] as string);
  try {
    return { json, csv: new OutputFile(paths[1] as string) };
  } catch (error) {
    json.discard();
    throw error;
  }
}
