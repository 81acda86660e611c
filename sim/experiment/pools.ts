import type { FleetView } from '../cluster/fleet.ts';
import type { RunContext } from '../engine/run-context.ts';
import { DEFAULT_RULES } from '../engine/scheduler.ts';
import type { PoolSetup } from '../engine/timed.ts';
import type { Placer } from '../policies/placement/placer.ts';
import { DEFAULT_QUEUEING_CONFIG } from '../policies/queueing/discipline.ts';
import { queueingPolicy } from '../policies/queueing/index.ts';
import type { Scenario } from '../scenario/types.ts';

/** The pools of a scenario, each with its queue: one of all hosts where it states none. */
export function poolsOf({ policy }: Scenario, { fleet, placer }: RunContext): readonly PoolSetup[] {
  const queueing = queueingPolicy(policy.queueing);
  const rules = { ...DEFAULT_RULES, fill: queueing.fill };
  const discipline = queueing.create({
    fleet,
    capacity: capacityOf(fleet, placer),
    config: DEFAULT_QUEUEING_CONFIG,
  });
  const isImmediate = queueing.name === 'fifo' && rules.fill === 'block' && rules.preemption === 'none';
  return [{ placer, discipline, rules, isImmediate }];
}

function capacityOf(
  fleet: FleetView,
  placer: Placer,
): { readonly gpus: number; readonly cpuMilli: number; readonly memoryMib: number } {
  let gpus = 0;
  let cpuMilli = 0;
  let memoryMib = 0;
  for (const host of placer.hosts) {
    gpus += fleet.gpusOf(host);
    cpuMilli += fleet.cpuCapacityMilli[host] as number;
    memoryMib += fleet.memoryCapacityMib[host] as number;
  }
  return { gpus, cpuMilli, memoryMib };
}
