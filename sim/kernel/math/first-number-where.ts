/**
 * The smallest double in [lo, hi] for which a monotone claim holds: false up to some point, true from there on. Returns
 * `hi` if the claim holds nowhere below it. Used to invert distribution functions; it needs no derivative, no starting
 * guess and no tolerance, and steps are welcome. Each call of `holds` about halves the doubles left: some 65 calls.
 *
 * @param holds the claim; not asked about `hi`, where it is taken to hold
 * @param lo finite, at most `hi`
 * @param hi finite
 */
export function firstNumberWhere(holds: (x: number) => boolean, lo: number, hi: number): number {
  if (lo === hi || holds(lo)) return lo;
  let no = lo;
  let yes = hi;
  if (lo < 0 && hi > 0) {
    if (holds(0)) yes = 0;
    else no = 0;
  }
  for (;;) {
    const middle = no < 0 ? -between(-yes, -no) : between(no, yes);
    if (middle <= no || middle >= yes) return yes;
    if (holds(middle)) yes = middle;
    else no = middle;
  }
}

/** A number between 0 <= low < high that about halves the doubles in between, or one of the two if there is none. */
function between(low: number, high: number): number {
  const floor = low === 0 ? Number.MIN_VALUE : low;
  // More than a factor of two apart, halve the exponents; two square roots, for the product could overflow or vanish.
  return high / 2 > floor ? Math.sqrt(floor) * Math.sqrt(high) : low + (high - low) / 2;
}
