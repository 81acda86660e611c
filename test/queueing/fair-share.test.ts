import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fairShare } from '../../sim/policies/queueing/fair-share.ts';
import { endsOf, runSmall, type SmallJob } from './pool-run.ts';
import { firstStarts, slowJobs, smallJob } from './random-jobs.ts';
import { lowest, type SlowRun, slowQueue, startsOf } from './slow-queue.ts';

const of = (tenant: string) => ({ tenant });

/** GPU-seconds of a tenant, each halved for every half-life since: the integral of 2^(-age / half-life), run by run. */
function decayedUse(runs: readonly SlowRun[], tenant: string, now: number, halfLife: number): number {
  let sum = 0;
  for (const { job, from, to } of runs) {
    if (job.tenant !== tenant) continue;
    const until = Math.min(to, now);
    sum +=
      halfLife === Number.POSITIVE_INFINITY
        ? job.gpus * (until - from)
        : ((job.gpus * halfLife) / Math.LN2) *
          (2 ** ((until - now) / halfLife) - 2 ** ((from - now) / halfLife));
  }
  return sum;
}

describe('Fair share', () => {
  test('takes the tenant that has used the least, running jobs counted up to now', () => {
    const stories = runSmall({
      hosts: [2],
      jobs: [
        { name: 'a1', at: 0, runs: 10, claim: of('a') },
        { name: 'b1', at: 0, runs: 4, claim: of('b') },
        { name: 'a2', at: 1, runs: 3, claim: of('a') },
        { name: 'b2', at: 2, runs: 5, claim: of('b') },
        { name: 'c1', at: 3, runs: 2, claim: of('c') },
      ],
      policy: fairShare,
    });
    // At 4: a and b have had 4, c nothing. At 6: a 6, b 4. At 10 a2 starts on a1's GPU.
    expect(endsOf(stories)).toEqual({ b1: 4, c1: 6, a1: 10, b2: 11, a2: 13 });
  });

  test('divides use by weight', () => {
    const jobs: SmallJob[] = [];
    for (let i = 0; i < 40; i++) {
      for (const tenant of ['heavy', 'light']) {
        jobs.push({ name: `${tenant}${i}`, at: 0, runs: 1, claim: of(tenant) });
      }
    }
    const stories = runSmall({ jobs, policy: fairShare, config: { weights: { heavy: 3 } } });
    const ended = (tenant: string) =>
      [...stories.values()].filter(({ name, end }) => name.startsWith(tenant) && (end as number) <= 40)
        .length;
    expect(ended('heavy')).toBe(30);
    expect(ended('light')).toBe(10);
  });

  test('forgives old use: what was used long ago counts less than a little used just now', () => {
    const jobs: SmallJob[] = [
      { name: 'old', at: 0, runs: 100, claim: of('a') },
      { name: 'gap', at: 900, runs: 50, claim: of('b') },
      { name: 'a', at: 920, runs: 1, claim: of('a') },
      { name: 'b', at: 910, runs: 1, claim: of('b') },
    ];
    const first = (halfLifeUs: number) => {
      const stories = runSmall({ jobs, policy: fairShare, config: { halfLifeUs } });
      return endsOf(stories).a === 951 ? 'a' : 'b';
    };
    // At 950: a's 100 GPU-s are 850 to 950 s old, b's 50 are new.
    expect(first(100e6)).toBe('a');
    expect(first(Number.POSITIVE_INFINITY)).toBe('b');
  });

  test.each([
    ['that never fades', Number.POSITIVE_INFINITY],
    ['with a half-life of 7 s', 7],
    // A thousand half-lives a second: the scale is moved up at every event.
    ['with a half-life of 1 ms', 0.001],
  ])('use %s: jobs start when a twin says that adds all use up anew each time', (_name, halfLife) => {
    const weights: Record<string, number> = { a: 2, b: 1, c: 0.75 };
    fc.assert(
      fc.property(slowJobs(12, 1), (jobs) => {
        let isClear = true;
        const twin = slowQueue(3, jobs, (waiting, now, runs) => {
          const key = (tenant: string) =>
            decayedUse(runs, tenant, now, halfLife) / (weights[tenant] as number);
          const keys = [...new Set(waiting.map(({ tenant }) => tenant))].map(key).sort((x, y) => x - y);
          // Two sums that differ by rounding alone may be told apart by either side.
          for (let i = 1; i < keys.length; i++) {
            const [low, high] = [keys[i - 1] as number, keys[i] as number];
            if (high > 0 && low !== high && high - low < 1e-9 * high) isClear = false;
            if (halfLife !== Number.POSITIVE_INFINITY && low === high && high > 0) isClear = false;
          }
          return lowest(waiting, ({ tenant }) => key(tenant));
        });
        fc.pre(isClear);
        const stories = runSmall({
          hosts: [3],
          jobs: jobs.map(smallJob),
          policy: fairShare,
          config: { weights, halfLifeUs: halfLife * 1e6 },
        });
        expect(firstStarts(stories)).toEqual(startsOf(twin));
      }),
      { seed: 61, numRuns: 200 },
    );
  });

  test('a tenant with one job among two that always have some waits until it has used the least, and no longer', () => {
    const jobs: SmallJob[] = [{ name: 'c0', at: 0, runs: 20, claim: of('c') }];
    for (let i = 0; i < 60; i++) {
      jobs.push({ name: `a${i}`, at: 1, runs: 2, claim: of('a') });
      jobs.push({ name: `b${i}`, at: 1, runs: 3, claim: of('b') });
    }
    jobs.push({ name: 'c1', at: 2, runs: 1, claim: of('c') });
    const start = runSmall({ jobs, policy: fairShare }).get('c1')?.starts[0]?.at as number;
    // c has had 20 GPU-s, so a and b each get at least 20 after it and none gets a job more.
    expect(start).toBeGreaterThanOrEqual(60);
    expect(start).toBeLessThanOrEqual(60 + 2 + 3);
  });
});
