/** Where a series has settled, by the marginal standard error rule. */
export interface Truncation {
  /** Observations (or batches) to leave out at the start. */
  readonly drop: number;
  /** False where the rule found no start of a steady part in the first half: the series is too short, or never settles. */
  readonly settled: boolean;
}

/** Batches at the end that are never the whole rest: of a handful the rule takes any accident for a steady state. */
const LAST_LEFT_OUT = 5;

/**
 * The MSER rule: leave out so many observations at the start that the standard error of the mean of the rest,
 * sum((x - mean)^2) / (n - d)^2, is smallest. The first of several equals wins. Where that leaves out more than half,
 * the series has not settled. On means of five successive observations this is MSER-5. O(n).
 *
 * @see White, An effective truncation heuristic for bias reduction in simulation output, Simulation 69(6) (1997), 323-334
 * @see White, Cobb and Spratt, A comparison of five steady-state truncation heuristics for simulation, Winter Simulation
 *   Conference 2000, 755-760, for batches of five and the rule of the first half
 * @see Hoad, Robinson and Davies, Automating warm-up length estimation, Journal of the Operational Research Society 61
 *   (2010), 1389-1403, for leaving out the last five batches
 */
export function mserTruncation(series: readonly number[]): Truncation {
  const n = series.length;
  let drop = n;
  let least = Infinity;
  let mean = 0;
  let squares = 0;
  for (let d = n - 1; d >= 0; d--) {
    const x = series[d]!;
    const kept = n - d;
    const apart = x - mean;
    mean += apart / kept;
    squares += apart * (x - mean);
    if (kept <= LAST_LEFT_OUT) continue;
    const error = squares / (kept * kept);
    if (error <= least) {
      least = error;
      drop = d;
    }
  }
  if (drop === n) return { drop: 0, settled: false };
  return { drop, settled: drop * 2 <= n };
}

/** Observations in a first batch: the five of MSER-5. */
const FIRST_BATCH = 5;

/**
 * Warm-up of a stream of observations with their instants, by MSER-5 in bounded memory: when `2 * batches` batches are
 * full, neighbours are joined, so batches are of 5, 10, 20, ... observations and the answer is as fine as one of them.
 */
export class WarmupDetector {
  readonly #most: number;
  #batchSize = FIRST_BATCH;
  readonly #sums: number[] = [];
  /** By batch, when its last observation was made. */
  readonly #ends: number[] = [];
  #sum = 0;
  #count = 0;
  #atUs = 0;

  /** @param batches fewest batches once the series is that long; whole, 10 or more */
  constructor(batches = 256) {
    if (!(Number.isSafeInteger(batches) && batches >= 10)) {
      throw new RangeError(`Cannot detect a warm-up: need a whole number of batches >= 10, got ${batches}`);
    }
    this.#most = 2 * batches;
  }

  /**
   * @param atUs when it was made, in microseconds; never falling
   * @throws {RangeError} unless `x` is finite
   */
  add(atUs: number, x: number): void {
    if (!Number.isFinite(x)) throw new RangeError(`Cannot detect a warm-up: need a finite number, got ${x}`);
    this.#sum += x;
    this.#count += 1;
    this.#atUs = atUs;
    if (this.#count < this.#batchSize) return;
    this.#sums.push(this.#sum);
    this.#ends.push(this.#atUs);
    this.#sum = 0;
    this.#count = 0;
    if (this.#sums.length === this.#most) this.#join();
  }

  /** Observations in a batch: 5 times a power of two. */
  get batchSize(): number {
    return this.#batchSize;
  }

  get batchMeans(): number[] {
    return this.#sums.map((sum) => sum / this.#batchSize);
  }

  /**
   * How much to leave out, and up to which instant, in microseconds.
   *
   * @param lastUs batches that end later are left out
   */
  truncation(lastUs = Infinity): Truncation & { readonly untilUs: number; readonly batches: number } {
    const late = this.#ends.findIndex((end) => end > lastUs);
    const means = late === -1 ? this.batchMeans : this.batchMeans.slice(0, late);
    const found = mserTruncation(means);
    return { ...found, untilUs: found.drop === 0 ? 0 : this.#ends[found.drop - 1]!, batches: means.length };
  }

  #join(): void {
    const half = this.#most / 2;
    for (let i = 0; i < half; i++) {
      this.#sums[i] = this.#sums[2 * i]! + this.#sums[2 * i + 1]!;
      this.#ends[i] = this.#ends[2 * i + 1]!;
    }
    this.#sums.length = half;
    this.#ends.length = half;
    this.#batchSize *= 2;
  }
}
