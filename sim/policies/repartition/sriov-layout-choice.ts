import type { SriovGpu, SriovPartitionMode } from '../../hardware/index.ts';
import type { CardSpec } from '../../sharing/card-spec.ts';
import { vfCounts, vfMemoryMib } from '../../sharing/modes/sriov/layout.ts';
import { serve } from './serving.ts';

/** Tenants of one kind. */
export interface VfDemand {
  readonly memoryMib: number;
  /** Least part of the card's time that will do while all functions are busy, 0 to 1. */
  readonly share: number;
  readonly count: number;
  readonly value: number;
}

export interface VfChoice {
  readonly vfs: number;
  /** Frame buffer of each function. */
  readonly memoryMib: number;
  readonly value: number;
  /** By demand. */
  readonly served: readonly number[];
}

/**
 * The number of virtual functions that serves a demand best: every count the card can be set to is weighed. A function
 * has an equal part of the memory and, with all of them busy, of the time (rules SR-2 and SR-4). Of equals the present
 * count, since changing it turns every guest off (SR-1), then the fewest functions, which are the largest.
 *
 * @param occupied functions that have a guest which may not be interrupted: with any, the count stays as it is
 * @returns undefined where the table knows no count
 */
export function chooseVfCount(
  gpu: SriovGpu,
  card: CardSpec,
  demands: readonly VfDemand[],
  present: { readonly vfs: number | null; readonly occupied: number } = { vfs: null, occupied: 0 },
  partition?: SriovPartitionMode,
): VfChoice | undefined {
  let best: VfChoice | undefined;
  for (const vfs of present.occupied > 0 ? [present.vfs!] : vfCounts(gpu, partition)) {
    const memoryMib = vfMemoryMib(gpu, vfs, card);
    const { value, served } = serve(
      demands.map((demand) => ({
        count: demand.count,
        value: demand.value,
        // A share of a third is met by one of three functions, however the third was rounded.
        accepts: demand.memoryMib <= memoryMib && demand.share * vfs <= 1 + 1e-9 ? [0] : [],
      })),
      [Math.max(0, vfs - present.occupied)],
      [0],
    );
    const isBetter =
      best === undefined || value > best.value || (value === best.value && vfs === present.vfs);
    if (isBetter) best = { vfs, memoryMib, value, served };
  }
  return best;
}
