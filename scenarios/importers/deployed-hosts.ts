import { canonicalSharing } from '../../sim/scenario/canonical/sharing.ts';
import type { Problem } from '../../sim/scenario/index.ts';
import { hostName } from '../../sim/scenario/index.ts';
import { cardSpecOf } from '../../sim/scenario/resolve/card-spec.ts';
import { resolveSharing } from '../../sim/scenario/resolve/sharing.ts';
import type { SharingDocument } from '../../sim/scenario/schema/sharing.ts';
import { SHARING_MODES } from '../../sim/sharing/index.ts';

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
  /** The configuration that they take; null: that of their name, else the only one. */
  readonly config: string | null;
  /** How they were shared before; null: not said. */
  readonly sharing: SharingDocument | null;
  /** What else the scenario says of them. */
  readonly rest: Readonly<Record<string, unknown>>;
}

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

/**
 * Host groups whose GPUs are shared as found. A scenario shares all GPUs of a host alike: a host whose GPUs differ
 * becomes several, each with its GPUs and their part of the cores and the memory, which is told.
 *
 * @param perGpu by index, as many as the host has GPUs
 */
export function hostGroups(
  hosts: DeployedHosts,
  perGpu: readonly GpuSharing[],
): { readonly groups: readonly HostGroupMapping[]; readonly notes: readonly string[] } {
  const models = modelsOf(hosts);
  const kinds = [...new Set(perGpu.map((sharing) => JSON.stringify(sharing)))];
  const group = (name: string, part: number, gpus: readonly string[], sharing: GpuSharing) => ({
    name,
    ...(hosts.count === 1 ? {} : { count: hosts.count }),
    cpu: Math.max(1, Math.floor(hosts.cpuMilli * part)) / 1000,
    memory: `${Math.max(1, Math.floor(hosts.memoryMib * part))}MiB`,
    gpus: counted(hosts, gpus),
    ...hosts.rest,
    ...(sharing === null ? {} : { sharing }),
  });
  if (kinds.length <= 1) return { groups: [group(hosts.name, 1, models, perGpu[0] ?? null)], notes: [] };
  const groups = kinds.map((kind, at) => {
    const own = models.filter((_, index) => JSON.stringify(perGpu[index]) === kind);
    return group(`${hosts.name}-part${at}`, own.length / models.length, own, JSON.parse(kind) as GpuSharing);
  });
  const note = `${hosts.name}: its GPUs are shared in ${kinds.length} ways: written as ${groups
    .map(({ name }) => name)
    .join(', ')}, each with its part of the cores and the memory`;
  return { groups, notes: [note] };
}

function counted({ gpus }: DeployedHosts, models: readonly string[]): readonly object[] {
  return [...new Set(models)].map((model) => ({
    model,
    count: models.filter((each) => each === model).length,
    ...gpus.find((gpu) => gpu.model === model)?.rest,
  }));
}

/** Modes that a file about the same thing would have said; any other is what the hosts had before. */
export function keptSharing({ sharing }: DeployedHosts, saidBy: readonly string[]): GpuSharing {
  if (sharing === null) return null;
  const mode = typeof sharing === 'string' ? sharing : sharing.mode;
  return saidBy.includes(mode) ? 'bare-metal' : sharing;
}
