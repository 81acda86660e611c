/** A number of the model or of arithmetic. */
export interface Found {
  readonly what: string;
  readonly value: number | null;
  /** 95 % interval of the mean over replications, or of the mean difference of pairs; absent of arithmetic. */
  readonly ci95?: readonly [number, number];
  readonly unit: Unit;
}

/** Of the value as it is kept; docs/claims.md shows fractions as % and seconds as ms, s, min or h. */
export type Unit =
  | 'fraction'
  | 'seconds'
  | 'ratio'
  | 'frames/s'
  | 'USD'
  | 'USD/h'
  | 'months'
  | 'GPU'
  | 'hosts'
  | 'users'
  | 'kWh'
  | 'jobs'
  | 'W'
  | 'GiB';
