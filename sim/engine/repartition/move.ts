import { PlacementError } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import type { FreePart } from './free-part.ts';
import type { RepartitioningRun } from './setup.ts';
import type { Tenant } from './tenants.ts';

/** Host number by GPU number. */
export function hostOf(fleet: { readonly gpuStart: Int32Array; readonly hostCount: number }, gpu: number) {
  let low = 0;
  let high = fleet.hostCount - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((fleet.gpuStart[middle] as number) <= gpu) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Whether the rules about neighbours and places of a job let it move to another host: only where there are none. */
export function mayChangeHost({ live }: Tenant): boolean {
  return live.job.kin === undefined && live.job.layout === undefined;
}

/**
 * Lets a tenant that holds one part of a card move to another part like it.
 *
 * @returns false where the part, or the host's CPU or memory, is not free; nothing has happened then
 */
export function moveToSlot(
  run: RepartitioningRun,
  tenant: Tenant,
  { gpu, slot }: FreePart,
  stunUs: number,
): boolean {
  const { fleet } = run.context;
  const { live } = tenant;
  const [from] = live.parts as readonly [Part];
  const host = hostOf(fleet, gpu);
  if (host !== from.host && !mayChangeHost(tenant)) return false;
  const part: Part = { ...from, host, gpus: [gpu - (fleet.gpuStart[host] as number)], grant: [slot] };
  try {
    fleet.placeAs(part.shape, host, part.gpus, part.grant);
  } catch (error) {
    if (!(error instanceof PlacementError)) throw error;
    return false;
  }
  if (part.kin !== undefined) fleet.neighbours.join(part.kin, host);
  run.moveTo(live, [part], stunUs);
  return true;
}
