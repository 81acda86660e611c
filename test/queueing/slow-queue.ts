/** A job of the slow twin: times in whole seconds. */
export interface SlowJob {
  readonly name: string;
  readonly at: number;
  readonly runs: number;
  readonly gpus: number;
  readonly tenant: string;
  readonly priority: number;
}

/** A job that runs or ran. */
export interface SlowRun {
  readonly job: SlowJob;
  readonly from: number;
  /** When it is over. */
  readonly to: number;
}

/**
 * Runs jobs on one host in the plainest way: at every second it asks who of the waiting is next, and starts that one if
 * there is room; nobody overtakes it, nobody is stopped.
 *
 * @param choose which of the waiting jobs (in order of arrival, not empty) is next
 * @returns the runs in the order in which they started
 */
export function slowQueue(
  gpus: number,
  jobs: readonly SlowJob[],
  choose: (waiting: readonly SlowJob[], now: number, runs: readonly SlowRun[]) => SlowJob,
): readonly SlowRun[] {
  const inOrder = jobs.map((job, i) => ({ job, i })).sort((a, b) => a.job.at - b.job.at || a.i - b.i);
  const runs: SlowRun[] = [];
  const done = new Set<SlowJob>();
  for (let now = 0; done.size < jobs.length; now++) {
    for (;;) {
      const waiting = inOrder.map(({ job }) => job).filter((job) => job.at <= now && !done.has(job));
      if (waiting.length === 0) break;
      const held = runs.filter(({ to }) => to > now).reduce((sum, { job }) => sum + job.gpus, 0);
      const next = choose(waiting, now, runs);
      if (held + next.gpus > gpus) break;
      runs.push({ job: next, from: now, to: now + next.runs });
      done.add(next);
    }
  }
  return runs;
}

/** The waiting job with the lowest key; of equals the first. */
export function lowest(waiting: readonly SlowJob[], key: (job: SlowJob) => number): SlowJob {
  return waiting.reduce((best, job) => (key(job) < key(best) ? job : best));
}

/** When each job started, by name. */
export function startsOf(runs: readonly SlowRun[]): Record<string, number> {
  return Object.fromEntries(runs.map(({ job, from }) => [job.name, from]));
}
