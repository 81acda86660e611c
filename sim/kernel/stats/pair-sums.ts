/**
 * The sum of numbers that change one at a time: always what adding them all up anew gives, in one fixed order, by pairs, so
 * that it depends on what they are and not on how they came to be that. A change costs as many additions as the count has
 * binary digits. Rounding grows with that number, too, and a sum of zeros is zero whatever was there before.
 *
 * @see Higham, The accuracy of floating point summation, SIAM Journal on Scientific Computing 14 (1993), 783-799
 */
export class PairSums {
  /** The numbers from `#count` on; before them, at 1 and up, the sum of each pair of neighbours. */
  readonly #sums: Float64Array;
  readonly #count: number;

  /** @param count how many numbers, >= 0; each is 0 at first */
  constructor(count: number) {
    this.#count = count;
    this.#sums = new Float64Array(Math.max(2, 2 * count));
  }

  /** The sum of all; 0 of none. */
  get total(): number {
    return this.#sums[1] as number;
  }

  /** @param index 0 to count - 1 */
  set(index: number, value: number): void {
    const sums = this.#sums;
    let node = this.#count + index;
    if (sums[node] === value) return;
    // Never -0, which is equal to 0 and yet another number to write down.
    sums[node] = value + 0;
    while (node > 1) {
      node >>= 1;
      const sum = (sums[2 * node] as number) + (sums[2 * node + 1] as number);
      if (sums[node] === sum) return;
      sums[node] = sum;
    }
  }
}
