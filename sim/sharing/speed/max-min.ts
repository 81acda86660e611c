import type { Residents } from '../residents.ts';

/** Stands for "residents of every domain" in the functions of this folder. */
export const ALL_DOMAINS = -1;

/**
 * Max-min fair shares of one GPU's time among the active residents: who needs less than an equal share gets what it
 * needs, the others divide the rest equally (in proportion to their weights). One pass, since `residents.order` is sorted.
 *
 * @param domain residents of this domain only, or ALL_DOMAINS
 * @param capacity time to give away, 1 = all of it; less where switching costs some
 * @param into by seat: share of the GPU's time, at most `busy`; 0 for inactive residents. Other domains are left alone.
 * @see Bertsekas and Gallager, Data Networks, 2nd ed., section 6.5.2
 */
export function maxMinShares(
  residents: Residents,
  domain: number,
  capacity: number,
  into: Float64Array,
): void {
  const { count, order, active, busy, weight } = residents;
  const isAll = domain === ALL_DOMAINS;
  let weightLeft = isAll ? residents.activeWeight : activeWeightOf(residents, domain);
  let left = capacity;
  let i = 0;
  // Who needs less than the fair share comes first in the order and gets it; its rest raises the share of the others.
  // Activity is a factor here and not a branch: nobody can guess who is active, the processor neither.
  for (; i < count; i++) {
    const seat = order[i] as number;
    if (!isAll && residents.domain[seat] !== domain) continue;
    const isActive = active[seat] as number;
    const need = (busy[seat] as number) * isActive;
    const own = (weight[seat] as number) * isActive;
    if (need * weightLeft > left * own) break;
    into[seat] = need;
    left -= need;
    weightLeft -= own;
  }
  const level = left / weightLeft;
  for (; i < count; i++) {
    const seat = order[i] as number;
    if (!isAll && residents.domain[seat] !== domain) continue;
    into[seat] = level * (weight[seat] as number) * (active[seat] as number);
  }
}

function activeWeightOf(residents: Residents, domain: number): number {
  let sum = 0;
  for (let seat = 0; seat < residents.count; seat++) {
    if (residents.active[seat] === 1 && residents.domain[seat] === domain)
      sum += residents.weight[seat] as number;
  }
  return sum;
}

/**
 * The same share for every active resident, whether the others use theirs or not.
 *
 * @param share of the GPU's time, in (0, 1]
 * @param into by seat: the smaller of `share` and `busy`; 0 for inactive residents
 */
export function fixedShares(residents: Residents, domain: number, share: number, into: Float64Array): void {
  const { count, active, busy } = residents;
  for (let seat = 0; seat < count; seat++) {
    if (domain !== ALL_DOMAINS && residents.domain[seat] !== domain) continue;
    into[seat] = active[seat] === 1 ? Math.min(share, busy[seat] as number) : 0;
  }
}

/**
 * Turns shares of time into speeds: a resident that is busy for the part `busy` of its time when alone runs at full
 * speed as soon as its share reaches that part.
 *
 * @param into by seat: shares on entry, speeds in [0, 1] on return
 * @param alone speed of a resident that has all the time it can use, in (0, 1]: the mode's loss for a lone tenant
 */
export function speedsFromShares(residents: Residents, alone: number, into: Float64Array): void {
  for (let seat = 0; seat < residents.count; seat++) {
    into[seat] = Math.min(1, (into[seat] as number) / (residents.busy[seat] as number)) * alone;
  }
}
