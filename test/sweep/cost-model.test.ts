import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  lineThrough,
  mostCores,
  type QueueTerms,
  queueLimit,
  queueSec,
  type ShardTerms,
  shardSec,
} from '../../bench/cost-curve/model.ts';
import { shardIndices } from '../../cli/sweep/shard.ts';

const positive = (most: number) => fc.double({ min: most / 1000, max: most, noNaN: true });
const queueTerms: fc.Arbitrary<QueueTerms> = fc.record({
  startSec: positive(5),
  warmUpSec: positive(2),
  crowding: fc.double({ min: 1, max: 2, noNaN: true }),
  besideSec: positive(0.01),
  serverSec: positive(0.01),
  sweepSec: positive(0.01),
  window: fc.integer({ min: 1, max: 50 }),
  returnSec: positive(0.2),
});

/** The same sweep, run by run: each waits for the queue, for a core and for a place in the server. */
function runByRun(runs: number, cores: number, runSec: number, terms: QueueTerms): number {
  const held = runSec * terms.crowding + terms.besideSec;
  const between = Math.max(terms.serverSec, terms.sweepSec);
  const begun: number[] = [];
  for (let i = 0; i < runs; i++) {
    const queue = i === 0 ? 0 : (begun[i - 1] as number) + between;
    const core = i < cores ? 0 : (begun[i - cores] as number) + held;
    const place = i < terms.window ? 0 : (begun[i - terms.window] as number) + held + terms.returnSec;
    begun.push(Math.max(queue, core, place));
  }
  return terms.startSec + terms.warmUpSec + (begun.at(-1) as number) + held;
}

describe('The cost curve of sweeps', () => {
  test('by the queue is that of a queue that is followed run by run, to within the first and the last runs', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 200 }),
        positive(2),
        queueTerms,
        (runs, cores, runSec, terms) => {
          const followed = runByRun(runs, cores, runSec, terms);
          const held = runSec * terms.crowding + terms.besideSec;
          // Filling the cores and emptying them takes no longer than a run, its way back and its turn in the queue.
          const ends = 2 * (held + terms.returnSec + Math.max(terms.serverSec, terms.sweepSec));
          expect(Math.abs(queueSec(runs, cores, runSec, terms) - followed)).toBeLessThanOrEqual(ends);
        },
      ),
    );
  });

  test('by the queue gets no shorter with more cores than the limit, and longer with fewer', () => {
    fc.assert(
      fc.property(positive(2), queueTerms, (runSec, terms) => {
        const runs = 1_000_000;
        const limit = mostCores(runSec, terms);
        const at = queueSec(runs, limit, runSec, terms);
        expect(queueSec(runs, 2 * limit, runSec, terms)).toBeCloseTo(at, 6);
        expect(queueSec(runs, limit / 2, runSec, terms)).toBeGreaterThan(at);
      }),
    );
  });

  test('names what limits the queue', () => {
    const terms = { ...NOTHING, serverSec: 0.001, sweepSec: 0.0005, window: 100, returnSec: 0.1 };
    expect(queueLimit(0, terms)).toEqual({ by: 'server', runsPerSec: 1000 });
    expect(queueLimit(0, { ...terms, sweepSec: 0.002 })).toEqual({ by: 'sweep', runsPerSec: 500 });
    expect(queueLimit(0.9, terms)).toEqual({ by: 'window', runsPerSec: 100 });
  });

  test('by shards is the longest of them and the merge', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 40 }),
        positive(2),
        (runs, cores, runSec) => {
          const terms: ShardTerms = {
            ...NOTHING,
            startSec: 3,
            warmUpSec: 1,
            mergeStartSec: 0.5,
            mergeSec: 0.01,
          };
          const shards = Array.from({ length: cores }, (_, i) =>
            [...shardIndices(runs, { number: i + 1, of: cores })].reduce((sum) => sum + runSec, 4),
          );
          expect(shardSec(runs, cores, runSec, terms)).toBeCloseTo(
            Math.max(...shards) + 0.5 + runs * 0.01,
            9,
          );
        },
      ),
    );
  });

  test('finds the line that times were made from', () => {
    fc.assert(
      fc.property(positive(10), positive(1), (at0, slope) => {
        const line = lineThrough([30, 100, 300, 1000, 3000].map((x) => [x, at0 + slope * x]));
        expect(line.at0).toBeCloseTo(at0, 6);
        expect(line.slope).toBeCloseTo(slope, 6);
      }),
    );
  });
});

const NOTHING = { startSec: 0, warmUpSec: 0, crowding: 1, besideSec: 0 };
