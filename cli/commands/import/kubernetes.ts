import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { type ImportReport, importProblems } from '../../../scenarios/importers/import-report.ts';
import {
  type KubernetesHost,
  type KubernetesJob,
  readKubernetesFiles,
} from '../../../scenarios/importers/kubernetes.ts';
import { plural } from '../../../sim/report/format.ts';
import { UsageError } from '../../errors.ts';
import { fileErrorText } from '../../file-errors.ts';
import type { CliIo } from '../../io.ts';
import { shellWord } from '../../shell-word.ts';
import { checkPaths, pathFromScenario, writeScenario } from './written.ts';

interface KubernetesCliOptions {
  readonly nodes?: string;
  readonly strict?: boolean;
  readonly name?: string;
  readonly out?: string;
}

const MOST_LISTED = 50;
/** For GPUs whose node has no product label. */
const UNNAMED_MODEL = 'unnamed';

/** `slicewise import kubernetes FILE`. */
export function registerImportKubernetes(parent: Command, io: CliIo): void {
  parent
    .command('kubernetes')
    .description('nodes and pods of a Kubernetes cluster with NVIDIA GPUs (JSON)')
    .argument('<file.json>', 'what kubectl get nodes,pods -A -o json writes')
    .option('--nodes <file.json>', 'the nodes, where they are not in the file of the pods')
    .option('--strict', 'refuse files with any bad object instead of skipping such objects')
    .option('--name <name>', 'name of the scenario (default: that of the file)')
    .option('--out <file.yaml>', 'where to write the scenario (default: stdout)')
    .addHelpText(
      'after',
      '\nNodes have what they offer, less what the pods ask for that every node has. GPUs are shared by fraction.' +
        '\nPods that are not over fill the cluster in the order of the file; where all are over they are replayed in time.' +
        '\nExample: slicewise import kubernetes cluster.json --out cluster.yaml',
    )
    .action((file: string, options: KubernetesCliOptions) => importKubernetes(file, options, io));
}

async function importKubernetes(file: string, options: KubernetesCliOptions, io: CliIo): Promise<void> {
  const { nodes, out } = options;
  checkPaths({ file, nodes }, out);
  const strict = options.strict === true;
  const paths = nodes === undefined ? [file] : [nodes, file];
  const { hosts, jobs, reports } = await read(paths, strict);
  const hostless = nodes === undefined ? ' (other files: --nodes)' : '';
  checkFound(paths, reports, [
    ...(hosts.length === 0 ? [`has no usable node${hostless}`] : []),
    ...(jobs.length === 0 ? ['has no usable pod'] : []),
  ]);
  const going = jobs.filter(({ phase }) => phase !== 'Succeeded' && phase !== 'Failed').length;
  const timed = jobs.filter(({ durationSec }) => durationSec !== undefined).length;
  const scenario = {
    apiVersion: 'slicewise/v1',
    name: options.name ?? basename(file).replace(/\.json$/i, ''),
    seed: 42,
    fleet: { hosts: hosts.map(hostGroup) },
    workload: { trace: { format: 'kubernetes', jobs: pathFromScenario(file, out), strict } },
    policy: { placement: 'best-fit', tieBreak: 'host-order' },
    experiment: going === 0 && timed > 0 ? { kind: 'timed' } : { kind: 'fill', order: 'file' },
  };
  const gpus = hosts.reduce((sum, { gpuCount }) => sum + gpuCount, 0);
  writeScenario(scenario, out, io, {
    notes: [...reportNotes(paths, reports), ...sharingNotes(hosts, jobs, nodes !== undefined)],
    summary: `kubernetes: ${plural(hosts.length, 'host')} with ${plural(gpus, 'GPU')}, ${plural(jobs.length, 'pod')}, ${going} of them not over`,
    tryNext: (path) => `slicewise run ${shellWord(path)}`,
  });
}

async function read(paths: readonly string[], strict: boolean) {
  const streams = paths.map((path) => createReadStream(resolve(path), { highWaterMark: 1 << 20 }));
  try {
    return await readKubernetesFiles(streams, { strict });
  } catch (error) {
    throw new UsageError('cannot read the cluster', [
      { path: paths.join(', '), message: `cannot be read: ${fileErrorText(error)}` },
    ]);
  } finally {
    for (const stream of streams) stream.destroy();
  }
}

function checkFound(
  paths: readonly string[],
  reports: readonly ImportReport[],
  missing: readonly string[],
): void {
  const isRefused = reports.some(({ refused }) => refused !== undefined);
  if (!isRefused && missing.length === 0) return;
  const problems = reports.flatMap((report, i) => importProblems(report, paths[i] ?? ''));
  const lacks = isRefused ? [] : missing.map((message) => ({ path: paths.at(-1) ?? '', message }));
  throw new UsageError('cannot read the cluster', [...lacks, ...problems]);
}

/** A node as a host of its own, so that it keeps its name. */
function hostGroup({ name, cpuMilli, memoryMib, gpuCount, model, daemons }: KubernetesHost) {
  return {
    name,
    cpu: Math.max(1, cpuMilli - daemons.cpuMilli) / 1000,
    memory: `${Math.max(1, memoryMib - daemons.memoryMib)}MiB`,
    ...(gpuCount === 0 ? {} : { gpus: { model: model || UNNAMED_MODEL, count: gpuCount } }),
  };
}

function reportNotes(paths: readonly string[], reports: readonly ImportReport[]): string[] {
  return reports.flatMap((report, i) => {
    const path = paths[i] ?? '';
    const skipped =
      report.badCount === 0
        ? []
        : [
            `${path}: skipped ${report.badCount} of ${report.rows} objects (--strict refuses the file instead)`,
            ...importProblems(report, path, MOST_LISTED).map(
              ({ path: place, message, value }) =>
                `  ${place}: ${message}${value === undefined ? '' : `, got "${value}"`}`,
            ),
          ];
    return [...skipped, ...report.notes.map((note) => `${path}: ${note}`)];
  });
}

function sharingNotes(
  hosts: readonly KubernetesHost[],
  jobs: readonly KubernetesJob[],
  isSplit: boolean,
): string[] {
  const shared = hosts.filter(({ sharing }) => sharing.mode !== 'none');
  if (shared.length === 0) return [];
  const modes = [...new Set(shared.map(({ sharing }) => sharing.mode))].join(', ');
  const profiles = jobs.filter(({ profile }) => profile !== '').length;
  return [
    `${plural(shared.length, 'node')} share GPUs (${modes}): the scenario shares them by fraction, at full speed; give the hosts a sharing mode to simulate it`,
    ...(profiles === 0
      ? []
      : [
          `${plural(profiles, 'pod')} with MIG instances: each is the part of a GPU that its compute slices are`,
        ]),
    ...(isSplit
      ? ['the scenario reads the pods alone: without their nodes those on shared GPUs ask for whole ones']
      : []),
  ];
}
