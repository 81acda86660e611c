import type { Fleet } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import type { Slot } from '../../sharing/index.ts';
import type { LiveJob } from '../live-job.ts';

/** A job on a part of a card. */
export interface Tenant {
  readonly live: LiveJob;
  readonly slot: Slot;
  /** Whether it is on its way to this part. */
  readonly isComing: boolean;
  /** Whether this is all that the job holds. */
  readonly isAll: boolean;
}

/** By GPU number, then by part: index of the placement of a GPU instance, else place in the order of the card's slots. */
export type TenantTable = ReadonlyMap<number, ReadonlyMap<number, readonly Tenant[]>>;

/** Who is on which part of some cards, in the order of the jobs' slots. */
export function tenantsOn(
  fleet: Fleet,
  live: readonly (LiveJob | undefined)[],
  gpus: readonly number[],
): TenantTable {
  const table = new Map<number, Map<number, Tenant[]>>(gpus.map((g) => [g, new Map()]));
  for (const each of live) {
    if (each === undefined || each.parts.length === 0) continue;
    const isAll = each.parts.length === 1 && each.parts[0]?.grant.length === 1;
    collect(fleet, table, each, each.parts, isAll, false);
    if (each.move !== undefined) collect(fleet, table, each, each.move.parts, isAll, true);
  }
  return table;
}

function collect(
  fleet: Fleet,
  table: ReadonlyMap<number, Map<number, Tenant[]>>,
  live: LiveJob,
  parts: readonly Part[],
  isAll: boolean,
  isComing: boolean,
): void {
  for (const { host, gpus, grant, shape } of parts) {
    const start = fleet.gpuStart[host] as number;
    let next = 0;
    for (const index of gpus) {
      const card = fleet.cards[start + index];
      if (card === undefined) continue;
      const count = shape.ask?.count ?? 0;
      const slots = grant.slice(next, next + count);
      next += count;
      const onCard = table.get(start + index);
      if (onCard === undefined) continue;
      for (const slot of slots) {
        const at = card.layout?.placementOf(slot).index ?? card.slots.indexOf(slot);
        const tenants = onCard.get(at);
        const tenant = { live, slot, isComing, isAll };
        if (tenants === undefined) onCard.set(at, [tenant]);
        else tenants.push(tenant);
      }
    }
  }
}
