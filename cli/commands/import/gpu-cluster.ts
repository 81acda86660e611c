import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import { importGpuCluster, WAY_NAMES } from '../../../scenarios/importers/gpu-cluster.ts';
import { normalizeScenario } from '../../../sim/index.ts';
import { plural, printable } from '../../../sim/report/format.ts';
import { UsageError } from '../../errors.ts';
import { fileErrorText } from '../../file-errors.ts';
import type { CliIo } from '../../io.ts';
import { writeWhole } from '../../output-file.ts';
import { shellWord } from '../../shell-word.ts';

interface ClusterCliOptions {
  readonly mode?: string;
  readonly name?: string;
  readonly out?: string;
}

/** Longer files are refused unread: the reader takes 16 million characters at most. */
const MOST_BYTES = 64 * 1024 * 1024;

/** `slicewise import gpu-cluster FILE`. */
export function registerImportGpuCluster(command: Command, io: CliIo): void {
  command
    .command('gpu-cluster')
    .description('a gpu_cluster file: nodes, GPUs cut into vgpus with memory and compute, scheduler (YAML)')
    .argument('<file>', 'the cluster file')
    .addOption(
      new Option(
        '--mode <mode>',
        'how the GPUs are shared (default: for each node what keeps most of the figures asked)',
      ).choices(WAY_NAMES),
    )
    .option('--name <name>', 'name of the scenario (default: that of the file)')
    .option('--out <file.yaml>', 'where to write the scenario (default: stdout)')
    .addHelpText(
      'after',
      '\nEach vgpu becomes a tenant that takes all it is given. What a mode cannot give as asked is noted.' +
        '\nExample: slicewise import gpu-cluster cluster.yaml --out cluster-scenario.yaml',
    )
    .action((file: string, options: ClusterCliOptions) => run(file, options, io));
}

function run(file: string, options: ClusterCliOptions, io: CliIo): void {
  checkPaths(file, options);
  const name = options.name ?? basename(file).replace(/\.(ya?ml|json)$/i, '');
  const imported = importGpuCluster(readText(file), file, {
    name,
    ...(options.mode === undefined ? {} : { mode: options.mode }),
  });
  if (!imported.ok) throw new UsageError(`cannot import ${file}`, imported.problems);
  const { scenario, notes, summary } = imported;
  checkWritten(scenario);
  for (const note of notes) io.err(`note: ${printable(note)}\n`);
  const { hosts, gpus, vgpus, modes } = summary;
  io.err(
    `gpu-cluster: ${plural(hosts, 'host')} with ${plural(gpus, 'GPU')}, ${plural(vgpus, 'vgpu')} by ${modes.join(', ')}\n`,
  );
  const text = stringify(scenario, { lineWidth: 0, aliasDuplicateObjects: false });
  if (options.out === undefined) {
    io.out(text);
    return;
  }
  writeWhole(options.out, text);
  io.err(`Written: ${options.out}\nTry next: slicewise run ${shellWord(options.out)}\n`);
}

/** What is written must be a scenario that `run` takes. The name is the one part that the importer has not checked. */
function checkWritten(scenario: object): void {
  const checked = normalizeScenario(scenario);
  if (checked.ok) return;
  const problems = checked.problems.map((problem) => ({
    ...problem,
    ...(problem.path === 'name' ? { hint: 'give another with --name' } : {}),
  }));
  throw new UsageError('cannot write a scenario of that', problems);
}

function checkPaths(file: string, { out }: ClusterCliOptions): void {
  const wrong = (path: string, value: string, message: string) =>
    new UsageError('wrong options', [{ path, value, message }]);
  if (file === '') throw wrong('<file>', file, 'must be a path, got ""');
  if (out === '') throw wrong('--out', out, 'must be a path, got ""');
  if (out !== undefined && resolve(out) === resolve(file)) {
    throw wrong('--out', out, `must not overwrite the input, got ${out}`);
  }
}

function readText(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > MOST_BYTES) throw new Error(`must be at most ${MOST_BYTES} bytes, got ${size}`);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const isNotText = error instanceof TypeError;
    throw new UsageError(`cannot import ${path}`, [
      { path, message: isNotText ? 'is not UTF-8 text' : fileErrorText(error) },
    ]);
  }
}
