import { type Card, isRefusal, sharingMode } from '../../../sim/sharing/index.ts';
import { askOf, emptyCard } from './cards.ts';
import type { AskedNode } from './cluster-file.ts';
import type { TriedPlan } from './try-plan.ts';
import type { PlannedPart } from './ways/way.ts';

/** A node of the file with the way in which it is shared. */
export interface PlannedNode {
  readonly node: AskedNode;
  readonly plan: TriedPlan;
}

/** A vgpu of the file with its node and GPU. */
export interface Tenant {
  readonly part: PlannedPart;
  readonly node: AskedNode;
  /** Position of its GPU on the node. */
  readonly gpuAt: number;
  /** GPU by its name in the file. */
  readonly type: string;
}

/** Every vgpu, GPU by GPU, each GPU's in the order that has been tried on it. */
function tenantsOf(planned: readonly PlannedNode[]): readonly Tenant[] {
  return planned.flatMap(({ node, plan }) =>
    plan.gpus.flatMap((parts, gpuAt) =>
      parts.map((part) => ({ part, node, gpuAt, type: node.gpus[gpuAt]?.type ?? '' })),
    ),
  );
}

/** The vgpus in the order in which they come in the run, and what becomes of them. */
export interface Arrival {
  readonly tenants: readonly Tenant[];
  /** Vgpus that find no room, or fail for want of memory where nobody sets any aside. */
  readonly without: number;
}

/**
 * The order, of the file's and the largest first, in which most find room; the file's where both are as good.
 *
 * A scenario cannot bind a vgpu to a card: each takes the first card with room. Where cards hold whatever adds up, each
 * comes to stand on its own card of the file or an earlier one, so that in the file's order all find room. Where places
 * count (MIG, mixed sizes), or where memory is not reserved, an earlier card may be left in a state that holds less. So it
 * is tried, on cards as the run has them.
 */
export function arrivalOf(planned: readonly PlannedNode[]): Arrival {
  const tenants = tenantsOf(planned);
  const asFiled = { tenants, without: countWithout(planned, tenants) };
  if (asFiled.without === 0) return asFiled;
  const largestFirst = [...tenants].sort((a, b) => b.part.asked.memoryMib - a.part.asked.memoryMib);
  const other = { tenants: largestFirst, without: countWithout(planned, largestFirst) };
  return other.without < asFiled.without ? other : asFiled;
}

interface TriedCard {
  readonly type: string;
  readonly card: Card;
  /** Memory in use on a card that reserves none; stays 0 on others. */
  usedMib: number;
}

function countWithout(planned: readonly PlannedNode[], tenants: readonly Tenant[]): number {
  const hosts = planned.map(({ node, plan }) => ({
    // The scenario gives a host cores for as many tenants as the file has on it.
    places: plan.gpus.reduce((sum, parts) => sum + parts.length, 0),
    reserves: sharingMode(plan.config.mode).traits.memoryReserved,
    cards: node.gpus.flatMap(({ type }): TriedCard[] => {
      const card = emptyCard(plan.config, type);
      return 'reason' in card ? [] : [{ type, card, usedMib: 0 }];
    }),
  }));
  let without = 0;
  for (const { part, type } of tenants) {
    const ask = askOf(part.slot, part.asked.memoryMib);
    let outcome: 'runs' | 'fails' | undefined;
    for (const host of hosts) {
      if (host.places === 0) continue;
      for (const tried of host.cards) {
        if (outcome === undefined && tried.type === type) outcome = take(tried, ask, host.reserves);
      }
      if (outcome === 'runs') host.places -= 1;
      if (outcome !== undefined) break;
    }
    if (outcome !== 'runs') without += 1;
  }
  return without;
}

/** Whether the card lets the ask in, and whether it then has memory for it; undefined: it does not let it in. */
function take(
  tried: TriedCard,
  ask: ReturnType<typeof askOf>,
  reserves: boolean,
): 'runs' | 'fails' | undefined {
  const slot = tried.card.admit(ask);
  if (isRefusal(slot)) return undefined;
  if (!reserves) {
    if (tried.usedMib + ask.use.memoryMib > tried.card.spec.memoryMib) return 'fails';
    tried.usedMib += ask.use.memoryMib;
  }
  tried.card.place(slot);
  return 'runs';
}
