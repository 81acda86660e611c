import type { FleetView } from '../../cluster/fleet.ts';
import { GPU_MILLI } from '../../cluster/request.ts';
import type { IntegerSolver } from '../../kernel/optimize/linear-program.ts';
import type { Readings } from '../../observe/metric.ts';
import { mostOfFractions } from './allocated-fractions.ts';
import type { ArrivedJobs } from './arrived-jobs.ts';
import { packingOf, type Wanted } from './packing.ts';
import { RelaxedPacking } from './relaxed-packing.ts';
import { type WholeMost, WholePacking } from './whole-packing.ts';

/**
 * What no policy could have exceeded in a fill, had it known all jobs that arrived: `gpu.hindsight.bound` of all GPUs and
 * `jobs.hindsight.bound` jobs with a place, each by itself, and `.reached`, what there was as a part of that. Small fleets are
 * solved in whole jobs; `.exact` is 1 where the bound is what somebody could have reached.
 *
 * @param hosts numbers of those that jobs may go to
 */
export function readFillHindsight(
  into: Readings,
  fleet: FleetView,
  hosts: readonly number[],
  arrived: ArrivedJobs,
  solver: IntegerSolver,
): void {
  const { types, placedCount, hasRules } = arrived;
  const packing = packingOf(fleet, hosts, types);
  const relaxed = new RelaxedPacking(packing, solver);
  const whole = new WholePacking(packing, solver);
  const most = (wanted: Wanted, end: number): WholeMost => {
    const divisible = relaxed.most(wanted) ?? end;
    const exact = whole.most(wanted);
    return {
      most: Math.min(end, Math.floor(divisible * (1 + ROUNDING) + TOLERANCE), exact?.most ?? end),
      isOptimal: exact?.isOptimal === true,
    };
  };

  const capacityMilli = GPU_MILLI * fleet.gpuCount;
  const allocatedMilli = capacityMilli - fleet.gpuFreeTotalMilli;
  const allocated = fleet.hasCards
    ? most('allocated', capacityMilli)
    : mostOfFractions(fleet, hosts, types, solver);
  const boundMilli = Math.min(capacityMilli, allocated.most);
  set(into, 'gpu', allocatedMilli, { ...allocated, most: boundMilli }, hasRules);
  into.set('gpu.hindsight.bound', { value: boundMilli / capacityMilli, unit: 'fraction' });

  const jobs = most(
    'jobs',
    types.reduce((sum, { count }) => sum + count, 0),
  );
  set(into, 'jobs', placedCount, jobs, hasRules);
  into.set('jobs.hindsight.bound', { value: jobs.most, unit: 'jobs' });
}

/** What sums of prices may be off by: in parts, and in thousandths of a GPU or of jobs that are counted in whole ones. */
const ROUNDING = 1e-9;
const TOLERANCE = 0.001;

function set(
  into: Readings,
  name: 'gpu' | 'jobs',
  reached: number,
  { most, isOptimal }: WholeMost,
  hasRules: boolean,
): void {
  into.set(`${name}.hindsight.reached`, { value: most > 0 ? reached / most : null, unit: 'fraction' });
  const isExact = (isOptimal && !hasRules) || reached >= most;
  into.set(`${name}.hindsight.exact`, { value: isExact ? 1 : 0, unit: 'fraction' });
}
