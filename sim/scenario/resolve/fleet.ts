import type { canonicalGpuGroup, canonicalHostGroup } from '../canonical/fleet.ts';
import type { CanonicalDocument } from '../canonical/scenario.ts';
import { positiveByteRateQuantity } from '../quantities/byte-rate.ts';
import { hostCpuQuantity } from '../quantities/cpu.ts';
import { hostMemoryQuantity } from '../quantities/memory.ts';
import { readValid } from '../quantities/quantity.ts';
import { shareQuantity } from '../quantities/ratio.ts';
import type { Fleet, GpuGroup, HostGroup, TracedFleet } from '../types.ts';
import { resolveSharing } from './sharing.ts';

export function resolveFleet({ hosts, trace }: CanonicalDocument['fleet']): Fleet {
  if (trace !== undefined) {
    const { format, nodes, strict, keep } = trace;
    return { kind: 'trace', format, nodesPath: nodes, isStrict: strict, keep: resolveKeep(keep) };
  }
  return { kind: 'hosts', groups: (hosts ?? []).map(resolveHostGroup) };
}

function resolveKeep(keep: number | string | undefined): TracedFleet['keep'] {
  if (keep === undefined) return null;
  return typeof keep === 'number' ? { hosts: keep } : { share: readValid(shareQuantity, keep) };
}

export function resolveHostGroup(canonical: ReturnType<typeof canonicalHostGroup>): HostGroup {
  const { name, count, cpu, memory, gpus, sharing, numa, uplink } = canonical;
  const { rack, nvlinkIsland, nic, oversubscription } = canonical;
  return {
    name,
    count,
    cpuMilli: readValid(hostCpuQuantity, cpu),
    memoryMib: readValid(hostMemoryQuantity, memory),
    gpus: gpus.map(resolveGpuGroup),
    sharing: sharing === undefined ? null : resolveSharing(sharing),
    numaDomains: numa ?? 1,
    uplinkBytesPerSec: uplink === undefined ? null : readValid(positiveByteRateQuantity, uplink),
    ...(rack === undefined ? {} : { rack: typeof rack === 'string' ? [rack] : rack }),
    ...(nvlinkIsland === undefined ? {} : { gpusPerIsland: nvlinkIsland }),
    ...(nic === undefined ? {} : { nicBytesPerSec: readValid(positiveByteRateQuantity, nic) }),
    ...(oversubscription === undefined ? {} : { oversubscription }),
  };
}

export function resolveGpuGroup(canonical: ReturnType<typeof canonicalGpuGroup>): GpuGroup {
  const { model, count, pcie, nvlink, memory } = canonical;
  return {
    model,
    count,
    pcieLanes: pcie?.lanes ?? null,
    pcieGen: pcie?.gen ?? null,
    nvlink: nvlink ?? null,
    memoryMib: memory === undefined ? null : readValid(hostMemoryQuantity, memory),
  };
}
