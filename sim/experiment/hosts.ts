import type { FleetView, HostSpec } from '../cluster/fleet.ts';
import type { HostPlace } from '../cluster/topology.ts';
import type { HostChange } from '../engine/host-changes.ts';
import { hostName } from '../scenario/host-name.ts';
import { cardSpecOf, catalogueGpu } from '../scenario/resolve/card-spec.ts';
import { statesPlaces } from '../scenario/resolve/places.ts';
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
      ...(group.sharing === null ? plainGpu(group, gpu, values) : sharedGpu(group, gpu, values)),
    }));
    return Array.from({ length: group.count }, (_, i) => ({
      name: hostName(group.name, i, group.count),
      cpuMilli: group.cpuMilli,
      memoryMib: group.memoryMib,
      gpus,
      numaDomains: group.numaDomains,
      uplinkBytesPerSec: group.uplinkBytesPerSec ?? undefined,
      place: placeOf(group, i),
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
  const hasFabric = isJoined(group, gpu);
  return { sharing: { mode: sharingMode(config.mode), config, spec, values }, hasFabric };
}

/** A GPU that no mode shares. What its links are counts only where the group says how its hosts are joined. */
function plainGpu(
  group: HostGroup,
  gpu: GpuGroup,
  values: ParameterValues,
): { readonly plain?: Pick<SharedGpu, 'spec' | 'values'>; readonly hasFabric: boolean } {
  const hasFabric = isJoined(group, gpu);
  const isKnown = gpu.memoryMib !== null || catalogueGpu(gpu.model) !== null;
  return isKnown && statesPlaces(group)
    ? { plain: { spec: cardSpecOf(group, gpu), values }, hasFabric }
    : { hasFabric };
}

function isJoined({ gpusPerIsland }: HostGroup, { model, nvlink }: GpuGroup): boolean {
  if (nvlink !== null || gpusPerIsland !== undefined) return nvlink ?? true;
  // The catalogue says 0 of GPUs that have none.
  return (catalogueGpu(model)?.fabricGbPerSecBidirectional ?? 0) > 0;
}

/** Where host number `i` of a group stands. */
function placeOf(group: HostGroup, i: number): HostPlace | undefined {
  if (!statesPlaces(group)) return undefined;
  const { name, count, rack, gpusPerIsland, nicBytesPerSec, oversubscription } = group;
  const perHost = group.gpus.reduce((sum, gpu) => sum + gpu.count, 0);
  const isOfSeveralHosts = gpusPerIsland !== undefined && gpusPerIsland > perHost;
  // Names with a slash are nobody's own: racks that are named in the document have none.
  const ownRack = typeof rack === 'number' ? `${name}/rack-${Math.floor(i / rack)}` : undefined;
  return {
    rack: typeof rack === 'object' ? rack[Math.floor((i * rack.length) / count)] : ownRack,
    island: isOfSeveralHosts ? `${name}/island-${Math.floor((i * perHost) / gpusPerIsland)}` : undefined,
    gpusPerIsland: isOfSeveralHosts ? undefined : gpusPerIsland,
    nicBytesPerSec,
    oversubscription,
  };
}

/** The planned changes of a scenario, on the fleet that was built from it. */
export function hostChangesOf(scenario: Scenario, fleet: FleetView): readonly HostChange[] {
  const values = new ParameterValues(SHARING_PARAMETERS, scenario.overheads);
  const numberOf = new Map(fleet.hostNames.map((name, h) => [name, h]));
  const groupOf = new Map<string, HostGroup>();
  const hostOf = new Int32Array(fleet.gpuCount);
  for (let h = 0; h < fleet.hostCount; h++) hostOf.fill(h, fleet.gpuStart[h], fleet.gpuStart[h + 1]);
  if (scenario.fleet.kind === 'hosts') {
    for (const group of scenario.fleet.groups) {
      for (let i = 0; i < group.count; i++) groupOf.set(hostName(group.name, i, group.count), group);
    }
  }
  return scenario.changes.map(({ atUs, hosts, sharing, path, closedUs, running, migratePath }) => {
    // One object for all GPUs that are alike, so that what is known of one holds for all.
    const known = new Map<string, SharedGpu>();
    const reshare = (gpu: number): SharedGpu => {
      const host = fleet.hostNames[hostOf[gpu] as number] as string;
      const group = groupOf.get(host) as HostGroup;
      const model = fleet.modelNames[fleet.gpuModel[gpu] as number] as string;
      const key = `${group.name}/${model}`;
      let shared = known.get(key);
      if (shared === undefined) {
        const of = group.gpus.find((each) => each.model === model) as GpuGroup;
        shared = sharedGpu({ ...group, sharing }, of, values).sharing;
        known.set(key, shared);
      }
      return shared;
    };
    return {
      atUs,
      hosts: hosts.map((name) => {
        const host = numberOf.get(name);
        if (host === undefined)
          throw new RangeError(`Cannot change host "${name}": the fleet has no such host`);
        return host;
      }),
      reshare: sharing === null ? undefined : reshare,
      path,
      closedUs,
      running,
      migratePath,
    };
  });
}
