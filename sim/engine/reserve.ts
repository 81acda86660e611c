import type { Job } from '../cluster/changes.ts';
import { type Fleet, PlacementError } from '../cluster/fleet.ts';
import type { Part } from '../cluster/part.ts';
import type { Placer } from '../policies/placement/placer.ts';

/**
 * Takes room for all workers of a job, each where the placement policy puts it beside those before it; all or none.
 *
 * @returns one part a worker; undefined where there is no room for all of them, and the fleet is as it was
 */
export function reserve(fleet: Fleet, placer: Placer, job: Job): readonly Part[] | undefined {
  const parts: Part[] = [];
  for (let i = 0; i < job.shapes.length; i++) {
    const shape = job.shapes[i] as Job['shape'];
    const decision = placer.decide(shape);
    if (decision === undefined) {
      const { gains } = fleet;
      giveBack(fleet, parts);
      // Nothing was there that is not there now.
      fleet.gains = gains;
      return undefined;
    }
    const { host, gpus } = decision;
    parts.push({ shape, host, gpus, grant: fleet.place(shape, host, gpus) });
  }
  return parts;
}

/** Releases parts, the last one first. */
export function giveBack(fleet: Fleet, parts: readonly Part[]): void {
  for (let i = parts.length - 1; i >= 0; i--) {
    const { shape, host, gpus, grant } = parts[i] as Part;
    fleet.release(shape, host, gpus, grant);
  }
}

/** Takes parts again that were given back, exactly as they were. */
export function takeBack(fleet: Fleet, parts: readonly Part[]): void {
  for (const { shape, host, gpus, grant } of parts) fleet.placeAs(shape, host, gpus, grant);
}

/** Takes parts again if all of them are free. */
export function tryTakeBack(fleet: Fleet, parts: readonly Part[]): boolean {
  const taken: Part[] = [];
  try {
    for (const part of parts) {
      takeBack(fleet, [part]);
      taken.push(part);
    }
    return true;
  } catch (error) {
    if (!(error instanceof PlacementError)) throw error;
    const { gains } = fleet;
    giveBack(fleet, taken);
    fleet.gains = gains;
    return false;
  }
}
