import type { FleetView } from '../cluster/fleet.ts';
import type { TimedOutcome } from '../engine/timed.ts';
import type { Micros } from '../kernel/time.ts';
import type { Readings } from '../observe/metric.ts';

/**
 * What the GPUs that modes share have done: work as a part of their compute (`gpu.utilized.mean`), and the part of the
 * time in which they had any (`gpu.busy.mean`). Nothing where no GPU is shared by a mode. GPUs that have failed count as
 * idle; those of hosts that are not there do not count.
 *
 * @param presentSec by host: how long it was there after the warm-up; undefined: all the time
 */
export function readCards(
  into: Readings,
  fleet: FleetView,
  { residency, endUs }: TimedOutcome,
  warmupUs: Micros,
  presentSec: (host: number) => number | undefined,
): void {
  if (!fleet.hasCards) return;
  const seconds = (endUs - warmupUs) / 1e6;
  let cards = 0;
  let awaySec = 0;
  let utilized = 0;
  let busy = 0;
  for (let host = 0; host < fleet.hostCount; host++) {
    const hostAwaySec = seconds - (presentSec(host) ?? seconds);
    for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
      const run = residency.runs[g];
      if (run === undefined) continue;
      cards += 1;
      awaySec += hostAwaySec;
      utilized += run.utilizedSec;
      busy += run.activeSec;
    }
  }
  const cardSec = cards * seconds - awaySec;
  const part = (sum: number) => ({
    value: seconds > 0 && cardSec > 0 ? sum / cardSec : null,
    unit: 'fraction' as const,
  });
  into.set('gpu.utilized.mean', part(utilized));
  into.set('gpu.busy.mean', part(busy));
}
