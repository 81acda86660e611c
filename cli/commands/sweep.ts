import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import type { Criterion } from '../../sim/experiment/compare/pareto.ts';
import { criterionOf } from '../../sim/experiment/compare/pareto.ts';
import {
  joinPoints,
  keptPoints,
  SWEEP_PARTS,
  type SweepPart,
  sweepPoints,
  tellingMetrics,
} from '../../sim/experiment/sweep/index.ts';
import { KNOWN_METRICS, knownUnit, likelyNames, unaliased } from '../../sim/objectives/names.ts';
import { plural, printable } from '../../sim/report/format.ts';
import { nameHint } from '../../sim/scenario/nearest-name.ts';
import { type Problem, UsageError } from '../errors.ts';
import type { CliIo } from '../io.ts';
import { loadScenario } from '../load-scenario.ts';
import { integerOption, repeatable } from '../options.ts';
import { drive, runsToDo } from '../sweep/drive.ts';
import { EMITTERS, type EmitOptions, emitted, shardWords } from '../sweep/emit/index.ts';
import type { SweepExecutor, SweepOutcome } from '../sweep/executor.ts';
import { inProcess } from '../sweep/in-process.ts';
import { planSweep, type SweepPlan } from '../sweep/plan.ts';
import { SweepProgress } from '../sweep/progress.ts';
import { leaveHangingServers } from '../sweep/redis/leave.ts';
import { durationOption, REDIS_TIMEOUT_MS } from '../sweep/redis/options.ts';
import { hideSecretsOfProcess, type RedisServer, redisServer } from '../sweep/redis/server.ts';
import { SYNC_POLICIES, type SyncPolicy } from '../sweep/result-writer.ts';
import { readShard, type Shard } from '../sweep/shard.ts';
import { stateDesign } from '../sweep/state-design.ts';
import { untilSignal } from '../sweep/stop.ts';
import { SweepStore } from '../sweep/store.ts';
import { failIfAny, sweepJson, sweepText } from '../sweep/summary.ts';
import { threads } from '../sweep/threads.ts';

interface SweepOptions extends EmitOptions, Partial<Record<SweepPart, readonly string[]>> {
  readonly design?: string;
  readonly samples?: number;
  readonly replications?: number;
  readonly seed?: number;
  readonly set?: readonly string[];
  readonly overlay?: readonly string[];
  readonly out?: string;
  readonly workers: number;
  /** True: the one that the environment names. */
  readonly redis?: string | true;
  readonly redisTimeout: number;
  readonly inProcess?: boolean;
  readonly shard?: string;
  readonly retryFailed?: boolean;
  readonly best?: string;
  readonly metric?: readonly string[];
  readonly sync: string;
  readonly budget: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Runs that nobody has asked for by name. */
const BUDGET = 100_000;
const MOST_SHOWN = 3;

const PART_HELP: Readonly<Record<SweepPart, string>> = {
  grid: 'every value with every value of the other grids: a,b,c, 4..16:4 or 1..64:*2 (repeatable)',
  list: 'values side by side with those of the other lists, as --grid writes them (repeatable)',
  random: 'drawn for each sample: 1/h..10/h, 4..64:4, 10GiB..80GiB:log or a,b,c (repeatable)',
  lhs: 'the same, each part of the range as often as the others: Latin hypercube (repeatable)',
};

/** `slicewise sweep SCENARIO`: many runs, on this machine or on many, into a directory that can be gone on with. */
export function registerSweep(program: Command, io: CliIo): void {
  const wrongOptions: Problem[] = [];
  const integer = (name: string, min: number, max: number) => integerOption(name, min, max, wrongOptions);
  const command = program
    .command('sweep')
    .description('run a scenario over a grid, lists or samples of any of its values, into a directory')
    .argument('<scenario>', 'path of a scenario file (YAML or JSON), or the name of a catalogue scenario');
  for (const part of SWEEP_PARTS) command.option(`--${part} <path=values>`, PART_HELP[part], repeatable);
  command
    .option('--design <file.yaml>', 'the same from a file: grid, list, random, lhs, samples, replications')
    .addOption(
      new Option('--samples <n>', 'points that --random and --lhs draw').argParser(
        integer('--samples', 1, 1_000_000),
      ),
    )
    .addOption(
      new Option(
        '--replications <n>',
        "runs of each point, with the same seeds at all of them; default: the scenario's",
      ).argParser(integer('--replications', 1, 100_000)),
    )
    .addOption(
      new Option('--seed <n>', "first seed, and seed of the samples, in place of the scenario's").argParser(
        integer('--seed', 0, Number.MAX_SAFE_INTEGER),
      ),
    )
    .option('--set <path=value>', 'change one value of the scenario first (repeatable)', repeatable)
    .option(
      '--overlay <file.yaml>',
      'merge this file into the scenario before the settings (repeatable)',
      repeatable,
    )
    .option('--out <dir>', 'directory of the sweep; one that was begun is gone on with')
    .addOption(
      new Option('--workers <n>', 'threads')
        .argParser(integer('--workers', 1, 256))
        .default(availableParallelism(), 'all cores'),
    )
    .option(
      '--redis [url]',
      'let `slicewise worker` processes run it: redis://HOST[:PORT][/DATABASE], rediss:// for TLS; without a URL the server of SLICEWISE_REDIS_URL',
    )
    .addOption(
      new Option('--redis-timeout <time>', 'end with an error when the server was away for so long')
        .argParser(durationOption('--redis-timeout', 100, wrongOptions))
        .default(REDIS_TIMEOUT_MS, '60s'),
    )
    .option('--in-process', 'run in the main thread, one run after the other')
    .option('--shard <i/n>', 'run only every nth run, from the ith; put shards together with merge')
    .option('--retry-failed', 'run those again that failed')
    .option('--best <metric>', 'what the best point is about: wait.p95, or METRIC:higher, METRIC:lower')
    .option('--metric <name>', 'metrics of the summary (repeatable)', repeatable)
    .addOption(
      new Option('--sync <when>', 'force results to the disk at each run, each second, or at the end')
        .choices(SYNC_POLICIES)
        .default('second'),
    )
    .addOption(
      new Option('--budget <runs>', 'refuse a sweep that needs more runs than these')
        .argParser(integer('--budget', 1, 100_000_000))
        .default(BUDGET),
    )
    .option('--dry-run', 'check everything and tell what would be run')
    .option('--json', 'print a summary for machines')
    .addOption(
      new Option('--emit <engine>', 'print what an engine needs to run the sweep in shards').choices(
        Object.keys(EMITTERS),
      ),
    )
    .addOption(
      new Option('--shards <n>', 'with --emit: into how many').argParser(integer('--shards', 1, 1_000_000)),
    )
    .option('--image <name>', 'with --emit kubernetes: the image that has slicewise')
    .option(
      '--claim <name>',
      'with --emit kubernetes: the volume claim that holds the scenario and the results',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  slicewise sweep openb-like --grid policy.placement=fgd,best-fit --grid fleet.hosts[0].count=20..40:10 --replications 3 --out out/sweep' +
        '\n  slicewise sweep precise.yaml --lhs workload.synthetic.arrivals.rate=10/h..40/h --samples 50 --best wait.p95 --out out/lhs' +
        '\n  slicewise sweep openb-like --design design.yaml --out out/part2 --shard 2/8' +
        '\n  slicewise sweep openb-like --design design.yaml --out out/sweep --emit slurm --shards 8 > sweep.sbatch',
    )
    .action((scenario: string, options: SweepOptions, own: Command) => {
      const problems = [...wrongOptions];
      wrongOptions.length = 0;
      return sweep(scenario, options, shardWords(scenario, own), io, problems);
    });
}

async function sweep(
  name: string,
  options: SweepOptions,
  words: readonly string[],
  io: CliIo,
  problems: Problem[],
): Promise<void> {
  const shard = options.shard === undefined ? undefined : readShard(options.shard, problems);
  const best = readBest(options.best, problems);
  checkMetrics(options.metric ?? [], problems);
  if (options.out === undefined && options.dryRun !== true)
    problems.push({ path: '--out', message: 'is missing: the directory that the results go to' });
  if (options.out === '') problems.push({ path: '--out', value: '', message: 'must be a path, got ""' });
  // Before all that takes long: the command line is seen in the list of processes.
  const server = serverOf(options, problems);
  const stated = stateDesign(options, problems);
  const settings = [...(options.set ?? []), ...(options.seed === undefined ? [] : [`seed=${options.seed}`])];
  const overlays = options.overlay ?? [];
  const loaded = withProblems(problems, () => loadScenario(name, settings, overlays));
  const replications = options.replications ?? stated.replications ?? loaded.scenario.replications;
  const plan = planSweep(loaded, stated, replications, options.budget, [...overlays, ...settings], problems);
  const emit = emitted(words, options, plan.manifest);
  if (emit !== undefined) {
    io.out(emit);
    return;
  }
  const { manifest } = plan;
  if (manifest.same.length > 0)
    io.err(`note: ${plural(manifest.same.length, 'point')} left out: the same as others\n`);
  if (loaded.scenario.experiment.precision !== undefined)
    io.err('note: experiment.precision is for run: each point runs as often as the others\n');
  if (options.dryRun === true) {
    io.out(
      `${plural(manifest.runs, 'run')}: ${plural(manifest.points, 'point')} of ${plural(replications, 'run')} each, sweep ${manifest.sweepId}\n`,
    );
    return;
  }
  await runSweep(plan, options.out as string, shard, best, server, options, io);
}

async function runSweep(
  plan: SweepPlan,
  out: string,
  shard: Shard | undefined,
  best: Criterion | undefined,
  server: RedisServer | undefined,
  options: SweepOptions,
  io: CliIo,
): Promise<void> {
  const { manifest, ids } = plan;
  const store = new SweepStore(out, manifest, ids, shard, options.sync as SyncPolicy);
  let isClosed = false;
  try {
    const { outcomes, damaged } = store.stored;
    for (const { file, line, isLast } of damaged)
      io.err(
        `note: ${file}:${line} is ${isLast ? 'torn (a process was stopped while it wrote)' : 'damaged'}: its run is run again unless another line has it\n`,
      );
    const todo = runsToDo(plan, outcomes, shard, options.retryFailed === true);
    if (store.isResumed)
      io.err(`note: ${out} has ${plural(outcomes.size, 'run')} already, ${todo.length} to do\n`);
    const known = new Map<number, SweepOutcome>(outcomes);
    const progress = new SweepProgress(io, todo.length, manifest.seeds.length, best, pointNamer(plan));
    for (const outcome of outcomes.values()) progress.recall(outcome);
    const executor = await pickExecutor(server, options, todo.length, io);
    const stopped = await untilSignal(io, async (signal) => {
      try {
        await drive(plan, todo, store, executor, signal, (outcome) => {
          known.set(outcome.index, outcome);
          progress.add(outcome);
        });
      } finally {
        progress.end();
      }
    });
    store.close();
    isClosed = true;
    const results = joinPoints(manifest, keptPoints(manifest), known);
    const metrics = shownMetrics(options, best, results.points);
    io.out(
      options.json === true
        ? sweepJson(results, metrics, best)
        : sweepText(results, metrics, best, io.columns),
    );
    if (stopped !== undefined) {
      io.err('Stopped: the same command goes on.\n');
      process.kill(process.pid, stopped);
      return;
    }
    // An engine would run a shard again, or not begin what waits for it, because of what running it again does not heal.
    if (shard === undefined) failIfAny(results, 'the same command with --retry-failed tries them again', io);
    else if (results.failures.length > 0)
      io.err(`note: ${plural(results.failures.length, 'run')} failed: merge says so, too\n`);
  } finally {
    if (!isClosed) store.abandon();
    if (options.redis !== undefined) leaveHangingServers();
  }
}

/** The server that has the queue, if there is to be one; what is wrong with it goes to `problems`. */
function serverOf({ redis }: SweepOptions, problems: Problem[]): RedisServer | undefined {
  if (redis === undefined) return undefined;
  hideSecretsOfProcess();
  try {
    return redisServer(redis === true ? undefined : redis);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** Where runs are made: executors differ in nothing else. */
async function pickExecutor(
  server: RedisServer | undefined,
  options: SweepOptions,
  runs: number,
  io: CliIo,
): Promise<SweepExecutor> {
  const { redisTimeout: timeoutMs, inProcess: isHere, workers } = options;
  if (server !== undefined) {
    // Loaded here: no other sweep should start later because of it.
    const { redisExecutor } = await import('../sweep/redis/executor.ts');
    return redisExecutor({ server, timeoutMs, note: (text) => io.err(`note: ${text}\n`) });
  }
  return isHere === true ? inProcess : threads(Math.max(1, Math.min(workers, runs)));
}

function pointNamer({ manifest }: SweepPlan): (run: number) => string {
  const points = sweepPoints(manifest.design);
  const kept = keptPoints(manifest);
  return (run) => points.at(kept[Math.floor(run / manifest.seeds.length)] as number).settings.join(', ');
}

/** Metrics of a summary: the one that settles what is best, then those that are asked for, or else those that tell most. */
export function shownMetrics(
  { metric }: Pick<SweepOptions, 'metric'>,
  best: Criterion | undefined,
  points: Parameters<typeof tellingMetrics>[0],
): readonly string[] {
  const asked = (metric ?? []).map(unaliased);
  const wanted = [
    ...(best === undefined ? [] : [best.metric]),
    ...(asked.length > 0 ? asked : tellingMetrics(points, MOST_SHOWN)),
  ];
  return [...new Set(wanted)];
}

function readBest(text: string | undefined, problems: Problem[]): Criterion | undefined {
  if (text === undefined) return undefined;
  const [, metric = text, way] = /^(.*):([^:]*)$/.exec(text) ?? [];
  const full = unaliased(metric);
  if (knownUnit(full) === undefined) {
    checkMetrics([metric], problems, '--best');
    return undefined;
  }
  const criterion = criterionOf(way === undefined ? full : `${full}:${way}`);
  if (criterion === undefined || (way !== undefined && way !== 'higher' && way !== 'lower')) {
    const message = `has no better and worse: write ${metric}:higher or ${metric}:lower`;
    problems.push({ path: '--best', value: text, message });
    return undefined;
  }
  return criterion;
}

/** Metrics that no run has; they go to `problems`. */
export function checkMetrics(names: readonly string[], problems: Problem[], option = '--metric'): void {
  for (const written of names) {
    const name = unaliased(written);
    if (knownUnit(name) !== undefined) continue;
    const hint = nameHint(name, KNOWN_METRICS, likelyNames(name));
    const message = `there is no metric "${printable(written)}"`;
    problems.push({ path: option, value: written, message, ...(hint === undefined ? {} : { hint }) });
  }
}

/** What is wrong with the scenario is told together with what was wrong before it. */
function withProblems<T>(problems: readonly Problem[], load: () => T): T {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof UsageError) || problems.length === 0) throw error;
    throw new UsageError(error.message, [...problems, ...error.problems]);
  }
}
