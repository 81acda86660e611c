import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { priority } from '../../sim/policies/queueing/priority.ts';
import { endsOf, runSmall, type SmallJob } from './pool-run.ts';
import { firstStarts, slowJobs, smallJob } from './random-jobs.ts';
import { lowest, slowQueue, startsOf } from './slow-queue.ts';

const of = (level: number) => ({ priority: level });

describe('Priority', () => {
  test('takes the highest priority first, and inside one the order of arrival', () => {
    const stories = runSmall({
      jobs: [
        { name: 'running', at: 0, runs: 5 },
        { name: 'low', at: 1, runs: 1, claim: of(-1) },
        { name: 'high-1', at: 2, runs: 1, claim: of(2.5) },
        { name: 'high-2', at: 3, runs: 1, claim: of(2.5) },
        { name: 'middle', at: 1, runs: 1, claim: of(2) },
      ],
      policy: priority,
    });
    expect(endsOf(stories)).toEqual({ running: 5, 'high-1': 6, 'high-2': 7, middle: 8, low: 9 });
  });

  test('stops the least urgent for a strictly higher priority, and nobody of the same', () => {
    const stories = runSmall({
      hosts: [1, 1],
      jobs: [
        { name: 'low', at: 0, runs: 10, claim: of(0) },
        { name: 'middle', at: 0, runs: 10, claim: of(1) },
        { name: 'equal', at: 2, runs: 1, claim: of(0) },
        { name: 'high', at: 4, runs: 3, claim: of(1) },
      ],
      policy: priority,
      rules: { preemption: 'evict' },
    });
    expect(stories.get('low')?.stops).toEqual([4]);
    expect(stories.get('middle')?.stops).toEqual([]);
    // low came before equal and goes on at 7 with 6 s left.
    expect(endsOf(stories)).toEqual({ high: 7, middle: 10, equal: 11, low: 13 });
  });

  test('brings an old job to the head by ageing, stops nobody for it and nobody stops it there', () => {
    const jobs: SmallJob[] = [
      { name: 'running', at: 0, runs: 30, claim: of(1) },
      { name: 'old', at: 1, runs: 5, claim: of(0) },
      { name: 'soon', at: 10, runs: 5, claim: of(1) },
      { name: 'late', at: 12, runs: 5, claim: of(1) },
    ];
    const by = (ageingUs: number) =>
      runSmall({ jobs, policy: priority, config: { ageingUs }, rules: { preemption: 'evict' } });
    // From 1 s on, the old job is ahead of those of one priority more that come after 11 s.
    expect(endsOf(by(10e6))).toEqual({ running: 30, soon: 35, old: 40, late: 45 });
    expect(by(10e6).get('running')?.stops).toEqual([]);
    expect(endsOf(by(Number.POSITIVE_INFINITY))).toEqual({ running: 30, soon: 35, late: 40, old: 45 });
  });

  test.each([
    ['without ageing', Number.POSITIVE_INFINITY],
    ['with ageing', 4],
  ])('%s starts jobs when a twin does that works all priorities out anew each time', (_name, ageing) => {
    const aged = ageing !== Number.POSITIVE_INFINITY;
    fc.assert(
      fc.property(slowJobs(10, 3), (jobs) => {
        const stories = runSmall({
          hosts: [3],
          jobs: jobs.map(smallJob),
          policy: priority,
          config: { ageingUs: ageing * 1e6 },
        });
        const twin = slowQueue(3, jobs, (waiting, now) =>
          lowest(waiting, (job) => -(job.priority + (aged ? (now - job.at) / ageing : 0))),
        );
        expect(firstStarts(stories)).toEqual(startsOf(twin));
      }),
      { seed: 51, numRuns: 200 },
    );
  });

  test('with ageing a job waits for nobody who comes later than the priorities between them times the ageing time', () => {
    fc.assert(
      fc.property(
        fc.record({
          runs: fc.integer({ min: 2, max: 6 }),
          every: fc.integer({ min: 1, max: 4 }),
          ageing: fc.integer({ min: 1, max: 12 }),
          level: fc.integer({ min: 1, max: 3 }),
          at: fc.nat(20),
        }),
        ({ runs, every, ageing, level, at }) => {
          // A stream that would keep one GPU busy for ever, and most of the time brings more than it can do.
          const horizon = 200;
          const stream: SmallJob[] = [];
          for (let t = 0; t < horizon; t += every) {
            stream.push({ name: `s${t}`, at: t, runs: Math.max(runs, every), claim: of(level) });
          }
          const jobs = [...stream, { name: 'low', at, runs: 1 }];
          const low = (ageingUs: number, preemption: 'none' | 'evict' = 'none') =>
            runSmall({ jobs, policy: priority, config: { ageingUs }, rules: { preemption } }).get('low');
          const startOf = (ageingUs: number) => low(ageingUs)?.starts[0]?.at;
          const before = stream.filter((job) => job.at < at + level * ageing || job.at === 0);
          const bound = before.reduce((end, job) => Math.max(end, job.at) + job.runs, 0);
          expect(startOf(ageing * 1e6)).toBeLessThanOrEqual(bound);
          // The same holds where it may be stopped, for its end.
          expect(low(ageing * 1e6, 'evict')?.end).toBeLessThanOrEqual(bound + 1);
          if (runs > every && at > runs) {
            expect(startOf(ageing * 1e6)).toBe(bound);
            const all = stream.reduce((end, job) => Math.max(end, job.at) + job.runs, 0);
            expect(startOf(Number.POSITIVE_INFINITY)).toBe(all);
          }
        },
      ),
      { seed: 52, numRuns: 60 },
    );
  });

  test('stops several jobs of a gang for one wide job of higher priority', () => {
    const stories = runSmall({
      hosts: [2, 2],
      jobs: [
        { name: 'gang', at: 0, runs: 8, workers: [1, 1] },
        { name: 'single', at: 0, runs: 20 },
        { name: 'wide', at: 3, runs: 2, gpus: 2, claim: of(1) },
      ],
      policy: priority,
      rules: { preemption: 'evict' },
    });
    expect(stories.get('wide')?.starts[0]?.at).toBe(3);
    expect([...stories.values()].flatMap(({ stops }) => stops)).toEqual([3]);
  });
});
