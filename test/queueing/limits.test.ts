import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QueueingPolicy } from '../../sim/policies/queueing/discipline.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { QUEUEING_POLICIES } from '../../sim/policies/queueing/index.ts';
import { NO_LIMITS, withLimits } from '../../sim/policies/queueing/limits.ts';
import { priority } from '../../sim/policies/queueing/priority.ts';
import { endsOf, runSmall, type SmallJob } from './pool-run.ts';

const own = (tenant: string, n: number, at = 0, runs = 10): SmallJob[] =>
  Array.from({ length: n }, (_, i) => ({ name: `${tenant}${i}`, at, runs, claim: { tenant } }));

/** `max_jobs_per_user: 3`. */
const threeEach = withLimits(fifo, { ...NO_LIMITS, maxJobsPerUser: 3 });

describe('Limits by user', () => {
  test('let three jobs of a user run at a time, and others overtake, even where nobody may overtake the head', () => {
    const told: string[] = [];
    const stories = runSmall({
      hosts: [8],
      jobs: [...own('a', 5), ...own('b', 2)],
      policy: threeEach,
      observer: { blocked: (_at, { name }, reason) => void told.push(`${name} ${reason}`) },
    });
    expect(endsOf(stories)).toEqual({ a0: 10, a1: 10, a2: 10, b0: 10, b1: 10, a3: 20, a4: 20 });
    expect(told).toContain('a3 user-limit');
  });

  test('still let nobody overtake a head that only lacks room', () => {
    const stories = runSmall({
      hosts: [4],
      jobs: [
        ...own('a', 5),
        { name: 'wide', at: 1, runs: 5, gpus: 4, claim: { tenant: 'b' } },
        ...own('c', 1, 2),
      ],
      policy: threeEach,
    });
    // A GPU is free from the start, but c came after the wide one; a's fourth is held by its limit, not by room.
    expect(stories.get('c0')?.starts[0]?.at).toBe(25);
    expect(stories.get('a3')?.starts[0]?.at).toBe(10);
    expect(stories.get('wide')?.starts[0]?.at).toBe(20);
  });

  test('count GPUs, so that a small job may go where a large one of the same user may not', () => {
    const stories = runSmall({
      hosts: [8],
      jobs: [
        { name: 'a', at: 0, runs: 10, gpus: 3, claim: { tenant: 'u' } },
        { name: 'b', at: 0, runs: 10, gpus: 2, claim: { tenant: 'u' } },
        { name: 'c', at: 0, runs: 10, milli: 500, claim: { tenant: 'u' } },
        { name: 'd', at: 0, runs: 10, milli: 500, claim: { tenant: 'u' } },
        { name: 'e', at: 0, runs: 10, milli: 500, claim: { tenant: 'u' } },
      ],
      policy: withLimits(fifo, { ...NO_LIMITS, maxGpusPerUser: 4 }),
    });
    expect(endsOf(stories)).toEqual({ a: 10, c: 10, d: 10, b: 20, e: 20 });
  });

  test('count who saves his state until he has left', () => {
    const checkpoint = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 4e6, restoreUs: 0 };
    const stories = runSmall({
      hosts: [1, 1],
      jobs: [
        { name: 'u0', at: 0, runs: 50, claim: { tenant: 'u', checkpoint } },
        { name: 'urgent', at: 1, runs: 20, cpu: 1, claim: { tenant: 'v', priority: 2 } },
        { name: 'w', at: 0, runs: 2, claim: { tenant: 'w', priority: 1 } },
        { name: 'u1', at: 2, runs: 5, claim: { tenant: 'u', priority: 1 } },
      ],
      policy: withLimits(priority, { ...NO_LIMITS, maxJobsPerUser: 1 }),
      rules: { preemption: 'evict', way: 'checkpoint' },
    });
    // u0 saves from 1 to 5. A GPU is free from 2 on, but u holds one until 5.
    expect(stories.get('u0')?.stops[0]).toBe(5);
    expect(stories.get('u1')?.starts[0]?.at).toBe(5);
    expect([...stories.values()].every(({ end }) => end !== undefined)).toBe(true);
  });

  test('reject a job that asks for more GPUs than its user may have at all', () => {
    const stories = runSmall({
      hosts: [8],
      jobs: [
        { name: 'five', at: 0, runs: 10, gpus: 5, claim: { tenant: 'u' } },
        { name: 'gang', at: 0, runs: 10, workers: [2, 3], claim: { tenant: 'u' } },
        { name: 'four', at: 0, runs: 10, gpus: 4, claim: { tenant: 'u' } },
        { name: 'free', at: 20, runs: 10, gpus: 5 },
      ],
      policy: withLimits(fifo, { ...NO_LIMITS, maxGpusPerUser: 4 }),
    });
    expect([...stories.values()].map(({ rejected, end }) => rejected ?? end)).toEqual([
      'never-fits:user-limit',
      'never-fits:user-limit',
      10,
      30,
    ]);
  });

  test('do not limit jobs of nobody named', () => {
    const jobs = Array.from({ length: 6 }, (_, i) => ({ name: `j${i}`, at: 0, runs: 10 }));
    const stories = runSmall({ hosts: [6], jobs, policy: threeEach });
    expect([...stories.values()].every(({ end }) => end === 10)).toBe(true);
  });

  test('count a job that others are being stopped for', () => {
    const checkpoint = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 3e6, restoreUs: 0 };
    const stories = runSmall({
      hosts: [1, 1],
      jobs: [
        { name: 'x', at: 0, runs: 50, claim: { tenant: 'v', checkpoint } },
        { name: 'y', at: 0, runs: 50, claim: { tenant: 'w', checkpoint } },
        { name: 'u0', at: 1, runs: 5, cpu: 1, claim: { tenant: 'u', priority: 1 } },
        { name: 'u1', at: 1, runs: 5, cpu: 2, claim: { tenant: 'u', priority: 1 } },
      ],
      policy: withLimits(priority, { ...NO_LIMITS, maxJobsPerUser: 1 }),
      rules: { preemption: 'evict', way: 'checkpoint' },
    });
    // One of them is stopped and has saved at 4; the second of u waits for the first, not for the other GPU.
    expect([...stories.values()].flatMap(({ stops }) => stops)).toEqual([4]);
    expect([stories.get('u0')?.starts[0]?.at, stories.get('u1')?.starts[0]?.at]).toEqual([4, 9]);
  });

  test.each([
    [0, 1],
    [1, 0],
    [Number.NaN, 1],
  ])('refuse %d jobs and %d GPUs', (maxJobsPerUser, maxGpusPerUser) => {
    expect(() => withLimits(fifo, { maxJobsPerUser, maxGpusPerUser })).toThrow(RangeError);
  });
});

const jobs = fc.array(
  fc.record({
    tenant: fc.constantFrom('a', 'b', 'c'),
    gpus: fc.integer({ min: 1, max: 3 }),
    at: fc.nat(15),
    runs: fc.integer({ min: 1, max: 12 }),
    priority: fc.nat(2),
  }),
  { maxLength: 20 },
);

const named = (
  drawn: readonly { tenant: string; gpus: number; at: number; runs: number; priority: number }[],
) =>
  drawn.map(({ tenant, priority, ...job }, i) => ({
    ...job,
    name: `${tenant}${i}`,
    claim: { tenant, priority, queue: tenant },
  }));

const preemptions = (policy: QueueingPolicy) =>
  policy.promises.preempts ? (['none', 'evict', 'refill'] as const) : (['none'] as const);

describe.each(QUEUEING_POLICIES.map((policy) => [policy.name, policy] as const))(
  'Limits around %s',
  (_name, policy) => {
    test.each(preemptions(policy))('change nothing where there are none, under %s', (preemption) => {
      fc.assert(
        fc.property(jobs, fc.constantFrom('block', 'skip'), (drawn, fill) => {
          const run = (of: QueueingPolicy) => [
            ...runSmall({ hosts: [3, 2], jobs: named(drawn), policy: of, rules: { preemption, fill } }),
          ];
          expect(run(withLimits(policy, NO_LIMITS))).toEqual(run(policy));
        }),
        { numRuns: 15 },
      );
    });

    const ways = preemptions(policy).flatMap((each) =>
      (each === 'none' ? (['suspend'] as const) : (['suspend', 'checkpoint'] as const)).map(
        (way) => [each, way] as const,
      ),
    );
    test.each(ways)('are never exceeded, and the work goes on, under %s by %s', (preemption, way) => {
      fc.assert(
        fc.property(
          jobs,
          fc.integer({ min: 1, max: 3 }),
          fc.integer({ min: 3, max: 5 }),
          (drawn, maxJobs, maxGpus) => {
            const held = new Map<string, { jobs: number; gpus: number }>();
            const gpusOf = (name: string) => all.find((job) => job.name === name)?.gpus as number;
            const checkpoint = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 2e6, restoreUs: 1e6 };
            const all = named(drawn).map((job) => ({ ...job, claim: { ...job.claim, checkpoint } }));
            const change = (name: string, sign: 1 | -1) => {
              const user = held.get(name[0] as string) ?? { jobs: 0, gpus: 0 };
              user.jobs += sign;
              user.gpus += sign * gpusOf(name);
              held.set(name[0] as string, user);
              expect(user.jobs).toBeLessThanOrEqual(maxJobs);
              expect(user.gpus).toBeLessThanOrEqual(maxGpus);
            };
            const stories = runSmall({
              hosts: [4, 3],
              jobs: all,
              policy: withLimits(policy, { maxJobsPerUser: maxJobs, maxGpusPerUser: maxGpus }),
              rules: { preemption, way },
              observer: {
                placed: (_at, { name }) => change(name, 1),
                preempted: (_at, { name }) => change(name, -1),
                finished: (_at, { name }) => change(name, -1),
              },
            });
            expect([...stories.values()].every(({ end }) => end !== undefined)).toBe(true);
          },
        ),
        { numRuns: 30 },
      );
    });
  },
);
