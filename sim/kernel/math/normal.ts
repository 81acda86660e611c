import { exp, log } from './elementary.ts';

const TWO_OVER_SQRT_PI = 1.1283791670955126;
const SQRT_PI = 1.772453850905516;
const SQRT_2_PI = 2.5066282746310007;

/** e^(-x^2 / divisor). `fround` keeps 24 bits, whose square is exact: a rounded x^2 would cost up to x^2 / 2 ulp. */
function expOfMinusSquare(x: number, divisor: 1 | 2): number {
  const head = Math.fround(x);
  return exp((-head * head) / divisor) * exp((-(x - head) * (x + head)) / divisor);
}

/** 2/sqrt(pi) e^(-x^2) (x + 2/3 x^3 + 4/15 x^5 + ...): all terms of one sign. DLMF 7.6.2. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return TWO_OVER_SQRT_PI * expOfMinusSquare(x, 1) * sum;
}

/** x + step/(x + 2 step/(x + 3 step/(x + ...))), from the inside out, for x >= 1. DLMF 7.9.1 with step 1/2. */
function tailFraction(x: number, step: 0.5 | 1): number {
  let value = x;
  for (let n = Math.ceil(30 + (600 * step) / (x * x)); n > 0; n--) value = x + (n * step) / value;
  return value;
}

/** Error function, relative error below 1e-15. */
export function erf(x: number): number {
  if (x < 0) return -erf(-x);
  if (x < 1) return erfSeries(x);
  if (x < 6) return 1 - erfc(x);
  return Number.isNaN(x) ? x : 1;
}

/** 1 - erf(x), relative error below 2e-15 wherever the result is a normal number (x < 26.5). */
export function erfc(x: number): number {
  if (x < 1) return 1 - erf(x);
  if (x < 28) return expOfMinusSquare(x, 1) / (SQRT_PI * tailFraction(x, 0.5));
  return Number.isNaN(x) ? x : 0;
}

/** Density of the standard normal distribution, relative error below 1e-15. */
export function normalPdf(x: number): number {
  return Math.abs(x) < 40 ? expOfMinusSquare(x, 2) / SQRT_2_PI : Number.isNaN(x) ? x : 0;
}

/** P(Z <= x) for a standard normal Z; the left tail keeps its relative accuracy, 2e-15 down to x = -37. */
export function normalCdf(x: number): number {
  if (x < -40) return 0;
  // Not by way of erfc out there: rounding x / sqrt(2) would cost x^2 / 2 ulp.
  return x < -1.5 ? normalPdf(x) / tailFraction(-x, 1) : erfc(-x / Math.SQRT2) / 2;
}

const CENTRE_TOP = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
];
const CENTRE_BOTTOM = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852854,
];
const MIDDLE_TOP = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
];
const MIDDLE_BOTTOM = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
];
const TAIL_TOP = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
];
const TAIL_BOTTOM = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
];

/** Value of a polynomial at x, coefficients from the constant upwards. */
function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) value = value * x + coefficients[i]!;
  return value;
}

/**
 * The x with P(Z <= x) = p for a standard normal Z; relative error below 1e-15.
 * -Infinity at 0, Infinity at 1, NaN outside.
 *
 * @see Wichura, Algorithm AS 241 (PPND16): The percentage points of the normal distribution, Applied Statistics 37
 *   (1988), 477-484
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(CENTRE_TOP, r)) / polynomial(CENTRE_BOTTOM, r);
  }
  const tail = q < 0 ? p : 1 - p;
  if (tail === 0) return q < 0 ? -Infinity : Infinity;
  const r = Math.sqrt(-log(tail));
  const size =
    r <= 5
      ? polynomial(MIDDLE_TOP, r - 1.6) / polynomial(MIDDLE_BOTTOM, r - 1.6)
      : polynomial(TAIL_TOP, r - 5) / polynomial(TAIL_BOTTOM, r - 5);
  return q < 0 ? -size : size;
}
