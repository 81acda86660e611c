import { isInteractive } from '../../ask.ts';
import type { Residents } from '../../residents.ts';
import type { TurnEfficiency } from '../vgpu/turn-speeds.ts';

/**
 * Speeds where each function has its own part of the compute units and all draw on one pool of memory (MI300X, NPS1).
 * A tenant that can use the part `compute` of the card runs at full speed once its own part is as large, and in
 * proportion below: linear in compute units, as matrix products are. Memory bandwidth is shared out max-min fair.
 *
 * @param part compute units of one function as a part of the card, (0, 1]
 */
export function partitionSpeeds(
  residents: Residents,
  part: number,
  { lone, loneInteractive }: Omit<TurnEfficiency, 'aggregate'>,
  into: Float64Array,
): void {
  const { count, active, compute, uses } = residents;
  for (let seat = 0; seat < count; seat++) {
    const alone = Math.min(1, isInteractive(uses[seat]!.workload) ? loneInteractive : lone);
    into[seat] = active[seat] === 1 ? Math.min(1, part / (compute[seat] as number)) * alone : 0;
  }
  shareBandwidth(residents, into);
}

/** Lowers speeds to what the memory's bandwidth carries: who draws less than the common level is not slowed. */
function shareBandwidth({ count, bandwidth }: Residents, speeds: Float64Array): void {
  let level = 0;
  for (;;) {
    let below = 0;
    let above = 0;
    for (let seat = 0; seat < count; seat++) {
      const drawn = (bandwidth[seat] as number) * (speeds[seat] as number);
      if (drawn > level) above += 1;
      else below += drawn;
    }
    if (above === 0) return;
    const next = (1 - below) / above;
    if (next <= level) break;
    level = next;
  }
  for (let seat = 0; seat < count; seat++) {
    const need = bandwidth[seat] as number;
    if (need * (speeds[seat] as number) > level) speeds[seat] = level / need;
  }
}
