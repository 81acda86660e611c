import { type Fleet, PlacementError } from '../cluster/fleet.ts';
import { isGpuOpen, isHostOpen, isSlotOpen } from '../cluster/open.ts';
import type { Part } from '../cluster/part.ts';

/** Releases parts, the last one first. */
export function giveBack(fleet: Fleet, parts: readonly Part[]): void {
  for (let i = parts.length - 1; i >= 0; i--) {
    const { shape, host, gpus, grant, kin } = parts[i] as Part;
    fleet.release(shape, host, gpus, grant);
    if (kin !== undefined) fleet.neighbours.leave(kin, host);
  }
  fleet.seats?.givenBack(parts);
}

/** Releases parts that were only tried: nothing was there that is not there now. */
export function takeOff(fleet: Fleet, parts: readonly Part[]): void {
  const { gains } = fleet;
  giveBack(fleet, parts);
  fleet.gains = gains;
}

/** Takes parts again that were given back, exactly as they were. */
export function takeBack(fleet: Fleet, parts: readonly Part[]): void {
  for (const part of parts) put(fleet, part);
  fleet.seats?.taken(parts);
}

/**
 * Takes parts of one job again if all of them are free, nobody who has come since keeps away from it, and it may have
 * its licences.
 */
export function tryTakeBack(fleet: Fleet, parts: readonly Part[]): boolean {
  const taken: Part[] = [];
  try {
    for (const part of parts) {
      put(fleet, part);
      taken.push(part);
    }
  } catch (error) {
    if (!(error instanceof PlacementError)) throw error;
    takeOff(fleet, taken);
    return false;
  }
  const { seats } = fleet;
  if (
    parts.every((part) => isBearable(fleet, part, parts)) &&
    (seats === undefined || seats.mayTakeBack(parts))
  ) {
    seats?.taken(parts);
    return true;
  }
  takeOff(fleet, taken);
  return false;
}

/**
 * The same for a job that waits, on parts that were found for it some time ago: only where a newcomer may come in now.
 * Whoever runs may go on where he is although nobody else is let in there any more; who waits may not begin there.
 */
export function tryTakeUp(fleet: Fleet, parts: readonly Part[]): boolean {
  if (!tryTakeBack(fleet, parts)) return false;
  if (takeJobsIn(fleet, parts) && parts.every((part) => areSlotsOpen(fleet, part))) return true;
  takeOff(fleet, parts);
  return false;
}

/** Whether hosts and GPUs of parts take jobs in, whatever their cards do. */
export function takeJobsIn(fleet: Fleet, parts: readonly Part[]): boolean {
  return parts.every(({ host, gpus }) => {
    const start = fleet.gpuStart[host] as number;
    return isHostOpen(fleet, host) && gpus.every((g) => isGpuOpen(fleet, start + g));
  });
}

/** Whether shared cards let newcomers have the slots of a part that has been taken. */
function areSlotsOpen(fleet: Fleet, { shape, host, gpus, grant }: Part): boolean {
  let next = 0;
  return gpus.every((index) => {
    const card = fleet.cards[(fleet.gpuStart[host] as number) + index];
    if (card === undefined) return true;
    const slots = grant.slice(next, next + (shape.ask?.count ?? 0));
    next += slots.length;
    return slots.every((slot) => isSlotOpen(card, slot));
  });
}

function put(fleet: Fleet, { shape, host, gpus, grant, kin }: Part): void {
  fleet.placeAs(shape, host, gpus, grant);
  if (kin !== undefined) fleet.neighbours.join(kin, host);
}

/** Whether rules about neighbours hold on the host of a part that has been taken, beside all `parts` of its job. */
function isBearable(fleet: Fleet, { kin, host }: Part, parts: readonly Part[]): boolean {
  if (kin === undefined) return true;
  const { neighbours } = fleet;
  if (neighbours.countOf(kin.label, host) > kin.maxOfClassPerHost) return false;
  return neighbours.getAlong(kin, host, parts.filter((each) => each.host === host).length);
}
