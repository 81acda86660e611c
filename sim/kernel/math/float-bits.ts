/** A DataView, not two typed arrays over one buffer, because its byte order does not depend on the machine. */
const view = new DataView(new ArrayBuffer(8));

/** The sign, exponent and top 20 mantissa bits of a double, as a signed 32-bit integer. */
export function highWord(x: number): number {
  view.setFloat64(0, x);
  return view.getInt32(0);
}

/** The double whose high word is replaced by `high`, the low 32 bits staying those of `x`. */
export function withHighWord(x: number, high: number): number {
  view.setFloat64(0, x);
  view.setInt32(0, high);
  return view.getFloat64(0);
}
