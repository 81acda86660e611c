import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drf } from '../../sim/policies/queueing/drf.ts';
import { type JobStory, runSmall, type SmallJob } from './pool-run.ts';

/** CPU cores, GiB, GPUs. */
type Bundle = readonly [number, number, number];

const RESOURCES = [0, 1, 2] as const;

function host([cpu, memory, gpus]: Bundle) {
  return [
    {
      name: 'h',
      cpuMilli: cpu * 1000,
      memoryMib: memory * 1024,
      gpus: gpus === 0 ? [] : [{ model: 'gpu', count: gpus }],
    },
  ];
}

function task(tenant: string, name: string, [cpu, memory, gpus]: Bundle, at = 0, runs = 1000): SmallJob {
  return { name, at, runs, gpus, cpu: cpu * 1000, memory: memory * 1024, claim: { tenant } };
}

/** So many tasks of each tenant, all there at once, in turn. */
function backlog(demands: Readonly<Record<string, Bundle>>, each: number): SmallJob[] {
  const jobs: SmallJob[] = [];
  for (let i = 0; i < each; i++) {
    for (const [tenant, demand] of Object.entries(demands)) jobs.push(task(tenant, `${tenant}${i}`, demand));
  }
  return jobs;
}

/** How many tasks of each tenant start at 0. */
function startedAt0(stories: ReadonlyMap<string, JobStory>, tenant: string): number {
  return [...stories.values()].filter(({ name, starts }) => name.startsWith(tenant) && starts[0]?.at === 0)
    .length;
}

describe('Dominant resource fairness', () => {
  test('gives 3 tasks of <1 CPU, 4 GB> and 2 of <3 CPU, 1 GB> to 9 CPUs and 18 GB, as in figure 3 of the paper', () => {
    const stories = runSmall({
      hostSpecs: host([9, 18, 0]),
      jobs: backlog({ A: [1, 4, 0], B: [3, 1, 0] }, 9),
      policy: drf,
    });
    expect([startedAt0(stories, 'A'), startedAt0(stories, 'B')]).toEqual([3, 2]);
  });

  test('takes tasks in the order of the table of the paper: B, A, A, B, A', () => {
    const order: string[] = [];
    runSmall({
      hostSpecs: host([9, 18, 0]),
      jobs: backlog({ B: [3, 1, 0], A: [1, 4, 0] }, 9),
      policy: drf,
      observer: {
        placed: (atUs, { claim }) => {
          if (atUs === 0) order.push(claim.tenant);
        },
      },
    });
    expect(order.join(' ')).toBe('B A A B A');
  });

  test('divides dominant shares by weight', () => {
    const stories = runSmall({
      hostSpecs: host([9, 18, 0]),
      jobs: backlog({ A: [1, 4, 0], B: [3, 1, 0] }, 9),
      policy: drf,
      config: { weights: { A: 3 } },
    });
    // A's shares by weight: 2/27 a task; B's: 1/3. A, B, then A up to 4 x 2/27 = 0.3; a fifth has no memory (16 + 1 of 18).
    expect([startedAt0(stories, 'A'), startedAt0(stories, 'B')]).toEqual([4, 1]);
  });

  test('counts what ends as free again, and all workers of a gang', () => {
    const claim = (tenant: string) => ({ tenant });
    const stories = runSmall({
      hosts: [4, 4],
      jobs: [
        { name: 'gang', at: 0, runs: 100, workers: [2, 2], claim: claim('g') },
        { name: 'x', at: 0, runs: 5, gpus: 2, claim: claim('x') },
        { name: 'y', at: 0, runs: 50, gpus: 2, claim: claim('y') },
        // At 5 two GPUs are free. g has 4/8, y 2/8, x nothing any more.
        { name: 'g2', at: 1, runs: 10, gpus: 2, claim: claim('g') },
        { name: 'y2', at: 2, runs: 10, gpus: 2, claim: claim('y') },
        { name: 'x2', at: 3, runs: 10, gpus: 2, claim: claim('x') },
      ],
      policy: drf,
    });
    const startOf = (name: string) => stories.get(name)?.starts[0]?.at;
    expect([startOf('x2'), startOf('y2'), startOf('g2')]).toEqual([5, 15, 25]);
  });

  test('starts the same jobs at the same times as a slow twin with exact fractions', () => {
    const demand = fc.tuple(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 3 }),
    );
    const job = fc.record({
      tenant: fc.constantFrom('a', 'b', 'c'),
      demand,
      at: fc.nat(12),
      runs: fc.integer({ min: 1, max: 9 }),
    });
    const capacity = fc.tuple(
      fc.integer({ min: 6, max: 12 }),
      fc.integer({ min: 6, max: 12 }),
      fc.integer({ min: 3, max: 6 }),
    );
    const weights = fc.record({
      a: fc.integer({ min: 1, max: 4 }),
      b: fc.integer({ min: 1, max: 4 }),
      c: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(job, { maxLength: 25 }), capacity, weights, (drawn, room, weight) => {
        const jobs = drawn.map((each, i) => ({ ...each, i })).sort((x, y) => x.at - y.at || x.i - y.i);
        const stories = runSmall({
          hostSpecs: host(room),
          jobs: jobs.map(({ tenant, demand: d, at, runs }, n) => task(tenant, `j${n}`, d, at, runs)),
          policy: drf,
          config: { weights: weight },
        });
        const starts = jobs.map((_, n) => stories.get(`j${n}`)?.starts[0]?.at);
        expect(starts).toEqual(slowStarts(jobs, room, weight));
      }),
      { numRuns: 150 },
    );
  });

  test('under block an endless stream of small jobs of others does not keep a large one out; under skip it does', () => {
    const jobs: SmallJob[] = [{ name: 'large', at: 5, runs: 10, gpus: 4, claim: { tenant: 'a' } }];
    for (let i = 0; i < 400; i++)
      jobs.push({ name: `s${i}`, at: i, runs: 5, claim: { tenant: `t${i % 7}` } });
    const startOf = (fill: 'block' | 'skip') =>
      runSmall({ hosts: [4], jobs, policy: drf, rules: { fill } }).get('large')?.starts[0]?.at as number;
    expect(startOf('block')).toBeLessThan(40);
    expect(startOf('skip')).toBeGreaterThan(400);
  });
});

interface SlowJob {
  readonly tenant: 'a' | 'b' | 'c';
  readonly demand: Bundle;
  readonly at: number;
  readonly runs: number;
}

/** Second by second: as long as a waiting job fits, starts the one of the tenant with the least share; fractions by cross multiplication. */
function slowStarts(
  jobs: readonly SlowJob[],
  room: Bundle,
  weight: Readonly<Record<'a' | 'b' | 'c', number>>,
): (number | undefined)[] {
  const starts: (number | undefined)[] = jobs.map(() => undefined);
  for (let now = 0; now <= 12 + 9 * jobs.length; now++) {
    const running = jobs.filter((job, n) => {
      const start = starts[n];
      return start !== undefined && start <= now && now < start + job.runs;
    });
    for (;;) {
      const used = (r: number, tenant?: string) =>
        running.reduce(
          (sum, job) => sum + (tenant === undefined || job.tenant === tenant ? (job.demand[r] as number) : 0),
          0,
        );
      const share = (tenant: 'a' | 'b' | 'c') => {
        let best: readonly [number, number] = [0, 1];
        for (const r of RESOURCES) {
          const part = [used(r, tenant), (room[r] as number) * weight[tenant]] as const;
          if (part[0] * best[1] > best[0] * part[1]) best = part;
        }
        return best;
      };
      let next = -1;
      for (let n = 0; n < jobs.length; n++) {
        const job = jobs[n] as SlowJob;
        if (starts[n] !== undefined || job.at > now) continue;
        if (!RESOURCES.every((r) => used(r) + (job.demand[r] as number) <= (room[r] as number))) continue;
        if (next < 0) next = n;
        else {
          const [top, bottom] = share(job.tenant);
          const [bestTop, bestBottom] = share((jobs[next] as SlowJob).tenant);
          if (top * bestBottom < bestTop * bottom) next = n;
        }
      }
      if (next < 0) break;
      starts[next] = now;
      running.push(jobs[next] as SlowJob);
    }
  }
  return starts;
}

describe('With many small tasks, dominant resource fairness', () => {
  const small = fc
    .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 3 }))
    .filter(([cpu, memory, gpus]) => cpu + memory + gpus > 0);
  const ROOM: Bundle = [60, 70, 24];
  const tenants = ['p', 'q', 'r', 's'];
  const shareOf = (demand: Bundle, tasks: number) =>
    Math.max(...RESOURCES.map((r) => (tasks * (demand[r] as number)) / (ROOM[r] as number)));

  test('gives everybody 1/n but for one task, envies nobody but for one task of each, and leaves no room for one more', () => {
    fc.assert(
      fc.property(fc.array(small, { minLength: 2, maxLength: 4 }), (demands) => {
        const byTenant = Object.fromEntries(demands.map((demand, i) => [tenants[i] as string, demand]));
        const stories = runSmall({
          hostSpecs: host(ROOM),
          jobs: backlog(byTenant, 71),
          policy: drf,
          horizon: 1,
        });
        const tasks = demands.map((_, i) => startedAt0(stories, tenants[i] as string));
        const largest = Math.max(...demands.map((demand) => shareOf(demand, 1)));
        const left = RESOURCES.map(
          (r) =>
            (ROOM[r] as number) -
            demands.reduce((sum, demand, i) => sum + (demand[r] as number) * (tasks[i] as number), 0),
        );
        demands.forEach((demand, i) => {
          const own = tasks[i] as number;
          expect(shareOf(demand, own)).toBeGreaterThan(1 / demands.length - largest - 1e-12);
          expect(RESOURCES.every((r) => (demand[r] as number) <= (left[r] as number))).toBe(false);
          demands.forEach((other, j) => {
            const withTheirs = Math.min(
              ...RESOURCES.filter((r) => (demand[r] as number) > 0).map((r) =>
                Math.floor(((tasks[j] as number) * (other[r] as number)) / (demand[r] as number)),
              ),
            );
            expect(withTheirs).toBeLessThan(own + 1 + shareOf(other, 1) / shareOf(demand, 1) + 1e-9);
          });
        });
      }),
      { numRuns: 60 },
    );
  });
});
