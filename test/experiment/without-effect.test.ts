import { describe, expect, test } from 'vitest';
import { type OfSomeDisciplines, READ_ESTIMATES, readBy } from '../../sim/experiment/without-effect.ts';
import { normalizeScenario, replicate, summarize } from '../../sim/index.ts';
import { DEFAULT_QUEUEING_CONFIG, type QueuedJob } from '../../sim/policies/queueing/discipline.ts';
import { QUEUEING_POLICIES } from '../../sim/policies/queueing/index.ts';
import type { QueueingPolicyName } from '../../sim/policies/queueing/names.ts';
import { documentOf, host, type Row, taskOf } from './explain-cases.ts';

const TWO_HOSTS = [host('a', 2, 'L4', 2)];

/** What a run says had no effect, without the words that are the same in each. */
function withoutEffect(
  policy: object,
  rows: readonly Row[],
  hosts: readonly object[] = TWO_HOSTS,
): readonly string[] {
  const checked = normalizeScenario(documentOf(hosts, policy));
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const { notes } = summarize([replicate(checked.scenario, { tasks: rows.map(taskOf) }, 1)]);
  return notes.flatMap((note) => /^policy\.(.*) had no effect: /.exec(note)?.[1] ?? []);
}

/** Two that never meet. */
const CALM: readonly Row[] = [
  { name: 'x', at: 0, runs: 1, gpus: 2 },
  { name: 'y', at: 2, runs: 1, gpus: 2 },
];

/** Of two tenants and priorities, with one that waits behind another and finds room before it. */
const BUSY: readonly Row[] = [
  { name: 'w', at: 0, runs: 6, tenant: 'ann' },
  { name: 'v', at: 0, runs: 5, gpus: 2, tenant: 'bob' },
  { name: 'x', at: 1, runs: 5, gpus: 2, tenant: 'ann', priority: 1 },
  { name: 'y', at: 1, runs: 2, gpus: 1, tenant: 'bob', priority: 5 },
  { name: 'z', at: 2, runs: 2, gpus: 1, tenant: 'bob', priority: 5 },
];

/** Three that have to wait at once. */
const DEEP: readonly Row[] = ['p', 'q', 'r', 's', 't'].map((name) => ({ name, at: 0, runs: 2, gpus: 2 }));

describe('each policy and parameter that did nothing is told, and none that did', () => {
  test.each<[what: string, key: string, policy: object, idle: readonly Row[], busy: readonly Row[]]>([
    ['the discipline', 'queueing=sjf', { queueing: 'sjf' }, CALM, BUSY],
    ['the fill rule', 'scheduling.fill', { scheduling: { fill: 'skip' } }, CALM, BUSY],
    [
      'preemption',
      'scheduling.preemption',
      { queueing: 'priority', scheduling: { preemption: 'evict' } },
      CALM,
      BUSY,
    ],
    [
      'the way to stop',
      'scheduling.stopBy',
      { queueing: 'priority', scheduling: { stopBy: 'kill' } },
      CALM,
      BUSY,
    ],
    [
      'time left alone',
      'scheduling.minRun',
      { queueing: 'priority', scheduling: { minRun: '3h' } },
      CALM,
      BUSY,
    ],
    [
      'the own place',
      'scheduling.keepPlace',
      { queueing: 'srtf', scheduling: { preemption: 'refill', keepPlace: false } },
      CALM,
      BUSY,
    ],
    ['a limit of jobs', 'scheduling.maxJobsPerUser', { scheduling: { maxJobsPerUser: 1 } }, CALM, BUSY],
    ['a limit of GPUs', 'scheduling.maxGpusPerUser', { scheduling: { maxGpusPerUser: 2 } }, CALM, BUSY],
    ['ageing', 'scheduling.ageing', { queueing: 'priority', scheduling: { ageing: '1h' } }, CALM, BUSY],
    [
      'half-life',
      'scheduling.halfLife',
      { queueing: 'fair-share', scheduling: { halfLife: '1h' } },
      CALM,
      BUSY,
    ],
    ['weights', 'scheduling.weights', { queueing: 'drf', scheduling: { weights: { ann: 2 } } }, CALM, BUSY],
    [
      'thresholds of service',
      'scheduling.attainedLimits',
      { queueing: 'las', scheduling: { attainedLimits: [10_000] } },
      CALM,
      BUSY,
    ],
    [
      'quotas',
      'scheduling.quotas',
      { queueing: 'quotas', scheduling: { quotas: { ann: { max: 2 } } } },
      CALM,
      BUSY,
    ],
    ['the depth', 'scheduling.depth', { scheduling: { fill: 'easy', depth: 1 } }, CALM, DEEP],
    ['estimates', 'scheduling.estimates', { scheduling: { estimates: { noise: 1 } } }, CALM, []],
  ])('%s', (_, key, policy, idle, busy) => {
    expect(withoutEffect(policy, idle)).toContain(key);
    if (busy.length > 0) expect(withoutEffect(policy, busy)).not.toContain(key);
  });

  test('estimates, where order or fill rests on them', () => {
    const noise = { estimates: { noise: 1 } };
    expect(withoutEffect({ queueing: 'sjf', scheduling: noise }, BUSY)).toEqual([]);
    expect(withoutEffect({ scheduling: { ...noise, fill: 'easy' } }, BUSY)).not.toContain(
      'scheduling.estimates',
    );
  });

  test('placement, where no job had two hosts to choose from', () => {
    const rows: readonly Row[] = [
      { name: 'x', at: 0, runs: 1, models: ['L4'] },
      { name: 'y', at: 0, runs: 1, models: ['T4'] },
    ];
    const hosts = [host('a', 1, 'L4', 1), host('b', 1, 'T4', 1)];
    expect(withoutEffect({ placement: 'best-fit' }, rows, hosts)).toEqual(['placement=best-fit']);
    expect(
      withoutEffect({ placement: 'best-fit' }, rows, [host('a', 2, 'L4', 1), host('b', 1, 'T4', 1)]),
    ).toEqual([]);
    // With a single host there is nothing that a policy could have been wanted for.
    expect(withoutEffect({ placement: 'best-fit' }, rows.slice(0, 1), [host('a', 1, 'L4', 1)])).toEqual([]);
  });

  test('what the discipline does not read is told of each', () => {
    const scheduling = {
      ageing: '1h',
      weights: { ann: 2 },
      attainedLimits: [60],
      promoteAfter: 3,
      queueOrder: 'first-start',
    };
    expect(withoutEffect({ queueing: 'sjf', scheduling }, BUSY)).toEqual([
      'scheduling.ageing',
      'scheduling.weights',
      'scheduling.attainedLimits',
      'scheduling.promoteAfter',
      'scheduling.queueOrder',
    ]);
  });

  test('what is not stated is not told', () => {
    expect(withoutEffect({}, CALM)).toEqual([]);
    expect(withoutEffect({ queueing: 'fifo', scheduling: { fill: 'block' } }, BUSY)).not.toContain(
      'queueing=fifo',
    );
  });

  test('a pool is named, and one that nobody goes to is left out', () => {
    const pools = [{ name: 'side', hosts: ['a-0001'], scheduling: { fill: 'skip' } }];
    expect(withoutEffect({ scheduling: { maxJobsPerUser: 9 }, pools }, CALM)).toEqual([
      'scheduling.maxJobsPerUser',
    ]);
  });

  test('of several runs only what did nothing in all of them', () => {
    const checked = normalizeScenario(documentOf(TWO_HOSTS, { queueing: 'sjf' }));
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    const runs = [CALM, BUSY].map((rows) => replicate(checked.scenario, { tasks: rows.map(taskOf) }, 1));
    expect(runs.map(({ withoutEffect: found }) => found.length)).toEqual([1, 0]);
    expect(summarize(runs).notes.join()).not.toContain('had no effect');
  });
});

describe('what is said of the disciplines is what they read', () => {
  const FIELDS = [
    'ageingUs',
    'halfLifeUs',
    'weights',
    'resourceWeights',
    'attainedLimits',
    'promoteAfter',
    'queueOrder',
    'quotas',
  ];

  test.each(QUEUEING_POLICIES)('$name', (policy) => {
    const read = new Set<string>();
    let readsEstimate = false;
    const config = new Proxy(DEFAULT_QUEUEING_CONFIG, {
      get(target, key) {
        read.add(String(key));
        return Reflect.get(target, key);
      },
    });
    const checked = normalizeScenario(documentOf(TWO_HOSTS, { queueing: policy.name }));
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    replicate(checked.scenario, { tasks: BUSY.map(taskOf) }, 1, {
      observers(fleet) {
        const discipline = policy.create({
          fleet,
          capacity: { gpus: 4, cpuMilli: 128_000, memoryMib: 1024 },
          config,
        });
        return [
          {
            placed(atUs, job) {
              const queued: QueuedJob = {
                slot: job.number,
                job: {
                  ...job,
                  get estimateUs() {
                    readsEstimate = true;
                    return 1;
                  },
                },
                gpus: 1,
                get estimateLeftUs() {
                  readsEstimate = true;
                  return 1;
                },
                attainedUs: 0,
                queuedSinceUs: 0,
                startedUs: 0,
                preemptions: 0,
              };
              discipline.queued?.(queued, atUs);
              discipline.laneRank?.(discipline.laneOf?.(queued) ?? 0, atUs);
              discipline.rank(queued, atUs);
            },
          },
        ];
      },
    });
    expect(FIELDS.filter((field) => read.has(field)).toSorted()).toEqual(
      [...readBy(policy.name as QueueingPolicyName)].toSorted() satisfies OfSomeDisciplines[],
    );
    expect(readsEstimate).toBe((READ_ESTIMATES as readonly string[]).includes(policy.name));
  });
});
