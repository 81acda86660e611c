import type { Problem } from '../../sim/scenario/index.ts';
import { catalogueGpu } from '../../sim/scenario/resolve/card-spec.ts';
import type { HostGroup } from '../../sim/scenario/types.ts';
import { advertised, HOST_MODES, migResource } from './advertised.ts';
import {
  chosenGroups,
  type Exporter,
  type ExportSettings,
  groupPath,
  header,
  isProblem,
  labelsOf,
  nothingToWrite,
  refused,
} from './exporter.ts';
import { migOf } from './mig-layout.ts';
import { block, yamlText } from './yaml-text.ts';

interface ReplicatedResources {
  readonly failRequestsGreaterThanOne: boolean;
  readonly resources: readonly { readonly name: string; readonly replicas: number }[];
}

interface PluginConfig {
  readonly version: 'v1';
  readonly flags: { readonly migStrategy: 'none' | 'single' | 'mixed' };
  readonly sharing?: { readonly timeSlicing: ReplicatedResources } | { readonly mps: ReplicatedResources };
}

/**
 * Sharing configuration of NVIDIA's device plugin for Kubernetes: a ConfigMap with one configuration for each host
 * group, which a node takes by its label `nvidia.com/device-plugin.config`; or that of one group alone.
 *
 * @see NVIDIA/k8s-device-plugin v0.20.0, api/config/v1: config.go, replicas.go (replicas at least 2, names of at most 63
 * characters), sharing.go (MPS goes before time-slicing), consts.go (`none`, `single`, `mixed`)
 */
export const devicePlugin: Exporter = {
  name: 'device-plugin',
  description: "time-slicing, MPS replicas and MIG strategy of NVIDIA's device plugin for Kubernetes (YAML)",
  settings: ['migStrategy'],
  write(scenario, settings) {
    const groups = chosenGroups(scenario, settings);
    if (isProblem(groups)) return refused(groups);
    const names = labelsOf(scenario);
    const notes: string[] = [];
    const problems: Problem[] = [];
    const configs: Record<string, PluginConfig> = {};
    for (const group of groups) {
      const path = groupPath(scenario, group);
      const { sharing } = group;
      if (sharing !== null && !HOST_MODES.has(sharing.mode)) {
        notes.push(`${path}: ${sharing.mode} is for virtual machines and the like: left out`);
        continue;
      }
      if (!group.gpus.every(({ model }) => (catalogueGpu(model)?.vendor ?? 'NVIDIA') === 'NVIDIA')) {
        notes.push(`${path}: has GPUs of another maker than NVIDIA: left out`);
        continue;
      }
      problems.push(...problemsOf(path, group, settings));
      notes.push(...notesOf(path, group));
      configs[names.of(group.name)] = configOf(group, settings);
    }
    if (problems.length > 0) return refused(problems);
    const entries = Object.entries(configs);
    if (entries.length === 0) return nothingToWrite('of NVIDIA GPUs that containers have');
    const [only] = entries;
    const isOne = settings.group !== null && only !== undefined;
    if (!isOne) notes.push(...names.notes('host group', (name) => Object.hasOwn(configs, names.of(name))));
    const head = header(scenario, notes);
    if (isOne) {
      return { ok: true, text: head + yamlText(only[1]), data: only[1], notes };
    }
    const data = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'nvidia-device-plugin-configs' },
      data: Object.fromEntries(entries.map(([name, config]) => [name, yamlText(config)])),
    };
    const blocks = {
      ...data,
      data: Object.fromEntries(entries.map(([name, config]) => [name, block(yamlText(config))])),
    };
    return { ok: true, text: head + yamlText(blocks), data, notes };
  },
};

function configOf(group: HostGroup, { migStrategy }: ExportSettings): PluginConfig {
  const { sharing } = group;
  const hasMig = group.gpus.some((gpu) => migOf(gpu, sharing).kind !== 'off');
  const flags = { migStrategy: hasMig ? migStrategy : ('none' as const) };
  const resources = (replicas: number) =>
    [...new Set(advertised(group, migStrategy).map(({ resource }) => resource))].map((name) => ({
      name,
      replicas,
    }));
  if (sharing?.mode === 'time-slicing') {
    const { replicas, failRequestsGreaterThanOne } = sharing;
    const timeSlicing = { failRequestsGreaterThanOne, resources: resources(replicas) };
    return { version: 'v1', flags, sharing: { timeSlicing } };
  }
  if (sharing?.mode === 'mps' && sharing.clients !== null && sharing.clients > 1) {
    const mps = { failRequestsGreaterThanOne: true, resources: resources(sharing.clients) };
    return { version: 'v1', flags, sharing: { mps } };
  }
  return { version: 'v1', flags };
}

function problemsOf(path: string, { gpus, sharing }: HostGroup, { migStrategy }: ExportSettings): Problem[] {
  const problems: Problem[] = [];
  const cards = gpus.map((gpu) => migOf(gpu, sharing));
  if (migStrategy === 'single') {
    const profiles = new Set(cards.flatMap((card) => (card.kind === 'fixed' ? [...card.counts.keys()] : [])));
    const isMixed = cards.some(({ kind }) => kind === 'off') && cards.some(({ kind }) => kind !== 'off');
    if (profiles.size > 1 || isMixed) {
      const found = isMixed ? 'GPUs with and without MIG' : [...profiles].join(', ');
      const message = `must have instances of one profile on all GPUs with --mig-strategy single, has ${found}`;
      problems.push({ path: `${path}.sharing`, message });
    }
  }
  for (const card of cards) {
    if (card.kind !== 'fixed' || sharing?.mode !== 'time-slicing') continue;
    for (const profile of card.counts.keys()) {
      const name = migResource(profile);
      if (name.length <= 63) continue;
      problems.push({
        path: `${path}.sharing.profile`,
        message: `must make a resource name of at most 63 characters, makes ${name}`,
      });
    }
  }
  if (sharing?.mode === 'mps' && sharing.clients === null) {
    problems.push({
      path: `${path}.sharing.clients`,
      message: 'must be stated: the plugin needs a number of MPS replicas, and there is no default',
    });
  }
  return problems;
}

function notesOf(path: string, { gpus, sharing }: HostGroup): string[] {
  if (sharing === null) {
    return [`${path}: sharing by fraction of a GPU cannot be said: whole GPUs are offered`];
  }
  switch (sharing.mode) {
    case 'time-slicing':
      return [`${path}: time-slicing reserves no memory: what each job uses of it cannot be said or held to`];
    case 'mps': {
      const { clients, threadPercent } = sharing;
      return [
        ...(clients === 1 ? [`${path}.sharing.clients: one client is a whole GPU, without MPS`] : []),
        ...(threadPercent !== null && clients !== null && threadPercent !== 100 / clients
          ? [
              `${path}.sharing.threadPercent: ${threadPercent} cannot be said: the plugin gives each client ${100 / clients} percent`,
            ]
          : []),
      ];
    }
    case 'hook':
    case 'uvm-swap':
      return [`${path}: ${sharing.mode} needs a plugin of its own: whole GPUs are offered here`];
    case 'mig':
      return gpus.some((gpu) => migOf(gpu, sharing).kind === 'on-demand')
        ? [`${path}: instances that are made on demand cannot be said: the plugin offers those that stand`]
        : [];
    default:
      return [];
  }
}
