import type { GpuAsk } from '../../ask.ts';
import type { Refusal, Slot } from '../../slot.ts';

/** How a card is split into virtual functions, all alike. */
export interface VfLayout {
  readonly vfs: number;
  /** Frame buffer of each. */
  readonly memoryMib: number;
  /** Whether each has compute units of its own instead of turns on all of them. */
  readonly isSpatial: boolean;
}

/** Thousandths of the card that one of so many functions stands for. */
export function milliOf(vfs: number): number {
  return Math.floor(1000 / vfs);
}

/** The first function of a card without tenants for an ask, or why none does. */
export function slotIn({ vfs, ...rest }: VfLayout, { slot, use, count }: GpuAsk): Slot | Refusal {
  const { memoryMib } = rest;
  if (slot.kind === 'profile' && slot.profile.toUpperCase() !== 'VF') {
    return {
      refused: 'unknown-profile',
      detail: `the card has ${vfs} equal virtual functions and no "${slot.profile}"`,
    };
  }
  if (count > 1) {
    return { refused: 'one-per-job', detail: `${count} virtual functions of one card are wanted` };
  }
  const milli = milliOf(vfs);
  if ((slot.kind === 'whole' && vfs > 1) || (slot.kind === 'part' && slot.computeMilli > milli)) {
    const wanted = slot.kind === 'whole' ? 1000 : slot.computeMilli;
    return {
      refused: 'no-profile-large-enough',
      detail: `${wanted} thousandths of the card are wanted, a virtual function has ${milli}`,
    };
  }
  const needMib = Math.max(use.memoryMib, slot.kind === 'part' ? slot.memoryMib : 0);
  if (needMib > memoryMib) {
    return {
      refused: 'vf-memory',
      detail: `needs ${needMib} MiB, a virtual function has ${memoryMib} MiB`,
    };
  }
  return vfSlot({ vfs, ...rest }, 0);
}

/** A function by its number. */
export function vfSlot({ vfs, memoryMib, isSpatial }: VfLayout, number: number): Slot {
  return {
    label: `VF ${number}`,
    profile: 'VF',
    milli: milliOf(vfs),
    memoryMib,
    start: number,
    size: 1,
    domain: isSpatial ? number : 0,
    computeShare: isSpatial ? 1 / vfs : 1,
    // One pool of memory for all partitions (NPS1): its bandwidth belongs to nobody.
    bandwidthShare: 1,
  };
}
