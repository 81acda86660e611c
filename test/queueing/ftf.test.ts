import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { ftf } from '../../sim/policies/queueing/ftf.ts';
import { endsOf, type JobStory, runSmall, type SmallJob } from './pool-run.ts';

/** Whole seconds. */
interface SlowJob {
  readonly at: number;
  readonly runs: number;
  readonly gpus: number;
  readonly estimate: number;
}

/**
 * Starts by a slow twin without preemption: second by second, the job with the greatest rho of those that fit; N is the
 * mean over the seconds since its arrival of the number of jobs that are there.
 */
function slowStarts(jobs: readonly SlowJob[], gpus: number): (number | undefined)[] {
  const starts: (number | undefined)[] = jobs.map(() => undefined);
  const endOf = (n: number) =>
    starts[n] === undefined ? Infinity : (starts[n] as number) + (jobs[n] as SlowJob).runs;
  const present: number[] = [];
  for (let now = 0; starts.includes(undefined); now++) {
    present.push(jobs.filter(({ at }, n) => at <= now && endOf(n) > now).length);
    for (;;) {
      const free = jobs.reduce(
        (left, job, n) => (starts[n] !== undefined && endOf(n) > now ? left - job.gpus : left),
        gpus,
      );
      let next = -1;
      let most = 0;
      jobs.forEach((job, n) => {
        if (starts[n] !== undefined || job.at > now || job.gpus > free) return;
        const waited = now - job.at;
        let jobTime = 0;
        for (let t = job.at; t < now; t++) jobTime += present[t] as number;
        const others = waited > 0 ? (jobTime * 1e6) / (waited * 1e6) : (present[now] as number);
        const alone = job.estimate * 1e6 * Math.max(1, (job.gpus * others) / gpus);
        const rho = ((waited + job.estimate) * 1e6) / alone;
        if (next < 0 || rho > most) {
          next = n;
          most = rho;
        }
      });
      if (next < 0) break;
      starts[next] = now;
    }
  }
  return starts;
}

/** Greatest of (end - arrival) / (run time x jobs in all): rho of jobs of one GPU that are all there all the time, on one GPU. */
function worst(stories: ReadonlyMap<string, JobStory>, jobs: readonly SmallJob[]): number {
  return Math.max(
    ...jobs.map(({ name, at, runs }) => ((stories.get(name)?.end as number) - at) / (runs * jobs.length)),
  );
}

describe('Finish-time fairness', () => {
  test('takes the job that the others delay most for its length, by hand', () => {
    const stories = runSmall({
      jobs: [
        { name: 'first', at: 0, runs: 10 },
        { name: 'long', at: 0, runs: 50 },
        { name: 'short', at: 6, runs: 4 },
        { name: 'last', at: 9, runs: 4 },
      ],
      policy: ftf,
    });
    // At 10, N since 0: (6 x 2 + 3 x 3 + 1 x 4) / 10 = 2.5; since 6: (3 x 3 + 4) / 4 = 3.25; since 9: 4.
    // rho: long 60 / (50 x 2.5) = 0.48, short 8 / (4 x 3.25) = 0.62, last 5 / (4 x 4) = 0.31.
    // At 14, N since 0: (25 + 4 x 3) / 14 = 2.64, since 9: (4 + 12) / 5 = 3.2.
    // rho: long 64 / (50 x 2.64) = 0.48, last 9 / (4 x 3.2) = 0.70.
    expect(endsOf(stories)).toEqual({ first: 10, short: 14, last: 18, long: 68 });
  });

  test('a job that needs no more than its part alone has the longer to wait for nothing: it comes first', () => {
    const stories = runSmall({
      hosts: [4],
      jobs: [
        { name: 'busy', at: 0, runs: 10, gpus: 4 },
        { name: 'wide', at: 0, runs: 10, gpus: 4 },
        { name: 'narrow', at: 0, runs: 10, gpus: 1 },
      ],
      policy: ftf,
      rules: { fill: 'block' },
    });
    // The narrow one alone on 4/3 GPUs takes 10 s, each wide one on as much takes 30 s.
    expect(endsOf(stories)).toEqual({ narrow: 10, busy: 20, wide: 30 });
  });

  test('starts jobs when a slow twin does that adds up the jobs in the system second by second', () => {
    const job = fc
      .record({
        at: fc.nat(15),
        runs: fc.integer({ min: 1, max: 9 }),
        gpus: fc.integer({ min: 1, max: 3 }),
        factor: fc.constantFrom(0.5, 1, 2),
      })
      .map(({ factor, ...each }) => ({ ...each, estimate: each.runs * factor }));
    fc.assert(
      fc.property(fc.array(job, { maxLength: 18 }), fc.integer({ min: 3, max: 5 }), (drawn, gpus) => {
        const jobs = drawn.map((each, i) => ({ ...each, i })).sort((x, y) => x.at - y.at || x.i - y.i);
        const stories = runSmall({
          hosts: [gpus],
          jobs: jobs.map(({ at, runs, gpus: own, estimate }, n) => ({
            name: `j${n}`,
            at,
            runs,
            gpus: own,
            estimate,
          })),
          policy: ftf,
        });
        expect(jobs.map((_, n) => stories.get(`j${n}`)?.starts[0]?.at)).toEqual(slowStarts(jobs, gpus));
      }),
      { numRuns: 200 },
    );
  });

  test.each(['evict', 'refill'] as const)(
    'ends jobs no later than alone on their part, but for a round each, under %s',
    (preemption) => {
      const jobs: SmallJob[] = [
        { name: 'huge', at: 0, runs: 900 },
        ...Array.from({ length: 8 }, (_, i) => ({ name: `j${i}`, at: 0, runs: 20 + 10 * i })),
      ];
      const shared = runSmall({ jobs, policy: ftf, rules: { preemption, roundUs: 5e6 } });
      const first = runSmall({ jobs, policy: fifo });
      // First come, first served lets 20 s wait for 900. Rounds of 5 s of 9 jobs are 45 s, on 20 s alone on a ninth: 180 s.
      expect(worst(first, jobs)).toBeGreaterThan(5);
      expect(worst(shared, jobs)).toBeLessThan(1 + 45 / 180);
      expect([...shared.values()].every(({ lost }) => lost === 0)).toBe(true);
    },
  );

  test('lets equal jobs take turns: the one that waits falls behind until it is its turn', () => {
    const jobs = ['a', 'b'].map((name) => ({ name, at: 0, runs: 40 }));
    const stories = runSmall({ jobs, policy: ftf, rules: { preemption: 'evict', roundUs: 10e6 } });
    // Of 2 x 40 s alone: at 10 a is at 10 + 30 and b at 10 + 40; at 20 both at 50, and b goes on; at 30 a at 60, b at 50.
    expect(stories.get('a')).toMatchObject({ stops: [10, 50], end: 80 });
    expect(stories.get('b')).toMatchObject({ stops: [30], end: 70 });
  });

  test('under refill an endless stream of short ones does not keep a wide job out', () => {
    const jobs: SmallJob[] = [{ name: 'wide', at: 5, runs: 20, gpus: 2 }];
    for (let i = 0; i < 400; i++) jobs.push({ name: `s${i}`, at: i * 2, runs: 4 });
    const endOf = (preemption: 'none' | 'refill') =>
      runSmall({ hosts: [2], jobs, policy: ftf, rules: { preemption, fill: 'skip', roundUs: 2e6 } }).get(
        'wide',
      )?.end as number;
    expect(endOf('none')).toBeGreaterThan(800);
    expect(endOf('refill')).toBeLessThan(400);
  });

  test('jobs without end rank like any other', () => {
    const stories = runSmall({
      hosts: [1, 1],
      jobs: [
        { name: 'for-ever', at: 0, runs: Number.POSITIVE_INFINITY },
        { name: 'a', at: 1, runs: 5 },
        { name: 'b', at: 1, runs: 5 },
      ],
      policy: ftf,
      rules: { preemption: 'evict', roundUs: 1e6 },
      horizon: 100,
    });
    expect(stories.get('a')?.end).toBeLessThanOrEqual(12);
    expect(stories.get('b')?.end).toBeLessThanOrEqual(12);
    expect(stories.get('for-ever')?.starts.length).toBeGreaterThan(0);
  });
});
