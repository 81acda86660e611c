import { takesFraction } from '../../cluster/check-placement.ts';
import type { FleetView } from '../../cluster/fleet.ts';
import type { IntegerSolver } from '../../kernel/optimize/linear-program.ts';
import { exactPacking, type PackingHost } from '../../policies/packing/exact-packing.ts';
import { groupHosts } from '../../policies/packing/host-groups.ts';
import { PackingProgram } from '../../policies/packing/packing-program.ts';
import type { ArrivedType } from './arrived-jobs.ts';
import type { WholeMost } from './whole-packing.ts';

/** Of a thousandth of a GPU: sums of prices are not exact. */
const TOLERANCE = 0.001;

/**
 * The most of GPUs that no mode shares that jobs can be given, in thousandths: fills of single GPUs are found as they are needed,
 * so that any number of sizes will do. Small fleets are solved in whole tasks.
 */
export function mostOfFractions(
  fleet: FleetView,
  hosts: readonly number[],
  arrived: readonly ArrivedType[],
  solver: IntegerSolver,
): WholeMost {
  const counts = new Map<number, number>();
  for (const { shapes, count } of arrived)
    for (const { id } of shapes) counts.set(id, (counts.get(id) ?? 0) + count);
  const distinct = new Map(
    arrived.flatMap(({ shapes }) => shapes.map((shape) => [shape.id, shape] as const)),
  );
  const able = [...distinct].filter(([, shape]) => takesFraction(shape));
  const items = able.map(([id, { gpuCount, gpuMilli, cpuMilli, memoryMib, accepts }]) => ({
    ...{ gpuCount, gpuMilli, cpuMilli, memoryMib, accepts, count: counts.get(id) as number },
  }));
  const relaxed = new PackingProgram(
    { groups: groupHosts(fleet, hosts), items, mustTakeCpuOnly: false },
    solver,
  ).solve();
  const exact = exactPacking(
    hosts.map((h) => hostOf(fleet, h)),
    items,
    solver,
  );
  const relaxedMost = Math.floor(relaxed.boundMilli + TOLERANCE);
  return {
    most: Math.min(relaxedMost, exact?.boundMilli ?? Number.POSITIVE_INFINITY),
    isOptimal: exact?.isOptimal === true && arrived.every(({ shapes }) => shapes.length === 1),
  };
}

function hostOf(fleet: FleetView, host: number): PackingHost {
  const start = fleet.gpuStart[host] as number;
  return {
    cpuMilli: fleet.cpuCapacityMilli[host] as number,
    memoryMib: fleet.memoryCapacityMib[host] as number,
    gpuModels: fleet.gpuModel.subarray(start, start + fleet.gpusOf(host)),
  };
}
