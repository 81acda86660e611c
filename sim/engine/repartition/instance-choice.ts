import type { Fleet } from '../../cluster/fleet.ts';
import type { TaskShape } from '../../cluster/request.ts';
import { type MigPlacement, placementsIn } from '../../hardware/index.ts';
import { type Demand, profilesBySize, serve } from '../../policies/repartition/index.ts';
import type { LiveJob } from '../live-job.ts';
import type { Promised } from '../scheduling.ts';
import type { Field } from './field.ts';
import { layoutOf } from './layout-of.ts';
import { hostOf } from './move.ts';

/**
 * Which of the free instances the next waiting jobs get: of all ways to start as many of them in their order, the one in
 * which they are fastest together. Without it each would take the smallest that it runs on.
 *
 * Leaves everything to the placement policy where no job is faster on one instance than on another, and from the first
 * job on that is not `isSeatable`: what is free may be meant for it. That hosts run out of CPU or memory is seen only
 * when an instance is taken.
 *
 * @param gpus cards of the field that take jobs in
 * @param waiting in the order of the queue
 * @param mayPass whether a job that finds no room lets those behind it start
 */
export function instancesFor(
  fleet: Fleet,
  field: Field,
  gpus: readonly number[],
  waiting: readonly LiveJob[],
  mayPass: boolean,
): readonly Promised[] {
  const { geometry } = field;
  const free = new FreeInstances(fleet, field, gpus);
  const have = geometry.profiles.map((_, profile) => free.count(profile));
  const total = have.reduce((sum, each) => sum + each, 0);
  const order = profilesBySize(geometry).flat();
  const chosen: LiveJob[] = [];
  const demands: Demand[] = [];
  for (const live of waiting) {
    if (chosen.length === total) break;
    if (!isSeatable(field, live)) {
      if (mayPass && !wants(field, live)) continue;
      break;
    }
    const { shape } = live.job;
    const accepts = field.accepts(shape);
    const all = [...demands, { accepts, count: 1, value: 1 }];
    const plain = all.map((each) => ({ accepts: each.accepts, count: 1, value: 1 }));
    if (serve(plain, have, order).value === plain.length) {
      const values = field.speeds(shape, live.profile);
      chosen.push(live);
      demands.push({ accepts, count: 1, value: Math.max(...values), values });
    } else if (!mayPass) break;
  }
  const isFaster = demands.some(({ values }) => values?.some((each) => each !== values[0]) === true);
  if (!isFaster) return [];
  // Nobody is left out for the sake of the others' speed.
  const most = 1 + demands.reduce((sum, { value }) => sum + value, 0);
  const { uses } = serve(
    demands.map((each) => ({ ...each, values: (each.values ?? []).map((value) => most + value) })),
    have,
    order,
  );
  return (uses ?? []).flatMap((row, d) => {
    const live = chosen[d] as LiveJob;
    const { shape } = live.job;
    const profile = row.findIndex((count) => count > 0);
    const found = profile < 0 ? undefined : free.take(profile, shape);
    if (found === undefined) return [];
    const { gpu, placement } = found;
    const slot = field.slots(shape)[field.accepts(shape).indexOf(profile)];
    if (slot === undefined) return [];
    const host = hostOf(fleet, gpu);
    const grant = [layoutOf(fleet, gpu).slotAt(slot, placement)];
    return [{ live, parts: [{ shape, host, gpus: [gpu - (fleet.gpuStart[host] as number)], grant }] }];
  });
}

/** Whether it wants one instance, wherever in the field that is, and could not go anywhere else of its pool. */
export function isSeatable(field: Field, { job }: LiveJob): boolean {
  const [shape] = job.shapes;
  return (
    shape !== undefined &&
    job.shapes.length === 1 &&
    shape.gpuCount === 1 &&
    shape.ask?.count === 1 &&
    job.kin === undefined &&
    job.layout === undefined &&
    field.accepts(shape).length > 0 &&
    field.isOnlyPlace(shape)
  );
}

function wants(field: Field, { job }: LiveJob): boolean {
  return job.shapes.some((shape) => field.accepts(shape).length > 0);
}

interface FreeInstance {
  readonly gpu: number;
  readonly placement: MigPlacement;
}

/** Instances that take somebody in, by profile, in the order of the cards. */
class FreeInstances {
  readonly #fleet: Fleet;
  readonly #byProfile: readonly FreeInstance[][];

  constructor(fleet: Fleet, { geometry }: Field, gpus: readonly number[]) {
    this.#fleet = fleet;
    this.#byProfile = geometry.profiles.map(() => []);
    for (const gpu of gpus) {
      const { standing, used, held } = layoutOf(fleet, gpu);
      for (const placement of placementsIn(geometry, (standing ?? 0) & ~used & ~held)) {
        this.#byProfile[placement.profileIndex]?.push({ gpu, placement });
      }
    }
  }

  count(profile: number): number {
    return this.#byProfile[profile]?.length ?? 0;
  }

  /** The first on a host that has the CPU and memory. */
  take(profile: number, { cpuMilli, memoryMib }: TaskShape): FreeInstance | undefined {
    const list = this.#byProfile[profile] ?? [];
    const at = list.findIndex(({ gpu }) => {
      const host = hostOf(this.#fleet, gpu);
      return (
        (this.#fleet.cpuFreeMilli[host] as number) >= cpuMilli &&
        (this.#fleet.memoryFreeMib[host] as number) >= memoryMib
      );
    });
    return at < 0 ? undefined : list.splice(at, 1)[0];
  }
}
