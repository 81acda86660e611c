import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { las } from '../../sim/policies/queueing/las.ts';
import { endsOf, runSmall, type SmallJob } from './pool-run.ts';
import { slowJobs } from './random-jobs.ts';
import type { SlowJob } from './slow-queue.ts';

const evict = { preemption: 'evict' } as const;

/**
 * One GPU under las, second by second: every second all queues are worked out anew from what each job has had, and the
 * running job goes on unless one of a lower queue waits.
 */
function slowLas(
  jobs: readonly SlowJob[],
  limits: readonly number[],
  promoteAfter: number,
): Record<string, number> {
  const states = jobs
    .map((job, i) => ({ job, i }))
    .sort((a, b) => a.job.at - b.job.at || a.i - b.i)
    .map(({ job }) => ({ job, left: job.runs, counted: 0, waitsSince: job.at }));
  type State = (typeof states)[number];
  const levelOf = ({ counted }: State) => limits.filter((limit) => counted >= limit).length;
  const ends: Record<string, number> = {};
  let running: State | undefined;
  for (let now = 0; Object.keys(ends).length < jobs.length; now++) {
    if (running !== undefined && running.left === 0) {
      ends[running.job.name] = now;
      running = undefined;
    }
    const waiting = states.filter((each) => each !== running && each.left > 0 && each.job.at <= now);
    for (const each of waiting) {
      if (levelOf(each) > 0 && now - each.waitsSince >= promoteAfter * each.counted) each.counted = 0;
    }
    const best = waiting.reduce<State | undefined>(
      (first, each) => (first === undefined || levelOf(each) < levelOf(first) ? each : first),
      undefined,
    );
    if (best !== undefined && (running === undefined || levelOf(best) < levelOf(running))) {
      if (running !== undefined) running.waitsSince = now;
      running = best;
    }
    if (running !== undefined) {
      running.left -= 1;
      running.counted += 1;
    }
  }
  return ends;
}

describe('Least attained service', () => {
  test('sends a job to the next queue when it crosses a limit, at that moment', () => {
    const stories = runSmall({
      jobs: [
        { name: 'long', at: 0, runs: 20 },
        { name: 'next', at: 1, runs: 8 },
        { name: 'last', at: 2, runs: 2 },
      ],
      policy: las,
      config: { attainedLimits: [5] },
      rules: evict,
    });
    // long runs to its limit at 5; next to its own at 10; last ends at 12. Then long comes first: it arrived first.
    expect(stories.get('long')?.stops).toEqual([5]);
    expect(stories.get('next')?.stops).toEqual([10]);
    expect(endsOf(stories)).toEqual({ last: 12, long: 27, next: 30 });
  });

  test('counts GPU-time: on two GPUs a limit is crossed in half the time', () => {
    const stories = runSmall({
      hosts: [2],
      jobs: [
        { name: 'wide', at: 0, runs: 10, gpus: 2 },
        { name: 'small', at: 1, runs: 3, gpus: 1 },
      ],
      policy: las,
      config: { attainedLimits: [6, 100] },
      rules: evict,
    });
    expect(stories.get('wide')?.stops).toEqual([3]);
    expect(endsOf(stories)).toEqual({ small: 6, wide: 13 });
  });

  test('stops nobody for a job of the same queue, and serves each queue in order of arrival', () => {
    const stories = runSmall({
      jobs: [
        { name: 'a', at: 0, runs: 9 },
        { name: 'b', at: 1, runs: 9 },
        { name: 'c', at: 2, runs: 9 },
      ],
      policy: las,
      config: { attainedLimits: [100] },
      rules: evict,
    });
    expect(endsOf(stories)).toEqual({ a: 9, b: 18, c: 27 });
    expect([...stories.values()].flatMap(({ stops }) => stops)).toEqual([]);
  });

  test('knows nothing of run times', () => {
    const jobs = [
      { name: 'a', at: 0, runs: 9, estimate: 1 },
      { name: 'b', at: 0, runs: 2, estimate: 1000 },
    ];
    const setup = { policy: las, config: { attainedLimits: [3] }, rules: evict };
    expect(runSmall({ jobs, ...setup })).toEqual(
      runSmall({ jobs: jobs.map((job) => ({ ...job, estimate: 50 })), ...setup }),
    );
  });

  test('sends a job back to the first queue when it has waited long enough for what it had', () => {
    const jobs: SmallJob[] = [{ name: 'long', at: 0, runs: 12 }];
    for (let i = 0; i < 40; i++) jobs.push({ name: `s${i}`, at: 3 * i + 1, runs: 3 });
    const by = (promoteAfter: number) =>
      runSmall({ jobs, policy: las, config: { attainedLimits: [4], promoteAfter }, rules: evict });
    // It runs 4 s, waits 8 and is first of all when the small job that runs then is done, at 13; and so on.
    expect(
      by(2)
        .get('long')
        ?.starts.map(({ at }) => at),
    ).toEqual([0, 13, 26]);
    expect(by(2).get('long')?.end).toBe(30);
    // The small ones, 3 s of work every 3 s, leave nothing until the last is done at 4 + 40 x 3.
    expect(by(Number.POSITIVE_INFINITY).get('long')?.end).toBe(124 + 8);
  });

  test.each([
    ['never promoted', Number.POSITIVE_INFINITY],
    ['promoted after as long as it ran', 1],
    ['promoted after three times as long', 3],
  ])('%s: jobs end when a twin says that goes second by second', (_name, promoteAfter) => {
    let stops = 0;
    fc.assert(
      fc.property(slowJobs(7, 1), (jobs) => {
        const stories = runSmall({
          jobs,
          policy: las,
          config: { attainedLimits: [2, 5], promoteAfter },
          rules: evict,
        });
        expect(endsOf(stories)).toEqual(slowLas(jobs, [2, 5], promoteAfter));
        for (const story of stories.values()) stops += story.stops.length;
      }),
      { seed: 81, numRuns: 150 },
    );
    expect(stops).toBeGreaterThan(100);
  });

  test('keeps its count when the fleet is given out anew in rounds', () => {
    const stories = runSmall({
      jobs: [
        { name: 'long', at: 0, runs: 20 },
        { name: 'next', at: 1, runs: 4 },
      ],
      policy: las,
      config: { attainedLimits: [5] },
      rules: { preemption: 'refill', roundUs: 10e6 },
    });
    expect(endsOf(stories)).toEqual({ next: 14, long: 30 });
  });
});
