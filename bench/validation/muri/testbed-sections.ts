import { join } from 'node:path';
import { csvRows } from '../sharing/files.ts';
import { type Section, within } from '../sharing/table.ts';
import { type Job, readJobs, readMeasuredSec } from './jobs.ts';
import { METRICS, type Outcome, outcomeOf } from './outcome.ts';
import { type QueueOrder, runOnProduct } from './product.ts';
import { ROUND_SEC, runTestbed, type TestbedOptions } from './testbed.ts';

const POLICIES = ['SRTF', 'tiresias'] as const;
type Policy = (typeof POLICIES)[number];
const PRODUCT_POLICY = { SRTF: 'srtf', tiresias: 'las' } as const;

const BY_FIRST_START = "product's engine, first-start";
/** The product's engine; of las under either order of its queues. */
const PRODUCT_WAYS: Readonly<
  Record<Policy, readonly { readonly name: string; readonly queueOrder?: QueueOrder }[]>
> = {
  SRTF: [{ name: "product's engine" }],
  tiresias: [
    { name: "product's engine", queueOrder: 'arrival' },
    { name: BY_FIRST_START, queueOrder: 'first-start' },
  ],
};

/** Largest part by which figures with measured run times may differ. */
const MEASURED_BOUND: Readonly<Record<Policy, Readonly<Record<keyof Outcome, number>>>> = {
  SRTF: { avg_jct: 0.005, makespan: 0.01, p99_jct: 0.01 },
  tiresias: { avg_jct: 0.05, makespan: 0.05, p99_jct: 0.05 },
};
/** With durations of the trace. */
const TRACE_BOUND = 0.12;
const TRACE_BOUNDS = { avg_jct: TRACE_BOUND, makespan: TRACE_BOUND, p99_jct: TRACE_BOUND };

/** One way of saying how long jobs run. */
interface Reading {
  readonly name: string;
  readonly options: TestbedOptions;
  readonly bound?: Readonly<Record<keyof Outcome, number>>;
}

/** The testbed's rounds run again, with what was measured of each job and with what the trace says of it. */
export function testbedSections(folder: string): Section[] {
  const jobs = readJobs(join(folder, 'cluster_trace.csv'), 1);
  const published = csvRows(join(folder, 'expected.csv'));
  return POLICIES.map((policy) => {
    const row = published.find((each) => each.policy === policy);
    const measured = readMeasuredSec(folder, policy);
    const measuredSec = (job: Job) => measured.get(job.id) as number;
    const longer = ratioOf(jobs, measuredSec, (job) => job.durationSec);
    const readings: Reading[] = [
      { name: 'measured run times', options: { workSec: measuredSec }, bound: MEASURED_BOUND[policy] },
      ...(policy === 'SRTF'
        ? [
            {
              name: 'measured run times, ordered by iterations left x iteration time',
              options: { workSec: measuredSec, believedSec: iterationsSec },
            },
          ]
        : []),
      {
        name: 'durations of the trace',
        options: { workSec: (job) => job.durationSec },
        bound: TRACE_BOUNDS,
      },
      { name: 'iterations x iteration time of the trace', options: { workSec: iterationsSec } },
    ];
    return {
      title: `${policy} on the Muri testbed: 64 V100, rounds of 360 s, ${jobs.length} jobs`,
      about: `Seconds. Jobs ran ${((longer - 1) * 100).toFixed(1)} % more GPU-seconds than the trace's durations say and ${((ratioOf(jobs, measuredSec, iterationsSec) - 1) * 100).toFixed(1)} % more than its iterations x iteration time; queueing adds to that.`,
      rows: readings.flatMap(({ name, options, bound }) => {
        const ways: readonly (readonly [string, Outcome])[] = [
          ['plain program', outcomeOf(runTestbed(jobs, policy, options))],
          // The product has one run time a job, which is also what it goes by.
          ...(options.believedSec === undefined ? PRODUCT_WAYS[policy] : []).map(
            ({ name: way, ...order }) =>
              [
                way,
                outcomeOf(
                  runOnProduct(jobs, PRODUCT_POLICY[policy], {
                    workSec: options.workSec,
                    roundSec: ROUND_SEC,
                    ...order,
                  }),
                ),
              ] as const,
          ),
        ];
        return ways.flatMap(([way, outcome]) =>
          METRICS.map((metric) => {
            const value = Number(row?.[`${metric}_s`]);
            return {
              name: `${policy}, ${name}, ${way}: ${metric}`,
              ours: outcome[metric],
              published: value,
              // What the trace says of a job is not what it ran: bounds on that are for the product. The rows of the other
              // order of queues are for information.
              accept:
                bound === undefined ||
                (bound === TRACE_BOUNDS && way === 'plain program') ||
                way === BY_FIRST_START
                  ? undefined
                  : within(bound[metric], value),
            };
          }),
        );
      }),
    };
  });
}

function iterationsSec(job: Job): number {
  return job.iterations * job.iterationSec;
}

/** GPU-seconds by one account over those by another. */
function ratioOf(jobs: readonly Job[], a: (job: Job) => number, b: (job: Job) => number): number {
  const sum = (of: (job: Job) => number) => jobs.reduce((total, job) => total + of(job) * job.gpus, 0);
  return sum(a) / sum(b);
}
