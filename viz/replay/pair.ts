/** Index of one of two runs. */
export type Side = 0 | 1;
export type Pair<T> = readonly [T, T];

/** A job of both runs: the same name and the same moment of arrival; the earlier of two of both first. */
export interface PairedJob {
  readonly name: string;
  readonly arrivalUs: number;
  /** Its number in each run. */
  readonly numbers: Pair<number>;
}
