import type { GpuGroup, HostGroup } from '../../sim/scenario/types.ts';
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
import { type CardMig, migOf } from './mig-layout.ts';
import { yamlText } from './yaml-text.ts';

/** One entry of a configuration: these GPUs of a node are cut so. */
interface MigPartedEntry {
  readonly devices: 'all' | readonly number[];
  readonly 'mig-enabled': boolean;
  readonly 'mig-devices': Readonly<Record<string, number>>;
}

/**
 * The configuration of mig-parted and of the MIG manager of the GPU operator: one named configuration for each host
 * group with a GPU that can do MIG; a node takes one by its label `nvidia.com/mig.config`.
 *
 * @see NVIDIA/mig-parted v0.15.0, api/spec/v1/spec.go: `version`, `mig-configs`; of an entry `devices` (`all` or a list of
 * indices) and `mig-enabled` must be there; `mig-devices` too where MIG is on, and no other key but `device-filter`
 */
export const migParted: Exporter = {
  name: 'mig-parted',
  description:
    'how GPUs are cut into MIG instances: configuration of mig-parted and of the MIG manager (YAML)',
  settings: [],
  write(scenario, settings) {
    const groups = chosenGroups(scenario, settings);
    if (isProblem(groups)) return refused(groups);
    const names = labelsOf(scenario);
    const notes: string[] = [];
    const configs: Record<string, readonly MigPartedEntry[]> = {};
    let isCut = false;
    for (const group of groups) {
      const cards = group.gpus.map((gpu) => migOf(gpu, group.sharing));
      if (cards.every((card) => card.kind === 'off' && !card.isCapable)) continue;
      isCut ||= cards.some(({ kind }) => kind !== 'off');
      configs[names.of(group.name)] = entriesOf(group.gpus, cards);
      notes.push(...notesOf(groupPath(scenario, group), group, cards));
    }
    if (!isCut) return nothingToWrite('shared by mig or mig-vgpu, or by time-slicing with a profile');
    notes.push(...names.notes('host group', (name) => Object.hasOwn(configs, names.of(name))));
    const data = { version: 'v1', 'mig-configs': configs };
    return { ok: true, text: header(scenario, notes) + yamlText(data), data, notes };
  },
};

function entriesOf(gpus: readonly GpuGroup[], cards: readonly CardMig[]): MigPartedEntry[] {
  let next = 0;
  return gpus.map(({ count }, at) => {
    const card = cards[at] as CardMig;
    const first = next;
    next += count;
    return {
      devices: gpus.length === 1 ? 'all' : Array.from({ length: count }, (_, i) => first + i),
      'mig-enabled': card.kind !== 'off',
      'mig-devices': card.kind === 'fixed' ? Object.fromEntries(card.counts) : {},
    };
  });
}

function notesOf(path: string, { sharing }: HostGroup, cards: readonly CardMig[]): string[] {
  const notes: string[] = [];
  if (cards.some(({ kind }) => kind === 'on-demand')) {
    notes.push(
      `${path}: instances that are made on demand cannot be said: MIG is turned on and nothing is created beforehand`,
    );
  }
  if (cards.some((card) => card.kind === 'fixed' && card.hasStarts)) {
    notes.push(`${path}.sharing.layout: the starts (@) cannot be said: mig-parted picks the places itself`);
  }
  if (sharing?.mode === 'mig' && sharing.computeInstances) {
    notes.push(
      `${path}.sharing.computeInstances: each instance gets one compute instance of its full size: jobs cannot cut it further`,
    );
  }
  return notes;
}
