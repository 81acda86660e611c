/**
 * Requests that can be met by one of several kinds of part: a MIG profile, a vGPU size, a virtual function. Kinds are
 * numbered by whoever asks.
 */
export interface Demand {
  /** Kinds of part that do, each one alone. */
  readonly accepts: readonly number[];
  /** How many such requests, a whole number >= 0. */
  readonly count: number;
  /** What serving one of them is worth, > 0. Whole numbers compare exactly; others to the rounding of a sum. */
  readonly value: number;
  /** By place in `accepts`, what serving one there is worth, > 0, where that depends on the kind; absent: `value`. */
  readonly values?: readonly number[];
}

/** The best use of a set of parts. */
export interface Served {
  /** Sum of the values served. */
  readonly value: number;
  /** By demand, how many are served. */
  readonly served: readonly number[];
  /** By kind, how many parts nobody needs: of all best uses the one that keeps the largest parts free. */
  readonly free: readonly number[];
  /**
   * Where values depend on the kind, the least and the highest prices of parts at which this use is the best: by kind, what
   * one more part would add, and what one less would lose (Infinity where there is none). At either, other numbers of
   * parts serve no more than this value and the prices of the parts that come, less those of the parts that go.
   */
  readonly prices?: { readonly least: readonly number[]; readonly most: readonly number[] };
  /** By demand, then by kind, how many are served there; where values depend on the kind. */
  readonly uses?: readonly (readonly number[])[];
}
