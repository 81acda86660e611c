/** Halvings of an interval: more than a double has room for. */
const HALVINGS = 1100;
/** A value within this part of the sum of its terms is 0 for the arithmetic: two roots that touch are one. */
const TOUCHES = 1e-13;

interface Term {
  /** Period. */
  readonly t: number;
  readonly c: number;
}

/**
 * All rates at which the present value of the flows is 0, ascending, each once; above -1.
 *
 * With x = 1 / (1 + rate) these are the positive roots of sum c_t x^t. Where the signs of the flows change V times, there
 * are at most V. Multiplying c_t by t - s, with s at one of the changes of sign, gives (up to a factor x^s) the
 * derivative of x^-s times the sum, whose signs change once less; its roots part those of the sum (Rolle). So all are
 * found, however many there are and wherever they lie.
 *
 * @param flows finite, one for each period from now on
 * @see Jameson, Counting zeros of generalised polynomials: Descartes' rule of signs and Laguerre's extensions,
 * The Mathematical Gazette 90 (2006)
 */
export function internalRates(flows: readonly number[]): number[] {
  if (!flows.every(Number.isFinite))
    throw new RangeError(`Cannot find a rate of return: need finite flows, got ${flows}`);
  const terms = flows.flatMap((c, t) => (c === 0 ? [] : [{ t, c }]));
  return positiveRoots(terms)
    .map((x) => 1 / x - 1)
    .reverse();
}

function positiveRoots(terms: readonly Term[]): number[] {
  const at = terms.findIndex(({ c }, i) => i > 0 && c > 0 !== (terms[i - 1] as Term).c > 0);
  if (at < 0) return [];
  const s = ((terms[at - 1] as Term).t + (terms[at] as Term).t) / 2;
  const parting = positiveRoots(terms.map(({ t, c }) => ({ t, c: c * (t - s) })));
  const roots: number[] = [];
  const [low, high] = bounds(terms);
  const points = [low, ...parting.filter((x) => x > low && x < high), high];
  for (const [i, to] of points.entries()) {
    if (i === 0) continue;
    const from = points[i - 1] as number;
    const [before, after] = [signAt(terms, from), signAt(terms, to)];
    if (before !== 0 && after !== 0 && before !== after) roots.push(bisected(terms, from, to, before));
    if (after === 0) roots.push(to);
  }
  return roots;
}

/**
 * Numbers below and above all positive roots (Cauchy): beyond them the first or the last term outweighs all others.
 * Exponents start anywhere and may have gaps.
 */
function bounds(terms: readonly Term[]): readonly [number, number] {
  const sizes = terms.map(({ c }) => Math.abs(c));
  const first = sizes[0] as number;
  const last = sizes.at(-1) as number;
  const most = Math.max(...sizes);
  return [first / (first + most) / 2, 2 * (1 + most / last)];
}

/** Sign of sum c_t x^t, 0 where it is 0 as far as doubles can tell. */
function signAt(terms: readonly Term[], x: number): number {
  // Powers of what is at most 1 stay finite: for larger x all is divided by the last power.
  const isSmall = x <= 1;
  const [list, base] = isSmall ? [terms, x] : [[...terms].reverse(), 1 / x];
  let sum = 0;
  let size = 0;
  for (let i = list.length - 1; i >= 0; i--) {
    const { t, c } = list[i] as Term;
    const next = list[i + 1];
    const power = next === undefined ? 1 : powerOf(base, Math.abs(next.t - t));
    sum = sum * power + c;
    size = size * power + Math.abs(c);
  }
  return Math.abs(sum) <= TOUCHES * size ? 0 : Math.sign(sum);
}

/** `base` to a whole power of 1 or more, by squaring. */
function powerOf(base: number, exponent: number): number {
  let result = 1;
  for (let [square, left] = [base, exponent]; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

function bisected(terms: readonly Term[], from: number, to: number, before: number): number {
  let [low, high] = [from, to];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = high > 2 * low ? Math.sqrt(low) * Math.sqrt(high) : (low + high) / 2;
    if (middle <= low || middle >= high) break;
    const sign = signAt(terms, middle);
    if (sign === 0) return middle;
    if (sign === before) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
