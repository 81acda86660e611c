import { type Row, type Section, within } from '../sharing/table.ts';
import { GPUS_OF_TYPE, type PublishedRate, readGavelJobs, readPublishedRates } from './files.ts';
import { PRODUCT_POLICIES, type ProductPolicy, runProduct } from './product.ts';
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
  const rates = readPublishedRates(folder, 'single', 'fifo_perf');
  const product = await pointsOf(folder, 'single', 'fifo_perf', rates.filter(isOfProduct));
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

/** A policy that divides GPU time, the rates at which it is run again, and how near it must come. */
export interface DividedCase {
  readonly policy: string;
  readonly rates: readonly number[];
  /** Part of the published value. */
  readonly bound: number;
}

/**
 * With one GPU a job. Where an optimum is not the only one the published program took a point inside all optima (ECOS, an
 * interior-point method), the product takes a corner (simplex): who is ahead in a round differs, and the means with it.
 * Agnostic policies also draw the order of GPU types by a generator of their own.
 */
const DIVIDED_CASES: readonly DividedCase[] = [
  { policy: 'max_min_fairness_perf', rates: [0.4, 2, 3.2, 4.4, 5.2], bound: 0.035 },
  { policy: 'max_min_fairness', rates: [0.4, 2.4, 4], bound: 0.03 },
  { policy: 'finish_time_fairness_perf', rates: [2.4, 4], bound: 0.035 },
  { policy: 'finish_time_fairness', rates: [4], bound: 0.03 },
  { policy: 'allox', rates: [0.4, 2.4, 4], bound: 0.03 },
];

/** The policies that divide GPU time by linear programs, and AlloX, by the product's engine. */
export async function dividedSections(
  folder: string,
  cases: readonly DividedCase[] = DIVIDED_CASES,
): Promise<Section[]> {
  const rows: Row[] = [];
  for (const { policy, rates, bound } of cases) {
    const published = readPublishedRates(folder, 'single', policy);
    const points = await pointsOf(
      folder,
      'single',
      policy,
      published.filter(({ jobsPerHour }) => rates.includes(jobsPerHour)),
    );
    for (const { jobsPerHour, hours, ours } of points) {
      rows.push({
        name: `${policy}, ${jobsPerHour} jobs/h`,
        ours,
        published: hours,
        accept: within(bound, hours),
      });
    }
  }
  return [
    {
      title: "Gavel's policies that divide GPU time, by the product's engine, one GPU a job",
      about: `Mean completion time in hours of jobs ${FIRST_JOB} to ${END_JOB - 1}. Optima of these programs are not unique, and the published ones come from an interior-point solver.`,
      rows,
    },
  ];
}

/** Rates of the multi-GPU curves that are run again. */
const MULTI_CASES: readonly { readonly policy: string; readonly rates: readonly number[] }[] = [
  { policy: 'fifo_perf', rates: [0.4, 1.4, 2.2] },
  { policy: 'max_min_fairness_perf', rates: [0.4, 1.4, 2.2] },
];

/** Gangs of 1 to 8 GPUs: shown beside the published curves, without a bound. */
export async function multiSections(folder: string): Promise<Section[]> {
  const rows: Row[] = [];
  for (const { policy, rates } of MULTI_CASES) {
    const published = readPublishedRates(folder, 'multi', policy);
    const points = await pointsOf(
      folder,
      'multi',
      policy,
      published.filter(({ jobsPerHour }) => rates.includes(jobsPerHour)),
    );
    for (const { jobsPerHour, hours, ours } of points) {
      rows.push({ name: `${policy}, ${jobsPerHour} jobs/h`, ours, published: hours });
    }
  }
  return [
    {
      title: 'The same with jobs of 1, 2, 4 and 8 GPUs, without a bound',
      about: `Mean completion time in hours of jobs ${FIRST_JOB} to ${END_JOB - 1}. Speeds as measured within one server, as the published simulator takes them wherever the GPUs are.`,
      rows,
    },
  ];
}

async function pointsOf(
  folder: string,
  workload: 'single' | 'multi',
  policy: string,
  rates: readonly PublishedRate[],
): Promise<Point[]> {
  const points: Point[] = [];
  for (const rate of rates) {
    const hours = await runProduct(
      folder,
      workload,
      PRODUCT_POLICIES[policy] as ProductPolicy,
      rate.jobsPerHour,
      END_JOB,
    );
    points.push({ ...rate, ours: meanOf(hours) });
  }
  return points;
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
