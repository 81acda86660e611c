import type { Residents } from '../../residents.ts';

/**
 * Slows all down a little as soon as tenants of two instances are active: SMs, caches and memory are separate, but
 * power, clocks and the host link are not.
 *
 * @param slowdown part of the speed that is lost, in [0, 1)
 */
export function slowByNeighbours(residents: Residents, slowdown: number, speeds: Float64Array): void {
  const { count, active, slots } = residents;
  let first = -1;
  for (let seat = 0; seat < count; seat++) {
    if (active[seat] !== 1) continue;
    const start = slots[seat]!.start;
    if (first < 0) first = start;
    else if (start !== first) {
      for (let each = 0; each < count; each++) speeds[each]! *= 1 - slowdown;
      return;
    }
  }
}

/**
 * Divides what the residents of one instance have in common max-min fair: those that use more of it than the fair
 * level slow down until they use that.
 *
 * @param start where the instance stands
 * @param load by seat: how much of it the resident uses at its speed so far, 1 = all of it
 * @param speeds by seat; lowered in place
 */
export function shareWithinInstance(
  residents: Residents,
  start: number,
  load: Float64Array,
  speeds: Float64Array,
): void {
  const level = fairLevel(residents, start, load, 1);
  for (let seat = 0; seat < residents.count; seat++) {
    if (residents.active[seat] !== 1 || residents.slots[seat]!.start !== start) continue;
    const own = load[seat] as number;
    if (own > level) speeds[seat]! *= level / own;
  }
}

/**
 * The level up to which every active resident of an instance gets what it wants so that together they fill
 * `capacity`; Infinity where all want less.
 *
 * @see Bertsekas and Gallager, Data Networks, 2nd ed., section 6.5.2
 */
export function fairLevel(
  residents: Residents,
  start: number,
  wants: Float64Array,
  capacity: number,
): number {
  const { count, active, slots } = residents;
  let level = 0;
  // Each pass settles at least one resident for good; an instance has twelve at most.
  for (;;) {
    let below = 0;
    let above = 0;
    for (let seat = 0; seat < count; seat++) {
      if (active[seat] !== 1 || slots[seat]!.start !== start) continue;
      const want = wants[seat] as number;
      if (want <= level) below += want;
      else above += 1;
    }
    if (above === 0) return Number.POSITIVE_INFINITY;
    const next = (capacity - below) / above;
    if (next <= level) return level;
    level = next;
  }
}
