import { positiveByteRateQuantity } from '../quantities/byte-rate.ts';
import { hostCpuQuantity } from '../quantities/cpu.ts';
import { hostMemoryQuantity } from '../quantities/memory.ts';
import { readValid } from '../quantities/quantity.ts';
import { shareQuantity } from '../quantities/ratio.ts';
import type { FleetDocument, GpuGroupDocument, HostGroupDocument } from '../schema/scenario.ts';
import { canonicalSharing } from './sharing.ts';

/** What is only there where it says something is left out at its default, so that plain fleets stay short. */
export function canonicalGpuGroup({ model, count, pcie, nvlink, memory }: GpuGroupDocument) {
  const lanes = pcie?.lanes ?? null;
  const gen = pcie?.gen ?? null;
  return {
    model,
    count,
    ...(lanes === null && gen === null ? {} : { pcie: { lanes, gen } }),
    ...(nvlink == null ? {} : { nvlink }),
    ...(memory == null ? {} : { memory: hostMemoryQuantity.write(readValid(hostMemoryQuantity, memory)) }),
  };
}

export function canonicalHostGroup(written: HostGroupDocument) {
  const { name, count, cpu, memory, gpus = [], sharing, numa, uplink } = written;
  const { rack, nvlinkIsland, nic, oversubscription } = written;
  return {
    name,
    count: count ?? 1,
    cpu: hostCpuQuantity.write(readValid(hostCpuQuantity, cpu)),
    memory: hostMemoryQuantity.write(readValid(hostMemoryQuantity, memory)),
    gpus: (Array.isArray(gpus) ? gpus : [gpus]).map(canonicalGpuGroup),
    ...(sharing == null ? {} : { sharing: canonicalSharing(sharing) }),
    ...((numa ?? 1) === 1 ? {} : { numa }),
    ...(uplink == null
      ? {}
      : { uplink: positiveByteRateQuantity.write(readValid(positiveByteRateQuantity, uplink)) }),
    ...(rack == null ? {} : { rack }),
    ...(nvlinkIsland == null ? {} : { nvlinkIsland }),
    ...(nic == null ? {} : { nic: positiveByteRateQuantity.write(readValid(positiveByteRateQuantity, nic)) }),
    ...((oversubscription ?? 1) === 1 ? {} : { oversubscription }),
  };
}

/** A number of hosts stays, a part of them is in percent. */
const canonicalKeep = (written: number | string) =>
  typeof written === 'number' ? written : shareQuantity.write(readValid(shareQuantity, written));

/** The fleet with every default written out, keys in a fixed order. */
export function canonicalFleet({ hosts, trace }: FleetDocument) {
  return {
    ...(hosts === undefined ? {} : { hosts: hosts.map(canonicalHostGroup) }),
    ...(trace === undefined
      ? {}
      : {
          trace: {
            format: trace.format,
            nodes: trace.nodes,
            strict: trace.strict ?? false,
            ...(trace.keep == null ? {} : { keep: canonicalKeep(trace.keep) }),
          },
        }),
  };
}
