import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxMin } from '../../sim/policies/queueing/max-min.ts';
import { type JobStory, runSmall, type SmallJob } from './pool-run.ts';

const TENANTS = ['a', 'b', 'c', 'd'] as const;

/** GPUs that each tenant holds at a time, if all its jobs take one. */
function heldAt(stories: ReadonlyMap<string, JobStory>, at: number): number[] {
  return TENANTS.map(
    (tenant) =>
      [...stories.values()].filter(({ name, starts, stops, end }) => {
        const begun = starts.filter((start) => start.at <= at).length;
        const stopped = stops.filter((stop) => stop <= at).length;
        return name.startsWith(tenant) && begun > stopped && (end === undefined || end > at);
      }).length,
  );
}

/** Whole GPUs dealt out one by one to whoever wants more and has the fewest: integer water-filling, largest first. */
function waterFill(wants: readonly number[], gpus: number): number[] {
  const has = wants.map(() => 0);
  for (let left = gpus; left > 0; left--) {
    let poorest = -1;
    for (let i = 0; i < wants.length; i++) {
      if ((has[i] as number) >= (wants[i] as number)) continue;
      if (poorest < 0 || (has[i] as number) < (has[poorest] as number)) poorest = i;
    }
    if (poorest < 0) break;
    has[poorest] = (has[poorest] as number) + 1;
  }
  return descending(has);
}

const descending = (values: readonly number[]) => [...values].sort((x, y) => y - x);

/** Nobody who wants more could have one more GPU without somebody falling below it. */
function expectWaterLevel(held: readonly number[], wants: readonly number[], weights: readonly number[]) {
  held.forEach((has, rich) => {
    held.forEach((hasLess, poor) => {
      if (hasLess >= (wants[poor] as number) || rich === poor) return;
      expect((has - 1) * (weights[poor] as number)).toBeLessThanOrEqual(hasLess * (weights[rich] as number));
    });
  });
}

const wanted = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9), fc.nat(9));
const weighed = fc.tuple(...TENANTS.map(() => fc.integer({ min: 1, max: 4 })));

describe('Max-min', () => {
  test('fills up the poorest first: integer water-filling', () => {
    fc.assert(
      fc.property(wanted, fc.integer({ min: 1, max: 20 }), (wants, gpus) => {
        const jobs = TENANTS.flatMap((tenant, t) =>
          Array.from({ length: wants[t] as number }, (_, i) => ({
            name: `${tenant}${i}`,
            at: 0,
            runs: 100,
            claim: { tenant },
          })),
        );
        const held = heldAt(runSmall({ hosts: [gpus], jobs, policy: maxMin }), 1);
        expect(descending(held)).toEqual(waterFill(wants, gpus));
      }),
      { numRuns: 60 },
    );
  });

  test('comes to the same level by eviction, whoever came first', () => {
    const arrivals = fc.array(fc.record({ t: fc.nat(3), at: fc.nat(20) }), { maxLength: 24 });
    fc.assert(
      fc.property(
        arrivals,
        fc.integer({ min: 1, max: 12 }),
        weighed,
        fc.boolean(),
        (drawn, gpus, drawnWeights, weighs) => {
          const weights = weighs ? drawnWeights : [1, 1, 1, 1];
          const wants = [0, 0, 0, 0];
          const jobs = drawn.map(({ t, at }, i): SmallJob => {
            wants[t] = (wants[t] as number) + 1;
            const tenant = TENANTS[t] as string;
            return { name: `${tenant}${i}`, at, runs: 1000, claim: { tenant } };
          });
          const stories = runSmall({
            hosts: [gpus],
            jobs,
            policy: maxMin,
            rules: { preemption: 'evict' },
            config: {
              weights: Object.fromEntries(TENANTS.map((tenant, t) => [tenant, weights[t] as number])),
            },
          });
          const held = heldAt(stories, 100);
          expect(held.reduce((sum, has) => sum + has, 0)).toBe(Math.min(gpus, drawn.length));
          expectWaterLevel(held, wants, weights);
          if (!weighs) expect(descending(held)).toEqual(waterFill(wants, gpus));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('shares by weight to the GPU where everybody wants more', () => {
    const jobs = TENANTS.flatMap((tenant) =>
      Array.from({ length: 20 }, (_, i) => ({ name: `${tenant}${i}`, at: 0, runs: 100, claim: { tenant } })),
    );
    const config = { weights: { a: 4, b: 3, c: 2, d: 1 } };
    expect(heldAt(runSmall({ hosts: [20], jobs, policy: maxMin, config }), 1)).toEqual([8, 6, 4, 2]);
  });

  test('takes from the richest, and on to the next when that one is no longer the richest', () => {
    const own = (tenant: string, n: number): SmallJob[] =>
      Array.from({ length: n }, (_, i) => ({ name: `${tenant}${i}`, at: 0, runs: 100, claim: { tenant } }));
    const stories = runSmall({
      hosts: [18],
      jobs: [
        ...own('a', 10),
        ...own('b', 8),
        { name: 'c', at: 1, runs: 10, gpus: 6, claim: { tenant: 'c' } },
      ],
      policy: maxMin,
      rules: { preemption: 'evict' },
    });
    expect(stories.get('c')?.starts).toEqual([{ at: 1, hosts: [0] }]);
    expect(heldAt(stories, 5).slice(0, 2)).toEqual([6, 6]);
  });

  test('chooses the host where the richest would lose', () => {
    const stories = runSmall({
      hosts: [1, 1, 1],
      jobs: [
        { name: 'b', at: 0, runs: 90, claim: { tenant: 'b' } },
        { name: 'a0', at: 0, runs: 90, claim: { tenant: 'a' } },
        { name: 'a1', at: 0, runs: 90, claim: { tenant: 'a' } },
        { name: 'c', at: 1, runs: 10, claim: { tenant: 'c' } },
      ],
      policy: maxMin,
      rules: { preemption: 'evict' },
    });
    expect(stories.get('b')?.stops).toEqual([]);
    expect(stories.get('a0')?.stops).toEqual([1]);
  });

  test('does not stop a job where that only turns the tables', () => {
    const stories = runSmall({
      hosts: [2],
      jobs: [
        { name: 'wide', at: 0, runs: 20, gpus: 2, claim: { tenant: 'a' } },
        { name: 'small', at: 1, runs: 20, claim: { tenant: 'b' } },
      ],
      policy: maxMin,
      rules: { preemption: 'evict' },
    });
    // Stopping the wide one would leave its tenant nothing, as the other has nothing now.
    expect(stories.get('wide')?.stops).toEqual([]);
    expect(stories.get('small')?.starts[0]?.at).toBe(20);
  });

  test('makes no room twice over while those that leave save their state', () => {
    const checkpoint = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 5e6, restoreUs: 0 };
    const stories = runSmall({
      hosts: [1, 1, 1, 1],
      jobs: [
        ...['a0', 'a1', 'a2', 'a3'].map((name) => ({
          name,
          at: 0,
          runs: 50,
          claim: { tenant: 'a', checkpoint },
        })),
        ...['b0', 'b1', 'b2'].map((name, cpu) => ({
          name,
          at: 1,
          runs: 50,
          cpu,
          claim: { tenant: 'b', checkpoint },
        })),
      ],
      policy: maxMin,
      rules: { preemption: 'evict', way: 'checkpoint' },
    });
    // Two for two at once; without counting those on the way, b would be given three.
    expect(heldAt(stories, 10).slice(0, 2)).toEqual([2, 2]);
    expect([...stories.values()].flatMap(({ stops }) => stops)).toEqual([6, 6]);
  });

  test('every eviction raises the poorest of those whose GPUs change', () => {
    const job = fc.record({
      tenant: fc.constantFrom(...TENANTS),
      gpus: fc.integer({ min: 1, max: 4 }),
      at: fc.nat(15),
      runs: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(job, { maxLength: 20 }), (drawn) => {
        const jobs = drawn.map((each, i) => ({
          ...each,
          name: `${each.tenant}${i}`,
          claim: { tenant: each.tenant },
        }));
        const held = new Map<string, number>(TENANTS.map((tenant) => [tenant, 0]));
        let before: Map<string, number> | undefined;
        let winner = '';
        const gpusOf = (name: string) => jobs.find((each) => each.name === name)?.gpus as number;
        const change = (tenant: string, by: number) => held.set(tenant, (held.get(tenant) as number) + by);
        runSmall({
          hosts: [4, 3],
          jobs,
          policy: maxMin,
          rules: { preemption: 'evict' },
          observer: {
            placed: (_at, { name, claim }) => {
              change(claim.tenant, gpusOf(name));
              if (before === undefined || name !== winner) return;
              const changed = TENANTS.filter((tenant) => before?.get(tenant) !== held.get(tenant));
              const least = (of: Map<string, number>) =>
                Math.min(...changed.map((tenant) => of.get(tenant) as number));
              expect(least(held)).toBeGreaterThan(least(before));
              before = undefined;
            },
            preempted: (_at, { name, claim }, _parts, reason) => {
              before ??= new Map(held);
              winner = reason.slice('preempted-for:'.length);
              change(claim.tenant, -gpusOf(name));
            },
            finished: (_at, { name, claim }) => void change(claim.tenant, -gpusOf(name)),
          },
        });
        expect(before).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });
});
