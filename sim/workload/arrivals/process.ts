/** An endless sequence of arrival instants. */
export interface ArrivalProcess {
  /** The next instant in whole microseconds, never before the one before it. */
  nextUs(): number;
}

/** @throws {RangeError} unless the rate is above 0 and at most one a nanosecond */
export function checkRate(ratePerSecond: number): void {
  if (!(ratePerSecond > 0 && ratePerSecond <= 1e9)) {
    throw new RangeError(
      `Cannot start arrivals: the rate must be above 0 and at most 1e9 per s, got ${ratePerSecond}`,
    );
  }
}
