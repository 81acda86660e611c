import type { JobRow } from './job-row.ts';

/** Which jobs of a trace are taken, and how far apart. Times count from the first submission of the file. */
export interface JobSelection {
  /** Jobs submitted before are left out; undefined: none. */
  readonly fromSec: number | undefined;
  /** Jobs submitted at this time or later are left out; undefined: none. */
  readonly untilSec: number | undefined;
  /** Most jobs taken, in order of submission; undefined: all. */
  readonly limit: number | undefined;
  /** Factor of the time between submissions: 0.5 doubles the load. */
  readonly arrivalScale: number;
}

/**
 * The jobs that are taken, in file order. Scaling moves submissions about the first one taken; a deadline moves with its
 * job, and run times stay.
 */
export function selectJobs(
  jobs: readonly JobRow[],
  { fromSec, untilSec, limit, arrivalScale }: JobSelection,
): readonly JobRow[] {
  const zeroSec = firstSubmission(jobs);
  let taken = jobs.filter(({ submitSec }) => {
    const atSec = submitSec - zeroSec;
    return (fromSec === undefined || atSec >= fromSec) && (untilSec === undefined || atSec < untilSec);
  });
  if (limit !== undefined && limit < taken.length) {
    const earliest = new Set(taken.toSorted((a, b) => a.submitSec - b.submitSec).slice(0, limit));
    taken = taken.filter((job) => earliest.has(job));
  }
  if (arrivalScale === 1) return taken;
  const originSec = firstSubmission(taken);
  return taken.map((job) => {
    const submitSec = originSec + (job.submitSec - originSec) * arrivalScale;
    const deadlineSec =
      job.deadlineSec === undefined ? undefined : submitSec + (job.deadlineSec - job.submitSec);
    return { ...job, submitSec, deadlineSec };
  });
}

function firstSubmission(jobs: readonly JobRow[]): number {
  return jobs.reduce((first, job) => Math.min(first, job.submitSec), Number.POSITIVE_INFINITY);
}
