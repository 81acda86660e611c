/** A job of Gavel's generated trace. */
export interface GavelJob {
  /** Arrival in units of the mean gap between jobs. */
  readonly arrivalUnit: number;
  readonly steps: number;
  /** Steps a second by GPU type, in the order of the types. */
  readonly throughputs: readonly number[];
}

const ROUND_SEC = 360;

/**
 * Gavel's `fifo_perf` with one GPU a job, as the published experiments run it. Every round of 360 s starts from an empty
 * cluster: jobs in order of arrival take the free type on which they are fastest (the earlier type of equals). A round does
 * floor(throughput x 360) steps; a job that is done inside a round ends at that instant, and its GPU idles to the round's end.
 *
 * @param jobs by arrival
 * @param gpusOfType GPUs by type, in alphabetical order of the types
 * @param jobsPerHour arrival rate
 * @param until jobs whose completions are wanted: the run stops when all before it are done
 * @returns completion times in hours of the jobs before `until`, by job
 */
export function fifoPerf(
  jobs: readonly GavelJob[],
  gpusOfType: readonly number[],
  jobsPerHour: number,
  until: number,
): number[] {
  const arrivalSec = jobs.map((job) => (job.arrivalUnit * 3600) / jobsPerHour);
  const left = jobs.map((job) => job.steps);
  /** Types by speed, fastest first. */
  const preference = jobs.map(({ throughputs }) =>
    throughputs.map((_, type) => type).sort((a, b) => throughputs[b]! - throughputs[a]!),
  );
  const hours: number[] = Array.from({ length: until }, () => Number.NaN);
  let waiting: number[] = [];
  let next = 0;
  let wanted = until;
  for (let round = 0; wanted > 0; round++) {
    const nowSec = round * ROUND_SEC;
    while (next < jobs.length && arrivalSec[next]! <= nowSec) waiting.push(next++);
    const free = [...gpusOfType];
    const done = new Set<number>();
    let freeGpus = free.reduce((sum, count) => sum + count, 0);
    for (const job of waiting) {
      if (freeGpus === 0) break;
      const type = preference[job]!.find((each) => free[each]! > 0 && jobs[job]!.throughputs[each]! > 0);
      if (type === undefined) continue;
      free[type]! -= 1;
      freeGpus -= 1;
      const throughput = jobs[job]!.throughputs[type]!;
      const steps = Math.floor(throughput * ROUND_SEC);
      if (left[job]! > steps) {
        left[job]! -= steps;
        continue;
      }
      done.add(job);
      if (job >= until) continue;
      hours[job] = (nowSec + left[job]! / throughput - arrivalSec[job]!) / 3600;
      wanted -= 1;
    }
    if (done.size > 0) waiting = waiting.filter((job) => !done.has(job));
  }
  return hours;
}
