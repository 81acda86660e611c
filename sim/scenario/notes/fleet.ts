import { CatalogueNameError } from '../../hardware/index.ts';
import { SHARING_MODES } from '../../sharing/index.ts';
import { canonicalChanges } from '../canonical/changes.ts';
import type { Path } from '../path.ts';
import { cardSpecOf, lookUpGpu } from '../resolve/card-spec.ts';
import { changedGroups } from '../resolve/changes.ts';
import { statesPlaces } from '../resolve/places.ts';
import type { ScenarioDocument } from '../schema/scenario.ts';
import type { HostGroup, Scenario } from '../types.ts';
import type { Remark } from './remark.ts';

/** What names of GPUs leave open, and what is said of the hosts without effect. */
export function fleetNotes(written: ScenarioDocument, { fleet, changes }: Scenario): readonly Remark[] {
  if (fleet.kind !== 'hosts') return [];
  const later = new Set(
    changedGroups(canonicalChanges(written.changes ?? []), fleet.groups).map(({ name }) => name),
  );
  return [
    ...(written.fleet.hosts ?? []).flatMap(({ gpus }, index) => {
      const group = fleet.groups[index] as HostGroup;
      return groupNotes(['fleet', 'hosts', index], group, Array.isArray(gpus), later.has(group.name));
    }),
    ...overheadNotes(written, [...fleet.groups, ...changes]),
  ];
}

function groupNotes(
  path: Path,
  group: HostGroup,
  isList: boolean,
  isSharedLater: boolean,
): readonly Remark[] {
  const remarks: Remark[] = [];
  const { gpus, sharing, uplinkBytesPerSec } = group;
  const isShared = sharing !== null || isSharedLater;
  if (gpus.length === 0) {
    if (sharing !== null) remarks.push([[...path, 'sharing'], 'has no effect: the hosts have no GPU']);
    if (uplinkBytesPerSec !== null)
      remarks.push([[...path, 'uplink'], 'has no effect: the hosts have no GPU']);
    return remarks;
  }
  for (const [at, gpu] of gpus.entries()) {
    const here = [...path, 'gpus', ...(isList ? [at] : [])];
    const answer = lookUpGpu(gpu.model);
    if (answer instanceof CatalogueNameError) continue;
    const { gpu: own, assumption } = answer;
    if (isShared && assumption !== null) {
      remarks.push([[...here, 'model'], `is taken as ${own.name} (${own.id}): ${assumption}`]);
    }
    const { pcieLanes, pcieGen } = gpu;
    if (pcieLanes !== null && pcieLanes > own.pcieLanes) {
      remarks.push([[...here, 'pcie', 'lanes'], `has no effect: the GPU itself has ${own.pcieLanes} lanes`]);
    }
    if (pcieGen !== null && pcieGen > own.pcieGen) {
      remarks.push([
        [...here, 'pcie', 'gen'],
        `has no effect: the GPU itself is of PCIe generation ${own.pcieGen}`,
      ]);
    }
  }
  if (!isShared) {
    if (uplinkBytesPerSec !== null && !statesPlaces(group)) {
      remarks.push([[...path, 'uplink'], 'has no effect: links count only where a mode shares the GPUs']);
    }
    return remarks;
  }
  if (uplinkBytesPerSec !== null) {
    const alone = gpus.reduce(
      (sum, gpu) => sum + gpu.count * cardSpecOf({ uplinkBytesPerSec: null }, gpu).linkBytesPerSec,
      0,
    );
    if (uplinkBytesPerSec >= alone) {
      remarks.push([[...path, 'uplink'], 'has no effect: the links of the GPUs carry no more together']);
    }
  }
  return remarks;
}

/** A figure of a mode that no hosts use. */
function overheadNotes(
  { overheads = {} }: ScenarioDocument,
  groups: readonly Pick<HostGroup, 'sharing'>[],
): readonly Remark[] {
  const used = new Set(groups.map(({ sharing }) => sharing?.mode));
  return Object.keys(overheads).flatMap((id): readonly Remark[] => {
    const mode = SHARING_MODES.find(({ parameters }) => parameters.some((parameter) => parameter.id === id));
    if (mode === undefined || used.has(mode.name)) return [];
    return [[['overheads', id], `has no effect: no host group shares its GPUs by ${mode.name}`]];
  });
}
