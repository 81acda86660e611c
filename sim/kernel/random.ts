import alea from 'seedrandom/lib/alea.js';
import { nameHash } from './name-hash.ts';

/** State of a stream: plain numbers that survive JSON exactly. */
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

/**
 * A sequence of random numbers. The generator is Baagoe's Alea from `seedrandom`: a multiply-with-carry generator
 * (Marsaglia) with the multiplier 2091639, three 32-bit words and a carry, period about 2^116. Of the generators in
 * that library it is the one that has all we need:
 * - It is not linear over bits, as xor128, xorwow and xorshift7 are; such generators fail the linear-complexity and
 *   matrix-rank tests of TestU01 (L'Ecuyer and Simard, ACM TOMS 33(4), 2007). Its author reports it to pass BigCrush.
 * - Four numbers of state, so a stream for each of thousands of GPUs costs nothing; xor4096 is as good, but takes 130
 *   words and some 700 steps to set up. tychei is not the published Tyche-i (its last rotation mixes in another
 *   variable), so the tests passed by Tyche-i say nothing about it.
 * - 10 ns for 53 bits (tychei 8, xor4096 9, xorshift7 11), in exact float64 arithmetic, the same on every engine.
 *
 * The library's own seeding hashes similar names to related states (of a million numbered names, 415 pairs shared
 * their first 32 bits where chance gives 116), so the state is set from {@link nameHash} instead.
 */
export class RandomStream {
  readonly #generator: ReturnType<typeof alea>;

  private constructor(state: RandomStreamState) {
    this.#generator = alea('', { state: { ...state } });
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
    return this.#generator.double();
  }

  /** In (0, 1), so that its logarithm and that of its complement are finite. */
  nextOpen(): number {
    let u = this.#generator.double();
    while (u === 0) u = this.#generator.double();
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
    if (n <= TWO_32) {
      const limit = TWO_32 - (TWO_32 % n);
      let draw = this.#generator.int32() >>> 0;
      while (draw >= limit) draw = this.#generator.int32() >>> 0;
      return draw % n;
    }
    const limit = TWO_53 - (TWO_53 % n);
    let draw = this.#generator.double() * TWO_53;
    while (draw >= limit) draw = this.#generator.double() * TWO_53;
    return draw % n;
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
    return this.#generator.state();
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
