import type { Scenario } from '../../scenario/types.ts';
import { FRAME_PARAMETERS } from '../../sharing/frames/parameters.ts';
import { type Parameter, SHARING_PARAMETERS, sharingMode } from '../../sharing/index.ts';
import { TOPOLOGY_PARAMETERS } from '../../sharing/topology.ts';

/** Figures that a scenario's sharing modes depend on, split by what an uncertainty run does with them. */
export interface ParametersInUse {
  /** Those with a range, in the order of the fleet's modes, then those of frames and of hosts. */
  readonly varied: readonly Parameter[];
  /** Ids of those that the scenario states itself: taken as known. */
  readonly stated: readonly string[];
}

/**
 * Of the modes in which the scenario's hosts share their GPUs, of frames where a session group has any, and of hosts
 * with several NUMA domains. Fleets of a trace share by fraction and have none.
 */
export function parametersInUse({ fleet, workload, overheads }: Scenario): ParametersInUse {
  const groups = fleet.kind === 'trace' ? [] : fleet.groups.filter(({ sharing }) => sharing !== null);
  const parameters = new Map<string, Parameter>();
  const take = (some: readonly Parameter[]) => {
    for (const parameter of some) parameters.set(parameter.id, parameter);
  };
  for (const { sharing } of groups) if (sharing !== null) take(sharingMode(sharing.mode).parameters);
  if (groups.length > 0 && workload.sessions.some(({ frames }) => frames !== null)) take(FRAME_PARAMETERS);
  if (groups.some(({ numaDomains }) => numaDomains > 1)) take(TOPOLOGY_PARAMETERS);
  // Only what a scenario may state can be varied.
  const all = [...parameters.values()].filter(({ id }) =>
    SHARING_PARAMETERS.some((known) => known.id === id),
  );
  const isStated = ({ id }: Parameter) => Object.hasOwn(overheads, id);
  return {
    varied: all.filter((each) => !isStated(each) && each.low < each.high),
    stated: all.filter(isStated).map(({ id }) => id),
  };
}
