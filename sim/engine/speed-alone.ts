import type { FleetView } from '../cluster/fleet.ts';
import type { Part } from '../cluster/part.ts';
import type { WorkProfile } from '../workload/task.ts';
import { exchangeFactor } from './exchange.ts';
import type { OnCardTable } from './on-card.ts';

/**
 * Speed of a job on these parts beside nobody, relative to what its run time is stated for: that of the slowest GPU, as
 * stated for its model or as carried over to the card that a mode shares, and as its GPUs exchange data. 1 where nothing
 * is known of its work, and without GPUs.
 */
export function speedAlone(
  fleet: FleetView,
  onCard: OnCardTable,
  parts: readonly Part[],
  profile: WorkProfile | undefined,
): number {
  if (profile === undefined) return 1;
  let slowest = Number.POSITIVE_INFINITY;
  for (const { host, gpus } of parts) {
    for (const i of gpus) {
      const g = (fleet.gpuStart[host] as number) + i;
      const model = fleet.modelNames[fleet.gpuModel[g] as number] as string;
      const speed =
        fleet.sharing[g] === undefined ? (profile.speedByModel[model] ?? 1) : onCard.of(profile, g).speed;
      slowest = Math.min(slowest, speed);
    }
  }
  return slowest === Number.POSITIVE_INFINITY ? 1 : slowest * exchangeFactor(fleet, parts, profile);
}
