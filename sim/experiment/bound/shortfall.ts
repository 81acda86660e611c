/** Something that is proven against counts before anything is simulated. */
export interface Shortfall {
  /**
   * `no-place`: something could not go anywhere even on the empty fleet. `work`: more is offered in the long run than can
   * be done. `peak`: too many come at once for a limit of waiting.
   */
  readonly kind: 'no-place' | 'work' | 'peak';
  /** What lacks, with numbers and units: one sentence for a planner. */
  readonly text: string;
  /** The job class, service, session group or resource that binds. */
  readonly what: string;
  /** Offered over possible, above 1; Infinity for what has no place. */
  readonly factor: number;
}

/** A limit of an objective on how long jobs wait for a place: `p95(wait) < 60 s`. */
export interface WaitLimit {
  /** Part of the jobs that have to start within the limit, (0, 1]; 1 = all. */
  readonly quantile: number;
  readonly limitSec: number;
  /** Jobs that it is about; absent: all. Kinds other than `class` and `tenant` are not judged. */
  readonly group?: { readonly kind: string; readonly name: string };
}

/** What may happen to jobs in runs of a plan that serves. */
export interface Tolerated {
  /** Turned away: in no run, in all but one run, in every run. */
  readonly rejections: 'none' | 'none-in-a-run' | 'any';
  /** Whether some may fail for want of GPU memory. */
  readonly failures: boolean;
}

/** How many times something is too much, for people: never so few digits that it seems to be just enough. */
export function shownTimes(factor: number): string {
  for (let digits = 3; digits < MOST_DIGITS; digits++) {
    if (Number(factor.toPrecision(digits)) !== 1) return shown(factor, digits);
  }
  return 'a little more than 1';
}

const MOST_DIGITS = 8;

/** A number for people: three digits, all of whole ones. */
export function shown(value: number, digits = 3): string {
  if (value === Number.POSITIVE_INFINITY) return 'infinitely many';
  if (value >= 1000) return String(Math.round(value));
  return String(Number(value.toPrecision(digits)));
}
