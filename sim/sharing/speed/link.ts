import type { Residents } from '../residents.ts';

/**
 * Slows residents down to what the link between host and card carries: max-min fair over the bytes that each would move
 * at its speed so far. Nothing happens while the link suffices.
 *
 * @param capacity bytes a second of the link
 * @param speeds by seat; lowered in place, never raised
 */
export function limitByLink(residents: Residents, capacity: number, speeds: Float64Array): void {
  if (residents.linkTotal <= capacity) return;
  const { count, linkBytesPerSec } = residents;
  let wanted = 0;
  for (let seat = 0; seat < count; seat++) {
    wanted += (linkBytesPerSec[seat] as number) * (speeds[seat] as number);
  }
  if (wanted <= capacity) return;
  // Raise the level until those below it and those at it fill the link. Each pass settles at least one resident.
  let level = 0;
  for (;;) {
    let below = 0;
    let above = 0;
    for (let seat = 0; seat < count; seat++) {
      const bytes = (linkBytesPerSec[seat] as number) * (speeds[seat] as number);
      if (bytes <= level) below += bytes;
      else above += 1;
    }
    const next = above === 0 ? level : (capacity - below) / above;
    if (next <= level) break;
    level = next;
  }
  for (let seat = 0; seat < count; seat++) {
    const bytes = (linkBytesPerSec[seat] as number) * (speeds[seat] as number);
    if (bytes > level) speeds[seat] = level / (linkBytesPerSec[seat] as number);
  }
}
