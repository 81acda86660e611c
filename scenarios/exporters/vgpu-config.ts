import type { Problem, Scenario } from '../../sim/scenario/index.ts';
import type { GpuGroup, HostGroup } from '../../sim/scenario/types.ts';
import type { SharingConfig } from '../../sim/sharing/index.ts';
import {
  chosenGroups,
  type Exporter,
  groupPath,
  header,
  isProblem,
  labelsOf,
  nothingToWrite,
  refused,
} from './exporter.ts';
import { migOf } from './mig-layout.ts';
import { askedTypes, partsOfModel, typeForProfile } from './vgpu-types.ts';
import { yamlText } from './yaml-text.ts';

interface VgpuEntry {
  readonly devices: 'all' | readonly number[];
  readonly 'vgpu-devices': Readonly<Record<string, number>>;
}

interface VgpuConfig {
  /** What follows the group's name: empty, or the types. */
  readonly ending: string;
  readonly entries: readonly VgpuEntry[];
}

/** A configuration of a group, or one for each type that its cards may be given to. */
interface GroupConfigs {
  readonly configs: readonly VgpuConfig[];
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * What vgpu-device-manager takes: names of types as time-sliced and as MIG-backed ones are written there.
 *
 * @see NVIDIA/vgpu-device-manager v0.5.0, pkg/types/vgpu_type.go: timeSlicedRegex, migBackedRegex
 */
const TYPE = /^[A-Z0-9]+((-[a-zA-Z]+)*-(0|[1-9]\d*)[ABCQ]|-[1-9]-(0|[1-9]\d*)[ABCQ](ME|NOME|MEALL|GFX)?)$/;

/**
 * The configuration of vgpu-device-manager: which vGPU types the GPUs of a node are divided into; a node takes one by
 * its label `nvidia.com/vgpu.config`. A scenario does not fix the types of time-sliced cards: they are those that its
 * workload gets, with a configuration each where there are several.
 *
 * @see NVIDIA/vgpu-device-manager v0.5.0, api/spec/v1/spec.go, pkg/types/vgpu_config.go: counts above 0, time-sliced and
 * MIG-backed types not in one entry; MIG instances are made of the types' slices and sizes
 */
export const vgpuConfig: Exporter = {
  name: 'vgpu-config',
  description: 'vGPU types of GPUs: configuration of the vGPU device manager (YAML)',
  settings: [],
  write(scenario, settings) {
    const groups = chosenGroups(scenario, settings);
    if (isProblem(groups)) return refused(groups);
    const names = labelsOf(scenario);
    const keys = new Set<string>();
    const notes: string[] = [];
    const problems: Problem[] = [];
    const configs: Record<string, readonly VgpuEntry[]> = {};
    for (const group of groups) {
      const { sharing } = group;
      if (sharing?.mode !== 'vgpu' && sharing?.mode !== 'mig-vgpu') continue;
      const path = groupPath(scenario, group);
      const own =
        sharing.mode === 'vgpu'
          ? slicedOf(scenario, path, group, sharing)
          : backedOf(scenario, path, group, sharing);
      notes.push(...own.notes);
      problems.push(...own.problems);
      for (const { ending, entries } of own.configs) {
        // A group may be called like another one with the ending of a type: each has a name of its own.
        const key = ending === '' ? group.name : JSON.stringify([group.name, ending]);
        keys.add(key);
        configs[names.of(group.name + ending, key)] = entries;
      }
    }
    if (problems.length > 0) return refused(problems);
    if (Object.keys(configs).length === 0) return nothingToWrite('shared by vgpu or mig-vgpu');
    notes.push(...names.notes('configuration', (key) => keys.has(key)));
    const data = { version: 'v1', 'vgpu-configs': configs };
    return { ok: true, text: header(scenario, notes) + yamlText(data), data, notes };
  },
};

function slicedOf(
  scenario: Scenario,
  path: string,
  group: HostGroup,
  sharing: Extract<SharingConfig, { mode: 'vgpu' }>,
): GroupConfigs {
  const notes = [
    `${path}.sharing.scheduler: ${sharing.scheduler}${sharing.sliceMs === null ? '' : `, slice ${sharing.sliceMs} ms,`} is set on the host (RmPVMRL, scheduler registry key), not here`,
  ];
  const perGpu = group.gpus.map((gpu) => askedTypes(scenario, group, gpu, sharing));
  if (perGpu.some((types) => types.length === 0)) {
    const message = 'must get vGPU types that the workload asks for: it asks for none that the GPUs have';
    return { configs: [], notes, problems: [{ path: `${path}.sharing`, message }] };
  }
  const most = Math.max(...perGpu.map((types) => types.length));
  const configs: VgpuConfig[] = [];
  for (let choice = 0; choice < most; choice++) {
    const types = perGpu.map((each) => each[Math.min(choice, each.length - 1)]!);
    const ending = most === 1 ? '' : `.${types.map((type) => type.name).join('.')}`;
    const entries = entriesOf(group.gpus, (at) => {
      const type = types[at]!;
      return { [type.name]: sharing.sizes === 'mixed' ? type.maxMixed : type.maxPerGpu };
    });
    configs.push({ ending, entries });
  }
  if (most > 1) {
    notes.push(
      `${path}: which GPUs have which type changes with the jobs: there is a configuration for each type, and each node takes one`,
    );
  }
  if (sharing.sizes === 'mixed') {
    notes.push(
      `${path}.sharing.sizes: mixed-size mode must be turned on on the host; counts are of one type alone`,
    );
  }
  return { configs, notes, problems: badNames(path, configs) };
}

function backedOf(
  scenario: Scenario,
  path: string,
  group: HostGroup,
  sharing: Extract<SharingConfig, { mode: 'mig-vgpu' }>,
): GroupConfigs {
  const notes: string[] = [];
  const problems: Problem[] = [];
  const perGpu = group.gpus.map((gpu) => {
    const mig = migOf(gpu, sharing);
    const counts: Record<string, number> = {};
    if (mig.kind !== 'fixed') {
      const message = 'must be stated: instances that are made on demand cannot be said';
      problems.push({ path: `${path}.sharing.layout`, message });
      return counts;
    }
    if (mig.hasStarts) notes.push(`${path}.sharing.layout: the starts (@) cannot be said`);
    const parts = partsOfModel(gpu.model);
    for (const [profile, instances] of mig.counts) {
      const backed =
        parts === undefined ? undefined : typeForProfile(scenario, parts, gpu.model, profile, sharing.series);
      if (backed === undefined) {
        const message = `must back a vGPU type${sharing.series === null ? '' : ` of series ${sharing.series}`}, ${profile} of ${gpu.model} backs none that has an instance for itself`;
        problems.push({ path: `${path}.sharing.layout`, message });
        continue;
      }
      const { type, seats, sized } = backed;
      counts[type.type] = instances * seats;
      const nominal = /-(\d+)[ABCQ]/.exec(type.type)?.[1];
      if (seats > 1 || Number(nominal) !== sized.profile.memoryGbNominal) {
        notes.push(
          `${path}: the manager takes the size in ${type.type} for that of the instance (${profile}): cut the GPUs with mig-parted first`,
        );
      }
    }
    return counts;
  });
  const configs = [{ ending: '', entries: entriesOf(group.gpus, (at) => perGpu[at] ?? {}) }];
  return { configs, notes, problems: [...problems, ...badNames(path, configs)] };
}

function entriesOf(
  gpus: readonly GpuGroup[],
  devices: (at: number) => Readonly<Record<string, number>>,
): VgpuEntry[] {
  let next = 0;
  return gpus.map(({ count }, at) => {
    const first = next;
    next += count;
    return {
      devices: gpus.length === 1 ? 'all' : Array.from({ length: count }, (_, i) => first + i),
      'vgpu-devices': devices(at),
    };
  });
}

/** Types whose names the manager does not take. */
function badNames(path: string, configs: readonly VgpuConfig[]): Problem[] {
  const names = configs.flatMap(({ entries }) =>
    entries.flatMap((entry) => Object.keys(entry['vgpu-devices'])),
  );
  return [...new Set(names)]
    .filter((name) => !TYPE.test(name))
    .map((name) => ({
      path: `${path}.sharing`,
      value: name,
      message: `must be vGPU types that the manager takes by name, got "${name}"`,
    }));
}
