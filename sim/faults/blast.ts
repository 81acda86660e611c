import type { ModeTraits, Slot } from '../sharing/index.ts';

/**
 * Whether a fault in the process of one tenant of a card ends another tenant of it, by the mode's trait: the whole card
 * (one MPS server serves all clients), those who share its part of the hardware (one MIG instance), or nobody else.
 */
export function endsNeighbour(
  faultEnds: ModeTraits['faultEnds'],
  faulty: readonly Slot[],
  neighbour: readonly Slot[],
): boolean {
  if (faultEnds === 'tenant') return false;
  if (faultEnds === 'card') return true;
  return faulty.some(({ domain }) => neighbour.some((slot) => slot.domain === domain));
}

/** Modes in which a tenant holds a licence from a licence server while it runs (rules LR-1 and LR-2 of the catalogue). */
export const LICENSED_MODES: readonly string[] = ['vgpu', 'mig-vgpu'];
