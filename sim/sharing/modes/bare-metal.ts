import type { SharingMode } from '../mode.ts';
import { WholeCard } from './whole-card.ts';

/** The baseline: one tenant, the whole card, nothing in between. */
export const bareMetal: SharingMode<'bare-metal'> = {
  name: 'bare-metal',
  title: 'Bare metal',
  summary: 'one tenant has the whole card of a machine without virtualization',
  leavesOut: [],
  parameters: [],
  traits: {
    memoryIsolation: 'whole',
    faultIsolation: 'whole',
    faultEnds: 'card',
    performanceIsolation: 'whole',
    liveMigration: 'none',
    hostMetrics: 'yes',
    peerToPeer: 'yes',
    memoryReserved: true,
    layoutChange: 'none',
    graphics: 'yes',
    source: 'the baseline by definition',
  },
  check: () => [],
  createCard: (_config, card) => new WholeCard(card, () => 1),
  operations: () => [],
  licence: () => ({ edition: 'none', metric: 'none', source: 'no virtualization software is involved' }),
};
