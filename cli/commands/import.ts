import { basename, dirname, relative, resolve, sep } from 'node:path';
import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import { durationSec } from '../../scenarios/importers/openb.ts';
import { normalizeScenario } from '../../sim/index.ts';
import { count, plural, printable } from '../../sim/report/format.ts';
import { multipleQuantity } from '../../sim/scenario/quantities/ratio.ts';
import { type Problem, UsageError } from '../errors.ts';
import type { CliIo } from '../io.ts';
import { TraceReader } from '../load-traces.ts';
import { writeWhole } from '../output-file.ts';
import { shellWord } from '../shell-word.ts';
import { registerImportGpuCluster } from './import/gpu-cluster.ts';

interface OpenbOptions {
  readonly nodes: string;
  readonly pods: string;
  readonly order?: 'file' | 'shuffle';
  readonly fill?: number;
  readonly typical?: string;
  readonly strict?: boolean;
  readonly name?: string;
  readonly out?: string;
}

/** Requested GPU as a multiple of capacity in the published openb runs. */
const PUBLISHED_TARGET = 1.3;
/** Largest host of the peer that published results on this format: 128 cores and 8 GPUs, whatever the fleet has. */
const PUBLISHED_REFERENCE = { cpu: 128, gpus: 8 };

/** `slicewise import FORMAT`: turns traces and cluster files into scenarios. */
export function registerImport(program: Command, io: CliIo): void {
  const wrongOptions: Problem[] = [];
  const command = program
    .command('import')
    .description('make a scenario of trace files or of a cluster file');
  command
    .command('openb')
    .description('Alibaba cluster-trace-gpu-v2023: a node list and a pod list (CSV)')
    .requiredOption('--nodes <file.csv>', 'hosts: sn, cpu_milli, memory_mib, gpu, model')
    .requiredOption(
      '--pods <file.csv>',
      'tasks: name, cpu_milli, memory_mib, num_gpu, gpu_milli and optional columns',
    )
    .addOption(
      new Option(
        '--order <order>',
        'fill experiment: file takes hosts and tasks exactly as the files give them; shuffle permutes them by the seed and brings the tasks to the target',
      ).choices(['file', 'shuffle']),
    )
    .option(
      '--fill <x>',
      `fill experiment: request x times the GPU capacity, such as ${PUBLISHED_TARGET} or 130%`,
      targetOption(wrongOptions),
    )
    .option(
      '--typical <file.csv>',
      'task list whose mix the expected fragmentation is about (default: the pods file)',
    )
    .option('--strict', 'refuse files with any bad row instead of skipping such rows')
    .option('--name <name>', 'name of the scenario (default: that of the pods file)')
    .option('--out <file.yaml>', 'where to write the scenario (default: stdout)')
    .addHelpText(
      'after',
      '\nWith --order or --fill tasks arrive one after another and never leave (fill).' +
        '\nWithout, they are replayed in time (timed).' +
        '\nExample: slicewise import openb --nodes nodes.csv --pods pods.csv --fill 1.3 --out openb.yaml',
    )
    .action((options: OpenbOptions) => {
      if (wrongOptions.length > 0) throw new UsageError('wrong options', wrongOptions);
      return importOpenb(options, io);
    });
  registerImportGpuCluster(command, io);
}

function targetOption(problems: Problem[]): (text: string) => number {
  return (text) => {
    const reading = multipleQuantity.read(text);
    if (reading.ok) return reading.value;
    problems.push({ path: '--fill', value: text, message: `${reading.message}, got "${text}"` });
    return 1;
  };
}

async function importOpenb(options: OpenbOptions, io: CliIo): Promise<void> {
  checkPaths(options);
  const strict = options.strict === true;
  const reader = new TraceReader(process.cwd());
  const hosts = await reader.nodes(options.nodes, strict);
  const tasks = await reader.pods(options.pods, strict);
  if (options.typical !== undefined) await reader.pods(options.typical, strict);
  reader.throwProblems();

  const notes = [...reader.notes];
  const timed = tasks.filter(
    (task) => task.createdSec !== undefined && durationSec(task) !== undefined,
  ).length;
  let isFill = options.order !== undefined || options.fill !== undefined;
  if (!isFill && timed === 0) {
    isFill = true;
    notes.push(
      `${options.pods}: has no times, so the scenario fills the fleet (${PUBLISHED_TARGET} times its GPUs) instead of replaying them`,
    );
  }
  const order = options.order ?? 'shuffle';
  if (order === 'file' && options.fill !== undefined) {
    notes.push('--fill has no effect with --order file: tasks are taken as the file gives them');
  }

  const folder = options.out === undefined ? process.cwd() : dirname(resolve(options.out));
  const pathFromScenario = (path: string) => relative(folder, resolve(path)).split(sep).join('/');
  const scenario = {
    apiVersion: 'slicewise/v1',
    name: options.name ?? basename(options.pods).replace(/\.csv$/i, ''),
    seed: 42,
    fleet: { trace: { format: 'openb', nodes: pathFromScenario(options.nodes), strict } },
    workload: {
      trace: { format: 'openb', pods: pathFromScenario(options.pods), strict },
      ...(options.typical === undefined ? {} : { typical: pathFromScenario(options.typical) }),
    },
    policy: {
      placement: 'best-fit',
      tieBreak: isFill && order === 'shuffle' ? 'shuffled' : 'host-order',
      referenceHost: PUBLISHED_REFERENCE,
    },
    experiment: isFill
      ? { kind: 'fill', order, ...(order === 'file' ? {} : { target: options.fill ?? PUBLISHED_TARGET }) }
      : { kind: 'timed' },
  };
  checkWritten(scenario);
  const text = stringify(scenario, { lineWidth: 0 });
  for (const note of notes) io.err(`note: ${printable(note)}\n`);
  const gpus = hosts.reduce((sum, host) => sum + host.gpuCount, 0);
  io.err(
    `openb: ${plural(hosts.length, 'host')} with ${plural(gpus, 'GPU')}, ${plural(tasks.length, 'task')}, ${count(timed)} of them with times\n`,
  );
  if (options.out === undefined) {
    io.out(text);
    return;
  }
  writeWhole(options.out, text);
  io.err(
    `Written: ${options.out}\nTry next: slicewise run ${shellWord(options.out)} --seed 42 --set policy.placement=fgd\n`,
  );
}

/** What is written must be a scenario that `run` takes. Paths and the name are the parts that come from outside. */
function checkWritten(scenario: object): void {
  const checked = normalizeScenario(scenario);
  if (checked.ok) return;
  const problems = checked.problems.map((problem) => ({
    ...problem,
    ...(problem.path === 'name' ? { hint: 'give another with --name' } : {}),
  }));
  throw new UsageError('cannot write a scenario of that', problems);
}

function checkPaths({ nodes, pods, typical, out }: OpenbOptions): void {
  const problems: Problem[] = Object.entries({ nodes, pods, typical, out }).flatMap(([option, path]) =>
    path === '' ? [{ path: `--${option}`, value: path, message: 'must be a path, got ""' }] : [],
  );
  const isInput = (path: string) =>
    [nodes, pods, typical].some((input) => input !== undefined && resolve(input) === resolve(path));
  if (out !== undefined && out !== '' && isInput(out)) {
    problems.push({ path: '--out', value: out, message: `must not overwrite an input, got ${out}` });
  }
  if (problems.length > 0) throw new UsageError('wrong options', problems);
}
