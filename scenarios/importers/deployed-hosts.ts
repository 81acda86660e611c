import { canonicalSharing } from '../../sim/scenario/canonical/sharing.ts';
import type { Problem } from '../../sim/scenario/index.ts';
import { hostName } from '../../sim/scenario/index.ts';
import { cardSpecOf } from '../../sim/scenario/resolve/card-spec.ts';
import { resolveSharing } from '../../sim/scenario/resolve/sharing.ts';
import type { SharingDocument } from '../../sim/scenario/schema/sharing.ts';
import { SHARING_MODES } from '../../sim/sharing/index.ts';
import { NameTable } from '../exporters/names.ts';

/** Letters of the name of a host group. */
const LONGEST_NAME = 64;

interface DeployedGpus {
  readonly model: string;
  readonly count: number;
  /** What else the scenario says of them. */
  readonly rest?: Readonly<Record<string, unknown>>;
}

/** Equal hosts on which a configuration is deployed. */
export interface DeployedHosts {
  readonly name: string;
  readonly count: number;
  readonly cpuMilli: number;
  readonly memoryMib: number;
  /** In the order of the GPUs' indices. */
  readonly gpus: readonly DeployedGpus[];
  /** The configuration that they are said to take; null: none is said. */
  readonly config: string | null;
  /** How they were shared before; null: not said. */
  readonly sharing: SharingDocument | null;
  /** What else the scenario says of them. */
  readonly rest: Readonly<Record<string, unknown>>;
  /** What they are known from; absent: somebody states them for this file. */
  readonly origin?: HostsOrigin;
}

type HostsOrigin =
  | {
      /** A group of a scenario: what the file does not say of it stays. */
      readonly kind: 'scenario';
      /** The group's name as exports write it where names are labels. */
      readonly label: string;
      /** Whether the file is for this group, where that was said; null: it was not. */
      readonly isWanted: boolean | null;
    }
  /** A node of a cluster, by whose label its tool goes. */
  | { readonly kind: 'nodes' };

/** How one GPU is shared from now on; null: as a scenario without `sharing` has it. */
export type GpuSharing = SharingDocument | null;

/** A host group of a scenario, as written. */
export type HostGroupMapping = Readonly<Record<string, unknown>>;

export type DeployedFleet =
  | { readonly ok: true; readonly hosts: readonly HostGroupMapping[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** One model a GPU, in the order of the indices. */
export function modelsOf({ gpus }: Pick<DeployedHosts, 'gpus'>): readonly string[] {
  return gpus.flatMap(({ model, count }) => Array.from({ length: count }, () => model));
}

export function hostNamesOf({ name, count }: Pick<DeployedHosts, 'name' | 'count'>): readonly string[] {
  return Array.from({ length: count }, (_, index) => hostName(name, index, count));
}

/** Why a GPU cannot be shared so; empty: it can. */
export function sharingProblems(model: string, sharing: SharingDocument): readonly string[] {
  const config = resolveSharing(canonicalSharing(sharing));
  const mode = SHARING_MODES.find(({ name }) => name === config.mode);
  const gpu = { model, count: 1, pcieLanes: null, pcieGen: null, nvlink: null, memoryMib: null };
  try {
    return (mode?.check(config as never, cardSpecOf({ uplinkBytesPerSec: null }, gpu)) ?? []).map(
      ({ message }) => message,
    );
  } catch (error) {
    if (error instanceof RangeError) return [error.message];
    throw error;
  }
}

/** The group as the scenario has it, whatever a file says of others. */
export function groupAsBefore(hosts: DeployedHosts): HostGroupMapping {
  return groupOf(hosts, hosts.name, 1, asWritten(hosts), hosts.sharing);
}

function groupOf(
  hosts: DeployedHosts,
  name: string,
  part: number,
  gpus: readonly object[],
  sharing: GpuSharing,
): HostGroupMapping {
  return {
    name,
    ...(hosts.count === 1 ? {} : { count: hosts.count }),
    cpu: Math.max(1, Math.floor(hosts.cpuMilli * part)) / 1000,
    memory: `${Math.max(1, Math.floor(hosts.memoryMib * part))}MiB`,
    gpus,
    ...hosts.rest,
    ...(sharing === null ? {} : { sharing }),
  };
}

/** Names for the parts of groups: as long as a scenario takes them, and none that another group has. */
export function partNames(hosts: readonly DeployedHosts[]): NameTable {
  const names = new NameTable((text) => text, LONGEST_NAME);
  for (const { name } of hosts) names.of(name);
  return names;
}

function partName({ name }: DeployedHosts, at: number, names: NameTable): string {
  const ending = `-part${at}`;
  return names.of(name.slice(0, LONGEST_NAME - ending.length) + ending, JSON.stringify([name, at]));
}

/**
 * Host groups whose GPUs are shared as found. A scenario shares all GPUs of a host alike: a host whose GPUs differ
 * becomes several, each with its GPUs and their part of the cores and the memory, which is told.
 *
 * @param perGpu by index, as many as the host has GPUs
 * @param names those of all groups and of parts made so far
 */
export function hostGroups(
  hosts: DeployedHosts,
  perGpu: readonly GpuSharing[],
  names: NameTable,
): { readonly groups: readonly HostGroupMapping[]; readonly notes: readonly string[] } {
  const models = modelsOf(hosts);
  const kinds = [...new Set(perGpu.map((sharing) => JSON.stringify(sharing)))];
  if (kinds.length <= 1) {
    const group = groupOf(hosts, hosts.name, 1, asWritten(hosts), perGpu[0] ?? null);
    return { groups: [group], notes: [] };
  }
  const groups = kinds.map((kind, at) => {
    const own = models.filter((_, index) => JSON.stringify(perGpu[index]) === kind);
    const sharing = JSON.parse(kind) as GpuSharing;
    const part = own.length / models.length;
    return groupOf(hosts, partName(hosts, at, names), part, counted(hosts, own), sharing);
  });
  const note = `${hosts.name}: its GPUs are shared in ${kinds.length} ways: written as ${groups
    .map(({ name }) => name)
    .join(', ')}, each with its part of the cores and the memory`;
  return { groups, notes: [note] };
}

function asWritten({ gpus }: DeployedHosts): readonly object[] {
  return gpus.map(({ model, count, rest }) => ({ model, count, ...rest }));
}

function counted({ gpus }: DeployedHosts, models: readonly string[]): readonly object[] {
  return [...new Set(models)].map((model) => ({
    model,
    count: models.filter((each) => each === model).length,
    ...gpus.find((gpu) => gpu.model === model)?.rest,
  }));
}

/** The mode that the hosts had before; null: none was said. */
export function modeBefore({ sharing }: DeployedHosts): string | null {
  return typeof sharing === 'string' ? sharing : (sharing?.mode ?? null);
}

/** Modes that a file about the same thing would have said; any other is what the hosts had before. */
export function keptSharing(hosts: DeployedHosts, saidBy: readonly string[]): GpuSharing {
  const mode = modeBefore(hosts);
  return mode !== null && saidBy.includes(mode) ? 'bare-metal' : hosts.sharing;
}
