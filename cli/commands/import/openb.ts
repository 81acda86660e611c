import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { durationSec } from '../../../scenarios/importers/openb.ts';
import { count, plural } from '../../../sim/report/format.ts';
import { MAX_HOSTS } from '../../../sim/scenario/limits.ts';
import { multipleQuantity, shareQuantity } from '../../../sim/scenario/quantities/ratio.ts';
import type { Problem } from '../../errors.ts';
import { UsageError } from '../../errors.ts';
import type { CliIo } from '../../io.ts';
import { TraceReader } from '../../load-traces.ts';
import { shellWord } from '../../shell-word.ts';
import { checkPaths, pathFromScenario, writeScenario } from './written.ts';

interface OpenbOptions {
  readonly nodes: string;
  readonly pods: string;
  readonly order?: 'file' | 'shuffle';
  readonly fill?: number;
  readonly keep?: number | string;
  readonly typical?: string;
  readonly strict?: boolean;
  readonly name?: string;
  readonly out?: string;
}

/** Requested GPU as a multiple of capacity in the published openb runs. */
const PUBLISHED_TARGET = 1.3;
/** Largest host of the peer that published results on this format: 128 cores and 8 GPUs, whatever the fleet has. */
const PUBLISHED_REFERENCE = { cpu: 128, gpus: 8 };

/** `slicewise import openb`. */
export function registerImportOpenb(command: Command, io: CliIo): void {
  const wrongOptions: Problem[] = [];
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
    .option(
      '--keep <n>',
      'hosts to keep, a number or a part such as 5%, so that the tasks meet a smaller fleet: of each GPU model and host size its part (default: all)',
      keepOption(wrongOptions),
    )
    .option('--strict', 'refuse files with any bad row instead of skipping such rows')
    .option('--name <name>', 'name of the scenario (default: that of the pods file)')
    .option('--out <file.yaml>', 'where to write the scenario (default: stdout)')
    .addHelpText(
      'after',
      '\nWith --order or --fill tasks arrive one after another and never leave (fill).' +
        '\nWithout, they are replayed in time (timed); --keep 1% makes jobs wait.' +
        '\nExample: slicewise import openb --nodes nodes.csv --pods pods.csv --fill 1.3 --out openb.yaml',
    )
    .action((options: OpenbOptions) => {
      if (wrongOptions.length > 0) throw new UsageError('wrong options', wrongOptions);
      return importOpenb(options, io);
    });
}

function targetOption(problems: Problem[]): (text: string) => number {
  return (text) => {
    const reading = multipleQuantity.read(text);
    if (reading.ok) return reading.value;
    problems.push({ path: '--fill', value: text, message: `${reading.message}, got "${text}"` });
    return 1;
  };
}

/** A whole number is a number of hosts, with a percent sign a part of them. */
function keepOption(problems: Problem[]): (text: string) => number | string {
  return (text) => {
    const number = /^\s*\d+\s*$/.test(text) ? Number(text) : undefined;
    if (number !== undefined && number >= 1 && number <= MAX_HOSTS) return number;
    const reading = number === undefined ? shareQuantity.read(text) : undefined;
    if (reading?.ok === true) return text;
    const message = `must be a number of hosts from 1 to ${MAX_HOSTS}, or a part of them such as 5%, got "${text}"`;
    problems.push({ path: '--keep', value: text, message });
    return 1;
  };
}

async function importOpenb(options: OpenbOptions, io: CliIo): Promise<void> {
  const { nodes, pods, typical, keep, out } = options;
  checkPaths({ nodes, pods, typical }, out);
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

  const written = (path: string) => pathFromScenario(path, out);
  const scenario = {
    apiVersion: 'slicewise/v1',
    name: options.name ?? basename(options.pods).replace(/\.csv$/i, ''),
    seed: 42,
    fleet: {
      trace: {
        format: 'openb',
        nodes: written(options.nodes),
        strict,
        ...(keep === undefined ? {} : { keep }),
      },
    },
    workload: {
      trace: { format: 'openb', pods: written(options.pods), strict },
      ...(options.typical === undefined ? {} : { typical: written(options.typical) }),
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
  const gpus = hosts.reduce((sum, host) => sum + host.gpuCount, 0);
  writeScenario(scenario, out, io, {
    notes,
    summary: `openb: ${plural(hosts.length, 'host')} with ${plural(gpus, 'GPU')}, ${plural(tasks.length, 'task')}, ${count(timed)} of them with times`,
    tryNext: (path) => `slicewise run ${shellWord(path)} --seed 42 --set policy.placement=fgd`,
  });
}
