import { expect, test } from 'vitest';
import { queueingPolicy } from '../../sim/policies/queueing/index.ts';
import {
  FILL_RULES,
  type FillRule,
  QUEUEING_POLICY_NAMES,
  type QueueingPolicyName,
} from '../../sim/policies/queueing/names.ts';
import { guardOf, type JobStory, runSmall, type SmallJob } from './pool-run.ts';

const of = (tenant: string, priority = 0) => ({ tenant, priority, queue: tenant });

/** Two hosts of two GPUs. `fill` holds all of them when the others come; `lie` says 2 s and takes 9. */
const JOBS: readonly SmallJob[] = [
  { name: 'fill', at: 0, runs: 4, workers: [2, 2], claim: of('a', 1) },
  { name: 'long', at: 1, runs: 12, gpus: 1, claim: of('a') },
  { name: 'gang', at: 1, runs: 5, workers: [1, 1], claim: of('b') },
  { name: 'lie', at: 2, runs: 9, gpus: 1, estimate: 2, claim: of('b') },
  { name: 'pair', at: 2, runs: 3, gpus: 2, claim: of('c') },
  { name: 'four', at: 3, runs: 2, workers: [2, 2], claim: of('c') },
  { name: 'urgent', at: 3, runs: 4, gpus: 1, claim: of('a', 2) },
  { name: 'tiny', at: 6, runs: 1, gpus: 1, claim: of('b', 1) },
  { name: 'late', at: 7, runs: 6, gpus: 2, claim: of('c', 1) },
];

/** For drf, which alone orders by CPU: each worker of gang takes 600 of its host's 1000 cores. */
const WITH_CPU = JOBS.map((job) => (job.name === 'gang' ? { ...job, cpu: 600_000 } : job));

const quota = (path: string, guaranteedGpus: number, maxGpus = Number.POSITIVE_INFINITY) => ({
  path,
  guaranteedGpus,
  maxGpus,
  weight: 1,
});
const QUOTAS = [quota('a', 1), quota('b', 0, 2), quota('c', 2)];

/** When each job held its GPUs, worked out by hand: `from-to`, several where it was stopped. Tenant b has weight 2. */
const BY_HAND: Readonly<Record<QueueingPolicyName, Record<string, string>>> = {
  // At 9 gang leaves one GPU on either host: pair needs two of one, and all wait for it until lie ends at 13.
  fifo: {
    fill: '0-4',
    long: '4-16',
    gang: '4-9',
    lie: '4-13',
    pair: '13-16',
    four: '16-18',
    urgent: '18-22',
    tiny: '18-19',
    late: '18-24',
  },
  // At 4: lie (2, as it says), four (2) finds no room, pair (3), urgent (4). At 7 tiny, and long as the one that fits;
  // at 8 gang on one GPU of each host. At 13 late finds a whole host before four finds two.
  sjf: {
    fill: '0-4',
    lie: '4-13',
    pair: '4-7',
    urgent: '4-8',
    tiny: '7-8',
    long: '7-19',
    gang: '8-13',
    late: '13-19',
    four: '19-21',
  },
  // At 2 fill has no more left than lie says. At 6 tiny (1) stops urgent (2 left), not lie, which seems about to end for
  // 7 s on; that keeps four out, for which long (8 left) and late (5 left) go at 13.
  srtf: {
    fill: '0-4',
    lie: '4-13',
    pair: '4-7',
    urgent: '4-6 7-9',
    tiny: '6-7',
    gang: '7-12',
    long: '9-13 15-23',
    late: '12-13 15-20',
    four: '13-15',
  },
  // At 1 gang (10 GPU-s) stops fill (12 left), and long (12) takes one GPU of the other two. At 2 pair (6) stops gang
  // (8 left); at 3 urgent (4) long (10 left); at 6 tiny (1) gang (6 left), so that one GPU is left for long. From then
  // on all have less left than four (8), late and fill (12 each) would need them to have.
  srsf: {
    fill: '0-1 19-22',
    gang: '1-2 5-6 7-10',
    long: '1-3 6-16',
    lie: '2-11',
    pair: '2-5',
    urgent: '3-7',
    tiny: '6-7',
    late: '11-17',
    four: '17-19',
  },
  // Four GPUs, then two in order of arrival (gang, pair, late), then one.
  'large-first': {
    fill: '0-4',
    four: '4-6',
    gang: '6-11',
    pair: '6-9',
    late: '9-15',
    long: '11-23',
    lie: '11-20',
    urgent: '15-19',
    tiny: '15-16',
  },
  // urgent (2) stops fill (1), which is next and lets nobody past until 7. Then those of 1, then of 0 in order: gang
  // waits for two GPUs until 14, pair for two of one host until 20.
  priority: {
    fill: '0-3 7-8',
    urgent: '3-7',
    tiny: '8-9',
    late: '8-14',
    long: '8-20',
    gang: '14-19',
    lie: '14-23',
    pair: '20-23',
    four: '23-25',
  },
  // At 4 a has had 16 GPU-s, b and c nothing: b came first, twice. From then on c has had least: pair, and four at 13. At
  // 15 b has had 19 over 2, c 14, a 16.
  'fair-share': {
    fill: '0-4',
    gang: '4-9',
    lie: '4-13',
    pair: '9-12',
    four: '13-15',
    tiny: '15-16',
    late: '15-21',
    long: '15-27',
    urgent: '16-20',
  },
  // Tags: fill 16, gang 4 + 10/2 = 9, lie 9 + 2/2 = 10, pair 5 1/3 + 6, four 8 more: 19 1/3, long 16 + 12, urgent 28 + 4,
  // tiny 10 + 1/2, late 19 1/3 + 12. tiny comes before pair and starts when it comes.
  wfq: {
    fill: '0-4',
    gang: '4-9',
    lie: '4-13',
    tiny: '6-7',
    pair: '9-12',
    four: '13-15',
    long: '15-27',
    late: '15-21',
    urgent: '15-19',
  },
  // Limits 6 and 12 GPU-s. fill goes to the second queue at 1.5, gang at 4.5 (for urgent; pair needs two GPUs of one
  // host), long at 7.5, lie at 8 (for pair), late at 11.5, when all that run give way to four. At 13.5 fill is first of
  // the second queue and leaves it at 15; long, gang and lie go on, late when lie ends, and fill last of all.
  las: {
    fill: '0-1.5 13.5-15 20.5-21.5',
    long: '1.5-8.5 11-11.5 15-19.5',
    gang: '1.5-4.5 15-17',
    lie: '2-8 11-11.5 15-17.5',
    urgent: '4.5-8.5',
    tiny: '6-7',
    pair: '8-11',
    late: '8.5-11.5 17.5-20.5',
    four: '11.5-13.5',
  },
  // At 4 a has 1/4 with long, b 0.6 of the CPU by weight 2 with gang, c finds no two GPUs: a is next, with urgent. At 9 a
  // GPU of either host is free, which is nothing for c; at 16 pair, at 17 late, which four has to wait for.
  drf: {
    fill: '0-4',
    long: '4-16',
    gang: '4-9',
    urgent: '4-8',
    lie: '8-17',
    tiny: '9-10',
    pair: '16-19',
    late: '17-23',
    four: '23-25',
  },
  // At 4 long and gang, then all but c have 1 by weight, and lie came before urgent. At 7 late could take lie or gang of
  // b, 1.5, not both. At 10 a has 2 with urgent, and may lose long to pair; at 13 it goes on with 6 left.
  'max-min': {
    fill: '0-4',
    long: '4-10 13-19',
    gang: '4-9',
    lie: '4-13',
    tiny: '9-10',
    urgent: '9-13',
    pair: '10-13',
    late: '13-19',
    four: '19-21',
  },
  // a is guaranteed 1, c 2, and b nothing and at most 2. fill may not be stopped: a would have nothing. At 4 long and pair
  // are due, lie is the first that fits in what is left. At 7 late is due; gang would take b to 3. At 13 gang fits again,
  // beside it urgent, and tiny would take b to 3 until 18, when four, of a queue with guarantee left, goes first.
  quotas: {
    fill: '0-4',
    long: '4-16',
    pair: '4-7',
    lie: '4-13',
    late: '7-13',
    gang: '13-18',
    urgent: '13-17',
    four: '18-20',
    tiny: '20-21',
  },
  // rho at 2: long 13/12, gang and lie 0.8, fill 0.5, pair 0.4. At 6: urgent 1 against gang 0.41; pair has 0.72, and of no
  // host both with less. At 10 pair has 1.01 against long 0.64; at 11 gang 0.647 against
  // long 0.637; at 13 four 0.85 against long 0.71; at 15 long 0.86, late 0.75, fill 0.72; at 17 fill 0.86
  // against late 0.83.
  ftf: {
    fill: '0-2 17-19',
    long: '2-10 10-11 12-13 15-17',
    gang: '2-6 11-12',
    lie: '2-11',
    urgent: '6-10',
    tiny: '6-7',
    pair: '10-13',
    four: '13-15',
    late: '15-17 19-23',
  },
};

const names = Object.keys(BY_HAND) as QueueingPolicyName[];

test.each(names)('%s gives the nine jobs what was worked out by hand', (name) => {
  const policy = queueingPolicy(name);
  const stories = runSmall({
    hosts: [2, 2],
    jobs: name === 'drf' ? WITH_CPU : JOBS,
    policy,
    rules: { preemption: policy.promises.preempts ? 'evict' : 'none' },
    config: { attainedLimits: [6, 12], weights: { b: 2 }, quotas: QUOTAS },
  });
  expect(heldBy(stories)).toEqual(BY_HAND[name]);
});

test('No two disciplines do the same, and none is left out', () => {
  expect([...names].sort()).toEqual([...QUEUEING_POLICY_NAMES].sort());
  const outcomes = names.map((name) => JSON.stringify(Object.entries(BY_HAND[name]).sort()));
  expect(new Set(outcomes).size).toBe(names.length);
});

/** One host of four GPUs, in order of arrival. */
const QUEUE: readonly SmallJob[] = [
  { name: 'base', at: 0, runs: 10, gpus: 2 },
  { name: 'head', at: 1, runs: 10, gpus: 3 },
  { name: 'second', at: 2, runs: 5, gpus: 4 },
  { name: 'eager', at: 3, runs: 12, gpus: 2 },
  { name: 'extra', at: 4, runs: 20, gpus: 1 },
  { name: 'short', at: 5, runs: 5, gpus: 1 },
];

const BY_FILL: Readonly<Record<FillRule, Record<string, string>>> = {
  // One after the other: the last three together when second has had all four GPUs.
  block: { base: '0-10', head: '10-20', second: '20-25', eager: '25-37', extra: '25-45', short: '25-30' },
  // eager takes what is free at 3, extra and short at 10, so that the head has three GPUs at 15 and second four at 30.
  skip: { base: '0-10', eager: '3-15', extra: '10-30', short: '10-15', head: '15-25', second: '30-35' },
  // The head is due at 10 and leaves one GPU: extra has it from 4 on, and second has to wait until 24 for that. short is
  // gone by 10. At 20 eager would delay second, which is the head by then.
  easy: { base: '0-10', extra: '4-24', short: '5-10', head: '10-20', second: '24-29', eager: '29-41' },
  // second is due at 20, which extra would delay: only short delays nobody.
  conservative: {
    base: '0-10',
    short: '5-10',
    head: '10-20',
    second: '20-25',
    eager: '25-37',
    extra: '25-45',
  },
};

test.each(FILL_RULES)('under fifo, %s fills the gaps as was worked out by hand', (fill) => {
  const stories = runSmall({
    hosts: [4],
    jobs: QUEUE,
    policy: queueingPolicy('fifo'),
    rules: { fill },
    guard: guardOf(fill),
  });
  expect(heldBy(stories)).toEqual(BY_FILL[fill]);
});

test('No two fill rules do the same', () => {
  const outcomes = FILL_RULES.map((fill) => JSON.stringify(Object.entries(BY_FILL[fill]).sort()));
  expect(new Set(outcomes).size).toBe(FILL_RULES.length);
});

/** `from-to` of each run of each job. */
function heldBy(stories: ReadonlyMap<string, JobStory>): Record<string, string> {
  return Object.fromEntries(
    [...stories.values()].map(({ name, starts, stops, end }) => [
      name,
      starts.map(({ at }, i) => `${at}-${stops[i] ?? end}`).join(' '),
    ]),
  );
}
