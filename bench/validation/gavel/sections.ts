import { type Section, within } from '../sharing/table.ts';
import { GPUS_OF_TYPE, type PublishedRate, readGavelJobs, readPublishedRates } from './files.ts';
import { fifoPerfOfProduct } from './product.ts';
import { fifoPerf } from './twin.ts';

/** Jobs whose mean completion time is published. */
const FIRST_JOB = 4000;
const END_JOB = 5000;

/** Up to this rate figures must be near; above, where the queue grows without end, less so. */
const RATE_OF_BOUND = 4.4;
const BOUND_BELOW = 0.015;
const BOUND_ABOVE = 0.05;

/** A rate is beyond the knee when completion takes this many times as long as at the lowest rate. */
const KNEE_FACTOR = 2;

interface Point extends PublishedRate {
  readonly ours: number;
}

/**
 * Gavel's `fifo_perf` with one GPU a job, by the product's engine and by a plain program of the published rules: mean
 * completion time by arrival rate, and the knee.
 *
 * @param isOfProduct rates that the product runs, too
 */
export async function gavelSections(
  folder: string,
  isOfProduct: (rate: PublishedRate) => boolean = () => true,
): Promise<Section[]> {
  const jobs = readGavelJobs(folder);
  const rates = readPublishedRates(folder);
  const product: Point[] = [];
  for (const rate of rates.filter(isOfProduct)) {
    const hours = await fifoPerfOfProduct(folder, rate.jobsPerHour, END_JOB);
    product.push({ ...rate, ours: meanOf(hours) });
  }
  const plain = rates.map((rate) => ({
    ...rate,
    ours: meanOf(fifoPerf(jobs, GPUS_OF_TYPE, rate.jobsPerHour, END_JOB)),
  }));
  return [
    ...sectionOf(
      "Gavel fifo_perf by the product's engine, one GPU a job, 36 K80 + 36 P100 + 36 V100",
      product,
    ),
    ...sectionOf('The same by a plain program of the published rules', plain),
  ];
}

const meanOf = (hours: readonly number[]) =>
  hours.slice(FIRST_JOB, END_JOB).reduce((sum, each) => sum + each, 0) / (END_JOB - FIRST_JOB);

function sectionOf(title: string, points: readonly Point[]): Section[] {
  const knee = (of: (point: (typeof points)[number]) => number) =>
    points.find((point) => of(point) > KNEE_FACTOR * of(points[0] as (typeof points)[number]))?.jobsPerHour ??
    Number.NaN;
  const publishedKnee = knee((point) => point.hours);
  return [
    {
      title,
      about: `Mean completion time in hours of jobs ${FIRST_JOB} to ${END_JOB - 1}. The knee is the first rate at which it is more than ${KNEE_FACTOR} times that of the lowest.`,
      rows: [
        ...points.map(({ jobsPerHour, hours, ours }) => ({
          name: `${jobsPerHour} jobs/h`,
          ours,
          published: hours,
          accept: within(jobsPerHour <= RATE_OF_BOUND ? BOUND_BELOW : BOUND_ABOVE, hours),
        })),
        ...(Number.isNaN(publishedKnee)
          ? []
          : [
              {
                name: 'rate of the knee, jobs/h',
                ours: knee((point) => point.ours),
                published: publishedKnee,
                accept: [publishedKnee, publishedKnee] as const,
              },
            ]),
      ],
    },
  ];
}
