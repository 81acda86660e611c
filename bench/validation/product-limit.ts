/** One observed life: seen from age `fromSec` (0 = from its start) to age `toSec`, where it ended or was lost to view. */
export interface ObservedLife {
  readonly fromSec: number;
  readonly toSec: number;
  readonly hasEnded: boolean;
}

/** Share of lives that have ended by an age. */
export interface LifetimePoint {
  readonly ageSec: number;
  /** Just after `ageSec`. */
  readonly endedShare: number;
}

/**
 * Product-limit estimate of a lifetime distribution from lives that were watched through a window: those under way when
 * it opened enter late, those still under way when it closed leave early. Without this the long lives that were
 * already there would count as if that many had arrived, and those cut off as if they had ended.
 *
 * @returns points by ascending age; the last one has `endedShare` 1. When the longest life seen had not ended, the
 *   share that outlives it is taken to end there: a lower bound.
 * @throws {RangeError} if there are no lives
 * @see Kaplan and Meier, JASA 53 (1958); for late entry, Klein and Moeschberger, "Survival Analysis", section 4.6
 */
export function productLimit(lives: readonly ObservedLife[]): LifetimePoint[] {
  const seen = lives.filter((life) => life.toSec > life.fromSec || life.fromSec === 0);
  if (seen.length === 0) throw new RangeError('Cannot estimate lifetimes: there are no lives');
  const ends = [...new Set(seen.filter((life) => life.hasEnded).map((life) => life.toSec))].sort(
    (a, b) => a - b,
  );
  let surviving = 1;
  const points = ends.map((ageSec) => {
    const atRisk = seen.filter((l) => l.toSec >= ageSec && (l.fromSec < ageSec || l.fromSec === 0)).length;
    const ended = seen.filter((l) => l.hasEnded && l.toSec === ageSec).length;
    surviving *= 1 - ended / atRisk;
    return { ageSec, endedShare: 1 - surviving };
  });
  const longestSec = seen.reduce((longest, life) => Math.max(longest, life.toSec), 0);
  const last = points[points.length - 1];
  if (last?.ageSec === longestSec) points[points.length - 1] = { ageSec: longestSec, endedShare: 1 };
  else points.push({ ageSec: longestSec, endedShare: 1 });
  return points;
}

/** Mean lifetime of the estimate, in seconds. */
export function meanLifetimeSec(points: readonly LifetimePoint[]): number {
  let mean = 0;
  let before = 0;
  for (const { ageSec, endedShare } of points) {
    mean += ageSec * (endedShare - before);
    before = endedShare;
  }
  return mean;
}

/**
 * Age by which a share of lives has ended, in seconds: straight lines through the middles of the estimate's steps, so
 * that a table of such quantiles keeps the mean.
 */
export function lifetimeQuantileSec(points: readonly LifetimePoint[], share: number): number {
  let lowShare = 0;
  let lowSec = points[0]?.ageSec ?? 0;
  let before = 0;
  for (const { ageSec, endedShare } of points) {
    const middle = (before + endedShare) / 2;
    if (share <= middle) {
      const span = middle - lowShare;
      return span === 0 ? ageSec : lowSec + ((share - lowShare) / span) * (ageSec - lowSec);
    }
    lowShare = middle;
    lowSec = ageSec;
    before = endedShare;
  }
  return lowSec;
}
