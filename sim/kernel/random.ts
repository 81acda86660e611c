import alea from 'seedrandom/lib/alea.js';
import { nameHash } from './name-hash.ts';

/** Where a stream stands: plain numbers that survive JSON exactly. */
export interface RandomStreamState {
  readonly s0: number;
  readonly s1: number;
  readonly s2: number;
  readonly c: number;
}

/** An array of any kind whose elements can be exchanged in place. */
interface Shuffleable<T> {
  readonly length: number;
  [index: number]: T;
}

const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;
/** Alea's multiplier; a carry is below it. */
const ALEA_MULTIPLIER = 2091639;
const LARGEST_BATCH = 64;

/**
 * A sequence of random numbers. The generator is Baagoe's Alea from `seedrandom`: multiply-with-carry (Marsaglia) with
 * the multiplier 2091639 on three 32-bit words, period about 2^116. Why this one of that library's generators:
 * - It is not linear over bits, as xor128, xorwow (but for a counter) and xorshift7 are; such generators fail the
 *   linear-complexity and matrix-rank tests of TestU01 (L'Ecuyer and Simard, ACM TOMS 33(4), 2007).
 * - Its state is four numbers, so a stream for each of thousands of GPUs costs little; xor4096 is as good, but takes
 *   130 words and some 700 steps to set up. tychei is not the published Tyche-i (its last rotation takes half its bits
 *   from another variable), so what is known of Tyche-i says nothing about it.
 * - It is about as fast as the others (`bench/kernel`), in exact float64 arithmetic, the same on every engine.
 *
 * The library's own seeding gives similar names related states (of a million numbered names, 415 pairs shared their
 * first 32 bits where chance gives 116), so the state is set from {@link nameHash} instead.
 */
export class RandomStream {
  readonly #generator: ReturnType<typeof alea>;
  // Numbers are drawn in batches, which makes `next()` small enough to be compiled into its callers: M/M/c runs 10 %
  // faster. The first batches are short, for streams of which little is asked.
  #batch = new Float64Array(0);
  #used = 0;
  #batchStart: RandomStreamState;

  private constructor(state: RandomStreamState) {
    this.#batchStart = state;
    this.#generator = alea('', { state });
  }

  /** The stream at the point where `state()` was called. */
  static fromState(state: RandomStreamState): RandomStream {
    return new RandomStream(state);
  }

  /** The stream of that name, at its start: see {@link RandomStreams.stream}, which also remembers it. */
  static named(seed: number | string, purpose: string, entity?: string | number): RandomStream {
    const [h0, h1, h2, h3] = nameHash(`stream/1|${prefixed(String(seed))}|${streamName(purpose, entity)}`);
    return new RandomStream({ s0: h0 / TWO_32, s1: h1 / TWO_32, s2: h2 / TWO_32, c: h3 % ALEA_MULTIPLIER });
  }

  /** In [0, 1), a multiple of 2^-53, every one equally likely. */
  next(): number {
    if (this.#used === this.#batch.length) this.#refill();
    return this.#batch[this.#used++]!;
  }

  /** In (0, 1), so that its logarithm and that of its complement are finite. */
  nextOpen(): number {
    let u = this.next();
    while (u === 0) u = this.next();
    return u;
  }

  /**
   * A whole number in [0, n), every one equally likely: draws that would favour small results are drawn again.
   *
   * @param n whole, 1 to 2^53
   * @throws {RangeError} otherwise
   */
  int(n: number): number {
    if (!(n >= 1 && n <= TWO_53 && Math.floor(n) === n)) {
      throw new RangeError(`Cannot draw a whole number below n: need whole n from 1 to 2^53, got ${n}`);
    }
    // The last, incomplete run of n draws is the one that would favour small results.
    if (n < TWO_32) {
      const divisor = n >>> 0;
      for (;;) {
        const draw = (this.next() * TWO_32) >>> 0;
        const result = draw % divisor;
        if (draw - result <= TWO_32 - divisor) return result;
      }
    }
    for (;;) {
      const draw = this.next() * TWO_53;
      const result = draw % n;
      if (draw - result <= TWO_53 - n) return result;
    }
  }

  /** Puts the elements in random order, in place, every order equally likely (Fisher and Yates). */
  shuffle<T>(array: Shuffleable<T>): void {
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const held = array[i] as T;
      array[i] = array[j] as T;
      array[j] = held;
    }
  }

  /**
   * One of the elements, every one equally likely.
   *
   * @throws {RangeError} if there is none
   */
  pick<T>(array: { readonly length: number; readonly [index: number]: T }): T {
    if (array.length === 0) throw new RangeError('Cannot pick an element: the array is empty');
    return array[this.int(array.length)] as T;
  }

  /** Where the stream stands, for {@link fromState}. */
  state(): RandomStreamState {
    const generator = alea('', { state: this.#batchStart });
    for (let i = 0; i < this.#used; i++) generator.double();
    return generator.state();
  }

  #refill(): void {
    const length = Math.min(LARGEST_BATCH, Math.max(2, this.#batch.length * 2));
    if (length > this.#batch.length) this.#batch = new Float64Array(length);
    const batch = this.#batch;
    const generator = this.#generator;
    this.#batchStart = generator.state();
    for (let i = 0; i < length; i++) batch[i] = generator.double();
    this.#used = 0;
  }
}

/**
 * The random streams of one run, by name. A stream is settled by (seed, purpose, entity) alone: drawing more from one
 * of them, or asking for them in another order, moves none of the others. So two policies compared under one seed see
 * the same arrivals and the same failures (common random numbers).
 */
export class RandomStreams {
  readonly #seed: string;
  readonly #streams = new Map<string, RandomStream>();

  /**
   * @param seed a number counts as the text it prints as: 7 and '7' are the same seed
   * @throws {RangeError} if it is NaN or infinite
   */
  constructor(seed: number | string) {
    if (typeof seed === 'number' && !Number.isFinite(seed)) {
      throw new RangeError(`Cannot seed random streams: need a finite number or a text, got ${seed}`);
    }
    this.#seed = String(seed);
  }

  /**
   * The stream of that name; the same name gives the same object, which goes on where it stands. Every stream asked for
   * is kept. For things without number that come and go, such as jobs, take {@link once}.
   *
   * @param purpose what is drawn, such as 'arrivals'
   * @param entity whom it is drawn for, such as a tenant; 7 and '7' are the same, none and '' are not
   */
  stream(purpose: string, entity?: string | number): RandomStream {
    const name = streamName(purpose, entity);
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = RandomStream.named(this.#seed, purpose, entity);
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /** The stream of that name at its start, not kept: each call gives a new object with the same numbers. */
  once(purpose: string, entity?: string | number): RandomStream {
    return RandomStream.named(this.#seed, purpose, entity);
  }
}

/** Lengths before texts keep ('a', 'bc') and ('ab', 'c') apart. */
function streamName(purpose: string, entity: string | number | undefined): string {
  return entity === undefined ? prefixed(purpose) : `${prefixed(purpose)}|${prefixed(String(entity))}`;
}

function prefixed(text: string): string {
  return `${text.length}:${text}`;
}
