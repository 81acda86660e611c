/** Waiting demand that takes of the same cells for the same reason. */
export interface Claimant {
  /** Cells that would do, ascending. */
  readonly cells: readonly number[];
  /** What it waits for, whole. */
  readonly wanted: number;
  /** What it is given by position in `cells`; overwritten. */
  readonly given: Float64Array;
}

/**
 * Divides what is free among those who wait for it, in their order: each is given what it wants as far as there is any,
 * of each of its cells in proportion to what is free there. Whole numbers; what rounding leaves over goes to the cells
 * with the largest remainders, ties to the first.
 *
 * @param free by cell, whole, >= 0; what nobody takes is left in it
 */
export function divideFree(claimants: readonly Claimant[], free: Float64Array): void {
  for (const { cells, wanted, given } of claimants) {
    let there = 0;
    for (let i = 0; i < cells.length; i++) there += free[cells[i] as number] as number;
    const take = Math.min(wanted, there);
    if (take === there) {
      for (let i = 0; i < cells.length; i++) {
        given[i] = free[cells[i] as number] as number;
        free[cells[i] as number] = 0;
      }
      continue;
    }
    if (cells.length === 1) {
      given[0] = take;
      free[cells[0] as number]! -= take;
      continue;
    }
    let left = take;
    const remainders: number[] = [];
    for (let i = 0; i < cells.length; i++) {
      const own = free[cells[i] as number] as number;
      const exact = take * (own / there);
      const whole = Math.min(own, left, Math.floor(exact));
      remainders.push(exact - whole);
      given[i] = whole;
      left -= whole;
    }
    const order = left === 0 ? [] : remainders.map((_, i) => i);
    order.sort((a, b) => (remainders[b] as number) - (remainders[a] as number) || a - b);
    // Less than one is left over for each cell, but where doubles round: then the next round takes it.
    while (left > 0) {
      for (const i of order) {
        if (left === 0 || (given[i] as number) >= (free[cells[i] as number] as number)) continue;
        given[i]! += 1;
        left -= 1;
      }
    }
    for (let i = 0; i < cells.length; i++) free[cells[i] as number]! -= given[i] as number;
  }
}
