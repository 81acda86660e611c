import { canonicalSharing } from '../../sim/scenario/canonical/sharing.ts';
import { catalogueGpu } from '../../sim/scenario/resolve/card-spec.ts';
import { resolveSharing } from '../../sim/scenario/resolve/sharing.ts';
import type { SharingDocument } from '../../sim/scenario/schema/sharing.ts';
import { migShapeOf } from '../../sim/sharing/modes/mig/shape.ts';
import { migOf } from '../exporters/mig-layout.ts';
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

/** @see NVIDIA/go-nvlib, pkg/nvlib/device/mig_profile.go: parseMigProfile */
const PROFILE = /^(\d+c\.)?\d+g\.\d+gb([+-][A-Za-z][A-Za-z0-9.]*(,[A-Za-z][A-Za-z0-9.]*)*)?$/;
const MIG_MODES = ['mig', 'mig-vgpu'] as const;

/**
 * @see NVIDIA/mig-parted, cmd/nvidia-mig-manager/main.go: an empty label wakes nobody, so that nothing is applied
 */
const RULES: ConfigRules<readonly DeviceEntry[]> = {
  label: 'nvidia.com/mig.config',
  canTake: (hosts) => hosts.gpus.some(({ model }) => migShapeOf(catalogueGpu(model)) !== undefined),
  isAbout: (hosts) => MIG_MODES.some((mode) => mode === modeBefore(hosts)) || isReplicatedMig(hosts.sharing),
  unlabelled: [],
};

/**
 * The MIG layouts that a mig-parted configuration gives hosts.
 *
 * @see NVIDIA/mig-parted v0.15.0, api/spec/v1/spec.go and cmd/nvidia-mig-parted/apply: every entry that is for a GPU is
 * applied to it in turn, so that the last one holds
 */
export function importMigParted(text: string, file: string, hosts: readonly DeployedHosts[]): DeployedFleet {
  const { problems, configs } = readDeviceConfigs(text, file, {
    configsKey: 'mig-configs',
    devicesKey: 'mig-devices',
    switchKey: 'mig-enabled',
    name: PROFILE,
    nameText: 'a MIG profile such as 1g.10gb or 1g.10gb+me',
    least: 0,
  });
  return deployedFleet(hosts, configs, problems, RULES, (each, { name, config, notes }) =>
    modelsOf(each).map((model, index) => {
      const entry = config.findLast((candidate) => isFor(candidate, index, model));
      if (entry !== undefined) return sharingOf(entry, model, each, problems);
      notes.push(`${each.name}: configuration ${name} says nothing of GPU ${index} (${model})`);
      return keptSharing(each, []);
    }),
  );
}

function sharingOf(
  entry: DeviceEntry,
  model: string,
  hosts: DeployedHosts,
  problems: FileProblems,
): GpuSharing {
  const path = [...entry.path, 'mig-devices'];
  if (!entry.isOn) {
    const kept = keptSharing(hosts, MIG_MODES);
    return isReplicatedMig(kept) ? 'bare-metal' : kept;
  }
  const shape = migShapeOf(catalogueGpu(model));
  const mode = modeOf(hosts);
  if (shape === undefined) {
    problems.add(path, `must be off for GPU ${model}, which has no MIG that is known`);
    return null;
  }
  const layout: string[] = [];
  for (const [profile, count] of entry.counts) {
    const named = shape.named(profile);
    if (typeof named === 'string') problems.add([...path, profile], named);
    else if (named.slices !== named.sized.profile.gpuSlices) {
      problems.add(
        [...path, profile],
        'must be a GPU instance: compute instances cannot be kept in a layout',
      );
    } else layout.push(...Array.from({ length: count }, () => named.sized.profile.name));
  }
  const order = shape.profiles.map(({ profile }) => profile.name);
  layout.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const kept = sameAsBefore(hosts, model, layout);
  if (kept !== null) return kept;
  if (layout.length === 0) return { mode };
  const sharing = { ...(sameMode(hosts, mode) ?? {}), mode, layout } as SharingDocument;
  for (const message of sharingProblems(model, sharing)) problems.add(path, `${message} (GPU ${model})`);
  return sharing;
}

function modeOf(hosts: DeployedHosts): 'mig' | 'mig-vgpu' {
  return modeBefore(hosts) === 'mig-vgpu' ? 'mig-vgpu' : 'mig';
}

/** Options beside the layout that the hosts had in that mode. */
function sameMode({ sharing }: DeployedHosts, mode: string): object | null {
  return sharing !== null && typeof sharing === 'object' && sharing.mode === mode ? sharing : null;
}

function isReplicatedMig(sharing: GpuSharing): boolean {
  return (
    sharing !== null &&
    typeof sharing === 'object' &&
    sharing.mode === 'time-slicing' &&
    sharing.profile != null
  );
}

/**
 * What the hosts had before, where it makes the same instances of the GPU: names without memory (`3g`), starts, and
 * replicas of instances are nothing that the file could say.
 */
export function sameAsBefore(hosts: DeployedHosts, model: string, layout: readonly string[]): GpuSharing {
  if (hosts.sharing === null) return null;
  const mig = migOf({ model }, resolveSharing(canonicalSharing(hosts.sharing)));
  if (mig.kind === 'off') return null;
  const counts = mig.kind === 'fixed' ? [...mig.counts] : [];
  const before = counts.flatMap(([profile, count]) => Array.from({ length: count }, () => profile));
  return JSON.stringify(before) === JSON.stringify(layout) ? hosts.sharing : null;
}
