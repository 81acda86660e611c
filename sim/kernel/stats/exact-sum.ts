/** 2^27 + 1: splits a 53-bit mantissa into two halves whose products are exact. */
const SPLITTER = 134217729;

/**
 * A sum of products kept in two doubles, high part and rest: some 106 bits. A sum of whole numbers is exact while it
 * stays below 2^104 in size, whatever the order of its terms, so books of GPU-microseconds balance to the last one.
 * A sum of fractions is merely very close. Products must stay below 2^970.
 *
 * @see Dekker, A floating-point technique for extending the available precision, Numerische Mathematik 18 (1971), 224-242
 */
export class ExactSum {
  #high = 0;
  #low = 0;

  /** The sum rounded to one double. */
  get value(): number {
    return this.#high;
  }

  /** What `value` rounded away, so that high + low is the sum. */
  get remainder(): number {
    return this.#low;
  }

  add(x: number): void {
    this.#addPair(x, 0);
  }

  /** Adds a times b without rounding the product. */
  addProduct(a: number, b: number): void {
    const product = a * b;
    // Below 2^53 a product of whole numbers is exact already, which is nearly always so here.
    if (Math.abs(product) <= Number.MAX_SAFE_INTEGER && Number.isInteger(a) && Number.isInteger(b)) {
      this.#addPair(product, 0);
      return;
    }
    const aShifted = SPLITTER * a;
    const aHigh = aShifted - (aShifted - a);
    const aLow = a - aHigh;
    const bShifted = SPLITTER * b;
    const bHigh = bShifted - (bShifted - b);
    const bLow = b - bHigh;
    this.#addPair(product, aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow));
  }

  merge(other: ExactSum): void {
    this.#addPair(other.#high, other.#low);
  }

  copy(): ExactSum {
    const copy = new ExactSum();
    copy.merge(this);
    return copy;
  }

  /** The sum of whole numbers, exactly. Throws RangeError if it is not whole. */
  toBigInt(): bigint {
    return BigInt(this.#high) + BigInt(this.#low);
  }

  #addPair(high: number, low: number): void {
    const sum = this.#high + high;
    const part = sum - this.#high;
    const lost = this.#high - (sum - part) + (high - part);
    const rest = lost + (this.#low + low);
    this.#high = sum + rest;
    this.#low = rest - (this.#high - sum);
  }
}
