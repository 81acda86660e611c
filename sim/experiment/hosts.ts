import type { HostSpec } from '../cluster/fleet.ts';
import { hostName } from '../scenario/host-name.ts';
import { cardSpecOf } from '../scenario/resolve/card-spec.ts';
import type { GpuGroup, HostGroup, Scenario } from '../scenario/types.ts';
import { ParameterValues, SHARING_PARAMETERS, type SharedGpu, sharingMode } from '../sharing/index.ts';
import type { TraceData } from './trace-data.ts';

/** The hosts a scenario states, one by one; those of a trace come from the caller. */
export function hostsOf(scenario: Scenario, traces: TraceData): readonly HostSpec[] {
  if (scenario.fleet.kind === 'trace') {
    if (traces.hosts === undefined)
      throw new RangeError('Cannot build the fleet: the trace of its hosts was not read');
    return traces.hosts;
  }
  const values = new ParameterValues(SHARING_PARAMETERS, scenario.overheads);
  return scenario.fleet.groups.flatMap((group) => {
    const gpus = group.gpus.map((gpu) => ({
      model: gpu.model,
      count: gpu.count,
      ...(group.sharing === null ? {} : sharedGpu(group, gpu, values)),
    }));
    return Array.from({ length: group.count }, (_, i) => ({
      name: hostName(group.name, i, group.count),
      cpuMilli: group.cpuMilli,
      memoryMib: group.memoryMib,
      gpus,
      numaDomains: group.numaDomains,
      uplinkBytesPerSec: group.uplinkBytesPerSec ?? undefined,
    }));
  });
}

function sharedGpu(
  group: HostGroup,
  gpu: GpuGroup,
  values: ParameterValues,
): { readonly sharing: SharedGpu; readonly hasFabric: boolean } {
  const config = group.sharing;
  if (config === null) throw new RangeError('Cannot share a GPU without a mode');
  const spec = cardSpecOf(group, gpu);
  const hasFabric = gpu.nvlink ?? spec.catalogue?.fabricGbPerSecBidirectional != null;
  return { sharing: { mode: sharingMode(config.mode), config, spec, values }, hasFabric };
}
