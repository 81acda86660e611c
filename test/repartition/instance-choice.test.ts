import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LiveJob } from '../../sim/engine/live-job.ts';
import { instancesFor } from '../../sim/engine/repartition/instance-choice.ts';
import { Seats, type Speeds, speedsOn } from './seats.ts';

const SIZES = ['1g.6gb', '2g.12gb', '4g.24gb'] as const;
const LAYOUTS = [
  ['1g.6gb@0', '1g.6gb@1', '1g.6gb@2', '1g.6gb@3'],
  ['2g.12gb@0', '2g.12gb@2'],
  ['2g.12gb@0', '1g.6gb@2', '1g.6gb@3'],
  ['4g.24gb@0'],
  ['2g.12gb@2'],
];

/** Few speeds, so that ties are common; many jobs that do not run on the small ones. */
const speeds: fc.Arbitrary<Speeds> = fc
  .tuple(
    fc.constantFrom(null, 0.25, 0.5, 1),
    fc.constantFrom(null, 0.5, 0.75, 1),
    fc.constantFrom(null, 1, 1, 0.75),
  )
  .map((all) => Object.fromEntries(SIZES.map((size, i) => [size, all[i] as number | null])));

/** Who starts, first in the order of the queue, then the most speed: by trying every instance for every job. */
function slowly(jobs: readonly Speeds[], free: readonly string[], mayPass: boolean) {
  let best: { starts: boolean[]; speed: number } | undefined;
  const isFree = free.map(() => true);
  const go = (starts: boolean[], speed: number): void => {
    if (starts.length === jobs.length) {
      if (best === undefined || comesFirst({ starts, speed }, best)) best = { starts, speed };
      return;
    }
    const isOver = !mayPass && starts.includes(false);
    const own = jobs[starts.length] as Speeds;
    free.forEach((profile, at) => {
      const there = own[profile];
      if (isOver || !isFree[at] || there == null) return;
      isFree[at] = false;
      go([...starts, true], speed + there);
      isFree[at] = true;
    });
    go([...starts, false], speed);
  };
  go([], 0);
  return best as { starts: boolean[]; speed: number };
}

interface Found {
  readonly starts: readonly boolean[];
  readonly speed: number;
}

function comesFirst(a: Found, b: Found): boolean {
  const at = a.starts.findIndex((each, i) => each !== b.starts[i]);
  return at < 0 ? a.speed > b.speed : a.starts[at] === true;
}

function startsOf(seats: Seats, waiting: readonly LiveJob[], mayPass: boolean) {
  return instancesFor(seats.fleet, seats.field, seats.gpus, waiting, mayPass);
}

describe('Free instances for the next waiting jobs', () => {
  test('are those on which as many as can start in their order are fastest together', () => {
    let compared = 0;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...LAYOUTS), { minLength: 1, maxLength: 2 }),
        fc.array(fc.tuple(fc.nat(1), fc.constantFrom(...SIZES)), { maxLength: 2 }),
        fc.array(speeds, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        (layouts, taken, wanted, mayPass) => {
          const seats = new Seats(layouts);
          for (const [gpu, profile] of taken) seats.running({ speeds: { [profile]: 1 } }, gpu, profile);
          const free = seats.free();
          const jobs = wanted.map((each) => seats.waiting({ speeds: each }));
          const found = startsOf(seats, jobs, mayPass);
          const right = slowly(
            wanted,
            free.map(({ profile }) => profile),
            mayPass,
          );
          const started = wanted.filter((_, i) => right.starts[i]);
          const isSame = started.every(
            (own) => new Set(Object.values(own).filter((s) => s !== null)).size < 2,
          );
          if (isSame) {
            expect(found).toEqual([]);
            return;
          }
          compared += 1;
          expect(jobs.map((job) => found.some(({ live }) => live === job))).toEqual(right.starts);
          let sum = 0;
          for (const { live, parts } of found) {
            for (const { shape, host, gpus, grant } of parts) {
              // Throws where it is not free.
              seats.fleet.placeAs(shape, host, gpus, grant);
              sum += speedsOn(live)[grant[0]?.profile as string] as number;
            }
          }
          expect(sum).toBeCloseTo(right.speed, 9);
        },
      ),
      { numRuns: 500, seed: 11 },
    );
    expect(compared).toBeGreaterThan(200);
  });

  const fast = { '1g.6gb': 0.25, '2g.12gb': 0.5, '4g.24gb': 1 };
  const two = [['2g.12gb@0', '1g.6gb@2'], ['4g.24gb@0']];

  test('are left alone from a job on that wants several, or that could also go to another card of its pool', () => {
    const seats = new Seats(two);
    const gang = seats.waiting({ speeds: fast, gpus: 2 });
    const job = seats.waiting({ speeds: fast });
    for (const mayPass of [true, false]) {
      expect(startsOf(seats, [job], mayPass).map(({ live }) => live)).toEqual([job]);
      expect(startsOf(seats, [job, gang, job], mayPass)).toHaveLength(1);
      expect(startsOf(seats, [gang, job], mayPass)).toEqual([]);
    }
    const mixed = new Seats(two, [1, 1], 1);
    expect(startsOf(mixed, [mixed.waiting({ speeds: fast })], true)).toEqual([]);
    // By the name of a profile it wants nothing that a whole card is.
    const named = { speeds: fast, slot: { kind: 'profile', profile: '4g.24gb' } } as const;
    expect(startsOf(mixed, [mixed.waiting(named)], true)).toEqual([]);
  });

  test('pass over a job that wants none of these cards only where the queue does', () => {
    const seats = new Seats(two);
    const other = seats.waiting({ speeds: { '1g.6gb': null, '2g.12gb': null, '4g.24gb': null } });
    const job = seats.waiting({ speeds: fast });
    expect(startsOf(seats, [other, job], true).map(({ live }) => live)).toEqual([job]);
    expect(startsOf(seats, [other, job], false)).toEqual([]);
  });

  test('are on a host with the CPU for the job', () => {
    const seats = new Seats([['4g.24gb@0'], ['4g.24gb@0']]);
    const big = { speeds: fast, cpuMilli: 6000 };
    const holder = seats.waiting({ speeds: fast, cpuMilli: 4000, gpus: 0 });
    seats.fleet.place(holder.job.shape, 0, []);
    const [first] = startsOf(seats, [seats.waiting(big)], true);
    expect(first?.parts[0]?.host).toBe(1);
  });
});
