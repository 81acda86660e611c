import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fasterElsewhere } from '../../sim/engine/repartition/better-seats.ts';
import { PERIODIC } from './card-run.ts';
import { Seats, type Speeds } from './seats.ts';

const SIZES = ['1g.6gb', '2g.12gb', '4g.24gb'] as const;
const LAYOUTS = [
  ['1g.6gb@0', '1g.6gb@1', '1g.6gb@2', '1g.6gb@3'],
  ['2g.12gb@0', '2g.12gb@2'],
  ['2g.12gb@0', '1g.6gb@2', '1g.6gb@3'],
  ['4g.24gb@0'],
];
const HORIZON_US = 600e6;
const POLICY = { ...PERIODIC, running: 'save', horizonUs: HORIZON_US } as const;

/** No two sums of speeds and costs are equal, so that there is one best pair at a time. */
const job = fc.record({
  gpu: fc.nat(2),
  profile: fc.constantFrom(...SIZES),
  speeds: fc.tuple(
    fc.integer({ min: 1, max: 997 }),
    fc.integer({ min: 1, max: 997 }),
    fc.integer({ min: 1, max: 997 }),
  ),
  work: fc.integer({ min: 20, max: 2000 }),
  restore: fc.constantFrom(null, 0, 0, 5, 40),
});

describe('Running jobs that go on at once on a faster instance', () => {
  test('are those of the pairs of a job and a free instance that gain the most, one after another', () => {
    let moved = 0;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...LAYOUTS), { minLength: 1, maxLength: 3 }),
        fc.array(job, { minLength: 1, maxLength: 6 }),
        (layouts, jobs) => {
          const seats = new Seats(layouts);
          const there = jobs.flatMap(({ gpu, profile, speeds, work, restore }, i) => {
            const own: Speeds = Object.fromEntries(
              SIZES.map((size, at) => [size, ((speeds[at] as number) + i / 10) / 1000]),
            );
            const live = seats.running(
              { speeds: own },
              gpu,
              profile,
              work * 1e6,
              restore === null ? null : restore * 1e6,
            );
            return live === undefined ? [] : [{ live, own, now: own[profile] as number, work, restore }];
          });
          // The pair that gains most, again and again.
          const free = seats.free().map(({ profile }) => profile);
          const going = new Set<unknown>();
          for (;;) {
            let best: { gain: number; live: unknown; at: number } | undefined;
            for (const { live, own, now, work, restore } of there) {
              if (going.has(live) || restore === null) continue;
              const cost = (restore * now) / Math.min(HORIZON_US / 1e6, work / now);
              free.forEach((profile, at) => {
                const gain = (own[profile] as number) - now - cost;
                if (gain > 0 && (best === undefined || gain > best.gain)) best = { gain, live, at };
              });
            }
            if (best === undefined) break;
            going.add(best.live);
            free.splice(best.at, 1);
          }
          const found = fasterElsewhere(seats.fleet, seats.live, seats.field, seats.gpus, POLICY, 0);
          moved += found.length;
          expect(new Set(found.map(({ live }) => live))).toEqual(going);
          expect(found).toHaveLength(going.size);
        },
      ),
      { numRuns: 800, seed: 7 },
    );
    expect(moved).toBeGreaterThan(200);
  });

  const fast = { '1g.6gb': 0.25, '2g.12gb': 0.5, '4g.24gb': 1 };

  test('are none where jobs are waited for, where they may not go, or where the other host has no CPU', () => {
    const at = (policy: typeof POLICY | typeof PERIODIC, cpuMilli = 0, plain = 0) => {
      const seats = new Seats([['2g.12gb@0'], ['4g.24gb@0']], [1, 1], plain);
      const live = seats.running({ speeds: fast, cpuMilli }, 0, '2g.12gb', 100e6, 0);
      if (cpuMilli > 0) {
        const holder = seats.waiting({ speeds: fast, cpuMilli: 5000, gpus: 0 });
        seats.fleet.place(holder.job.shape, 1, []);
      }
      const found = fasterElsewhere(seats.fleet, seats.live, seats.field, seats.gpus, policy, 0);
      expect(found.every((tenant) => tenant.live === live)).toBe(true);
      return found.length;
    };
    expect(at(POLICY)).toBe(1);
    expect(at(PERIODIC)).toBe(0);
    expect(at(POLICY, 3000)).toBe(1);
    expect(at(POLICY, 3001)).toBe(0);
    // It could come back to the whole card of the third host.
    expect(at(POLICY, 0, 1)).toBe(0);
  });
});
