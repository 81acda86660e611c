import { exp, log, log1p } from './elementary.ts';
import { logGamma, stirlingCorrection } from './gamma.ts';

const HALF_LOG_2_PI = 0.9189385332046728;

/**
 * Logarithm of the beta function, without the cancellation of log gamma(a) + log gamma(b) - log gamma(a + b) for large
 * arguments.
 *
 * @param a > 0
 * @param b > 0
 * @see Fullerton, SLATEC routine DLBETA (1977), for the three cases
 */
export function logBeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  const sum = small + large;
  if (large < 10) return logGamma(small) + logGamma(large) - logGamma(sum);
  const rest = stirlingCorrection(large) - stirlingCorrection(sum);
  if (small < 10) {
    return logGamma(small) + rest + small - small * log(sum) + (large - 0.5) * log1p(-small / sum);
  }
  return (
    HALF_LOG_2_PI -
    0.5 * log(large) +
    stirlingCorrection(small) +
    rest +
    (small - 0.5) * log(small / sum) +
    large * log1p(-small / sum)
  );
}

/** I_x(a, b) by its continued fraction, evaluated by Lentz's method; converges fast for x < (a+1)/(a+b+2). DLMF 8.17.22. */
function betaFraction(x: number, y: number, a: number, b: number): number {
  const logX = x > 0.5 ? log1p(-y) : log(x);
  const logY = y > 0.5 ? log1p(-x) : log(y);
  const factor = exp(a * logX + b * logY - logBeta(a, b)) / a;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; ; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    value *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    const change = c * d;
    value *= change;
    if (Math.abs(change - 1) < 2e-16) return factor * value;
  }
}

/**
 * Regularized incomplete beta function I_x(a, b): the distribution function of the beta distribution. Relative error
 * about 1e-13, and 1e-11 as `a` or `b` nears 1e6.
 *
 * @param x in [0, 1]
 * @param y 1 - x, given apart so that an x near 1 loses nothing
 * @param a > 0
 * @param b > 0
 */
export function incompleteBeta(x: number, y: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  return x < (a + 1) / (a + b + 2) ? betaFraction(x, y, a, b) : 1 - betaFraction(y, x, b, a);
}
