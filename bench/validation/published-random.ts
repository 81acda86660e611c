/**
 * The random numbers of the published runs: the additive lagged Fibonacci generator (607, 273) of Mitchell and Reeds that
 * Go's `math/rand` is, so that a published seed can be run in the same order of hosts and tasks. For validation only: the
 * product's own streams are in sim/kernel/random.ts.
 *
 * The generator adds a fixed table to its seeded state, which is its own state after 7.8e12 steps from seed 1. The table
 * is computed here: the steps are linear, so they are a power of x modulo x^607 - x^334 - 1 over the integers modulo 2^64.
 */

const LENGTH = 607;
const TAP = 273;
const BURN_IN = 7_800_000_000_000n;
const U64 = 64;

/** Lehmer's generator modulo 2^31 - 1 with multiplier 48271, which spreads a seed over the state. */
function lehmer(x: number): number {
  return Number((48271n * BigInt(x)) % 2147483647n);
}

/** The state for a seed before the table is added; `shift` is how far the first two of three draws are moved up. */
function seededState(seed: number, shift: readonly [bigint, bigint]): bigint[] {
  let x = seed % 2147483647;
  if (x === 0) x = 89482311;
  for (let i = 0; i < 20; i++) x = lehmer(x);
  const state: bigint[] = [];
  for (let i = 0; i < LENGTH; i++) {
    x = lehmer(x);
    let word = BigInt(x) << shift[0];
    x = lehmer(x);
    word ^= BigInt(x) << shift[1];
    x = lehmer(x);
    state.push(BigInt.asUintN(U64, word ^ BigInt(x)));
  }
  return state;
}

/** Position in the state that step n (from 0) writes. */
function positionOf(step: bigint): number {
  return Number((((333n - step) % 607n) + 607n) % 607n);
}

/** The product of two polynomials modulo x^607 - x^334 - 1, coefficients modulo 2^64. */
function multiply(a: readonly bigint[], b: readonly bigint[]): bigint[] {
  const product = new Array<bigint>(2 * LENGTH - 1).fill(0n);
  for (let i = 0; i < LENGTH; i++) {
    const factor = a[i] as bigint;
    if (factor === 0n) continue;
    for (let j = 0; j < LENGTH; j++) product[i + j]! += factor * (b[j] as bigint);
  }
  for (let i = 2 * LENGTH - 2; i >= LENGTH; i--) {
    product[i - LENGTH]! += product[i] as bigint;
    product[i - TAP]! += product[i] as bigint;
  }
  return product.slice(0, LENGTH).map((c) => BigInt.asUintN(U64, c));
}

/** The table: the generator's state after the burn-in, by position. */
function burntInTable(): bigint[] {
  let power: bigint[] = Array.from({ length: LENGTH }, (_, i) => (i === 0 ? 1n : 0n));
  for (const bit of BURN_IN.toString(2)) {
    power = multiply(power, power);
    // Times x.
    if (bit === '1') {
      const carry = power[LENGTH - 1] as bigint;
      power = [carry, ...power.slice(0, LENGTH - 1)];
      power[LENGTH - TAP] = BigInt.asUintN(U64, (power[LENGTH - TAP] as bigint) + carry);
    }
  }
  const initial = seededState(1, [20n, 10n]);
  // What steps -607 to -1 would have written is the initial state; two lengths of it are enough for the sums below.
  const written = Array.from({ length: LENGTH }, (_, j) => initial[positionOf(BigInt(j - LENGTH))] as bigint);
  for (let n = LENGTH; n < 2 * LENGTH; n++) {
    written.push(BigInt.asUintN(U64, (written[n - LENGTH] as bigint) + (written[n - TAP] as bigint)));
  }
  const table = new Array<bigint>(LENGTH).fill(0n);
  for (let j = 0; j < LENGTH; j++) {
    let sum = 0n;
    for (let i = 0; i < LENGTH; i++) sum += (power[i] as bigint) * (written[i + j] as bigint);
    table[positionOf(BURN_IN + BigInt(j - LENGTH))] = BigInt.asUintN(U64, sum);
  }
  return table;
}

let table: bigint[] | undefined;

/** One seeded sequence, drawn from as the published runs draw. */
export class PublishedRandom {
  readonly #state: bigint[];
  #tap = 0;
  #feed = LENGTH - TAP;

  constructor(seed: number) {
    table ??= burntInTable();
    this.#state = seededState(seed, [40n, 20n]).map((word, i) => word ^ ((table as bigint[])[i] as bigint));
  }

  /** 63 random bits. */
  int63(): bigint {
    this.#tap = (this.#tap + LENGTH - 1) % LENGTH;
    this.#feed = (this.#feed + LENGTH - 1) % LENGTH;
    const next = BigInt.asUintN(
      U64,
      (this.#state[this.#feed] as bigint) + (this.#state[this.#tap] as bigint),
    );
    this.#state[this.#feed] = next;
    return BigInt.asUintN(63, next);
  }

  /** Uniform in [0, n) by rejection of the top remainder, as single draws and permutations are. */
  int(n: number): number {
    const draw = () => Number(this.int63() >> 32n);
    if ((n & (n - 1)) === 0) return draw() & (n - 1);
    const largest = 2 ** 31 - 1 - (2 ** 31 % n);
    let value = draw();
    while (value > largest) value = draw();
    return value % n;
  }

  /** A permutation of 0 to n - 1. */
  permutation(n: number): number[] {
    const order: number[] = [];
    for (let i = 0; i < n; i++) {
      const j = this.int(i + 1);
      order[i] = order[j] as number;
      order[j] = i;
    }
    return order;
  }

  /** Shuffles in place from the end, with draws by multiplication (Lemire). */
  shuffle<T>(items: T[]): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.#multiplied(i + 1);
      const item = items[i] as T;
      items[i] = items[j] as T;
      items[j] = item;
    }
  }

  #multiplied(n: number): number {
    const draw = () => (this.int63() >> 31n) * BigInt(n);
    let product = draw();
    if (Number(product & 0xffffffffn) < n) {
      const threshold = BigInt((2 ** 32 - n) % n);
      while ((product & 0xffffffffn) < threshold) product = draw();
    }
    return Number(product >> 32n);
  }
}
