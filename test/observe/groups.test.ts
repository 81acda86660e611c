import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jainIndex } from '../../sim/experiment/groups.ts';
import {
  type ClusterObserver,
  type Job,
  type Part,
  type Replication,
  replicate,
  summarize,
} from '../../sim/index.ts';
import { JobBook } from '../../sim/observe/groups/job-groups.ts';
import type { Readings } from '../../sim/observe/metric.ts';
import { bucketMeans } from '../../sim/observe/series/series-recorder.ts';
import { lives } from '../property/life-scenarios.ts';
import { sharedScenarios } from '../property/shared-scenarios.ts';
import { normalized } from '../scenario/problems-of.ts';

const run = (document: object): Replication => {
  const { scenario } = normalized({ apiVersion: 'slicewise/v1', name: 'groups', ...document });
  return replicate(scenario, {}, scenario.seed);
};
const valueIn = (readings: Replication['readings'], name: string) =>
  new Map(readings).get(name)?.value ?? null;
const group = (of: Replication, kind: keyof NonNullable<Replication['groups']>, name: string) => {
  const found = of.groups?.[kind].find((each) => each.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return (metric: string) => valueIn(found.readings, metric);
};

/** Every way to divide the fleet sums up to the fleet. */
function expectSums(found: Replication): void {
  const hours = valueIn(found.readings, 'gpu.hours') as number;
  for (const kind of ['gpuModel', 'pool', 'hostGroup', 'mode'] as const) {
    const groups = found.groups?.[kind] ?? [];
    if (groups.length === 0) continue;
    const sum = groups.reduce((all, { readings }) => all + (valueIn(readings, 'gpu.hours') as number), 0);
    expect(sum, kind).toBeCloseTo(hours, 6);
  }
  const arrived = valueIn(found.readings, 'jobs.arrived');
  for (const kind of ['pool', 'class', 'tenant'] as const) {
    const counts = (found.groups?.[kind] ?? []).flatMap(
      ({ readings }) => valueIn(readings, 'jobs.arrived') ?? [],
    );
    if (counts.length > 0)
      expect(
        counts.reduce((a, b) => a + b, 0),
        kind,
      ).toBe(arrived);
  }
}

/** The mean of all buckets, each weighted by what there was, is the metric. */
function expectSeriesMeans(found: Replication): void {
  for (const { name, series } of found.series ?? []) {
    const metric = valueIn(found.readings, `${name}.mean`);
    if (metric === null) continue;
    const whole = series.whole.reduce((a, b) => a + b, 0);
    const mean = bucketMeans(series).reduce<number>(
      (sum, each, i) => sum + (each ?? 0) * ((series.whole[i] as number) / whole),
      0,
    );
    expect(mean, name).toBeCloseTo(metric, 9);
    expect(series.startUs).toBeLessThan(series.endUs);
  }
}

describe('parts of random fleets', () => {
  test('of shared cards: they sum up to the fleet, and work is what the cards themselves have booked', () => {
    fc.assert(
      fc.property(sharedScenarios({ services: 'any', sessions: true, changes: 'any' }), (scenario) => {
        const found = replicate(scenario, {}, scenario.seed);
        expectSums(found);
        expectSeriesMeans(found);
        const work = found.series?.find(({ name }) => name === 'gpu.utilized')?.series;
        const utilized = valueIn(found.readings, 'gpu.utilized.mean');
        if (
          work !== undefined &&
          utilized !== null &&
          !scenario.changes.some(({ sharing }) => sharing !== null)
        ) {
          const sum = (of: readonly number[]) => of.reduce((a, b) => a + b, 0);
          expect(sum(work.value) / sum(work.whole)).toBeCloseTo(utilized, 8);
        }
        for (const { readings } of found.groups?.mode ?? []) {
          const reserved = valueIn(readings, 'gpuMemory.reserved.mean') ?? 0;
          const fragmented = valueIn(readings, 'gpuMemory.fragmented.mean') ?? 0;
          expect(reserved).toBeGreaterThanOrEqual(0);
          expect(reserved + fragmented).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
      { numRuns: 15 },
    );
  });

  test('with preemption, faults, gangs and hosts that come and go: they sum up to the fleet', () => {
    fc.assert(
      fc.property(lives, (document) => {
        const { scenario } = normalized(document);
        const found = replicate(scenario, {}, scenario.seed);
        expectSums(found);
        expectSeriesMeans(found);
        const fleet = found.series?.find(({ name }) => name === 'gpu.allocated')?.series;
        const allocated = valueIn(found.readings, 'gpu.allocated.mean');
        if (fleet !== undefined && allocated !== null) {
          const sum = (of: readonly number[]) => of.reduce((a, b) => a + b, 0);
          expect(sum(fleet.value) / sum(fleet.whole)).toBeCloseTo(allocated, 9);
        }
      }),
      { numRuns: 20 },
    );
  });
});

/** Follows each job by itself: from when to when it held which parts, after the warm-up. */
class Follower implements ClusterObserver {
  /** By class: thousandths of GPUs times microseconds; and MiB of shared cards that jobs allocate, times microseconds. */
  readonly milliUs = new Map<string, number>();
  usedMibUs = 0;
  readonly #warmupUs: number;
  readonly #at = new Map<number, { parts: readonly Part[]; sinceUs: number }>();
  readonly #next = new Map<number, readonly Part[]>();
  readonly #jobs = new Map<number, Job>();

  constructor(warmupUs: number) {
    this.#warmupUs = warmupUs;
  }

  placed = (atUs: number, job: Job, parts: readonly Part[]) => {
    this.#jobs.set(job.number, job);
    this.#at.set(job.number, { parts, sinceUs: atUs });
  };
  moved = (_atUs: number, job: Job, parts: readonly Part[]) => {
    this.#next.set(job.number, parts);
  };
  freed = (atUs: number, job: Job) => {
    const parts = this.#next.get(job.number);
    if (parts === undefined) return;
    this.#end(atUs, job);
    this.#at.set(job.number, { parts, sinceUs: atUs });
  };
  finished = (atUs: number, job: Job) => this.#end(atUs, job);
  failed = (atUs: number, job: Job) => this.#end(atUs, job);
  preempted = (atUs: number, job: Job) => this.#end(atUs, job);
  ended = (atUs: number) => {
    for (const number of [...this.#at.keys()]) this.#end(atUs, this.#jobs.get(number) as Job);
  };

  #end(atUs: number, job: Job): void {
    const held = this.#at.get(job.number);
    this.#at.delete(job.number);
    this.#next.delete(job.number);
    const us = Math.max(0, atUs - Math.max(this.#warmupUs, held?.sinceUs ?? atUs));
    for (const { shape, gpus, grant } of held?.parts ?? []) {
      const milli =
        grant.length === 0 ? shape.gpuMilli * gpus.length : grant.reduce((sum, slot) => sum + slot.milli, 0);
      const { label } = job.claim;
      this.milliUs.set(label, (this.milliUs.get(label) ?? 0) + milli * us);
      this.usedMibUs += (shape.ask?.use.memoryMib ?? 0) * grant.length * us;
    }
  }
}

test('what classes hold and allocate is what each job held and allocated, wherever it moved', () => {
  let [moves, compared] = [0, 0];
  fc.assert(
    fc.property(sharedScenarios({ services: 'busy', sessions: true, changes: 'moving' }), (scenario) => {
      const { experiment } = scenario;
      const follower = new Follower(experiment.kind === 'timed' ? experiment.warmupUs : 0);
      const memories = new Set<number>();
      const found = replicate(scenario, {}, scenario.seed, {
        observers: (fleet) => {
          for (const shared of fleet.sharing) if (shared !== undefined) memories.add(shared.spec.memoryMib);
          return [follower];
        },
      });
      moves += valueIn(found.readings, 'changes.moved') ?? 0;
      if (valueIn(found.readings, 'gpu.allocated.mean') === null) return;
      for (const [label, milliUs] of follower.milliUs) {
        expect(group(found, 'class', label)('gpu.hours')).toBeCloseTo(milliUs / 1000 / 3600e6, 9);
      }
      const work = found.series?.find(({ name }) => name === 'gpu.utilized')?.series;
      const used = valueIn(found.readings, 'gpuMemory.used.mean');
      // Cards of one memory that are there all the time: the frame buffer is that of one times their number.
      if (work === undefined || used === null || memories.size > 1) return;
      const cardUs = work.whole.reduce((a, b) => a + b, 0);
      const [perCard = 0] = memories;
      expect(used).toBeCloseTo(follower.usedMibUs / (perCard * cardUs), 9);
      compared += 1;
    }),
    { numRuns: 25, seed: 20260711 },
  );
  expect(moves).toBeGreaterThan(10);
  expect(compared).toBeGreaterThan(5);
});

describe('hand-worked', () => {
  /** Two hosts of different models in two pools; a job of each tenant an hour, from the start. */
  const twoPools = {
    fleet: {
      hosts: [
        { name: 'big', cpu: 10, memory: '10GiB', gpus: { model: 'A100-SXM4-80GB', count: 4 } },
        { name: 'small', cpu: 10, memory: '10GiB', gpus: { model: 'T4', count: 2 } },
      ],
    },
    policy: { pools: [{ name: 'cheap', hosts: ['small'] }], scheduling: { weights: { a: 2 } } },
    workload: {
      synthetic: {
        tasks: 2,
        arrivals: { process: 'deterministic', rate: '1/h' },
        classes: [
          {
            name: 'wide',
            tenant: 'a',
            cpu: 5,
            memory: '1GiB',
            gpus: 2,
            lifetime: { kind: 'constant', value: '1h' },
          },
        ],
      },
    },
    experiment: { kind: 'timed', horizon: '10h' },
  };

  test('GPU-hours, shares and energy of pools, tenants and models', () => {
    const found = run(twoPools);
    // Two jobs of two GPUs and an hour.
    expect(valueIn(found.readings, 'gpu.hours')).toBeCloseTo(4, 9);
    const pool = group(found, 'pool', 'default');
    expect(pool('gpu.allocated.mean')).toBeCloseTo(4 / 40, 12);
    expect(pool('cpu.allocated.mean')).toBeCloseTo((2 * 5) / 100, 12);
    expect(pool('jobs.completed')).toBe(2);
    expect(group(found, 'pool', 'cheap')('gpu.allocated.mean')).toBe(0);
    const a = group(found, 'tenant', 'a');
    expect(a('gpu.held.mean')).toBeCloseTo(0.4, 12);
    expect(a('share.gpu.mean')).toBeCloseTo(4 / 60, 12);
    // Of 20 cores it holds 5 while it runs, of 6 GPUs 2: the GPUs are its dominant share.
    expect(a('share.cpu.mean')).toBeCloseTo(10 / 200, 12);
    expect(a('share.dominant.mean')).toBeCloseTo(4 / 60, 12);
    expect(a('slowdown.mean')).toBeCloseTo(1, 12);
    // T4s are idle all the time; which watts that is the price tables say.
    const t4 = group(found, 'gpuModel', 'T4');
    const idleW = (t4('energy.gpu') as number) / (2 * 10 * 1e-3);
    const busy = group(found, 'gpuModel', 'A100-SXM4-80GB')('energy.gpu') as number;
    expect(idleW).toBeGreaterThan(0);
    // 36 GPU-hours without work and 4 with all of it: the figures of the table, 50 and 400 W.
    expect(busy).toBeCloseTo((36 * 50 + 4 * 400) / 1000, 9);
  });

  test('a tenant with twice the weight may have twice as much', () => {
    const classes = ['a', 'b'].map((tenant) => ({
      name: `of-${tenant}`,
      tenant,
      cpu: 1,
      memory: '1GiB',
      gpus: tenant === 'a' ? 2 : 1,
      lifetime: { kind: 'constant', value: '1h' },
    }));
    const found = run({
      ...twoPools,
      seed: 3,
      workload: {
        synthetic: { tasks: 400, arrivals: { process: 'deterministic', rate: '1/h' }, classes },
      },
      experiment: { kind: 'timed', horizon: '401h' },
    });
    const hours = ['a', 'b'].map((tenant) => group(found, 'tenant', tenant)('gpu.hours') as number);
    const [x, y] = [(hours[0] as number) / 2, hours[1] as number];
    expect(valueIn(found.readings, 'fairness.jain')).toBeCloseTo((x + y) ** 2 / (2 * (x * x + y * y)), 12);
    expect(valueIn(found.readings, 'fairness.jain')).toBeGreaterThan(0.95);
  });

  test('what is left of a MIG card that nobody wants', () => {
    // 3g.40gb beside 2g.20gb of an A100: two slices of memory are left (20 GiB of 80), and nobody wants less than 3g.40gb.
    const found = run({
      fleet: {
        hosts: [
          {
            name: 'm',
            cpu: 64,
            memory: '512GiB',
            gpus: { model: 'A100-SXM4-80GB', count: 1 },
            sharing: 'mig',
          },
        ],
      },
      workload: {
        synthetic: {
          tasks: 1,
          arrivals: { process: 'deterministic', rate: '1/h' },
          classes: [
            {
              name: 'half',
              cpu: 1,
              memory: '1GiB',
              gpus: 1,
              slot: { profile: '3g.40gb' },
              use: { memory: '10GiB' },
              lifetime: { kind: 'constant', value: '20h' },
            },
            {
              name: 'quarter',
              cpu: 1,
              memory: '1GiB',
              gpus: 1,
              weight: 1e-9,
              slot: { profile: '2g.20gb' },
              use: { memory: '10GiB' },
              lifetime: { kind: 'constant', value: '20h' },
            },
          ],
        },
      },
      experiment: { kind: 'timed', warmup: '2h', horizon: '10h' },
    });
    const gpuMemory = (name: string) => valueIn(found.readings, `gpuMemory.${name}.mean`) as number;
    // Beside one 3g.40gb there is room for another, which fills the card.
    expect(valueIn(found.readings, 'gpu.largestFit.of.3g.40gb')).toBe(1);
    expect(gpuMemory('reserved')).toBeGreaterThan(0.45);
    expect(gpuMemory('reserved')).toBeLessThanOrEqual(0.5);
    expect(gpuMemory('used')).toBeCloseTo(10 / 80, 2);
    // Two instances reserve all but what the driver keeps for itself.
    expect(gpuMemory('fragmented')).toBeCloseTo(1 - 2 * gpuMemory('reserved'), 9);
  });
});

describe('books', () => {
  const entries = fc.array(
    fc.record({
      wait: fc.double({ min: 0, max: 1e6, noNaN: true }),
      slowdown: fc.double({ min: 1, max: 1e3, noNaN: true }),
      gpuMilliUs: fc.nat(1e9),
    }),
    { maxLength: 60 },
  );
  const read = (book: JobBook) => {
    const into: Readings = new Map();
    book.wait.read(into, 'wait');
    book.slowdown.read(into, 'slowdown', 'ratio');
    return [...into, ['gpu', { value: book.gpuMilliUs, unit: 'GPU-hours' }]] as const;
  };
  const fill = (book: JobBook, all: readonly { wait: number; slowdown: number; gpuMilliUs: number }[]) => {
    for (const { wait, slowdown, gpuMilliUs } of all) {
      book.wait.add(wait);
      book.slowdown.add(slowdown);
      book.gpuMilliUs += gpuMilliUs;
    }
    return book;
  };

  test('of parts that are merged are those of all at once', () => {
    fc.assert(
      fc.property(entries, entries, (a, b) => {
        const merged = new JobBook();
        merged.merge(fill(new JobBook(), a));
        merged.merge(fill(new JobBook(), b));
        const whole = read(fill(new JobBook(), [...a, ...b]));
        read(merged).forEach(([name, { value }], i) => {
          const expected = whole[i]?.[1].value ?? null;
          expect(whole[i]?.[0]).toBe(name);
          if (value === null || expected === null) expect(value).toBe(expected);
          // Of numbers next to 0 not even the last digit is sure.
          else expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-9 * Math.abs(expected) + 1e-300);
        });
      }),
    );
  });

  test('of many tenants: those with the most GPU-hours are told, and the others summed up', () => {
    const tenants = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`t${i}`, i + 1]));
    const { scenario } = normalized({
      apiVersion: 'slicewise/v1',
      name: 'many',
      replications: 3,
      fleet: { hosts: [{ name: 'h', cpu: 64, memory: '64GiB', gpus: { model: 'T4', count: 8 } }] },
      workload: {
        synthetic: {
          tasks: 300,
          arrivals: { process: 'poisson', rate: '10/h' },
          classes: [
            {
              name: 'c',
              tenants,
              cpu: 1,
              memory: '1GiB',
              gpus: 1,
              lifetime: { kind: 'exponential', mean: '30m' },
            },
          ],
        },
      },
      metrics: { groups: 5 },
      experiment: { kind: 'timed' },
    });
    const { groups, metrics } = summarize([1, 2, 3].map((seed) => replicate(scenario, {}, seed)));
    const found = groups.tenant ?? {};
    expect(Object.keys(found).length).toBe(6);
    const sum = (metric: string) =>
      Object.values(found).reduce((all, own) => {
        const { value = 0, n = 0 } = own[metric] ?? {};
        return all + (value ?? 0) * n;
      }, 0);
    // Nobody who is left out of all runs' lists together had more than somebody who is told.
    const all = { ...scenario, metrics: { perHost: false, groups: 1000 } };
    const everybody = summarize([1, 2, 3].map((seed) => replicate(all, {}, seed))).groups.tenant ?? {};
    const hoursOf = (name: string) => {
      const { value = 0, n = 0 } = everybody[name]?.['gpu.hours'] ?? {};
      return (value ?? 0) * n;
    };
    const told = Object.keys(found).filter((name) => name !== '(others)');
    const best = Object.keys(everybody).toSorted((a, b) => hoursOf(b) - hoursOf(a));
    expect(told).toContain(best[0]);
    expect(told).toContain(best[1]);
    for (const name of best.slice(15)) expect(told).not.toContain(name);
    expect(found['(others)']?.groups?.value).toBeGreaterThanOrEqual(20);
    expect(sum('gpu.hours')).toBeCloseTo(3 * (metrics['gpu.hours']?.value as number), 6);
  });
});

test("Jain's index is 1 for equal shares, 1/n where one has everything, and does not depend on the unit", () => {
  expect(jainIndex([3, 3, 3])).toBe(1);
  expect(jainIndex([0, 0, 5, 0])).toBe(0.25);
  expect(jainIndex([1])).toBeUndefined();
  expect(jainIndex([0, 0])).toBeUndefined();
  // The worked example of the report: 10 and 5 of two users.
  expect(jainIndex([10, 5])).toBeCloseTo(225 / (2 * 125), 12);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 20 }),
      fc.double({ min: 1e-150, max: 1e150, noNaN: true }),
      (shares, unit) => {
        const found = jainIndex(shares) as number;
        expect(found).toBeGreaterThanOrEqual(1 / shares.length - 1e-12);
        expect(found).toBeLessThanOrEqual(1 + 1e-12);
        expect(jainIndex(shares.map((each) => each * unit))).toBeCloseTo(found, 9);
      },
    ),
  );
});
