import type { Residents } from '../residents.ts';
import { limitByLink } from './link.ts';
import { ALL_DOMAINS, maxMinShares, speedsFromShares } from './max-min.ts';

/**
 * Speeds on a card that runs one process at a time: max-min fair over time, each process with a turn of its own.
 *
 * @param together part of the GPU's time that is left for work while two or more residents are active, in (0, 1]
 * @param alone speed of a resident that has all the time it can use, in (0, 1]
 * @param linkBytesPerSec Infinity where there is no link to share
 * @param into by seat, speeds in [0, 1]
 */
export function timeShared(
  residents: Residents,
  together: number,
  alone: number,
  linkBytesPerSec: number,
  into: Float64Array,
): void {
  maxMinShares(residents, ALL_DOMAINS, residents.activeCount >= 2 ? together : 1, into);
  speedsFromShares(residents, alone, into);
  limitByLink(residents, linkBytesPerSec, into);
}
