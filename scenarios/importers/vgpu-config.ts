import { cardSpecOf, catalogueGpu } from '../../sim/scenario/resolve/card-spec.ts';
import type { SharingDocument } from '../../sim/scenario/schema/sharing.ts';
import { cardTypes } from '../../sim/sharing/modes/vgpu/card-types.ts';
import { shapeOfModel } from '../exporters/mig-layout.ts';
import { partsOfModel } from '../exporters/vgpu-types.ts';
import type { ConfigRules } from './chosen-config.ts';
import { type DeviceEntry, type FileProblems, isFor, readDeviceConfigs } from './config-file.ts';
import { deployedFleet } from './deployed-fleet.ts';
import {
  type DeployedFleet,
  type DeployedHosts,
  type GpuSharing,
  keptSharing,
  modeBefore,
  modelsOf,
  sharingProblems,
} from './deployed-hosts.ts';
import { sameAsBefore } from './mig-parted.ts';

const TYPE = /^[A-Z0-9]+((-[a-zA-Z]+)*-(0|[1-9]\d*)[ABCQ]|-[1-9]-(0|[1-9]\d*)[ABCQ](ME|NOME|MEALL|GFX)?)$/;

const VGPU_MODES: readonly string[] = ['vgpu', 'mig-vgpu'];

/**
 * @see NVIDIA/vgpu-device-manager, cmd/nvidia-k8s-vgpu-dm/main.go: without the label the configuration that an argument
 * names, which in the chart of the GPU operator is `default`
 */
const RULES: ConfigRules<readonly DeviceEntry[]> = {
  label: 'nvidia.com/vgpu.config',
  canTake: (hosts) => hosts.gpus.every(({ model }) => catalogueGpu(model)?.vendor === 'NVIDIA'),
  isAbout: (hosts) => VGPU_MODES.some((mode) => mode === modeBefore(hosts)),
  unlabelled: [{ name: 'default' }],
};

/**
 * How a configuration of the vGPU device manager divides the GPUs of hosts: MIG-backed types as the layout that they
 * stand on, time-sliced ones as the mode with equal or mixed sizes and their series.
 *
 * @see NVIDIA/vgpu-device-manager v0.5.0, api/spec/v1/spec.go, pkg/types/vgpu_type.go
 */
export function importVgpuConfig(text: string, file: string, hosts: readonly DeployedHosts[]): DeployedFleet {
  const { problems, configs } = readDeviceConfigs(text, file, {
    configsKey: 'vgpu-configs',
    devicesKey: 'vgpu-devices',
    switchKey: null,
    name: TYPE,
    nameText: 'a vGPU type such as A40-2Q or A100-1-5C',
    least: 1,
  });
  return deployedFleet(hosts, configs, problems, RULES, (each, { name, config, notes }) =>
    modelsOf(each).map((model, index) => {
      const entry = config.findLast((candidate) => isFor(candidate, index, model));
      if (entry === undefined || entry.counts.size === 0) {
        notes.push(`${each.name}: configuration ${name} makes no vGPU on GPU ${index} (${model})`);
        return keptSharing(each, VGPU_MODES);
      }
      return sharingOf(entry, model, each, problems);
    }),
  );
}

function sharingOf(
  entry: DeviceEntry,
  model: string,
  hosts: DeployedHosts,
  problems: FileProblems,
): GpuSharing {
  const parts = partsOfModel(model);
  const backed = [...entry.counts.keys()].filter((name) => parts?.named(name) !== undefined);
  const path = [...entry.path, 'vgpu-devices'];
  if (backed.length > 0 && backed.length < entry.counts.size) {
    problems.add(path, 'must be time-sliced or MIG-backed types, not both on one GPU');
    return null;
  }
  return backed.length > 0
    ? backedOf(entry, model, hosts, problems)
    : slicedOf(entry, model, hosts, problems);
}

function backedOf(
  entry: DeviceEntry,
  model: string,
  hosts: DeployedHosts,
  problems: FileProblems,
): GpuSharing {
  const path = [...entry.path, 'vgpu-devices'];
  const parts = partsOfModel(model);
  const shape = shapeOfModel(model);
  const layout = [...entry.counts].flatMap(([name, count]) => {
    const type = parts?.named(name);
    if (type === undefined) return [];
    if (count % type.seats !== 0) {
      problems.add([...path, name], `must fill instances of ${type.seats} vGPUs each`, count);
    }
    return Array.from({ length: Math.ceil(count / type.seats) }, () => type.sized.profile.name);
  });
  const order = shape?.profiles.map(({ profile }) => profile.name) ?? [];
  layout.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const kept = modeBefore(hosts) === 'mig-vgpu' ? sameAsBefore(hosts, model, layout) : null;
  if (kept !== null) return kept;
  const sharing: SharingDocument = { mode: 'mig-vgpu', layout };
  for (const message of sharingProblems(model, sharing)) problems.add(path, `${message} (GPU ${model})`);
  return sharing;
}

function slicedOf(
  entry: DeviceEntry,
  model: string,
  hosts: DeployedHosts,
  problems: FileProblems,
): GpuSharing {
  const path = [...entry.path, 'vgpu-devices'];
  const gpu = { model, count: 1, pcieLanes: null, pcieGen: null, nvlink: null, memoryMib: null };
  const types =
    catalogueGpu(model) === null ? undefined : cardTypes(cardSpecOf({ uplinkBytesPerSec: null }, gpu));
  const found = [...entry.counts].flatMap(([name, count]) => {
    const type = types?.named(name);
    if (type === undefined) {
      problems.add([...path, name], `is not a vGPU type of ${model}`);
      return [];
    }
    return [{ type, count, name }];
  });
  if (found.length < entry.counts.size) return null;
  const sizes = new Set(found.map(({ type }) => type.sizeMib));
  const before =
    hosts.sharing !== null && typeof hosts.sharing === 'object' && hosts.sharing.mode === 'vgpu'
      ? hosts.sharing
      : null;
  const isMixed = sizes.size > 1 || before?.sizes === 'mixed';
  for (const { type, count, name } of found) {
    const most = isMixed ? type.maxMixed : type.maxPerGpu;
    if (count > most) problems.add([...path, name], `must be at most ${most} on ${model}`, count);
  }
  const sum = found.reduce((mib, { type, count }) => mib + type.sizeMib * count, 0);
  const whole = (types?.gpu.memoryGib ?? 0) * 1024;
  if (sum > whole) problems.add(path, `must take at most ${whole} MiB in all on ${model}, takes ${sum}`);
  const series = [...new Set(found.map(({ type }) => type.series))];
  const named = hosts.sharing === 'vgpu' ? 'vgpu' : before;
  const kept = isMixed === (before?.sizes === 'mixed') ? named : null;
  if (kept !== null && (before?.series == null || series.every((each) => each === before.series)))
    return kept;
  const sharing: SharingDocument = {
    mode: 'vgpu',
    ...(isMixed ? { sizes: 'mixed' as const } : {}),
    ...(series.length === 1 && series[0] !== undefined ? { series: series[0] } : {}),
  };
  for (const message of sharingProblems(model, sharing)) problems.add(path, `${message} (GPU ${model})`);
  return sharing;
}
