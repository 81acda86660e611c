import type { FleetView } from '../cluster/fleet.ts';
import type { IntegerSolver } from '../kernel/optimize/linear-program.ts';
import type { ArrivedShapes } from '../observe/arrived-shapes.ts';
import type { Readings } from '../observe/metric.ts';
import { exactPacking, type PackingHost } from '../policies/packing/exact-packing.ts';
import { groupHosts } from '../policies/packing/host-groups.ts';
import { PackingProgram } from '../policies/packing/packing-program.ts';

/**
 * What no policy could have exceeded, had it known all tasks that arrived: `gpu.hindsight.bound` of all GPUs, and
 * `gpu.hindsight.reached`, what was allocated as a part of that. Small fleets are solved in whole tasks; `gpu.hindsight.exact` is 1 where
 * the bound is what somebody could have reached.
 */
export function readHindsight(
  into: Readings,
  fleet: FleetView,
  arrived: ArrivedShapes,
  solver: IntegerSolver,
): void {
  const items = arrived.counts.map(
    ({ shape: { gpuCount, gpuMilli, cpuMilli, memoryMib, accepts }, count }) => ({
      ...{ gpuCount, gpuMilli, cpuMilli, memoryMib, accepts, count },
    }),
  );
  const everyHost = Array.from({ length: fleet.hostCount }, (_, h) => h);
  const relaxed = new PackingProgram(
    { groups: groupHosts(fleet, everyHost), items, mustTakeCpuOnly: false },
    solver,
  ).solve();
  const exact = exactPacking(
    everyHost.map((h) => hostOf(fleet, h)),
    items,
    solver,
  );
  const capacityMilli = 1000 * fleet.gpuCount;
  const boundMilli = Math.min(
    capacityMilli,
    Math.floor(relaxed.boundMilli + TOLERANCE),
    exact?.boundMilli ?? Number.POSITIVE_INFINITY,
  );
  const allocatedMilli = capacityMilli - fleet.gpuFreeTotalMilli;
  into.set('gpu.hindsight.bound', { value: boundMilli / capacityMilli, unit: 'fraction' });
  into.set('gpu.hindsight.reached', {
    value: boundMilli > 0 ? allocatedMilli / boundMilli : null,
    unit: 'fraction',
  });
  const isExact = exact?.isOptimal === true || allocatedMilli >= boundMilli;
  into.set('gpu.hindsight.exact', { value: isExact ? 1 : 0, unit: 'fraction' });
}

/** Of a thousandth of a GPU: sums of prices are not exact. */
const TOLERANCE = 0.001;

function hostOf(fleet: FleetView, host: number): PackingHost {
  const start = fleet.gpuStart[host] as number;
  return {
    cpuMilli: fleet.cpuCapacityMilli[host] as number,
    memoryMib: fleet.memoryCapacityMib[host] as number,
    gpuModels: fleet.gpuModel.subarray(start, start + fleet.gpusOf(host)),
  };
}
