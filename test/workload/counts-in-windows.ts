import type { ArrivalProcess } from '../../sim/workload/arrivals.ts';

/** Arrivals in each of `windows` windows of `windowSec` seconds that follow each other from `fromSec` on. */
export function countsInWindows(
  arrivals: ArrivalProcess,
  fromSec: number,
  windowSec: number,
  windows: number,
): number[] {
  const counts = new Array<number>(windows).fill(0);
  for (;;) {
    const window = Math.floor((arrivals.nextUs() / 1e6 - fromSec) / windowSec);
    if (window >= windows) return counts;
    if (window >= 0) counts[window] = (counts[window] as number) + 1;
  }
}
