/**
 * The level of max-min fair shares: who needs less than `level x weight` gets its need, everybody else gets that much,
 * and together they take the capacity. Needs may come in any order, unlike in `maxMinShares`.
 *
 * Each pass settles at least one need for good, and all below the level at once: a handful of passes in practice, as
 * many as there are different needs at worst. No allocation.
 *
 * @param needs at least `count` long, >= 0; 0 takes no part
 * @param weights at least `count` long, > 0
 * @param capacity >= 0
 * @returns the level; Infinity where all needs fit
 * @see Bertsekas and Gallager, Data Networks, 2nd ed., section 6.5.2
 */
export function waterLevel(
  needs: Float64Array,
  weights: Float64Array,
  count: number,
  capacity: number,
): number {
  let wanted = 0;
  for (let i = 0; i < count; i++) wanted += needs[i] as number;
  if (wanted <= capacity) return Number.POSITIVE_INFINITY;
  let level = 0;
  for (;;) {
    let below = 0;
    let weightAbove = 0;
    for (let i = 0; i < count; i++) {
      const need = needs[i] as number;
      const weight = weights[i] as number;
      if (need <= level * weight) below += need;
      else weightAbove += weight;
    }
    // Rounding alone can leave nobody above: the level of the last pass then stands.
    const next = weightAbove === 0 ? level : (capacity - below) / weightAbove;
    if (next <= level) return level;
    level = next;
  }
}

/**
 * Working space that grows with the residents and is kept, so that speeds allocate nothing once it is large enough.
 */
export class Scratch {
  #space = new Float64Array(8);

  /** At least `count` long; holds whatever was left in it. */
  for(count: number): Float64Array {
    if (this.#space.length < count) this.#space = new Float64Array(Math.max(count, 2 * this.#space.length));
    return this.#space;
  }
}
