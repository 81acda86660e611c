import type { FleetView } from '../cluster/fleet.ts';
import type { TimedOutcome } from '../engine/timed.ts';
import type { Micros } from '../kernel/time.ts';
import type { Readings } from '../observe/metric.ts';

/**
 * What the GPUs that modes share have done: work as a part of their compute (`gpu.utilized.mean`), and the part of the
 * time in which they had any (`gpu.busy.mean`). Nothing where no GPU is shared by a mode.
 */
export function readCards(
  into: Readings,
  fleet: FleetView,
  { residency, endUs }: TimedOutcome,
  warmupUs: Micros,
): void {
  if (!fleet.hasCards) return;
  const seconds = (endUs - warmupUs) / 1e6;
  let cards = 0;
  let utilized = 0;
  let busy = 0;
  for (const run of residency.runs) {
    if (run === undefined) continue;
    cards += 1;
    utilized += run.utilizedSec;
    busy += run.activeSec;
  }
  const part = (sum: number) => ({
    value: seconds > 0 ? sum / (cards * seconds) : null,
    unit: 'fraction' as const,
  });
  into.set('gpu.utilized.mean', part(utilized));
  into.set('gpu.busy.mean', part(busy));
}
