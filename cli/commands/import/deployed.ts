import { createReadStream, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import type { DeployedFleet, DeployedHosts } from '../../../scenarios/importers/deployed-hosts.ts';
import { importDevicePlugin } from '../../../scenarios/importers/device-plugin.ts';
import { importGres } from '../../../scenarios/importers/gres.ts';
import { readKubernetesFiles } from '../../../scenarios/importers/kubernetes.ts';
import { importMigParted } from '../../../scenarios/importers/mig-parted.ts';
import { importVgpuConfig } from '../../../scenarios/importers/vgpu-config.ts';
import { normalizeScenario } from '../../../sim/index.ts';
import { plural, printable } from '../../../sim/report/format.ts';
import { hostCpuQuantity } from '../../../sim/scenario/quantities/cpu.ts';
import { hostMemoryQuantity } from '../../../sim/scenario/quantities/memory.ts';
import { type Problem, UsageError } from '../../errors.ts';
import { fileErrorText } from '../../file-errors.ts';
import type { CliIo } from '../../io.ts';
import { loadScenario } from '../../load-scenario.ts';
import { repeatable } from '../../options.ts';
import { writeWhole } from '../../output-file.ts';
import { shellWord } from '../../shell-word.ts';
import { hostsOfNodes, hostsOfScenario, hostsOfTexts } from './deployed-hosts.ts';
import { checkPaths, writeScenario } from './written.ts';

interface DeployedOptions {
  readonly like?: string;
  readonly hosts?: readonly string[];
  readonly nodes?: string;
  readonly cpu: string;
  readonly memory: string;
  readonly config?: string;
  readonly group?: string;
  readonly slurmConf?: string;
  readonly name?: string;
  readonly out?: string;
}

interface DeployedFormat {
  readonly name: string;
  readonly description: string;
  /** Label of a node that names its configuration; null: there is none. */
  readonly label: string | null;
  readonly read: (
    text: string,
    file: string,
    hosts: readonly DeployedHosts[],
    slurm: { readonly text: string; readonly file: string } | null,
  ) => DeployedFleet;
}

const MOST_BYTES = 16 * 1024 * 1024;

const FORMATS: readonly DeployedFormat[] = [
  {
    name: 'mig-parted',
    description: 'the MIG layouts of a configuration of mig-parted or of the MIG manager, on hosts (YAML)',
    label: 'nvidia.com/mig.config',
    read: importMigParted,
  },
  {
    name: 'vgpu-config',
    description: 'the vGPU types of a configuration of the vGPU device manager, on hosts (YAML)',
    label: 'nvidia.com/vgpu.config',
    read: importVgpuConfig,
  },
  {
    name: 'device-plugin',
    description: "the replicas of a configuration of NVIDIA's device plugin for Kubernetes, on hosts (YAML)",
    label: 'nvidia.com/device-plugin.config',
    read: importDevicePlugin,
  },
  {
    name: 'gres',
    description: 'the GPUs, shards and MIG instances of gres.conf and slurm.conf, on hosts',
    label: null,
    read: (text, file, hosts, slurm) => importGres({ gres: { text, file }, slurm }, hosts),
  },
];

/** `slicewise import mig-parted FILE` and the like: what is deployed, as the fleet of a scenario. */
export function registerImportDeployed(parent: Command, io: CliIo): void {
  for (const format of FORMATS) {
    const command = parent
      .command(format.name)
      .description(format.description)
      .argument('<file>', 'the file that is deployed')
      .option('--like <scenario>', 'the hosts of this scenario; all else of it stays as it is')
      .option('--group <name>', 'with --like: the file is for this host group alone')
      .option(
        '--hosts <hosts>',
        'hosts: NAME[*COUNT]=GPUSxMODEL[+GPUSxMODEL][:CONFIG]; may be given several times',
        repeatable,
      )
      .option('--cpu <cores>', 'with --hosts: cores of each host', '64')
      .option('--memory <size>', 'with --hosts: main memory of each host', '512GiB')
      .option('--name <name>', 'with --like: name of the scenario (default: that of the file)')
      .option('--out <file.yaml>', 'where to write it (default: stdout)');
    if (format.label !== null) {
      command
        .option(
          '--nodes <file.json>',
          `the hosts of kubectl get nodes -o json; their label ${format.label} names the configuration`,
        )
        .option(
          '--config <name>',
          'configuration of hosts that name none (default: of their own name, or the only one; with --nodes what the tool takes without its label)',
        );
    } else {
      command.option(
        '--slurm-conf <file>',
        'slurm.conf, which has the counts of MIG instances that Slurm finds itself',
      );
    }
    command
      .addHelpText(
        'after',
        '\nWith --like it writes a scenario to compare with that one, else an overlay with the fleet (run SCENARIO --overlay FILE).' +
          `\nExample: slicewise import ${format.name} deployed.conf --like plan.yaml --out deployed.yaml`,
      )
      .action((file: string, options: DeployedOptions) => importDeployed(format, file, options, io));
  }
}

async function importDeployed(
  format: DeployedFormat,
  file: string,
  options: DeployedOptions,
  io: CliIo,
): Promise<void> {
  const { like, nodes, slurmConf, out } = options;
  checkPaths({ file, like, nodes, 'slurm-conf': slurmConf }, out);
  const ways = [like, options.hosts, nodes].filter((each) => each !== undefined).length;
  if (ways !== 1) {
    const accepted = format.label === null ? '--like, --hosts' : '--like, --hosts, --nodes';
    const message = `exactly one of them must say which hosts there are, got ${ways}`;
    throw new UsageError('wrong options', [{ path: accepted, message }]);
  }
  const { hosts, document } = await hostsOf(format, options);
  const slurm = slurmConf === undefined ? null : { text: readText(slurmConf), file: slurmConf };
  const fleet = format.read(readText(file), file, hosts, slurm);
  if (!fleet.ok) throw new UsageError(`cannot import ${file}`, fleet.problems);
  const count = hosts.reduce((sum, each) => sum + each.count, 0);
  const summary = `${format.name}: ${plural(count, 'host')} in ${plural(fleet.hosts.length, 'group')}`;
  if (document !== null) {
    const name = options.name ?? basename(file).replace(/\.(ya?ml|json|conf)$/i, '');
    const scenario = { ...document, name, fleet: { hosts: fleet.hosts } };
    writeScenario(scenario, out, io, {
      notes: fleet.notes,
      summary,
      tryNext: (path) => `slicewise compare ${shellWord(like ?? '')} ${shellWord(path)}`,
    });
    return;
  }
  writeOverlay(fleet, summary, out, io);
}

/** The fleet alone: what the jobs are is for the scenario that it is laid over. */
function writeOverlay(
  { hosts, notes }: Extract<DeployedFleet, { ok: true }>,
  summary: string,
  out: string | undefined,
  io: CliIo,
): void {
  const classes = [{ name: 'any', cpu: 1, memory: '1MiB' }];
  const checked = normalizeScenario({
    apiVersion: 'slicewise/v1',
    name: 'deployed',
    fleet: { hosts },
    workload: { synthetic: { tasks: 1, classes } },
    experiment: { kind: 'fill', target: 1 },
  });
  const problems = checked.ok ? [] : checked.problems.filter(({ path }) => path.startsWith('fleet'));
  if (problems.length > 0) throw new UsageError('cannot write a fleet of that', problems);
  for (const note of notes) io.err(`note: ${printable(note)}\n`);
  io.err(`${summary}\n`);
  const text = stringify({ fleet: { hosts } }, { lineWidth: 0, aliasDuplicateObjects: false });
  if (out === undefined) {
    io.out(text);
    return;
  }
  writeWhole(out, text);
  io.err(`Written: ${out}\nTry next: slicewise run SCENARIO --overlay ${shellWord(out)}\n`);
}

async function hostsOf(
  { label }: DeployedFormat,
  { like, hosts, nodes, cpu, memory, config, group }: DeployedOptions,
): Promise<{ readonly hosts: readonly DeployedHosts[]; readonly document: object | null }> {
  const named = (list: readonly DeployedHosts[]) =>
    list.map((each) => (each.config === null && config !== undefined ? { ...each, config } : each));
  if (like !== undefined) {
    const { document, scenario } = loadScenario(like);
    const found = hostsOfScenario(scenario, document, group ?? null);
    if (found === undefined) {
      const message = 'must have hosts: those of a trace have no names to configure them by';
      throw new UsageError('wrong options', [{ path: '--like fleet.trace', message }]);
    }
    if (group !== undefined) checkGroup(group, found);
    return { hosts: named(found), document };
  }
  if (group !== undefined) {
    throw new UsageError('wrong options', [
      { path: '--group', value: group, message: 'goes with --like: it is a host group of that scenario' },
    ]);
  }
  if (nodes !== undefined) {
    const text = readText(nodes);
    const read = await readKubernetesFiles([createReadStream(resolve(nodes))], { strict: true });
    return { hosts: named(hostsOfNodes(read.hosts, text, label ?? '')), document: null };
  }
  const problems: Problem[] = [];
  const cores = hostCpuQuantity.read(cpu);
  const room = hostMemoryQuantity.read(memory);
  if (!cores.ok) problems.push({ path: '--cpu', value: cpu, message: cores.message });
  if (!room.ok) problems.push({ path: '--memory', value: memory, message: room.message });
  const size = { cpuMilli: cores.ok ? cores.value : 0, memoryMib: room.ok ? room.value : 0 };
  const list = hostsOfTexts(hosts ?? [], size, problems);
  if (problems.length > 0) throw new UsageError('wrong options', problems);
  return { hosts: named(list), document: null };
}

function checkGroup(group: string, hosts: readonly DeployedHosts[]): void {
  const found = hosts.find(({ name }) => name === group);
  const withGpus = hosts.flatMap(({ name, gpus }) => (gpus.length > 0 ? [name] : []));
  if (found !== undefined && found.gpus.length > 0) return;
  const message = `must be a host group of the scenario with GPUs: ${withGpus.join(', ')}`;
  throw new UsageError('wrong options', [{ path: '--group', value: group, message }]);
}

function readText(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > MOST_BYTES) throw new Error(`must be at most ${MOST_BYTES} bytes, got ${size}`);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const message = error instanceof TypeError ? 'is not UTF-8 text' : fileErrorText(error);
    throw new UsageError(`cannot import ${path}`, [{ path, message }]);
  }
}
