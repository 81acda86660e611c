import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { importGpuCluster, WAY_NAMES } from '../../../scenarios/importers/gpu-cluster.ts';
import { plural } from '../../../sim/report/format.ts';
import { UsageError } from '../../errors.ts';
import { fileErrorText } from '../../file-errors.ts';
import type { CliIo } from '../../io.ts';
import { shellWord } from '../../shell-word.ts';
import { writeScenario } from './written.ts';

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
  const { hosts, gpus, vgpus, modes } = summary;
  writeScenario(scenario, options.out, io, {
    notes,
    summary: `gpu-cluster: ${plural(hosts, 'host')} with ${plural(gpus, 'GPU')}, ${plural(vgpus, 'vgpu')} by ${modes.join(', ')}`,
    tryNext: (path) => `slicewise run ${shellWord(path)}`,
  });
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
