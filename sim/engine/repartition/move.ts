import { PlacementError } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import type { MigGeometry } from '../../hardware/index.ts';
import { layoutOf } from './layout-of.ts';
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
 * Lets a tenant that holds one instance move to another instance of the same profile.
 *
 * @returns false where the place, or the host's CPU or memory, is not free; nothing has happened then
 */
export function moveToSlot(
  run: RepartitioningRun,
  geometry: MigGeometry,
  tenant: Tenant,
  to: { readonly gpu: number; readonly placement: number },
  stunUs: number,
): boolean {
  const { fleet } = run.context;
  const { live, slot } = tenant;
  const [from] = live.parts as readonly [Part];
  const host = hostOf(fleet, to.gpu);
  if (host !== from.host && !mayChangeHost(tenant)) return false;
  const placement = geometry.placements[to.placement];
  if (placement === undefined) return false;
  const grant = [layoutOf(fleet, to.gpu).slotAt(slot, placement)];
  const part: Part = { ...from, host, gpus: [to.gpu - (fleet.gpuStart[host] as number)], grant };
  try {
    fleet.placeAs(part.shape, host, part.gpus, grant);
  } catch (error) {
    if (!(error instanceof PlacementError)) throw error;
    return false;
  }
  if (part.kin !== undefined) fleet.neighbours.join(part.kin, host);
  run.moveTo(live, [part], stunUs);
  return true;
}
