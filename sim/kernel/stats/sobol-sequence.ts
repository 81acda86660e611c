import type { RandomStream } from '../random.ts';

/**
 * Primitive polynomials (degree, inner coefficients) and first direction numbers of dimensions 2 to 20; dimension 1 is van
 * der Corput's.
 *
 * @see Joe and Kuo, Constructing Sobol sequences with better two-dimensional projections, SIAM Journal on Scientific
 *   Computing 30 (2008), 2635-2654, file new-joe-kuo-6.21201
 */
const DIRECTIONS: readonly (readonly [degree: number, inner: number, first: readonly number[]])[] = [
  [1, 0, [1]],
  [2, 1, [1, 3]],
  [3, 1, [1, 3, 1]],
  [3, 2, [1, 1, 1]],
  [4, 1, [1, 1, 3, 3]],
  [4, 4, [1, 3, 5, 13]],
  [5, 2, [1, 1, 5, 5, 17]],
  [5, 4, [1, 1, 5, 5, 5]],
  [5, 7, [1, 1, 7, 11, 19]],
  [5, 11, [1, 1, 5, 1, 1]],
  [5, 13, [1, 1, 1, 3, 11]],
  [5, 14, [1, 3, 5, 5, 31]],
  [6, 1, [1, 3, 3, 9, 7, 49]],
  [6, 13, [1, 1, 1, 15, 21, 21]],
  [6, 16, [1, 3, 1, 13, 27, 49]],
  [6, 19, [1, 1, 1, 15, 7, 5]],
  [6, 22, [1, 3, 1, 15, 13, 25]],
  [6, 25, [1, 1, 5, 5, 19, 61]],
  [7, 1, [1, 3, 7, 11, 23, 15, 103]],
];

export const SOBOL_DIMENSIONS = DIRECTIONS.length + 1;
const BITS = 32;
const TWO_32 = 2 ** 32;

/**
 * The first `count` points of Sobol's sequence, the origin first. Of the first 2^k points each dimension has one in each
 * of 2^k equal strata.
 *
 * @param count whole, 1 to 2^31
 * @param dimensions whole, 1 to 20
 * @param shift where given, each dimension's bits are turned over by a random pattern of its own (a digital shift), which
 *   keeps the strata and makes the mean of the points unbiased
 * @returns by point, then by dimension, in [0, 1)
 * @see Sobol, USSR Computational Mathematics 7(4) (1967), 86-112; Bratley and Fox, Algorithm 659, ACM TOMS 14 (1988)
 */
export function sobolSequence(count: number, dimensions: number, shift?: RandomStream): number[][] {
  if (!(Number.isSafeInteger(dimensions) && dimensions >= 1 && dimensions <= SOBOL_DIMENSIONS)) {
    throw new RangeError(`Cannot make points: need 1 to ${SOBOL_DIMENSIONS} dimensions, got ${dimensions}`);
  }
  if (!(Number.isSafeInteger(count) && count >= 1 && count <= 2 ** 31)) {
    throw new RangeError(`Cannot make points: need 1 to 2^31 of them, got ${count}`);
  }
  const directions = Array.from({ length: dimensions }, (_, d) => directionNumbers(d));
  const state = directions.map(() => (shift === undefined ? 0 : shift.int(TWO_32)));
  const points: number[][] = [];
  for (let i = 0; i < count; i++) {
    if (i > 0) {
      // Gray code: from point i - 1 to point i the bit of the lowest zero of i - 1 changes.
      const bit = 31 - Math.clz32(i & -i);
      directions.forEach((numbers, d) => {
        state[d] = (state[d]! ^ numbers[bit]!) >>> 0;
      });
    }
    points.push(state.map((bits) => bits / TWO_32));
  }
  return points;
}

/** Direction numbers of one dimension, scaled to 32 bits. */
function directionNumbers(dimension: number): Uint32Array {
  const numbers = new Uint32Array(BITS);
  if (dimension === 0) {
    for (let k = 0; k < BITS; k++) numbers[k] = powerOfTwo(BITS - 1 - k);
    return numbers;
  }
  const [degree, inner, first] = DIRECTIONS[dimension - 1]!;
  for (let k = 0; k < BITS; k++) {
    if (k < degree) {
      numbers[k] = first[k]! * powerOfTwo(BITS - 1 - k);
      continue;
    }
    let value = numbers[k - degree]! ^ (numbers[k - degree]! >>> degree);
    for (let j = 1; j < degree; j++) {
      if (((inner >>> (degree - 1 - j)) & 1) === 1) value ^= numbers[k - j]!;
    }
    numbers[k] = value;
  }
  return numbers;
}

/** @param exponent 0 to 31 */
function powerOfTwo(exponent: number): number {
  return (1 << exponent) >>> 0;
}
