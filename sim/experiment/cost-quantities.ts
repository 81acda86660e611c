import type { Fleet } from '../cluster/fleet.ts';
import { GPU_MILLI } from '../cluster/request.ts';
import type { CostUsage } from '../observe/cost-meter.ts';
import type { HostCost } from '../scenario/cost-types.ts';
import { ScenarioError } from './scenario-error.ts';

const US_PER_HOUR = 3600e6;

/** Hours of GPUs: there, held by jobs, and at work. */
export interface GpuHours {
  present: number;
  allocated: number;
  /** Work done; of GPUs that no mode shares, what is allocated: jobs run there at full speed. */
  delivered: number;
}

/** What was measured of some hosts. */
export interface HostQuantities {
  readonly hosts: number;
  hostHours: number;
  /** Held over what the hosts that were there have; 0 to 1. */
  cpuLoad: number;
  cores: number;
  /** By GPU model in order of first host: number and hours. */
  readonly models: Map<string, GpuHours & { gpus: number }>;
}

/** Adds up what was measured of hosts, by their numbers. */
export function quantitiesOf(hosts: readonly number[], fleet: Fleet, meter: CostUsage): HostQuantities {
  const models: HostQuantities['models'] = new Map();
  let [hostUs, cores, coreMilliUs, heldMilliUs] = [0, 0, 0, 0];
  for (const host of hosts) {
    const presentUs = meter.presentUs[host] as number;
    const cpuMilli = fleet.cpuCapacityMilli[host] as number;
    hostUs += presentUs;
    cores += cpuMilli / 1000;
    coreMilliUs += cpuMilli * presentUs;
    heldMilliUs += meter.cpuMilliUs[host] as number;
    for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
      const model = fleet.modelNames[fleet.gpuModel[g] as number] as string;
      const of = models.get(model) ?? { gpus: 0, present: 0, allocated: 0, delivered: 0 };
      const allocated = (meter.gpuMilliUs[g] as number) / GPU_MILLI / US_PER_HOUR;
      of.gpus += 1;
      of.present += presentUs / US_PER_HOUR;
      of.allocated += allocated;
      of.delivered += (meter.workUs[g] as number) / US_PER_HOUR;
      models.set(model, of);
    }
  }
  return {
    hosts: hosts.length,
    hostHours: hostUs / US_PER_HOUR,
    cpuLoad: coreMilliUs > 0 ? Math.min(1, heldMilliUs / coreMilliUs) : 0,
    cores,
    models,
  };
}

/** Sum over the GPU models. */
export function gpuHoursOf({ models }: HostQuantities): GpuHours {
  const sum = { present: 0, allocated: 0, delivered: 0 };
  for (const { present, allocated, delivered } of models.values()) {
    sum.present += present;
    sum.allocated += allocated;
    sum.delivered += delivered;
  }
  return sum;
}

/**
 * Numbers of the hosts of each entry.
 *
 * @param billed names of hosts that something else pays for
 * @throws {ScenarioError} where an entry names a host that the fleet does not have, or a host has no price: in fleets from
 * a trace this shows only now
 */
export function hostsByEntry(
  entries: readonly HostCost[],
  fleet: Fleet,
  billed: ReadonlySet<string>,
): readonly (readonly number[])[] {
  const numbers = new Map(fleet.hostNames.map((name, host) => [name, host]));
  const paid = new Set(billed);
  const lists = entries.map(({ name: entry, hosts }) =>
    hosts.map((name) => {
      const host = numbers.get(name);
      if (host === undefined)
        throw new ScenarioError('cost.hosts', `"${entry}": has no host "${name}" in the fleet`);
      if (paid.has(name))
        throw new ScenarioError('cost.hosts', `"${entry}": something else pays for host "${name}"`);
      paid.add(name);
      return host;
    }),
  );
  const unpaid = fleet.hostNames.find((name) => !paid.has(name));
  if (unpaid !== undefined)
    throw new ScenarioError('cost.hosts', `must say what every host costs, and says nothing of "${unpaid}"`);
  return lists;
}
