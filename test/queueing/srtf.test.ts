import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { srtf } from '../../sim/policies/queueing/srtf.ts';
import { endsOf, runSmall, type SmallJob } from './pool-run.ts';

interface Piece {
  readonly at: number;
  readonly runs: number;
}

function sumOfEnds(jobs: readonly SmallJob[], policy = srtf): number {
  const stories = runSmall({ jobs, policy, rules: { preemption: policy === srtf ? 'evict' : 'none' } });
  return Object.values(endsOf(stories)).reduce<number>((sum, end) => sum + (end ?? 0), 0);
}

/**
 * The least sum of completion times over all ways to give one GPU to jobs, second by second, stopping them at will.
 * Whole seconds are enough: between two whole seconds nothing arrives, and no job of whole length need end.
 */
function bestSum(jobs: readonly Piece[]): number {
  const known = new Map<string, number>();
  const best = (now: number, left: readonly number[]): number => {
    if (left.every((each) => each === 0)) return 0;
    const key = `${now};${left.join()}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    let least = Number.POSITIVE_INFINITY;
    for (const [i, each] of left.entries()) {
      if (each === 0 || (jobs[i] as Piece).at > now) continue;
      least = Math.min(least, (each === 1 ? now + 1 : 0) + best(now + 1, left.with(i, each - 1)));
    }
    // Nobody is there, or (never better, but tried all the same) the GPU is left idle.
    if (jobs.some(({ at }) => at > now)) least = Math.min(least, best(now + 1, left));
    known.set(key, least);
    return least;
  };
  return best(
    0,
    jobs.map(({ runs }) => runs),
  );
}

const pieces = fc.array(fc.record({ at: fc.nat(8), runs: fc.integer({ min: 1, max: 5 }) }), {
  minLength: 1,
  maxLength: 5,
});

describe('Shortest remaining time first', () => {
  test('stops a job for one with less left, and goes on with it where it stood', () => {
    const stories = runSmall({
      jobs: [
        { name: 'long', at: 0, runs: 10 },
        { name: 'short', at: 2, runs: 3 },
        { name: 'shorter', at: 3, runs: 1 },
        { name: 'equal', at: 8, runs: 6 },
      ],
      policy: srtf,
      rules: { preemption: 'evict' },
    });
    // short goes on from 4 to 6 after shorter; at 8 long has 6 s left, no more than equal, and is left alone.
    expect(endsOf(stories)).toEqual({ shorter: 4, short: 6, long: 14, equal: 20 });
    expect(stories.get('long')?.stops).toEqual([2]);
    expect(stories.get('short')?.stops).toEqual([3]);
  });

  test('leaves a job alone that has run longer than it said', () => {
    const stories = runSmall({
      jobs: [
        { name: 'late', at: 0, runs: 10, estimate: 4 },
        { name: 'before', at: 2, runs: 1 },
        { name: 'after', at: 6, runs: 1 },
      ],
      policy: srtf,
      rules: { preemption: 'evict' },
    });
    // At 2 it is taken to have 2 s left; from 5 on, 4 s done, a microsecond.
    expect(endsOf(stories)).toEqual({ before: 3, late: 11, after: 12 });
  });

  test('has the least mean completion time of all preemptive schedules on one GPU', () => {
    let beatsFifo = 0;
    let stops = 0;
    fc.assert(
      fc.property(pieces, (list) => {
        const jobs = list.map((each, i) => ({ name: `j${i}`, ...each }));
        const sum = sumOfEnds(jobs);
        expect(sum).toBe(bestSum(list));
        if (sum < sumOfEnds(jobs, fifo)) beatsFifo += 1;
        const stories = runSmall({ jobs, policy: srtf, rules: { preemption: 'evict' } });
        for (const story of stories.values()) stops += story.stops.length;
      }),
      { seed: 21, numRuns: 200 },
    );
    expect(beatsFifo).toBeGreaterThan(50);
    expect(stops).toBeGreaterThan(20);
  });

  test('gives the same by refill as by eviction on one GPU', () => {
    fc.assert(
      fc.property(pieces, (list) => {
        // Lengths that no two subsets share, so that nobody is ever as short as another.
        const jobs = list.map(({ at, runs }, i) => ({ name: `j${i}`, at, runs: runs + (i + 1) / 64 }));
        const of = (preemption: 'evict' | 'refill') =>
          endsOf(runSmall({ jobs, policy: srtf, rules: { preemption } }));
        expect(of('refill')).toEqual(of('evict'));
      }),
      { seed: 22, numRuns: 100 },
    );
  });
});
