import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  type ComparedSide,
  type Comparison,
  type Criterion,
  compareSides,
  criterionOf,
} from '../../sim/experiment/compare/index.ts';
import type { Replication } from '../../sim/index.ts';
import { readObjective, unaliased } from '../../sim/objectives/index.ts';
import { comparisonText } from '../../sim/report/compare.ts';
import { printable } from '../../sim/report/format.ts';
import { junitXml } from '../../sim/report/junit.ts';
import { pullRequestMarkdown } from '../../sim/report/pull-request.ts';
import { githubAnnotations, type PlaceOf, sarifLog } from '../../sim/report/sarif.ts';
import type { Objective } from '../../sim/scenario/types.ts';
import { type CompareInput, readInputs } from '../compare-inputs.ts';
import { type Problem, UsageError } from '../errors.ts';
import { runJobs } from '../executors/replications.ts';
import { GateFailed } from '../gate-failed.ts';
import type { CliIo } from '../io.ts';
import { loadTraces } from '../load-traces.ts';
import { ScenarioPlaces } from '../objective-places.ts';
import { integerOption, repeatable } from '../options.ts';
import { OutputFile } from '../output-file.ts';
import { ProgressLine } from '../progress.ts';
import { packageVersion } from '../version.ts';

interface CompareOptionsOfUser {
  readonly set?: readonly string[];
  readonly overlay?: readonly string[];
  readonly seed?: number;
  readonly replications?: number;
  readonly workers: number;
  readonly metrics?: readonly string[];
  readonly pareto?: readonly string[];
  readonly gate?: readonly string[];
  readonly strict?: boolean;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly format?: readonly string[];
  readonly out?: string;
}

/** Forms of a comparison and the files that hold them. */
const FORMATS = {
  json: 'compare.json',
  md: 'compare.md',
  junit: 'junit.xml',
  sarif: 'compare.sarif',
} as const;
type Format = keyof typeof FORMATS;
const FORMAT_NAMES = [...Object.keys(FORMATS), 'github'];

/** Where a scenario says nothing of replications: one shows no spread. */
const DEFAULT_REPLICATIONS = 10;

/** `slicewise compare A B`: what differs, what it keeps to, and an exit code for it. */
export function registerCompare(program: Command, io: CliIo): void {
  const wrongOptions: Problem[] = [];
  const commas = (value: string, earlier: readonly string[] | undefined) => [
    ...(earlier ?? []),
    ...value.split(',').map((each) => each.trim()),
  ];
  program
    .command('compare')
    .description(
      'compare scenarios, variants of one (whatIf) or results: differences with intervals, and a gate',
    )
    .argument('<base>', 'scenario file, name of the catalogue, or result.json; with whatIf it is enough')
    .argument('[others...]', 'what is compared with it')
    .option('--set <path=value>', 'change one value of every scenario (repeatable)', repeatable)
    .option('--overlay <file.yaml>', 'merge this file into every scenario (repeatable)', repeatable)
    .addOption(
      new Option('--seed <n>', "first seed of all in place of the base's").argParser(
        integerOption('--seed', 0, Number.MAX_SAFE_INTEGER, wrongOptions),
      ),
    )
    .addOption(
      new Option(
        '--replications <n>',
        `runs of each; default: those of the base, or ${DEFAULT_REPLICATIONS} where it states one`,
      ).argParser(integerOption('--replications', 1, 100_000, wrongOptions)),
    )
    .addOption(
      new Option('--workers <n>', 'threads, no more than cores')
        .argParser(integerOption('--workers', 1, 256, wrongOptions))
        .default(1),
    )
    .option('--metrics <names>', 'compare these alone, separated by commas (repeatable)', commas)
    .option(
      '--pareto <names>',
      'Pareto front over these metrics; NAME:higher or NAME:lower says which way',
      commas,
    )
    .option(
      '--gate <condition>',
      'asked of each candidate, such as "delta(wait.p95) < 5%" (repeatable)',
      repeatable,
    )
    .option('--strict', 'undecided fails, too')
    .option('--all', 'list all metrics, not only those whose difference is shown')
    .option('--json', 'print the comparison as JSON')
    .option('--format <names>', 'json, md, junit, sarif; github: annotations on stderr', commas)
    .option('--out <dir>', `write them to this folder: ${Object.values(FORMATS).join(', ')}`)
    .addHelpText(
      'after',
      '\nExamples:\n  slicewise compare easy-backfill tiresias --set experiment.horizon=2d --replications 5' +
        '\n  slicewise compare capacity.yaml --metrics wait.p95,cost.perMonth --pareto wait.p95,cost.perMonth' +
        '\n  slicewise compare base/fleet.yaml fleet.yaml --gate "delta(wait.p95) < 5%" --format md,junit,sarif --out out' +
        '\nExit codes: 0 the gate passed or nothing was asked, 1 an objective failed, 2 the input is wrong, 3 internal fault.',
    )
    .action((base: string, candidates: readonly string[], options: CompareOptionsOfUser) => {
      if (wrongOptions.length > 0) throw new UsageError('wrong options', wrongOptions);
      return compare([base, ...candidates], options, io);
    });
}

async function compare(
  references: readonly string[],
  options: CompareOptionsOfUser,
  io: CliIo,
): Promise<void> {
  const asked = askedOf(options);
  const inputs = readInputs(references, options.set ?? [], options.overlay ?? []);
  for (const { name, notes } of inputs) {
    for (const note of notes) io.err(`note: ${printable(`${name}: ${note}`)}\n`);
  }
  const seeds = seedsOf(inputs, options, io);
  const taken = inputs.flatMap(({ filePath, source }) => [filePath ?? source]);
  const files = openFiles(asked.formats, options.out, taken);
  try {
    const sides: ComparedSide[] = [];
    const total = inputs.filter(({ kind }) => kind === 'scenario').length * seeds.length;
    const progress = new ProgressLine(io, 'compare', 'replications');
    try {
      for (const [at, input] of inputs.entries()) {
        const before = inputs.slice(0, at).filter(({ kind }) => kind === 'scenario').length;
        sides.push(
          await sideOf(input, seeds, options.workers, (done) => progress.update(done, total), before, io),
        );
      }
    } finally {
      progress.end();
    }
    const [base, ...others] = sides as [ComparedSide, ...ComparedSide[]];
    const comparison = compareSides(base, others, {
      version: packageVersion,
      metrics: asked.metrics,
      criteria: asked.criteria,
      gate: asked.gate,
      isStrict: options.strict === true,
    });
    const placeOf = placesOf(inputs);
    const texts = formsOf(comparison, placeOf);
    for (const [format, file] of files) {
      file.write(texts[format]());
    }
    for (const file of files.values()) file.commit();
    const [only] = asked.formats;
    if (options.json === true) io.out(texts.json());
    else if (only !== undefined && options.out === undefined) io.out(texts[only]());
    else
      io.out(comparisonText(comparison, io.columns, options.all === true || options.metrics !== undefined));
    if (asked.annotates) io.err(githubAnnotations(comparison, placeOf));
    if (comparison.verdict === 'fail') throw new GateFailed();
  } finally {
    for (const file of files.values()) file.discard();
  }
}

function formsOf(comparison: Comparison, placeOf: PlaceOf): Readonly<Record<Format, () => string>> {
  return {
    json: () => `${JSON.stringify(comparison, null, 2)}\n`,
    md: () => pullRequestMarkdown(comparison),
    junit: () => junitXml(comparison),
    sarif: () => sarifLog(comparison, placeOf),
  };
}

/** What the options ask for. @throws {UsageError} with everything that is wrong with them */
function askedOf({ gate = [], pareto = [], metrics, format = [], out, json }: CompareOptionsOfUser) {
  const problems: Problem[] = [];
  const conditions = gate.map((expect): Objective => {
    const read = readObjective(expect);
    if (!read.ok) {
      for (const { message, hint } of read.problems) {
        problems.push({ path: `--gate ${expect}`, message, ...(hint === undefined ? {} : { hint }) });
      }
    }
    return { name: expect, expect, why: '' };
  });
  const criteria = pareto.flatMap((text): readonly Criterion[] => {
    const [, name = text, way = ''] = /^(.*?)(:(?:higher|lower))?$/.exec(text) ?? [];
    const criterion = criterionOf(`${unaliased(name)}${way}`);
    if (criterion !== undefined) return [criterion];
    const message = `nobody says which way ${text} is better`;
    problems.push({ path: '--pareto', message, hint: `write ${text}:higher or ${text}:lower` });
    return [];
  });
  if (criteria.length === 1 && problems.length === 0)
    problems.push({ path: '--pareto', message: 'takes two metrics or more' });
  for (const name of format) {
    if (FORMAT_NAMES.includes(name)) continue;
    problems.push({ path: '--format', message: `must be of ${FORMAT_NAMES.join(', ')}, got "${name}"` });
  }
  if (out === '') problems.push({ path: '--out', message: 'must be a path, got ""' });
  const named = [...new Set(format)].filter((name): name is Format => Object.hasOwn(FORMATS, name));
  const printed = named.length + (json === true ? 1 : 0);
  if (out === undefined && printed > 1) {
    const message = 'one form at a time goes to standard output';
    problems.push({ path: '--format', message, hint: 'name a folder: --out DIR' });
  }
  if (problems.length > 0) throw new UsageError('wrong options', problems);
  const formats: readonly Format[] = named.length === 0 && out !== undefined ? ['json', 'md'] : named;
  return {
    formats,
    annotates: format.includes('github'),
    gate: conditions,
    criteria,
    metrics: metrics?.map(unaliased),
  };
}

/** Opened before the simulation: a place that cannot be written to should not cost one. */
function openFiles(
  formats: readonly Format[],
  out: string | undefined,
  taken: readonly string[],
): ReadonlyMap<Format, OutputFile> {
  const files = new Map<Format, OutputFile>();
  if (out === undefined) return files;
  const paths = formats.map((format) => ({ format, path: join(out, FORMATS[format]) }));
  const inputs = new Set(taken.map((path) => resolve(path)));
  const problems = paths
    .filter(({ path }) => inputs.has(resolve(path)))
    .map(({ path }) => ({ path: '--out', message: `must not overwrite what is compared, got ${path}` }));
  if (problems.length > 0) throw new UsageError('wrong options', problems);
  try {
    for (const { format, path } of paths) files.set(format, new OutputFile(path));
  } catch (error) {
    for (const file of files.values()) file.discard();
    throw error;
  }
  return files;
}

/** Seeds that all run with: those of the first result, if there is any; else from that of the base. */
function seedsOf(
  inputs: readonly CompareInput[],
  { seed, replications }: CompareOptionsOfUser,
  io: CliIo,
): readonly number[] {
  const result = inputs.find((input) => input.kind === 'result');
  if (result !== undefined && seed === undefined && replications === undefined) {
    return result.replications.map((each) => each.seed);
  }
  const base = inputs.find((input) => input.kind === 'scenario');
  const stated = base?.scenario.replications ?? 1;
  const first = seed ?? base?.scenario.seed ?? 1;
  const count = replications ?? (stated > 1 ? stated : DEFAULT_REPLICATIONS);
  for (const input of inputs) {
    if (input.kind !== 'scenario') continue;
    if (seed === undefined && input.scenario.seed !== first) {
      io.err(
        `note: ${printable(input.name)} runs with the seeds of the base, from ${first}, not with its own (${input.scenario.seed})\n`,
      );
    }
    if (input.scenario.experiment.precision !== undefined) {
      io.err(`note: ${printable(input.name)} runs ${count} times; its experiment.precision is for run\n`);
    }
  }
  return Array.from({ length: count }, (_, i) => first + i);
}

async function sideOf(
  input: CompareInput,
  seeds: readonly number[],
  workers: number,
  onDone: (done: number) => void,
  before: number,
  io: CliIo,
): Promise<ComparedSide> {
  const { name, source, description, document } = input;
  if (input.kind === 'result') {
    const { replications, isExact, hasExactGroups } = input;
    return { name, source, description, document, replications, isExact, hasExactGroups, notes: [] };
  }
  const { scenario, folder } = input;
  const { traces, notes } = await loadTraces(scenario, folder);
  for (const note of notes) io.err(`note: ${printable(`${name}: ${note}`)}\n`);
  const replications = new Array<Replication>(seeds.length);
  let done = before * seeds.length;
  await runJobs(
    seeds.map((seed) => ({ scenario, document, seed })),
    { traces, folder, workers, hooks: {} },
    (replication, at) => {
      replications[at] = replication;
      done += 1;
      onDone(done);
    },
  );
  const ofRuns = replications.length < 2 ? ['One replication shows no spread: no verdict on any metric'] : [];
  const isExact = true;
  return {
    ...{ name, source, description, document, replications },
    ...{ isExact, hasExactGroups: isExact, notes: ofRuns },
  };
}

/**
 * Objectives of a scenario file stand in it, those that a variant brings with the variant; what the command line asks
 * stands for the variant or the file as a whole.
 */
function placesOf(inputs: readonly CompareInput[]): PlaceOf {
  const files = new Map<string, ScenarioPlaces>();
  const placesIn = (file: string) => {
    const places = files.get(file) ?? new ScenarioPlaces(file);
    files.set(file, places);
    return places;
  };
  const byName = new Map(inputs.map((input) => [input.name, input]));
  return (name, { index, expect }) => {
    const input = byName.get(name);
    if (input === undefined || input.filePath === null) return undefined;
    const places = placesIn(input.filePath);
    const variant = input.isVariant ? places.ofVariant(name) : undefined;
    return {
      objective: places.ofObjective(index, expect) ?? variant ?? places.beginning,
      ...(variant === undefined ? {} : { variant }),
    };
  };
}
