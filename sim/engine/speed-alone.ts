import type { FleetView } from '../cluster/fleet.ts';
import type { Part } from '../cluster/part.ts';
import type { WorkOnGpus } from '../cluster/work-books.ts';
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
      slowest = Math.min(slowest, speedOn(fleet, onCard, profile, (fleet.gpuStart[host] as number) + i));
    }
  }
  return slowest === Number.POSITIVE_INFINITY ? 1 : slowest * exchangeFactor(fleet, parts, profile);
}

/** Speed of work on one GPU by itself, relative to what its time is stated for. */
function speedOn(fleet: FleetView, onCard: OnCardTable, profile: WorkProfile, g: number): number {
  if (fleet.sharing[g] !== undefined) return onCard.of(profile, g).speed;
  return profile.speedByModel[fleet.modelNames[fleet.gpuModel[g] as number] as string] ?? 1;
}

/** What the books of GPUs ask about a job on these parts; undefined where it goes at full speed on each of its GPUs. */
export function workOnGpus(
  fleet: FleetView,
  onCard: OnCardTable,
  parts: readonly Part[],
  profile: WorkProfile,
): WorkOnGpus | undefined {
  const { communication, speedByModel } = profile;
  const isPlain = parts.every(({ grant }) => grant.length === 0);
  const isAlike = parts.length === 1 && fleet.modelNames.length === 1;
  if (isPlain && communication === 0 && isAlike && Object.keys(speedByModel).length === 0) return undefined;
  return {
    pace: speedAlone(fleet, onCard, parts, profile),
    speedOn: (g) => speedOn(fleet, onCard, profile, g),
    needOn: (g) => (fleet.sharing[g] === undefined ? 0 : onCard.of(profile, g).use.compute),
  };
}
