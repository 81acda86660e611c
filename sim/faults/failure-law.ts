import type { Distribution, UniformSource } from '../kernel/distributions/distribution.ts';

/** When a unit breaks down, and how long mending it takes. Times are whole microseconds. */
export interface FailureLaw {
  /** The first failure after a time at which the unit works; Infinity: none. */
  nextFailureUs(upSinceUs: number): number;
  /** Work on the failure that happened at that time, from the crew's arrival on. */
  repairUs(failedAtUs: number): number;
}

/** An entry of a log of failures. */
export interface LoggedFailure {
  readonly atUs: number;
  readonly forUs: number;
}

/**
 * Times between failures, from working again to failing, and times to repair, drawn independently. Both are at least a
 * microsecond, so that time goes on.
 *
 * @param between in seconds
 * @param repair in seconds
 * @param source a stream of the unit's own: it draws both in turn
 */
export function drawnFailures(
  between: Distribution,
  repair: Distribution,
  source: UniformSource,
): FailureLaw {
  return {
    nextFailureUs: (upSinceUs) => upSinceUs + wholeUs(between.sample(source)),
    repairUs: () => wholeUs(repair.sample(source)),
  };
}

/**
 * Failures as they were recorded. One that falls into the repair of an earlier one is left out: the unit does not work
 * then, and so cannot fail.
 */
export function loggedFailures(log: readonly LoggedFailure[]): FailureLaw {
  const ascending = [...log].sort((a, b) => a.atUs - b.atUs || b.forUs - a.forUs);
  let next = 0;
  return {
    nextFailureUs(upSinceUs) {
      while (next < ascending.length && (ascending[next] as LoggedFailure).atUs < upSinceUs) next += 1;
      return ascending[next]?.atUs ?? Number.POSITIVE_INFINITY;
    },
    repairUs(failedAtUs) {
      const entry = ascending[next];
      if (entry === undefined || entry.atUs !== failedAtUs) {
        throw new RangeError(`Cannot repair a failure at ${failedAtUs} us: the log has none then`);
      }
      next += 1;
      return Math.max(1, entry.forUs);
    },
  };
}

function wholeUs(seconds: number): number {
  return Math.max(1, Math.round(seconds * 1e6));
}
