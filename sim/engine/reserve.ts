import type { Job } from '../cluster/changes.ts';
import type { Fleet, FleetView } from '../cluster/fleet.ts';
import { ANY_LAYOUT } from '../cluster/layout.ts';
import type { Part } from '../cluster/part.ts';
import type { Placer } from '../policies/placement/placer.ts';
import { assemble, mayMiss } from './gang/assemble.ts';
import { takeOff } from './parts.ts';

export { giveBack, takeBack, takeJobsIn, tryTakeBack, tryTakeUp } from './parts.ts';

/**
 * Takes room for all workers of a job, with the licences that it must have to start, each where the placement policy puts it beside those before it and where the
 * job's layout and its neighbours allow; all or none. As nobody ever holds a part of what he needs, gangs that want the
 * same room cannot keep each other waiting.
 *
 * @returns one part a worker; undefined where there is no room for all of them, and the fleet is as it was
 */
export function reserve(fleet: Fleet, placer: Placer, job: Job): readonly Part[] | undefined {
  const { seats } = fleet;
  return seats === undefined ? take(fleet, placer, job) : seats.reserve(job, () => take(fleet, placer, job));
}

function take(fleet: Fleet, placer: Placer, job: Job): readonly Part[] | undefined {
  if (isBound(fleet, job)) return assemble(fleet, placer, job, job.layout ?? ANY_LAYOUT);
  const { shapes, kin } = job;
  const parts: Part[] = [];
  for (let i = 0; i < shapes.length; i++) {
    const shape = shapes[i] as Job['shape'];
    const decision = placer.decide(shape);
    if (decision === undefined) {
      takeOff(fleet, parts);
      return shapes.length > 1 && mayMiss(fleet, shapes)
        ? assemble(fleet, placer, job, ANY_LAYOUT)
        : undefined;
    }
    const { host, gpus } = decision;
    parts.push({ shape, host, gpus, grant: fleet.place(shape, host, gpus), kin });
    if (kin !== undefined) fleet.neighbours.join(kin, host);
  }
  return parts;
}

/** Whether it matters to a job, beyond room, which hosts it is on: by its own layout, or as others keep away from it. */
export function isBound({ neighbours }: FleetView, { layout, kin }: Job): boolean {
  return layout !== undefined || (kin !== undefined && neighbours.isNamed(kin.label));
}
