import type { FleetView } from '../../cluster/fleet.ts';
import type { PackingGroup } from './packing-program.ts';

/** Groups are merged when there would be more. */
const MOST_GROUPS = 64;

/**
 * Hosts that are alike in GPU models and in CPU and memory for each GPU, as bought. Where that gives more than 64 groups, CPU
 * and memory for each GPU count as alike within a factor of 2^(1/4), then of 2, then always.
 */
export function groupHosts(fleet: FleetView, hosts: readonly number[]): readonly PackingGroup[] {
  let groups: readonly PackingGroup[] = [];
  for (const perOctave of [undefined, 4, 1, 0] as const) {
    groups = groupedBy(fleet, hosts, perOctave);
    if (groups.length <= MOST_GROUPS) break;
  }
  return groups;
}

/** @param perOctave classes for each doubling of CPU and memory a GPU; 0: one class; undefined: no classes */
function groupedBy(
  fleet: FleetView,
  hosts: readonly number[],
  perOctave: number | undefined,
): readonly PackingGroup[] {
  const byKey = new Map<string, { cpuMilli: number; memoryMib: number; gpus: Map<number, number> }>();
  const classOf = (amount: number, gpus: number) =>
    perOctave === undefined ? amount / gpus : perOctave === 0 ? 0 : octaveClass(amount / gpus, perOctave);
  for (const host of hosts) {
    const start = fleet.gpuStart[host] as number;
    const models = Array.from(fleet.gpuModel.subarray(start, start + fleet.gpusOf(host)));
    const cpuMilli = fleet.cpuCapacityMilli[host] as number;
    const memoryMib = fleet.memoryCapacityMib[host] as number;
    const size = Math.max(1, models.length);
    const key = `${[...new Set(models)].sort((a, b) => a - b).join()} ${classOf(cpuMilli, size)} ${classOf(memoryMib, size)}`;
    let group = byKey.get(key);
    if (group === undefined) {
      group = { cpuMilli: 0, memoryMib: 0, gpus: new Map() };
      byKey.set(key, group);
    }
    group.cpuMilli += cpuMilli;
    group.memoryMib += memoryMib;
    for (const model of models) group.gpus.set(model, (group.gpus.get(model) ?? 0) + 1);
  }
  return [...byKey.values()].map(({ cpuMilli, memoryMib, gpus }) => ({
    cpuMilli,
    memoryMib,
    gpus: [...gpus].map(([model, count]) => ({ model, count })),
  }));
}

/** Class of an amount when each doubling has so many: 4 classes are told apart at 2^(1/4), 2^(1/2), 2^(3/4). */
function octaveClass(amount: number, perOctave: number): number {
  if (!(amount > 0)) return -1;
  let octave = 0;
  let rest = amount;
  while (rest >= 2) {
    rest /= 2;
    octave += 1;
  }
  while (rest < 1) {
    rest *= 2;
    octave -= 1;
  }
  const within = perOctave === 1 ? 0 : QUARTERS.filter((quarter) => rest >= quarter).length;
  return octave * perOctave + within;
}

const QUARTERS = [1.189207115002721, Math.SQRT2, 1.681792830507429];
