/**
 * The one door to transcendental functions in `sim/`. Everything behind it is made of IEEE 754 additions,
 * multiplications, divisions and square roots, which every engine must round the same way, so a result has the same
 * bits in every Node version and browser. `Math.exp`, `Math.log`, `Math.pow`, `Math.sin` and their kin may differ in
 * the last bit from engine to engine (ECMA-262 leaves them "implementation-approximated") and are not used.
 * `Math.sqrt`, `floor`, `ceil`, `round`, `trunc`, `abs`, `min`, `max`, `imul`, `fround` and `clz32` and the constants
 * (`Math.LOG2E` and so on) are exact and are used as they are.
 */

export { incompleteBeta, logBeta } from './math/beta.ts';
export { cos, exp, expm1, log, log1p, log2, log10, pow, sin } from './math/elementary.ts';
export { firstNumberWhere } from './math/first-number-where.ts';
export { chiSquareQuantile, gamma, gammaP, gammaPInverse, gammaQ, logGamma } from './math/gamma.ts';
export { erf, erfc, normalCdf, normalPdf, normalQuantile } from './math/normal.ts';
export { studentTCdf, studentTQuantile } from './math/student-t.ts';
