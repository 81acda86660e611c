import { type GpuUse, openCard, Residents, type Slot, useOn } from '../../../sharing/index.ts';
import type { WorkProfile } from '../../../workload/task.ts';
import type { CardKind } from './host-kind.ts';

/** What work is on a card with nobody else on it: nothing makes it faster (sim/sharing, `Card.speeds`). */
export interface Alone {
  /** Relative to what its time is stated for. */
  readonly speed: number;
  /** Parts of the card's time (or compute) and bandwidth that a unit of work takes there, where residents divide those; else 0. */
  readonly time: number;
  readonly bandwidth: number;
}

/** @param slot undefined: not known which, so that the whole card is taken */
export function alone(card: CardKind, slot: Slot | undefined, profile: WorkProfile | undefined): Alone {
  if (profile === undefined) return { speed: 1, time: 0, bandwidth: 0 };
  const { sharing, model } = card;
  if (sharing === undefined) return { speed: profile.speedByModel[model] ?? 1, time: 0, bandwidth: 0 };
  const { catalogue } = sharing.spec;
  const stated = profile.speedByModel[model] ?? profile.speedByModel[catalogue?.id ?? model];
  const { speed: relative, use } = useOn(profile.use, profile.reference, catalogue, stated);
  const divided = dividedOf(card);
  return {
    speed: relative * (slot === undefined ? 1 : speedIn(card, slot, use)),
    time: divided === 'time' ? use.busy / relative : divided === 'compute' ? use.compute / relative : 0,
    bandwidth: divided === 'compute' ? use.bandwidth / relative : 0,
  };
}

/**
 * What the residents of a card divide: its time, so that speeds times busy time add up to 1 at most; its compute and its
 * bandwidth, likewise; or nothing that is counted here, where parts of the hardware belong to them (test/contract/speeds).
 */
function dividedOf({ sharing }: CardKind): 'time' | 'compute' | 'nothing' {
  const config = sharing?.config;
  switch (config?.mode) {
    case undefined:
    case 'mig':
    case 'mig-vgpu':
      return 'nothing';
    case 'mps':
      return 'compute';
    case 'time-slicing':
      return config.profile === null ? 'time' : 'nothing';
    case 'sriov':
      return config.partition === null ? 'time' : 'nothing';
    default:
      return 'time';
  }
}

function speedIn({ sharing }: CardKind, slot: Slot, use: GpuUse): number {
  if (sharing === undefined) return 1;
  const card = openCard(sharing);
  try {
    card.place(slot);
  } catch (error) {
    // Some slots stand only beside others.
    if (error instanceof RangeError) return 1;
    throw error;
  }
  const residents = new Residents();
  residents.join(slot, use, true);
  const speeds = new Float64Array(1);
  card.speeds(residents, speeds);
  return speeds[0] as number;
}
