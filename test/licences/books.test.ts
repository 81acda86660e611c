import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guest, type LicensedRun, pool, runLicensed } from './desks.ts';

const jobs = fc.array(
  fc.record({
    at: fc.nat(40),
    runs: fc.integer({ min: 1, max: 60 }),
    profile: fc.constantFrom('A10-24Q', 'A10-24C', 'A10-12C', 'A10-2B'),
    workers: fc.constantFrom(1, 1, 1, 2),
  }),
  { minLength: 1, maxLength: 25 },
);

/** Short leases, so that they end within the run. */
const pools = fc.record({
  entitled: fc.nat(3),
  gpus: fc.nat(3),
  whenNone: fc.constantFrom('degrade' as const, 'wait' as const, 'reject' as const),
  lease: fc.integer({ min: 1, max: 30 }),
  renewals: fc.integer({ min: 1, max: 4 }),
  isRegional: fc.boolean(),
});

const outages = fc.option(
  fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 })), { maxLength: 3 }),
  { nil: undefined },
);

type Outages = NonNullable<LicensedRun['outages']>[number];

/** Gaps and lengths as times of failure. */
function logOf(gaps: readonly (readonly [number, number])[]): Outages {
  let clock = 0;
  return gaps.map(([gap, lasts]) => {
    const at = clock + gap;
    clock = at + lasts;
    return [at, lasts] as const;
  });
}

test('no more licences are out than there are, who must have one has one, and in the end all are back', () => {
  fc.assert(
    fc.property(
      jobs,
      pools,
      outages,
      (list, { entitled, gpus, whenNone, lease, renewals, isRegional }, down) => {
        const common = {
          whenNone,
          leaseUs: lease * 1e6,
          renewalUs: Math.round((lease * 1e6) / renewals),
          ...(isRegional ? { holds: [true, false] } : {}),
        };
        const entitledTo = [entitled, gpus];
        const { told, stories } = runLicensed({
          jobs: list.map(({ at, runs, profile, workers }, i) => ({
            ...guest(`j${i}`, at, runs, profile),
            workers: Array.from({ length: workers }, () => 1),
          })),
          pools: [
            pool({ ...common, entitled, covers: ['RTX vWS', 'vPC'] }),
            pool({ ...common, name: 'ai', entitled: gpus, metric: 'gpu', covers: ['NVIDIA AI Enterprise'] }),
          ],
          restrictions: [
            { afterUs: 5e6, fps: null, compute: 0.5 },
            { afterUs: 20e6, fps: null, compute: 0.25 },
          ],
          cards: [3, 2],
          ...(down === undefined ? {} : { outages: [logOf(down)] }),
        });
        const log = logOf(down ?? []);
        for (const { at, pool: number, inUse, needed, lacking } of told) {
          const without = lacking.growth + lacking.server + lacking.region;
          expect(inUse).toBeGreaterThanOrEqual(0);
          expect(inUse).toBeLessThanOrEqual(entitledTo[number] as number);
          // Those who run have one or lack one; more are out only where somebody could not give his back.
          expect(needed).toBeLessThanOrEqual(inUse + without);
          if (down === undefined) expect(needed).toBe(inUse + without);
          if (down === undefined && whenNone !== 'degrade') expect(without).toBe(0);
          // Nobody waits beside a free licence while a server answers.
          const isDown = log.some(([from, lasts]) => at >= from && at <= from + lasts);
          if (lacking.growth > 0 && !isDown) expect(inUse).toBe(entitledTo[number]);
        }
        for (const number of [0, 1]) {
          const last = told.findLast(({ pool: of }) => of === number);
          if (last !== undefined) expect(last).toMatchObject({ inUse: 0, needed: 0 });
        }
        for (const { end, rejected } of stories.values()) expect(end ?? rejected).not.toBe(undefined);
      },
    ),
    { numRuns: 150 },
  );
});

/**
 * Who has a licence when, obviously right: at each instant those leave who are done, then those who came are added, and
 * the first so many of all that are there, in the order in which they came, have one.
 *
 * @returns by job: seconds without one
 */
function lackedByHand(list: readonly { at: number; runs: number }[], entitled: number): number[] {
  const lacked = list.map(() => 0);
  const holders = new Set<number>();
  for (let second = 0; second < 200; second++) {
    for (const i of [...holders]) if (list[i]!.at + list[i]!.runs <= second) holders.delete(i);
    const there = list.flatMap(({ at, runs }, i) => (at <= second && second < at + runs ? [i] : []));
    there.sort((a, b) => list[a]!.at - list[b]!.at || a - b);
    for (const i of there) {
      if (holders.size < entitled) holders.add(i);
      if (!holders.has(i)) lacked[i]! += 1;
    }
  }
  return lacked;
}

test('licences go to those who came first, second by second', () => {
  const stays = fc.array(fc.record({ at: fc.nat(30), runs: fc.integer({ min: 1, max: 30 }) }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(stays, fc.nat(4), (list, entitled) => {
      const { told } = runLicensed({
        jobs: list.map(({ at, runs }, i) => guest(`j${i}`, at, runs)),
        pools: [pool({ entitled })],
        restrictions: [],
        cards: [12],
      });
      const lackedSec = told.reduce(
        (sum, { at, lacking }, i) => sum + lacking.growth * ((told[i + 1]?.at ?? at) - at),
        0,
      );
      const byHand = lackedByHand(list, entitled);
      expect(lackedSec).toBeCloseTo(
        byHand.reduce((a, b) => a + b, 0),
        6,
      );
      expect(told.at(-1)).toMatchObject({ inUse: 0, needed: 0 });
    }),
    { numRuns: 100 },
  );
});
