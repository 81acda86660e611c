import { hostCpuQuantity } from '../quantities/cpu.ts';
import { hostMemoryQuantity } from '../quantities/memory.ts';
import { readValid } from '../quantities/quantity.ts';
import type { FleetDocument, HostGroupDocument } from '../schema/scenario.ts';

function canonicalHostGroup({ name, count, cpu, memory, gpus = [] }: HostGroupDocument) {
  return {
    name,
    count: count ?? 1,
    cpu: hostCpuQuantity.write(readValid(hostCpuQuantity, cpu)),
    memory: hostMemoryQuantity.write(readValid(hostMemoryQuantity, memory)),
    gpus: (Array.isArray(gpus) ? gpus : [gpus]).map((gpu) => ({ model: gpu.model, count: gpu.count })),
  };
}

/** The fleet with every default written out, keys in a fixed order. */
export function canonicalFleet({ hosts, trace }: FleetDocument) {
  return {
    ...(hosts === undefined ? {} : { hosts: hosts.map(canonicalHostGroup) }),
    ...(trace === undefined
      ? {}
      : { trace: { format: trace.format, nodes: trace.nodes, strict: trace.strict ?? false } }),
  };
}
