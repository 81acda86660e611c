import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { priority } from '../../sim/policies/queueing/priority.ts';
import { guardOf, type JobStory, runSmall, type SmallJob } from '../queueing/pool-run.ts';
import { guest, pool, runLicensed } from './desks.ts';

const jobs = fc.array(
  fc.record({
    at: fc.nat(40),
    runs: fc.integer({ min: 1, max: 40 }),
    over: fc.constantFrom(0, 0, 0, 7),
    seats: fc.constantFrom(1, 1, 1, 2, 3),
    priority: fc.nat(2),
    isPreemptible: fc.constantFrom(true, true, false),
    keepsState: fc.boolean(),
  }),
  { minLength: 1, maxLength: 14 },
);

const checkpoint = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 2e6, restoreUs: 1e6 };

const rules = fc.oneof(
  fc.record({
    fill: fc.constantFrom('block' as const, 'skip' as const, 'easy' as const, 'conservative' as const),
    preemption: fc.constant('none' as const),
    way: fc.constant('suspend' as const),
  }),
  fc.record({
    fill: fc.constantFrom('block' as const, 'skip' as const),
    preemption: fc.constantFrom('evict' as const, 'refill' as const),
    way: fc.constantFrom('suspend' as const, 'checkpoint' as const, 'kill' as const),
    isSticky: fc.boolean(),
    roundUs: fc.constantFrom(null, 5e6),
  }),
);

/** What became of each job, without where it was. */
const timesOf = (stories: ReadonlyMap<string, JobStory>) =>
  [...stories.values()].map(({ name, starts, stops, end, lost }) => ({
    name,
    starts: starts.map(({ at }) => at),
    stops,
    end,
    lost,
  }));

/**
 * Where cards are plentiful and each machine takes one licence, k licences are to jobs what k GPUs are to jobs that need
 * no licence: the same jobs start, stop and end at the same times, whatever the rules of the queue. Under conservative
 * backfilling parts of a CPU stand for them, as a plan keeps GPUs by their numbers. The engine without licences is held to
 * twins of its own in test/queueing.
 */
describe('Licences by the machine keep jobs back as so many GPUs would', () => {
  test.each([
    ['fifo', fifo],
    ['priority', priority],
  ] as const)('under %s, with all rules of the queue', (_name, policy) => {
    fc.assert(
      fc.property(jobs, fc.integer({ min: 3, max: 5 }), rules, (list, entitled, rule) => {
        const common = (i: number): SmallJob => {
          const { at, runs, over, priority: urgency, isPreemptible, keepsState } = list[i]!;
          return {
            name: `j${i}`,
            at,
            runs,
            estimate: runs + over,
            claim: { priority: urgency, isPreemptible, checkpoint: keepsState ? checkpoint : null },
          };
        };
        const licensed = runLicensed({
          jobs: list.map(({ seats }, i) => ({
            ...guest('', 0, 1),
            ...common(i),
            workers: Array.from({ length: seats }, () => 1),
          })),
          pools: [pool({ entitled, whenNone: 'wait' })],
          cards: [50],
          policy,
          rules: rule,
          guard: guardOf(rule.fill),
        });
        const isPlan = rule.fill === 'conservative';
        const plain = runSmall({
          jobs: list.map(({ seats }, i) => ({
            ...common(i),
            ...(isPlan ? { gpus: 0, cpu: seats } : { workers: Array.from({ length: seats }, () => 1) }),
          })),
          hostSpecs: [
            {
              name: 'h',
              cpuMilli: isPlan ? entitled : 1000,
              memoryMib: 1000,
              gpus: [{ model: 'gpu', count: entitled }],
            },
          ],
          policy,
          rules: rule,
          guard: guardOf(rule.fill),
          horizon: 1_000_000,
        });
        expect(timesOf(licensed.stories)).toEqual(timesOf(plain));
        for (const { inUse, lacking } of licensed.told) {
          expect(inUse).toBeLessThanOrEqual(entitled);
          expect(lacking.growth).toBe(0);
        }
      }),
      { numRuns: 120 },
    );
  });
});

const outages = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 })), {
  maxLength: 3,
});

test('whatever the rules of the queue: no more are out than there are, nobody starts without one, all are back in the end', () => {
  const mixed = fc.array(
    fc.record({
      at: fc.nat(40),
      runs: fc.integer({ min: 1, max: 40 }),
      profile: fc.constantFrom('A10-24Q', 'A10-24C', 'A10-12C', 'A10-12C', 'A10-2B'),
      workers: fc.constantFrom(1, 1, 1, 2),
      priority: fc.nat(2),
      keepsState: fc.boolean(),
    }),
    { minLength: 1, maxLength: 20 },
  );
  const setup = fc.record({
    entitled: fc.nat(3),
    gpus: fc.nat(3),
    whenNone: fc.constantFrom('wait' as const, 'reject' as const),
    isRegional: fc.boolean(),
    gaps: outages,
  });
  fc.assert(
    fc.property(mixed, setup, rules, (list, { entitled, gpus, whenNone, isRegional, gaps }, rule) => {
      let clock = 0;
      const log = gaps.map(([gap, lasts]) => {
        const at = clock + gap;
        clock = at + lasts;
        return [at, lasts] as const;
      });
      const common = {
        whenNone,
        leaseUs: 20e6,
        renewalUs: 5e6,
        ...(isRegional ? { holds: [true, false] } : {}),
      };
      const { told, stories } = runLicensed({
        jobs: list.map(({ at, runs, profile, workers, priority: urgency, keepsState }, i) => ({
          ...guest(`j${i}`, at, runs, profile),
          workers: Array.from({ length: workers }, () => 1),
          claim: { priority: urgency, checkpoint: keepsState ? checkpoint : null },
        })),
        pools: [
          pool({ ...common, entitled, covers: ['RTX vWS', 'vPC'] }),
          pool({ ...common, name: 'ai', entitled: gpus, metric: 'gpu', covers: ['NVIDIA AI Enterprise'] }),
        ],
        restrictions: [],
        cards: [3, 2],
        policy: priority,
        rules: rule,
        guard: guardOf(rule.fill),
        ...(log.length === 0 ? {} : { outages: [log] }),
      });
      const of = [entitled, gpus];
      for (const [i, { at, pool: number, inUse, lacking }] of told.entries()) {
        expect(inUse).toBeGreaterThanOrEqual(0);
        expect(inUse).toBeLessThanOrEqual(of[number] as number);
        // At one instant jobs are moved one after another; what counts is what lasts.
        const next = told.slice(i + 1).find((later) => later.pool === number);
        const lasts = next === undefined || next.at > at;
        if (log.length === 0 && lasts) expect(lacking.growth + lacking.server + lacking.region).toBe(0);
      }
      for (const number of [0, 1]) {
        const last = told.findLast((level) => level.pool === number);
        if (last !== undefined) expect(last).toMatchObject({ inUse: 0, needed: 0 });
      }
      for (const { end, rejected } of stories.values()) expect(end ?? rejected).not.toBe(undefined);
    }),
    { numRuns: 200 },
  );
});
