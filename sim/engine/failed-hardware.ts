import type { Job } from '../cluster/changes.ts';
import { fitsOnceMended } from '../cluster/fit.ts';
import { CLOSED_FOR, type Fleet, type FleetView, GPU_CLOSED_FOR } from '../cluster/fleet.ts';
import { ANY_LAYOUT } from '../cluster/layout.ts';
import type { TaskShape } from '../cluster/request.ts';
import type { Placer } from '../policies/placement/placer.ts';
import { assemble } from './gang/assemble.ts';
import { takeOff } from './parts.ts';

/**
 * What a job would find room with, all else as it is: `gpu-failed` if the GPUs that are down on hosts that work were
 * up, else `host-closed:failure` if the hosts that are down were up, too.
 */
type FailureReason = 'gpu-failed' | 'host-closed:failure';

/** Which failures keep a shape, which finds no host, out of the placer's hosts; undefined: not the failures alone. */
export function shapeFailure(fleet: FleetView, placer: Placer, shape: TaskShape): FailureReason | undefined {
  let found: FailureReason | undefined;
  for (const host of fleet.failing) {
    if (!placer.covers(host) || !fitsOnceMended(fleet, host, shape)) continue;
    if (!isDown(fleet, host)) return 'gpu-failed';
    found = 'host-closed:failure';
  }
  return found;
}

/**
 * The same for a job of which each worker finds a host, but not all together or not by its layout.
 *
 * Leaves out NVLink that is down: what is on the host then counts as not joined.
 */
export function layoutFailure(fleet: Fleet, placer: Placer, job: Job): FailureReason | undefined {
  if (fleet.failing.size === 0) return undefined;
  // Opened for a look and closed again, so nobody else can gain anything.
  const { gains } = fleet;
  const gpus: number[] = [];
  const hosts: number[] = [];
  for (const host of fleet.failing) {
    if (isDown(fleet, host)) hosts.push(host);
    for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
      if (((fleet.gpuClosedFor[g] as number) & GPU_CLOSED_FOR.failure) !== 0) gpus.push(g);
    }
  }
  let found: FailureReason | undefined;
  for (const g of gpus) fleet.setGpuClosed(g, false, 'failure');
  if (hasRoom(fleet, placer, job)) found = 'gpu-failed';
  else {
    for (const host of hosts) fleet.setClosed(host, false, 'failure');
    if (hasRoom(fleet, placer, job)) found = 'host-closed:failure';
    for (const host of hosts) fleet.setClosed(host, true, 'failure');
  }
  for (const g of gpus) fleet.setGpuClosed(g, true, 'failure');
  fleet.gains = gains;
  return found;
}

function hasRoom(fleet: Fleet, placer: Placer, job: Job): boolean {
  const { layout = ANY_LAYOUT } = job;
  // Where it would rather be does not matter to whether it can be anywhere.
  const parts = assemble(fleet, placer, job, { ...layout, prefer: layout.within });
  if (parts !== undefined) takeOff(fleet, parts);
  return parts !== undefined;
}

function isDown(fleet: FleetView, host: number): boolean {
  return ((fleet.closedFor[host] as number) & CLOSED_FOR.failure) !== 0;
}
