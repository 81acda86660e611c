import {
  type Card,
  type GpuAsk,
  type GpuUse,
  isRefusal,
  openCard,
  Residents,
  type Slot,
  useOn,
} from '../../sharing/index.ts';
import type { WorkProfile } from '../../workload/task.ts';
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

/** Sets of tenants that are looked at for what they get of a card together; where there are more, all of it. */
const MOST_SETS = 400;

/**
 * How much of a card's time tenants get together at most, however many of these are on it: switching takes the rest. 1 where
 * its residents do not divide its time, or where there are too many sets of them.
 */
export function mostTime(
  card: CardKind,
  tenants: readonly { readonly ask: GpuAsk; readonly profile: WorkProfile }[],
): number {
  const { sharing, model } = card;
  if (sharing === undefined || dividedOf(card) !== 'time') return 1;
  const { catalogue } = sharing.spec;
  const uses = tenants.map(({ profile }) => {
    const stated = profile.speedByModel[model] ?? profile.speedByModel[catalogue?.id ?? model];
    return useOn(profile.use, profile.reference, catalogue, stated).use;
  });
  const open = openCard(sharing);
  let most = 0;
  let sets = 0;
  const addFrom = (first: number, seated: readonly { slot: Slot; use: GpuUse }[]): void => {
    if (seated.length > 0) most = Math.max(most, timeOf(open, seated));
    for (let i = first; i < tenants.length && sets <= MOST_SETS; i++) {
      const slot = open.admit((tenants[i] as (typeof tenants)[number]).ask);
      if (isRefusal(slot)) continue;
      sets += 1;
      open.place(slot);
      addFrom(i, [...seated, { slot, use: uses[i] as GpuUse }]);
      open.release(slot);
    }
  };
  addFrom(0, []);
  return sets > MOST_SETS || most === 0 ? 1 : Math.min(1, most);
}

/** Time that tenants get who are all at work. */
function timeOf(card: Card, seated: readonly { readonly slot: Slot; readonly use: GpuUse }[]): number {
  const residents = new Residents();
  for (const { slot, use } of seated) residents.join(slot, use, true);
  const speeds = new Float64Array(seated.length);
  card.speeds(residents, speeds);
  return seated.reduce((sum, { use }, i) => sum + (speeds[i] as number) * use.busy, 0);
}
