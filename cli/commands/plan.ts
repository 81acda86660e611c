import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import {
  impossibleOptions,
  type PlanResult,
  planCheapest,
  planScenarios,
} from '../../sim/experiment/plan/index.ts';
import type { Scenario, TraceData } from '../../sim/index.ts';
import { planText } from '../../sim/report/plan/summary.ts';
import { formatScenarioYaml } from '../../sim/scenario/index.ts';
import { type Problem, UsageError } from '../errors.ts';
import { keptTraces } from '../executors/kept-traces.ts';
import { runTrials } from '../executors/plan-trials.ts';
import { seenFrom } from '../files-seen-from.ts';
import { GateFailed } from '../gate-failed.ts';
import type { CliIo } from '../io.ts';
import { type LoadedScenario, loadScenario } from '../load-scenario.ts';
import { loadSolver } from '../load-solver.ts';
import { integerOption, repeatable } from '../options.ts';
import { OutputFile } from '../output-file.ts';
import { ProgressLine } from '../progress.ts';
import { packageVersion } from '../version.ts';

interface PlanOptions {
  readonly set?: readonly string[];
  readonly overlay?: readonly string[];
  readonly seed?: number;
  readonly workers: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** `slicewise plan SCENARIO`: the cheapest plan that meets the objectives, and how cheap one could be at most. */
export function registerPlan(program: Command, io: CliIo): void {
  const wrongOptions: Problem[] = [];
  const integer = (name: string, min: number, max: number) => integerOption(name, min, max, wrongOptions);
  program
    .command('plan')
    .description(
      'find the cheapest of the choices of a scenario that meets its objectives, with a proven bound',
    )
    .argument('<scenario>', 'path of a scenario file (YAML or JSON), or the name of a catalogue scenario')
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
      new Option('--workers <n>', 'threads, no more than cores')
        .argParser(integer('--workers', 1, 256))
        .default(availableParallelism(), 'all cores'),
    )
    .option('--out <dir>', 'write plan.json, and the scenario of the plan as scenario.yaml, to this folder')
    .option('--json', 'print plan.json instead of the summary')
    .addHelpText(
      'after',
      '\nWhat there is to choose from stands in the section "plan" of the scenario: see docs/plan.md. Exit code 1: nothing meets the objectives.' +
        '\n\nExamples:\n  slicewise plan plan-inference --out out/plan\n  slicewise report out/plan --out out/plan\n  slicewise run out/plan/scenario.yaml',
    )
    .action((scenario: string, options: PlanOptions) => {
      const problems = [...wrongOptions];
      wrongOptions.length = 0;
      if (options.out === '') problems.push({ path: '--out', value: '', message: 'must be a path, got ""' });
      return plan(scenario, options, io, problems);
    });
}

async function plan(
  name: string,
  options: PlanOptions,
  io: CliIo,
  problems: readonly Problem[],
): Promise<void> {
  const settings = [...(options.set ?? []), ...(options.seed === undefined ? [] : [`seed=${options.seed}`])];
  const loaded = loadScenario(name, settings, options.overlay ?? []);
  if (loaded.document.plan == null)
    problems = [
      ...problems,
      {
        path: 'plan',
        message: 'is missing: the section of the scenario that says what there is to choose from',
      },
    ];
  const impossible = impossibleOptions(loaded.written, loaded.document, await loadSolver()).map(
    ({ choice, option, why }) => ({
      path: `plan.choices[${choice}].options[${option}]`,
      message: `goes with no option of the other choices: ${why}`,
    }),
  );
  problems = [...problems, ...impossible];
  if (problems.length > 0) throw new UsageError(`cannot plan ${name}`, problems);
  const files =
    options.out === undefined
      ? undefined
      : {
          plan: new OutputFile(join(options.out, 'plan.json')),
          scenario: new OutputFile(join(options.out, 'scenario.yaml')),
        };
  try {
    const result = await search(loaded, options, io);
    const json = `${JSON.stringify(result, null, 2)}\n`;
    files?.plan.write(json);
    files?.plan.commit();
    if (result.planned !== null) {
      const planned = seenFrom(result.planned as object, loaded.folder, options.out ?? '.');
      files?.scenario.write(formatScenarioYaml(planned as never));
      files?.scenario.commit();
    }
    io.out(options.json === true ? json : planText(result, io.columns));
    if (result.plan === null) throw new GateFailed();
  } finally {
    files?.plan.discard();
    files?.scenario.discard();
  }
}

async function search(loaded: LoadedScenario, { workers }: PlanOptions, io: CliIo): Promise<PlanResult> {
  const { document, written, scenario, folder } = loaded;
  const solver = await loadSolver();
  // The search is at once: what its scenarios read is read before.
  const known = new Map<string, TraceData>();
  const keyOf = (of: Scenario) =>
    JSON.stringify([
      of.fleet.kind === 'trace' ? of.fleet : modelsOf(of),
      of.workload.trace,
      of.workload.typicalPath,
    ]);
  for (const of of planScenarios(written, document, solver)) {
    const key = keyOf(of);
    if (!known.has(key)) known.set(key, (await keptTraces(of, folder)).traces);
  }
  const traces = (of: Scenario) => {
    const found = known.get(keyOf(of));
    if (found === undefined) throw new RangeError('Cannot plan: a scenario reads traces that were not read');
    return found;
  };
  const progress = new ProgressLine(io, 'plan', 'runs');
  try {
    return await runTrials(
      planCheapest({
        written,
        document,
        scenario,
        version: packageVersion,
        solver: await loadSolver(),
        traces,
      }),
      { folder, workers, onRun: (runs) => progress.update(runs, undefined) },
    );
  } finally {
    progress.end();
  }
}

function modelsOf({ fleet, workload }: Scenario): unknown {
  if (fleet.kind === 'trace') return null;
  const models = fleet.groups.flatMap(({ gpus }) => gpus.map(({ model }) => model));
  const named = [...(workload.synthetic?.classes ?? []), ...workload.services, ...workload.sessions].flatMap(
    (each) => each.models,
  );
  return [[...new Set(models)].sort(), [...new Set(named)].sort()];
}
