import { basename, dirname, relative, resolve, sep } from 'node:path';
import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import { durationSec } from '../../scenarios/importers/openb.ts';
import { groupDigits } from '../../sim/report/format.ts';
import { UsageError } from '../errors.ts';
import type { CliIo } from '../io.ts';
import { TraceReader } from '../load-traces.ts';
import { writeWhole } from '../output-file.ts';

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

/** `slicewise import FORMAT`: turns traces into scenarios. */
export function registerImport(program: Command, io: CliIo): void {
  const command = program.command('import').description('write a scenario that refers to trace files');
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
      parseTarget,
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
      '\nWith --order or --fill tasks arrive one after another and never leave (fill). Without, they are replayed in time (timed).' +
        '\nExample: slicewise import openb --nodes nodes.csv --pods pods.csv --fill 1.3 --out openb.yaml',
    )
    .action((options: OpenbOptions) => importOpenb(options, io));
}

function parseTarget(text: string): number {
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (!(value > 0 && value <= 1000) || text.trim() === '') {
    throw new UsageError('cannot fill the fleet', [
      {
        path: '--fill',
        value: text,
        message: `must be a multiple above 0 and at most 1000, such as 1.3 or 130%, got "${text}"`,
      },
    ]);
  }
  return value;
}

async function importOpenb(options: OpenbOptions, io: CliIo): Promise<void> {
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
  const text = stringify(scenario, { lineWidth: 0 });
  for (const note of notes) io.err(`note: ${note}\n`);
  const gpus = hosts.reduce((sum, host) => sum + host.gpuCount, 0);
  io.err(
    `openb: ${plural(hosts.length, 'host')} with ${plural(gpus, 'GPU')}, ${plural(tasks.length, 'task')}, ${timed} of them with times\n`,
  );
  if (options.out === undefined) {
    io.out(text);
    return;
  }
  writeWhole(options.out, text);
  io.err(
    `Written: ${options.out}\nTry next: slicewise run ${options.out} --seed 42 --set policy.placement=fgd\n`,
  );
}

function plural(count: number, noun: string): string {
  return `${groupDigits(count)} ${noun}${count === 1 ? '' : 's'}`;
}
