import type { CanonicalScheduled } from '../scenario/canonical/policy.ts';
import type { CanonicalDocument } from '../scenario/canonical/scenario.ts';
import { resolveTieBreak } from '../scenario/resolve/policy.ts';
import { type Block, row } from './blocks.ts';
import { plural, printable } from './format.ts';

type Scheduling = NonNullable<CanonicalScheduled['scheduling']>;
type Words = { readonly [K in keyof Scheduling]-?: (stated: NonNullable<Scheduling[K]>) => string };

const FILL: Readonly<Record<NonNullable<Scheduling['fill']>, string>> = {
  block: 'nobody overtakes',
  skip: 'whoever fits overtakes',
  easy: 'EASY backfilling',
  conservative: 'conservative backfilling',
};
const PREEMPTION: Readonly<Record<NonNullable<Scheduling['preemption']>, string>> = {
  none: 'nobody is stopped',
  evict: 'stops as few as needed',
  refill: 'decides anew for all',
};
const STOP: Readonly<Record<NonNullable<Scheduling['stopBy']>, string>> = {
  suspend: 'jobs are suspended',
  checkpoint: 'jobs save their work',
  kill: 'jobs are killed',
  migrate: 'jobs migrate',
};

/** Names with numbers, such as `a 2, b 1`. */
const numbered = (values: Readonly<Record<string, number>>) =>
  Object.entries(values)
    .map(([name, value]) => `${printable(name)} ${value}`)
    .join(', ');

/** What is stated of the scheduling, in words, in the order of the document. */
const WORDS: Words = {
  fill: (rule) => FILL[rule],
  depth: (jobs) => `of the first ${plural(jobs, 'job')}`,
  preemption: (kind) => PREEMPTION[kind],
  stopBy: (way) => STOP[way],
  migrate: (path) => `by ${printable(path)}`,
  rounds: (length) => `rounds of ${length}`,
  keepPlace: (keeps) => (keeps ? 'jobs keep their places' : 'jobs do not keep their places'),
  timeShare: ({ by, speeds }) => `GPU time divided by ${by}${speeds === 'alike' ? ', all models alike' : ''}`,
  minRun: (length) => `each runs for ${length}`,
  estimates: (of) =>
    typeof of === 'string' ? `${of} run times` : `${of.of} run times with noise ${of.noise}`,
  maxJobsPerUser: (jobs) => `at most ${plural(jobs, 'job')} a user`,
  maxGpusPerUser: (gpus) => `at most ${plural(gpus, 'GPU')} a user`,
  ageing: (length) => `ageing ${length}`,
  halfLife: (length) => `half-life ${length}`,
  weights: (weights) => `weights ${numbered(weights)}`,
  resourceWeights: ({ compute, memory }) => `compute ${compute}, memory ${memory}`,
  attainedLimits: (limits) =>
    limits.length === 0 ? 'one queue' : `queues end at ${limits.join(', ')} GPU-seconds`,
  promoteAfter: (times) => `promoted after ${times} times their run time`,
  queueOrder: (order) =>
    order === 'arrival' ? 'each queue by arrival' : 'each queue by first start, then by arrival',
  quotas: (quotas) => `quotas of ${Object.keys(quotas).map(printable).join(', ')}`,
};

/** The policy of the fleet, or of the pool `default`, and of each pool. */
export function policyRows({ experiment, policy }: CanonicalDocument): Block[] {
  const text = (scheduled: CanonicalScheduled) =>
    [
      `${placementText(scheduled)} placement`,
      // Nothing queues in a fill run.
      ...(experiment.kind === 'fill'
        ? []
        : [`${scheduled.queueing} queue${statedText(scheduled.scheduling)}`]),
      `ties ${resolveTieBreak(scheduled.tieBreak, experiment)}`,
    ].join(', ');
  return [
    row('Policy', text(policy)),
    ...(policy.pools ?? []).map((pool) =>
      row('Pool', `${printable(pool.name)} (${pool.hosts.map(printable).join(', ')}): ${text(pool)}`),
    ),
  ];
}

/** The placement policy by name, or those whose scores are added up. */
function placementText({ placement, scores }: CanonicalScheduled): string {
  if (scores === undefined) return placement ?? '';
  return Object.entries(scores)
    .map(([name, weight]) => `${weight} ${name}`)
    .join(' + ');
}

function statedText(scheduling: Scheduling | undefined): string {
  const said = (Object.keys(WORDS) as (keyof Words)[]).flatMap((key) => {
    const stated = scheduling?.[key];
    return stated === undefined ? [] : [(WORDS[key] as (stated: unknown) => string)(stated)];
  });
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}
