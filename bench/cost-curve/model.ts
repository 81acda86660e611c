/**
 * What a sweep takes on many cores, from what its parts were measured to take: an Amdahl-like model, in which what is done
 * once and what only one process can do do not get faster with more cores. Times in seconds.
 */

export interface SweepTerms {
  /** Until the first run begins, and until a fresh thread is as fast as it gets. */
  readonly startSec: number;
  readonly warmUpSec: number;
  /** How much slower a run is with all cores of its machine at work, as a factor of 1 or more. */
  readonly crowding: number;
  /** Work for each run besides the run, on the cores that do the runs. */
  readonly besideSec: number;
}

export interface QueueTerms extends SweepTerms {
  /** Processor time for each run of the server and of the sweep's own process, each of which has one core. */
  readonly serverSec: number;
  readonly sweepSec: number;
  /** Runs in the server at a time, and how long a finished one stays there. */
  readonly window: number;
  readonly returnSec: number;
}

export interface ShardTerms extends SweepTerms {
  /** Putting the shards together: once, and for each run. */
  readonly mergeStartSec: number;
  readonly mergeSec: number;
}

/** How long a core has a run. */
export const heldSec = (runSec: number, { crowding, besideSec }: SweepTerms): number =>
  runSec * crowding + besideSec;

/** Runs a second that the queue gives out and takes back at most, and which part of it says so. */
export function queueLimit(
  runSec: number,
  terms: QueueTerms,
): { readonly runsPerSec: number; readonly by: 'server' | 'sweep' | 'window' } {
  const limits = [
    { by: 'server', runsPerSec: 1 / terms.serverSec },
    { by: 'sweep', runsPerSec: 1 / terms.sweepSec },
    { by: 'window', runsPerSec: terms.window / (heldSec(runSec, terms) + terms.returnSec) },
  ] as const;
  return limits.reduce((least, each) => (each.runsPerSec < least.runsPerSec ? each : least));
}

/** Cores that the queue keeps busy with runs of this length. */
export function mostCores(runSec: number, terms: QueueTerms): number {
  return queueLimit(runSec, terms).runsPerSec * heldSec(runSec, terms);
}

/** Wall clock of a sweep by the queue: cores or queue, whichever is slower, and the last run that is begun. */
export function queueSec(runs: number, cores: number, runSec: number, terms: QueueTerms): number {
  const held = heldSec(runSec, terms);
  const rate = Math.min(cores / held, queueLimit(runSec, terms).runsPerSec);
  return terms.startSec + terms.warmUpSec + Math.max(held, runs / rate);
}

/** Wall clock of a sweep in shards of one core each: the longest shard, and then the merge. */
export function shardSec(runs: number, cores: number, runSec: number, terms: ShardTerms): number {
  const longest = Math.ceil(runs / cores) * heldSec(runSec, terms);
  return terms.startSec + terms.warmUpSec + longest + terms.mergeStartSec + runs * terms.mergeSec;
}

/** Part of the cores' time that went to runs, as one core alone would have made them. */
export function efficiency(runs: number, cores: number, runSec: number, wallSec: number): number {
  return (runs * runSec) / (cores * wallSec);
}

/** The line that runs closest to points by relative error: what a thing takes at once, and for each. */
export function lineThrough(points: readonly (readonly [x: number, y: number])[]): {
  readonly at0: number;
  readonly slope: number;
} {
  const sums = { w: 0, x: 0, y: 0, xx: 0, xy: 0 };
  for (const [x, y] of points) {
    const w = 1 / (y * y);
    sums.w += w;
    sums.x += w * x;
    sums.y += w * y;
    sums.xx += w * x * x;
    sums.xy += w * x * y;
  }
  const slope = (sums.w * sums.xy - sums.x * sums.y) / (sums.w * sums.xx - sums.x * sums.x);
  return { at0: (sums.y - slope * sums.x) / sums.w, slope };
}
