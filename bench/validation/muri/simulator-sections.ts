import { join } from 'node:path';
import { csvRows } from '../sharing/files.ts';
import type { Row, Section } from '../sharing/table.ts';
import { ITERATION_FACTOR, type Job, readJobs } from './jobs.ts';
import type { QueueOrder } from './order.ts';
import { METRICS, type Outcome, outcomeOf } from './outcome.ts';
import { type QueueOrder as ProductOrder, type ProductPolicy, runOnProduct } from './product.ts';
import { AS_PUBLISHED, CLEAN, type Quirks } from './quirks.ts';
import { POLICIES, type Policy, simulate } from './simulator.ts';

/** Traces whose results are published; `_pr`: the same jobs, all submitted at once. */
export const TRACES = ['trace1', 'trace1_pr', 'trace2', 'trace2_pr', 'trace4', 'trace4_pr'] as const;
export type Trace = (typeof TRACES)[number];

/** On the product a job pays its start once, and stopping and moving cost nothing. */
const CLEAN_WORK = {
  workSec: (job: Job) => job.startSec + job.iterations * job.iterationSec,
  roundSec: null,
};
const PRODUCT_POLICY: Readonly<Record<Policy, ProductPolicy>> = {
  SRTF: 'srtf',
  SRSF: 'srsf',
  Tiresias_L: 'las',
};

/** The product's engine; of las under either order of its queues. */
const PRODUCT_WAYS: Readonly<
  Record<Policy, readonly { readonly name: string; readonly queueOrder?: ProductOrder }[]>
> = {
  SRTF: [{ name: "the product's engine" }],
  SRSF: [{ name: "the product's engine" }],
  Tiresias_L: [
    { name: "the product's engine", queueOrder: 'arrival' },
    { name: "the product's engine, first-start", queueOrder: 'first-start' },
  ],
};

/** Overheads that no one could tell from the published ones, to see how much of a difference is chance. */
const HAIR = 1.0001;

const WORDS: Readonly<Record<keyof Outcome, string>> = {
  avg_jct: 'mean completion time',
  makespan: 'makespan',
  p99_jct: 'p99 of completion times',
};

/** A published figure, as it is printed. */
type Published = (policy: Policy, metric: keyof Outcome, trace: Trace) => string;

/** A way of running the simulator that differs from the published one. */
interface Variant {
  readonly name: string;
  readonly quirks: Quirks;
  readonly overheadFactor?: number;
  readonly queueOrder?: QueueOrder;
  /** As on the product: a job pays its start once, as a part of its work. */
  readonly isStartWork?: true;
}

/** Quirks that can change what a policy does. */
const QUIRKS_OF: Readonly<Record<Policy, readonly (keyof Quirks)[]>> = {
  SRTF: ['overheadAtEveryEvent', 'endForeseenWithoutOverhead', 'nearTimesAreOne', 'refillFromEmpty'],
  SRSF: ['overheadAtEveryEvent', 'endForeseenWithoutOverhead', 'nearTimesAreOne', 'refillFromEmpty'],
  Tiresias_L: [
    'overheadAtEveryEvent',
    'endForeseenWithoutOverhead',
    'nearTimesAreOne',
    'onePool',
    'overheadIsService',
    'queueEndsOnWholeSecond',
    'waitingToTail',
  ],
};

/** The published simulator results, digit by digit; what each quirk is worth; and the clean model. */
export function simulatorSections(folder: string, traces: readonly Trace[]): Section[] {
  const rows = csvRows(join(folder, 'expected.csv'));
  const published: Published = (policy, metric, trace) => {
    const row = rows.find((each) => each.policy === policy && each.metric === metric && each.trace === trace);
    if (row?.seconds === undefined) throw new RangeError(`No published ${metric} of ${policy} on ${trace}`);
    return row.seconds;
  };
  const jobsOf = new Map(
    traces.map((trace) => [trace, readJobs(join(folder, `${trace}.csv`), ITERATION_FACTOR)]),
  );
  const run = (
    policy: Policy,
    trace: Trace,
    { quirks, overheadFactor = 1, queueOrder, isStartWork }: Variant,
  ) => {
    const jobs = (jobsOf.get(trace) as Job[]).map((job) => {
      if (isStartWork === true) {
        return { ...job, startSec: 0, iterationSec: CLEAN_WORK.workSec(job) / job.iterations };
      }
      return overheadFactor === 1 ? job : { ...job, startSec: job.startSec * overheadFactor };
    });
    return outcomeOf(simulate(jobs, policy, quirks, queueOrder));
  };
  return POLICIES.flatMap((policy) => {
    const variants = variantsOf(policy);
    return [
      {
        title: `${policy} of the Muri simulator, quirks on`,
        about:
          'Seconds. Ours is rounded to the digits that are published and must be equal to the last of them; both are in the remark in full.',
        rows: traces.flatMap((trace) => {
          const outcome = run(policy, trace, { name: 'as published', quirks: AS_PUBLISHED });
          return METRICS.map((metric) =>
            digitRow(
              `${policy}, ${trace}: ${WORDS[metric]}`,
              outcome[metric],
              published(policy, metric, trace),
            ),
          );
        }),
      },
      {
        title: `${policy}: what each quirk is worth`,
        about: `Mean completion time in seconds with one quirk off, and with all off (clean), beside the published one; and the product's engine under the like discipline, where a job pays its start once. A queue at this load amplifies small things: the last row of each trace, with all quirks on and every start overhead longer by 0.01 %, shows how much of a difference says nothing. Two means can meet by chance where makespan and p99 do not (SRSF on trace2, clean).${policy === 'Tiresias_L' ? ' Refilling from empty leaves no gaps as long as all sizes are powers of two, so that one pool and hosts are the same then. As its authors describe it, Tiresias serves a queue by first start; the published program does not: whoever waits goes to its tail, so that of one queue those that run go on. The product by arrival does not stop a job for one of its own queue either, and comes near; by first start it does as described, and is equal to the plain program of that rule in the row with the start as work.' : ''}`,
        rows: traces.flatMap((trace) => [
          ...variants.map((variant) =>
            variantRow(policy, trace, variant, run(policy, trace, variant), published),
          ),
          ...PRODUCT_WAYS[policy].map(({ name, ...order }) =>
            variantRow(
              policy,
              trace,
              { name },
              outcomeOf(
                runOnProduct(jobsOf.get(trace) as Job[], PRODUCT_POLICY[policy], { ...CLEAN_WORK, ...order }),
              ),
              published,
            ),
          ),
        ]),
      },
    ];
  });
}

function variantsOf(policy: Policy): Variant[] {
  const off = QUIRKS_OF[policy].map((quirk) => ({
    name: `without ${quirk}`,
    quirks: { ...AS_PUBLISHED, [quirk]: false },
  }));
  const ofQueues: Variant[] = [
    { name: 'clean, queues by arrival', quirks: CLEAN, queueOrder: 'arrival' },
    { name: 'clean, queues by first start', quirks: CLEAN, queueOrder: 'first-start' },
    {
      name: 'clean, by first start, the start as work',
      quirks: { ...CLEAN, onePool: true, refillFromEmpty: true },
      queueOrder: 'first-start',
      isStartWork: true,
    },
    { name: 'clean, but with waitingToTail', quirks: { ...CLEAN, waitingToTail: true } },
  ];
  return [
    ...off,
    { name: 'clean', quirks: CLEAN },
    ...(policy === 'Tiresias_L' ? ofQueues : []),
    { name: 'overheads longer by 0.01 %', quirks: AS_PUBLISHED, overheadFactor: HAIR },
  ];
}

/** A figure that must be the published one to the last printed digit. */
export function digitRow(name: string, ours: number, published: string): Row {
  const rounded = ours.toFixed(published.split('.')[1]?.length ?? 0);
  const value = Number(published);
  return {
    name,
    ours: Number(rounded),
    published: value,
    accept: [value, value],
    note: `${rounded}, published ${published}`,
  };
}

function variantRow(
  policy: Policy,
  trace: Trace,
  { name }: Pick<Variant, 'name'>,
  outcome: Outcome,
  published: Published,
): Row {
  const error = (metric: keyof Outcome) => {
    const percent = 100 * (outcome[metric] / Number(published(policy, metric, trace)) - 1);
    return `${percent >= 0 ? '+' : ''}${percent.toFixed(2)} %`;
  };
  return {
    name: `${policy}, ${trace}: ${name}`,
    ours: outcome.avg_jct,
    published: Number(published(policy, 'avg_jct', trace)),
    note: `makespan ${Math.round(outcome.makespan)} (${error('makespan')}), p99 ${Math.round(outcome.p99_jct)} (${error('p99_jct')})`,
  };
}
