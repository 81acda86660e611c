import stdlibCos from '@stdlib/math-base-special-cos';
import stdlibExp from '@stdlib/math-base-special-exp';
import stdlibExpm1 from '@stdlib/math-base-special-expm1';
import stdlibLn from '@stdlib/math-base-special-ln';
import stdlibLog1p from '@stdlib/math-base-special-log1p';
import stdlibPow from '@stdlib/math-base-special-pow';
import stdlibSin from '@stdlib/math-base-special-sin';
import { highWord, withHighWord } from './float-bits.ts';

// The library translates Sun's fdlibm (FreeBSD msun) to plain arithmetic; test/kernel/math.test.ts walks every file it
// loads and fails if one of them calls an engine's own transcendental function.

/** e to the power x. Error below 1 ulp for normal results; 0 below about -745, Infinity above 709.8. */
export function exp(x: number): number {
  return stdlibExp(x);
}

/** e to the power x, minus 1, without loss for small x. Error below 1 ulp. */
export function expm1(x: number): number {
  return stdlibExpm1(x);
}

/** Natural logarithm. Error below 1 ulp; -Infinity at 0, NaN below. */
export function log(x: number): number {
  return stdlibLn(x);
}

/** Natural logarithm of 1 + x, without loss for small x. Error below 1 ulp; -Infinity at -1, NaN below. */
export function log1p(x: number): number {
  return stdlibLog1p(x);
}

/** x to the power y. Error below 1 ulp for normal results. NaN for a negative x with a fractional y. */
export function pow(x: number, y: number): number {
  return stdlibPow(x, y);
}

/** Sine of x radians. Error below 1 ulp. */
export function sin(x: number): number {
  return stdlibSin(x);
}

/** Cosine of x radians. Error below 1 ulp. */
export function cos(x: number): number {
  return stdlibCos(x);
}

const TWO_54 = 18014398509481984;
const MANTISSA_MASK = 0x000fffff;

/** Base-2 logarithm, exact for powers of two. Error below 2 ulp; -Infinity at 0, NaN below. */
export function log2(x: number): number {
  if (!(x > 0 && x < Infinity)) return stdlibLn(x);
  const scaled = x < 2.2250738585072014e-308 ? x * TWO_54 : x;
  const high = highWord(scaled);
  // A mantissa above sqrt(2) (0x6a09e in its top 20 bits) is halved, so that the two summands never nearly cancel.
  const halved = (high & MANTISSA_MASK) > 0x6a09e ? 1 : 0;
  const exponent = (high >> 20) - 1023 + halved - (scaled === x ? 0 : 54);
  const mantissa = withHighWord(scaled, (high & MANTISSA_MASK) | ((1023 - halved) << 20));
  return exponent + stdlibLn(mantissa) * Math.LOG2E;
}

const LOG10_2_HIGH = 0.30102999566361177;
const LOG10_2_LOW = 3.694239077158931e-13;

/**
 * Base-10 logarithm, exact for 10^n with n in 0 to 22. Error below 2 ulp; -Infinity at 0, NaN below.
 *
 * @see fdlibm e_log10.c: log10(x) = (n * lo(log10 2) + log(m) / log 10) + n * hi(log10 2), x = 2^n m
 */
export function log10(x: number): number {
  if (!(x > 0 && x < Infinity)) return stdlibLn(x);
  const scaled = x < 2.2250738585072014e-308 ? x * TWO_54 : x;
  const high = highWord(scaled);
  const exponent = (high >> 20) - 1023 - (scaled === x ? 0 : 54);
  const negative = exponent < 0 ? 1 : 0;
  const mantissa = withHighWord(scaled, (high & MANTISSA_MASK) | ((1023 - negative) << 20));
  const n = exponent + negative;
  return n * LOG10_2_LOW + Math.LOG10E * stdlibLn(mantissa) + n * LOG10_2_HIGH;
}
