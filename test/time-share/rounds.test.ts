import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadSolver } from '../../cli/load-solver.ts';
import type { ClusterObserver } from '../../sim/cluster/changes.ts';
import type { HostSpec } from '../../sim/cluster/fleet.ts';
import type { Part } from '../../sim/cluster/part.ts';
import type { SchedulingRules } from '../../sim/engine/scheduling.ts';
import type { TimeShareSetup } from '../../sim/engine/time-share/setup.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { queueingPolicy } from '../../sim/policies/queueing/index.ts';
import { withLimits } from '../../sim/policies/queueing/limits.ts';
import { timeSharePolicy } from '../../sim/policies/time-share/index.ts';
import { ROUND_ORDERS, type TimeShareName } from '../../sim/policies/time-share/names.ts';
import { type JobStory, runSmall, type SmallJob, type SmallRun } from '../queueing/pool-run.ts';

const solver = await loadSolver();

/** Hosts of two GPU models: a number of hosts with a number of GPUs each. */
const fleetOf = (fast: readonly [number, number], slow: readonly [number, number]): HostSpec[] =>
  [
    { model: 'fast', of: fast },
    { model: 'slow', of: slow },
  ].flatMap(({ model, of: [hosts, count] }) =>
    Array.from({ length: hosts }, (_, i) => ({
      name: `${model}-${i}`,
      cpuMilli: 1e6,
      memoryMib: 2 ** 20,
      gpus: [{ model, count }],
    })),
  );

const sharing = (by: TimeShareName, more: Partial<TimeShareSetup> = {}): TimeShareSetup => ({
  divider: timeSharePolicy(by).create({ solver, costs: [1, 1] }),
  view: 'known',
  order: 'pairs',
  reviewUs: 0,
  weights: {},
  random: new RandomStreams(1).stream('time-share-order'),
  ...more,
});

const rulesOf = (timeShare: TimeShareSetup, roundSec = 10): Partial<SchedulingRules> => ({
  preemption: 'refill',
  roundUs: roundSec * 1e6,
  timeShare,
});

const withSpeeds = (fast: number, slow: number): Partial<SmallJob> => ({
  profile: { speedByModel: { fast, slow } },
});

interface Told {
  readonly stories: ReadonlyMap<string, JobStory>;
  /** Seconds that each job was on each model, by job and model. */
  readonly seconds: ReadonlyMap<string, number>;
}

/** Runs jobs and adds up where they were; every moment each worker of a job must be on one model. */
function follow(
  hosts: readonly HostSpec[],
  setup: Omit<SmallRun, 'hostSpecs' | 'policy'> & Partial<SmallRun>,
): Told {
  const seconds = new Map<string, number>();
  const on = new Map<string, { readonly model: string; readonly sinceUs: number }>();
  const modelOf = (parts: readonly Part[]): string => {
    const models = new Set(
      parts.filter(({ gpus }) => gpus.length > 0).map(({ host }) => hosts[host]?.gpus[0]?.model ?? ''),
    );
    expect(models.size).toBeLessThanOrEqual(1);
    return [...models][0] ?? 'none';
  };
  const leave = (atUs: number, name: string) => {
    const place = on.get(name);
    if (place === undefined) return;
    on.delete(name);
    const key = `${name} ${place.model}`;
    seconds.set(key, (seconds.get(key) ?? 0) + (atUs - place.sinceUs) / 1e6);
  };
  const enter = (atUs: number, name: string, parts: readonly Part[]) =>
    on.set(name, { model: modelOf(parts), sinceUs: atUs });
  const observer: ClusterObserver = {
    placed: (atUs, { name }, parts) => enter(atUs, name, parts),
    moved: (atUs, { name }, parts) => {
      leave(atUs, name);
      enter(atUs, name, parts);
    },
    preempted: (atUs, { name }) => leave(atUs, name),
    finished: (atUs, { name }) => leave(atUs, name),
    ended: (atUs) => {
      for (const name of [...on.keys()]) leave(atUs, name);
    },
  };
  const stories = runSmall({ hostSpecs: hosts, policy: queueingPolicy('fifo'), observer, ...setup });
  return { stories, seconds };
}

test.each(ROUND_ORDERS)(
  'Rounds in the order of %s give each job its share of time on each model',
  (order) => {
    // One GPU of each model. Jobs 0 and 1 are 3 times as fast on the fast one, job 2 is as fast on both: shares of 0.4 or 0.5 of
    // the fast one each (see policies.test.ts), and job 2 has at least 0.8 of the slow one.
    const jobs: SmallJob[] = ['a', 'b', 'c'].map((name, i) => ({
      name,
      at: 0,
      runs: 1e6,
      ...(i < 2 ? withSpeeds(3, 1) : withSpeeds(1, 1)),
    }));
    const { seconds } = follow(fleetOf([1, 1], [1, 1]), {
      jobs,
      rules: rulesOf(sharing('max-min', { order })),
      horizon: 10_000,
    });
    const part = (key: string) => (seconds.get(key) ?? 0) / 10_000;
    expect(part('a fast')).toBeCloseTo(0.5, 2);
    expect(part('b fast')).toBeCloseTo(0.5, 2);
    expect(part('a slow')).toBeCloseTo(0.1, 1);
    expect(part('b slow')).toBeCloseTo(0.1, 1);
    expect(part('c slow')).toBeCloseTo(0.8, 1);
  },
);

test('One who knows the speeds gives the fast GPU to the job that gains by it; one who takes them for alike does not look', () => {
  const run = (view: 'known' | 'alike', gaining: number) =>
    follow(fleetOf([1, 1], [1, 1]), {
      jobs: [0, 1].map((i) => ({
        name: `j${i}`,
        at: 0,
        runs: 1e6,
        ...withSpeeds(i === gaining ? 4 : 1, 1),
      })),
      rules: rulesOf(sharing('water-filling', { view, order: 'shuffled' })),
      horizon: 10_000,
    }).seconds;
  for (const i of [0, 1]) expect(run('known', i).get(`j${i} fast`)).toBe(10_000);
  expect(run('alike', 0)).toEqual(run('alike', 1));
});

test('A tenant of weight 3 has 3 times the time of one of weight 1', () => {
  const jobs = ['heavy', 'light'].map((name) => ({ name, at: 0, runs: 1e6, claim: { tenant: name } }));
  const { seconds } = follow(fleetOf([1, 1], [0, 0]), {
    jobs,
    rules: rulesOf(sharing('max-min', { weights: { heavy: 3 } })),
    horizon: 10_000,
  });
  expect((seconds.get('heavy fast') ?? 0) / (seconds.get('light fast') ?? 0)).toBeCloseTo(3, 1);
});

test('A job that comes between two divisions waits for the next, and none of the others goes without', () => {
  const jobs = [
    { name: 'first', at: 0, runs: 1000 },
    { name: 'second', at: 15, runs: 10 },
  ];
  const run = (reviewUs: number) =>
    follow(fleetOf([2, 1], [0, 0]), { jobs, rules: rulesOf(sharing('max-min', { reviewUs })) }).stories;
  expect(run(0).get('second')?.starts[0]?.at).toBe(20);
  expect(run(60e6).get('second')?.starts[0]?.at).toBe(60);
});

test('Jobs without GPUs start in the order of the queue and are never stopped; limits of users hold', () => {
  const jobs: SmallJob[] = [
    { name: 'cpu', at: 0, runs: 500, gpus: 0, cpu: 1000 },
    ...[0, 1, 2, 3].map((i) => ({ name: `u${i}`, at: 0, runs: 50, claim: { tenant: 'u' } })),
  ];
  const limited = withLimits(queueingPolicy('fifo'), { maxJobsPerUser: 2, maxGpusPerUser: 1e9 });
  let running = 0;
  let most = 0;
  const stories = runSmall({
    hostSpecs: fleetOf([1, 4], [0, 0]),
    policy: limited,
    jobs,
    rules: rulesOf(sharing('max-min')),
    observer: {
      placed: (_at, { name }) => {
        if (name !== 'cpu') running += 1;
        most = Math.max(most, running);
      },
      preempted: () => {
        running -= 1;
      },
      finished: (_at, { name }) => {
        if (name !== 'cpu') running -= 1;
      },
    },
  });
  expect(most).toBe(2);
  expect(stories.get('cpu')).toMatchObject({ stops: [], end: 500 });
});

test('A gang has all its workers on one model, and one that no model takes waits', () => {
  const jobs: SmallJob[] = [
    { name: 'wide', at: 0, runs: 100, workers: [2, 2], ...withSpeeds(1, 0.5) },
    { name: 'wider', at: 0, runs: 100, workers: [2, 2, 2], ...withSpeeds(1, 0.5) },
    { name: 'single', at: 0, runs: 100, ...withSpeeds(1, 0.5) },
  ];
  const { stories, seconds } = follow(fleetOf([2, 2], [1, 4]), {
    jobs,
    rules: rulesOf(sharing('water-filling')),
    horizon: 2000,
  });
  expect(stories.get('wide')?.end).toBeDefined();
  expect(stories.get('single')?.end).toBeDefined();
  // Eight GPUs are enough for six, but not of one model.
  expect(stories.get('wider')?.starts).toEqual([]);
  expect([...seconds.keys()].some((key) => key.startsWith('wider'))).toBe(false);
});

const small = fc.array(
  fc.record({
    at: fc.nat(60),
    runs: fc.integer({ min: 1, max: 80 }),
    fast: fc.constantFrom(1, 2, 3),
    slow: fc.constantFrom(0.5, 1),
    gpus: fc.constantFrom(1, 1, 2),
    isPreemptible: fc.constantFrom(true, true, false),
    saveSec: fc.constantFrom(0, 3, 12),
  }),
  { minLength: 1, maxLength: 8 },
);

test.each(['max-min', 'water-filling', 'finish-time', 'makespan', 'allox'] as const)(
  'Under %s every job ends, with all its work done, whatever way jobs are stopped',
  (by) => {
    fc.assert(
      fc.property(
        small,
        fc.constantFrom('suspend', 'checkpoint', 'kill'),
        fc.boolean(),
        (list, way, isSticky) => {
          const jobs = list.map(
            ({ at, runs, fast, slow, gpus, isPreemptible, saveSec }, i): SmallJob => ({
              name: `j${i}`,
              at,
              runs,
              gpus: by === 'allox' ? 1 : gpus,
              claim: {
                isPreemptible,
                checkpoint: { intervalUs: Number.POSITIVE_INFINITY, saveUs: saveSec * 1e6, restoreUs: 1e6 },
              },
              ...withSpeeds(fast, slow),
            }),
          );
          const setup = () => ({
            jobs,
            // Killed jobs might never end where rounds are shorter than they: those stay for good once they run.
            rules: {
              ...rulesOf(sharing(by)),
              way,
              isSticky,
              minRunUs: way === 'kill' ? 1e12 : 0,
            },
          });
          const first = follow(fleetOf([1, 2], [1, 2]), setup());
          for (const { job, story } of jobs.map((each) => ({
            job: each,
            story: first.stories.get(each.name),
          }))) {
            expect(story?.end).toBeDefined();
            const { speedByModel = {} } = job.profile ?? {};
            const done =
              (first.seconds.get(`${job.name} fast`) ?? 0) * (speedByModel.fast as number) +
              (first.seconds.get(`${job.name} slow`) ?? 0) * (speedByModel.slow as number);
            // Saving and reading back hold the GPUs, too.
            expect(done).toBeGreaterThanOrEqual(job.runs - 1e-3);
            if (way === 'suspend') expect(done).toBeCloseTo(job.runs, 3);
          }
          expect(follow(fleetOf([1, 2], [1, 2]), setup()).seconds).toEqual(first.seconds);
        },
      ),
      { numRuns: 40 },
    );
  },
);
