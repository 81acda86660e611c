import { type Section, within } from '../sharing/table.ts';
import { GPUS_OF_TYPE, readGavelJobs, readPublishedRates } from './files.ts';
import { fifoPerf } from './twin.ts';

/** Jobs whose mean completion time is published. */
export const FIRST_JOB = 4000;
export const END_JOB = 5000;

/** Up to this rate figures must be near; above, where the queue grows without end, less so. */
const RATE_OF_BOUND = 4.4;
const BOUND_BELOW = 0.015;
const BOUND_ABOVE = 0.05;

/** A rate is beyond the knee when completion takes this many times as long as at the lowest rate. */
const KNEE_FACTOR = 2;

/** Gavel's `fifo_perf` with one GPU a job: mean completion time by arrival rate, and the knee. */
export function gavelSections(folder: string): Section[] {
  const jobs = readGavelJobs(folder);
  const points = readPublishedRates(folder).map((point) => {
    const hours = fifoPerf(jobs, GPUS_OF_TYPE, point.jobsPerHour, END_JOB).slice(FIRST_JOB);
    return { ...point, ours: hours.reduce((sum, each) => sum + each, 0) / hours.length };
  });
  const knee = (of: (point: (typeof points)[number]) => number) =>
    points.find((point) => of(point) > KNEE_FACTOR * of(points[0] as (typeof points)[number]))?.jobsPerHour ??
    Number.NaN;
  const publishedKnee = knee((point) => point.hours);
  return [
    {
      title: 'Gavel fifo_perf, one GPU a job, 36 K80 + 36 P100 + 36 V100',
      about: `Mean completion time in hours of jobs ${FIRST_JOB} to ${END_JOB - 1}. The knee is the first rate at which it is more than ${KNEE_FACTOR} times that of the lowest.`,
      rows: [
        ...points.map(({ jobsPerHour, hours, ours }) => ({
          name: `${jobsPerHour} jobs/h`,
          ours,
          published: hours,
          accept: within(jobsPerHour <= RATE_OF_BOUND ? BOUND_BELOW : BOUND_ABOVE, hours),
        })),
        {
          name: 'rate of the knee, jobs/h',
          ours: knee((point) => point.ours),
          published: publishedKnee,
          accept: [publishedKnee, publishedKnee] as const,
        },
      ],
    },
  ];
}
