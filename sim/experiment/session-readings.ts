import type { TimedOutcome } from '../engine/timed.ts';
import type { Micros } from '../kernel/time.ts';
import type { Readings } from '../observe/metric.ts';
import type { SessionGroup } from '../scenario/types.ts';

/**
 * What the sessions on shared cards got, as `session.NAME...`: how many were on (mean), the part of that time in which
 * they had work, and their mean speed then, relative to having the card alone.
 */
export function readSessions(
  into: Readings,
  groups: readonly SessionGroup[],
  { residency, endUs }: TimedOutcome,
  warmupUs: Micros,
): void {
  const seconds = (endUs - warmupUs) / 1e6;
  groups.forEach(({ name, gpuCount, slotCount }, g) => {
    let seated = 0;
    let wanted = 0;
    let delivered = 0;
    for (const run of residency.runs) {
      if (run === undefined) continue;
      seated += run.groupSeatedSec[g] as number;
      wanted += run.groupWantedSec[g] as number;
      delivered += run.groupDeliveredSec[g] as number;
    }
    into.set(`session.${name}.on.mean`, {
      // Each session counts once on the cards for each of its slots.
      value: seconds > 0 ? seated / (gpuCount * slotCount) / seconds : null,
      unit: 'sessions',
    });
    into.set(`session.${name}.active.mean`, { value: seated > 0 ? wanted / seated : null, unit: 'fraction' });
    into.set(`session.${name}.speed.mean`, {
      value: wanted > 0 ? delivered / wanted : null,
      unit: 'fraction',
    });
  });
}
