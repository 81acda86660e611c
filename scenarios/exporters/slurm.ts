import type { Problem, Scenario } from '../../sim/scenario/index.ts';
import { hostName } from '../../sim/scenario/index.ts';
import { catalogueGpu } from '../../sim/scenario/resolve/card-spec.ts';
import type { GpuGroup, HostGroup } from '../../sim/scenario/types.ts';
import { HOST_MODES } from './advertised.ts';
import {
  chosenGroups,
  type Export,
  type Exporter,
  type ExportSettings,
  groupPath,
  header,
  isProblem,
  nothingToWrite,
  refused,
} from './exporter.ts';
import { migOf } from './mig-layout.ts';
import { NameTable } from './names.ts';

/** What the slurmd of a group's nodes and slurm.conf say of the GPUs. */
interface SlurmGroup {
  /** `node-[0000-0003]`. */
  readonly nodes: string;
  readonly gresLines: readonly string[];
  /** `gpu:a100:4`, `shard:16`. */
  readonly gres: readonly string[];
  readonly group: HostGroup;
}

const FILES = { NVIDIA: '/dev/nvidia', AMD: '/dev/dri/renderD', Intel: '/dev/dri/renderD' } as const;
/** The kernel numbers render nodes from here. */
const FIRST_RENDER_NODE = 128;
/** Device files that one node may name (gres.conf manual, File). */
const MOST_FILES = 1024;

/**
 * gres.conf of all nodes in one file. MIG instances are found by Slurm itself (`AutoDetect=nvml`, which checks no lines
 * of gres.conf against them): their types and counts are in slurm.conf.
 *
 * @see SchedMD/slurm 22.05 and 26.11, gres.conf manual and "MIG Management": a type of instances is a part of what is
 * found, such as `3g.40gb`; shards are divided evenly among the GPUs of a node; an MPS count is percent, 100 a GPU
 */
export const gresConf: Exporter = {
  name: 'gres',
  description: 'GPUs, shards, MPS and MIG of nodes: gres.conf of Slurm; its node lines are slurm-nodes',
  settings: [],
  write: (scenario, settings) =>
    written(scenario, settings, 'with-gpus', (groups) => groups.flatMap((each) => each.gresLines)),
};

/**
 * The lines of slurm.conf that go with that gres.conf, nodes without GPUs too: those have no Gres.
 *
 * @see SchedMD/slurm, slurm.conf manual: GresTypes, NodeName (CPUs, RealMemory in MiB, Gres)
 */
export const slurmNodes: Exporter = {
  name: 'slurm-nodes',
  description: 'nodes with cores, memory and GPUs: the lines of slurm.conf that go with gres',
  settings: [],
  write: (scenario, settings) =>
    written(scenario, settings, 'all', (groups) => {
      const types = new Set(groups.flatMap(({ gres }) => gres.map((each) => each.split(':')[0])));
      return [
        ...(types.size === 0 ? [] : [`GresTypes=${[...types].join(',')}`]),
        ...groups.map(({ nodes, gres, group }) =>
          [
            `NodeName=${nodes} CPUs=${Math.floor(group.cpuMilli / 1000)} RealMemory=${group.memoryMib}`,
            ...(gres.length === 0 ? [] : [`Gres=${gres.join(',')}`]),
            'State=UNKNOWN',
          ].join(' '),
        ),
      ];
    }),
};

function written(
  scenario: Scenario,
  settings: ExportSettings,
  which: 'with-gpus' | 'all',
  linesOf: (groups: readonly SlurmGroup[]) => readonly string[],
): Export {
  const chosen = chosenGroups(scenario, settings, which);
  if (isProblem(chosen)) return refused(chosen);
  const types = slurmTypes();
  const notes: string[] = [];
  const problems: Problem[] = [];
  const groups: SlurmGroup[] = [];
  for (const group of chosen) {
    const path = groupPath(scenario, group);
    if (group.count === 0) {
      notes.push(`${path}: has no hosts: left out`);
      continue;
    }
    if (group.gpus.length > 0 && group.sharing !== null && !HOST_MODES.has(group.sharing.mode)) {
      notes.push(`${path}: ${group.sharing.mode} is for virtual machines and the like: left out`);
      continue;
    }
    problems.push(...problemsOf(path, group));
    notes.push(...notesOf(path, group));
    if (problems.length === 0) groups.push(slurmGroup(group, types));
  }
  if (problems.length > 0) return refused(problems);
  if (groups.length === 0) return nothingToWrite('of hosts whose GPUs jobs on the hosts themselves have');
  notes.push(...types.notes('GPU model'));
  const lines = linesOf(groups);
  return {
    ok: true,
    text: `${header(scenario, notes)}${lines.map((line) => `${line}\n`).join('')}`,
    data: { lines },
    notes,
  };
}

/** Types of GPUs: what lists and counts in Slurm do not take for a mark of their own. */
function slurmTypes(): NameTable {
  return new NameTable(
    (text) =>
      text
        .toLowerCase()
        .replace(/[^a-z0-9._-]+/g, '_')
        .slice(0, 64) || 'x',
    64,
  );
}

/** A group's hosts as Slurm writes them. */
function slurmNodesOf({ name, count }: Pick<HostGroup, 'name' | 'count'>): string {
  if (count === 1) return name;
  const number = (index: number) => hostName(name, index, count).slice(name.length + 1);
  return `${name}-[${number(0)}-${number(count - 1)}]`;
}

function slurmGroup(group: HostGroup, types: NameTable): SlurmGroup {
  const nodes = slurmNodesOf(group);
  const { sharing } = group;
  const gresLines: string[] = [];
  const gres: string[] = [];
  const hasMig = group.gpus.some((gpu) => migOf(gpu, sharing).kind !== 'off');
  if (hasMig) gresLines.push(`NodeName=${nodes} AutoDetect=nvml`);
  const files: string[] = [];
  let next = 0;
  for (const gpu of group.gpus) {
    const mig = migOf(gpu, sharing);
    const first = next;
    next += gpu.count;
    if (mig.kind === 'fixed') {
      for (const [profile, count] of mig.counts) add(gres, profile, count * gpu.count);
      continue;
    }
    const type = types.of(gpu.model);
    gres.push(`gpu:${type}:${gpu.count}`);
    const file = filesOf(gpu, first);
    files.push(file);
    if (!hasMig) gresLines.push(`NodeName=${nodes} Name=gpu Type=${type} File=${file}`);
  }
  const shared = sharesOf(group);
  if (shared !== null && next > 0) {
    gres.push(`${shared.name}:${shared.perGpu * next}`);
    for (const file of files) {
      gresLines.push(
        `NodeName=${nodes} Name=${shared.name} Count=${shared.perGpu * filesIn(file)} File=${file}`,
      );
    }
  }
  return { nodes, gresLines, gres, group };
}

/** Adds to the count of a type that is there already: models of one node may have profiles of one name. */
function add(gres: string[], type: string, count: number): void {
  const start = `gpu:${type}:`;
  const at = gres.findIndex((each) => each.startsWith(start));
  if (at < 0) gres.push(start + count);
  else gres[at] = start + (Number(gres[at]?.slice(start.length)) + count);
}

function filesOf({ model, count }: GpuGroup, first: number): string {
  const vendor = catalogueGpu(model)?.vendor ?? 'NVIDIA';
  const from = vendor === 'NVIDIA' ? first : first + FIRST_RENDER_NODE;
  return count === 1 ? `${FILES[vendor]}${from}` : `${FILES[vendor]}[${from}-${from + count - 1}]`;
}

/** Device files in a name such as `/dev/nvidia[0-3]`. */
function filesIn(file: string): number {
  const [, first, last] = /\[(\d+)-(\d+)\]$/.exec(file) ?? [];
  return first === undefined ? 1 : Number(last) - Number(first) + 1;
}

function sharesOf({ sharing }: HostGroup): { readonly name: string; readonly perGpu: number } | null {
  if (sharing?.mode === 'time-slicing' && sharing.profile === null) {
    return { name: 'shard', perGpu: sharing.replicas };
  }
  return sharing?.mode === 'mps' ? { name: 'mps', perGpu: 100 } : null;
}

function problemsOf(path: string, group: HostGroup): Problem[] {
  const problems: Problem[] = [];
  const cards = group.gpus.map((gpu) => migOf(gpu, group.sharing));
  const count = group.gpus.reduce((sum, gpu) => sum + gpu.count, 0);
  if (count > MOST_FILES) {
    problems.push({ path: `${path}.gpus`, message: `must be at most ${MOST_FILES}, got ${count}` });
  }
  if (group.name.toUpperCase() === 'DEFAULT') {
    const message = 'must be another name: slurm.conf takes DEFAULT for what other nodes have in common';
    problems.push({ path: `${path}.name`, value: group.name, message });
  }
  if (cards.some(({ kind }) => kind === 'on-demand')) {
    const message = 'must be stated: Slurm expects instances that stand beforehand (MIG Management)';
    problems.push({ path: `${path}.sharing.layout`, message });
  }
  if (count > 0 && group.sharing?.mode === 'time-slicing' && group.sharing.profile !== null) {
    const message = 'cannot be replicated by Slurm: shards are of whole GPUs';
    problems.push({ path: `${path}.sharing.profile`, value: group.sharing.profile, message });
  }
  if (group.cpuMilli < 1000) {
    problems.push({ path: `${path}.cpu`, message: 'must be at least one core for Slurm' });
  }
  return problems;
}

function notesOf(path: string, { sharing, cpuMilli, gpus }: HostGroup): string[] {
  const notes: string[] = [];
  if (cpuMilli % 1000 !== 0) notes.push(`${path}.cpu: parts of a core are left out`);
  if (gpus.some(({ model }) => (catalogueGpu(model)?.vendor ?? 'NVIDIA') !== 'NVIDIA')) {
    notes.push(
      `${path}: render nodes are taken to be numbered from ${FIRST_RENDER_NODE} in the order of the GPUs`,
    );
  }
  if (gpus.length === 0) return notes;
  switch (sharing?.mode) {
    case undefined:
      notes.push(`${path}: sharing by fraction of a GPU cannot be said: whole GPUs are offered`);
      break;
    case 'time-slicing':
      notes.push(
        `${path}: shards reserve no memory and fence nothing: what a job uses of it cannot be held to`,
      );
      break;
    case 'mps': {
      const { clients, threadPercent } = sharing;
      const each = threadPercent ?? (clients === null ? null : 100 / clients);
      notes.push(
        each === null
          ? `${path}: jobs must ask for mps in percent; a number of clients is not set`
          : `${path}: jobs must ask for mps:${Math.floor(each)} (percent of the SMs); memory is not divided, and not more than one GPU serves a job`,
      );
      break;
    }
    case 'hook':
    case 'uvm-swap':
      notes.push(`${path}: ${sharing.mode} is not Slurm's to set up: whole GPUs are offered`);
      break;
    case 'mig':
      if (sharing.layout?.some((entry) => entry.includes('@')) === true) {
        notes.push(
          `${path}.sharing.layout: the starts (@) cannot be said: cut the GPUs before slurmd starts`,
        );
      }
      break;
    default:
  }
  return notes;
}
