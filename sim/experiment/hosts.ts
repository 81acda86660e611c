import type { HostSpec } from '../cluster/fleet.ts';
import { hostName } from '../scenario/host-name.ts';
import type { Scenario } from '../scenario/types.ts';
import type { TraceData } from './trace-data.ts';

/** The hosts a scenario states, one by one; those of a trace come from the caller. */
export function hostsOf(scenario: Scenario, traces: TraceData): readonly HostSpec[] {
  if (scenario.fleet.kind === 'trace') {
    if (traces.hosts === undefined)
      throw new RangeError('Cannot build the fleet: the trace of its hosts was not read');
    return traces.hosts;
  }
  return scenario.fleet.groups.flatMap((group) =>
    Array.from({ length: group.count }, (_, i) => ({
      name: hostName(group.name, i, group.count),
      cpuMilli: group.cpuMilli,
      memoryMib: group.memoryMib,
      gpus: group.gpus,
    })),
  );
}
