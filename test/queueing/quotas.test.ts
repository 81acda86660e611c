import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Quota } from '../../sim/policies/queueing/discipline.ts';
import { quotas } from '../../sim/policies/queueing/quotas.ts';
import { endsOf, type JobStory, runSmall, type SmallJob, type SmallRun } from './pool-run.ts';

const quota = (
  path: string,
  guaranteedGpus: number,
  maxGpus = Number.POSITIVE_INFINITY,
  weight = 1,
): Quota => ({
  path,
  guaranteedGpus,
  maxGpus,
  weight,
});

const many = (queue: string, n: number, at = 0, runs = 100): SmallJob[] =>
  Array.from({ length: n }, (_, i) => ({ name: `${queue}#${at}.${i}`, at, runs, claim: { queue } }));

function run(tree: readonly Quota[], jobs: readonly SmallJob[], more: Partial<SmallRun> = {}) {
  return runSmall({
    policy: quotas,
    rules: { preemption: 'evict' },
    ...more,
    jobs,
    config: { quotas: tree },
  });
}

/** How many jobs of a queue, or of those below it, run at a time. */
function running(stories: ReadonlyMap<string, JobStory>, path: string, at: number): number {
  return [...stories.values()].filter(({ name, starts, stops, end }) => {
    const queue = name.slice(0, name.indexOf('#'));
    if (queue !== path && !queue.startsWith(`${path}/`)) return false;
    const begun = starts.filter((start) => start.at <= at).length;
    return begun > stops.filter((stop) => stop <= at).length && (end === undefined || end > at);
  }).length;
}

describe('Quotas', () => {
  test('reject a job that asks for more than a maximum above it, and take in one that asks for all of it', () => {
    const tree = [quota('a', 0, 3), quota('a/x', 0)];
    const stories = run(
      tree,
      [
        { name: 'a/x#four', at: 0, runs: 10, gpus: 4, claim: { queue: 'a/x' } },
        { name: 'a/x#three', at: 0, runs: 10, gpus: 3, claim: { queue: 'a/x' } },
        { name: 'a/x#gang', at: 0, runs: 10, workers: [2, 2], claim: { queue: 'a/x' } },
        { name: 'b#four', at: 0, runs: 10, gpus: 4, claim: { queue: 'b' } },
      ],
      { hosts: [8] },
    );
    expect([...stories.values()].map(({ name, rejected, end }) => [name, rejected ?? end])).toEqual([
      ['a/x#four', 'never-fits:quota'],
      ['a/x#three', 10],
      ['a/x#gang', 'never-fits:quota'],
      ['b#four', 10],
    ]);
  });

  test('count who saves his state until he has left', () => {
    const tree = [quota('a', 2, 2), quota('a/x', 0), quota('a/y', 2)];
    const checkpoint = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 4e6, restoreUs: 0 };
    const stories = run(
      tree,
      [
        { name: 'a/x#wide', at: 0, runs: 50, gpus: 2, claim: { queue: 'a/x', checkpoint } },
        { name: 'a/y#0', at: 10, runs: 20, claim: { queue: 'a/y' } },
        { name: 'a/y#1', at: 11, runs: 5, claim: { queue: 'a/y' } },
      ],
      { hosts: [4], rules: { preemption: 'evict', way: 'checkpoint' } },
    );
    // The wide one saves from 10 to 14 for y0; y1 has to wait for that, too, though GPUs are free.
    expect(stories.get('a/x#wide')?.stops).toEqual([14]);
    expect(stories.get('a/y#0')?.starts[0]?.at).toBe(14);
    expect(stories.get('a/y#1')?.starts[0]?.at).toBe(14);
  });

  test('lend what is not used, and take it back when it is wanted', () => {
    const tree = [quota('a', 3), quota('b', 1)];
    const stories = run(tree, [...many('b', 4), ...many('a', 4, 10)], { hosts: [4] });
    expect([running(stories, 'b', 9), running(stories, 'a', 9)]).toEqual([4, 0]);
    expect([running(stories, 'b', 11), running(stories, 'a', 11)]).toEqual([1, 3]);
    // The ones that started last went first; all started at once here, so the last in the queue.
    expect([...stories.values()].filter(({ stops }) => stops.length > 0).map(({ name }) => name)).toEqual([
      'b#0.1',
      'b#0.2',
      'b#0.3',
    ]);
  });

  test('take nothing back by force where preemption is off, but give it to the queue that is due when it comes free', () => {
    const tree = [quota('a', 2), quota('b', 0)];
    const stories = run(tree, [...many('b', 2, 0, 10), ...many('b', 2, 1, 10), ...many('a', 2, 2, 10)], {
      hosts: [2],
      rules: { preemption: 'none' },
    });
    expect(endsOf(stories)).toEqual({
      'b#0.0': 10,
      'b#0.1': 10,
      'a#2.0': 20,
      'a#2.1': 20,
      'b#1.0': 30,
      'b#1.1': 30,
    });
  });

  test('take from the queue furthest above its guarantee, by weight, and on to the next', () => {
    const tree = [quota('a', 4), quota('b', 1), quota('c', 0, undefined, 3)];
    // b has 4 above; c has 5 above by weight 3, which is 1.67.
    const stories = run(tree, [...many('b', 5), ...many('c', 5), ...many('a', 2, 10), ...many('a', 2, 20)], {
      hosts: [10],
    });
    expect([running(stories, 'b', 15), running(stories, 'c', 15)]).toEqual([3, 5]);
    // 2 above against 1.67, then 1 against 1.67.
    expect([running(stories, 'b', 25), running(stories, 'c', 25)]).toEqual([2, 4]);
  });

  test('share what is over among siblings by their weights, level by level', () => {
    const tree = [quota('a', 0, undefined, 2), quota('a/x', 0, undefined, 3), quota('a/y', 0), quota('b', 0)];
    const stories = run(tree, [...many('b', 20), ...many('a/y', 20), ...many('a/x', 20)], { hosts: [12] });
    expect(['a', 'b', 'a/x', 'a/y'].map((path) => running(stories, path, 1))).toEqual([8, 4, 6, 2]);
  });

  test('hold what would exceed a maximum on any level, and say on which', () => {
    const tree = [quota('a', 0, 3), quota('a/x', 0, 2), quota('a/y', 0, 2)];
    const told: string[] = [];
    const stories = run(tree, [...many('a/x', 3, 0, 10), ...many('a/y', 2, 0, 20)], {
      hosts: [8],
      observer: { blocked: (_at, { name }, reason) => void told.push(`${name} ${reason}`) },
    });
    expect(running(stories, 'a', 5)).toBe(3);
    expect(told).toContain('a/x#0.2 quota:a/x');
    expect(told).toContain('a/y#0.1 quota:a');
    expect(endsOf(stories)).toEqual({
      'a/x#0.0': 10,
      'a/x#0.1': 10,
      'a/y#0.0': 20,
      'a/x#0.2': 20,
      'a/y#0.1': 30,
    });
  });

  test('take back within a queue that is at its maximum, where there is free room as well', () => {
    const tree = [quota('a', 4, 4), quota('a/x', 2), quota('a/y', 2)];
    const stories = run(tree, [...many('a/x', 4), ...many('b', 2), ...many('a/y', 3, 10)], { hosts: [8] });
    expect([running(stories, 'a/x', 15), running(stories, 'a/y', 15), running(stories, 'b', 15)]).toEqual([
      2, 2, 2,
    ]);
  });

  test('lift a maximum by a stop on another host than the one that has room', () => {
    const tree = [quota('a', 3, 3), quota('a/x', 1), quota('a/y', 2)];
    const stories = run(
      tree,
      [...many('a/x', 3), { name: 'a/y#wide', at: 10, runs: 5, gpus: 2, claim: { queue: 'a/y' } }],
      { hosts: [3, 2], placement: 'best-fit' },
    );
    expect(stories.get('a/y#wide')?.starts[0]?.at).toBe(10);
    expect(running(stories, 'a/x', 12)).toBe(1);
  });

  test('a queue without guarantee of its own has a right to that of the queue above, against others outside of it', () => {
    const tree = [quota('a', 3), quota('a/x', 0), quota('a/y', 1), quota('b', 1)];
    const stories = run(tree, [...many('b', 4), ...many('a/x', 4, 10), ...many('a/y', 1, 20)], {
      hosts: [4],
    });
    expect([running(stories, 'a/x', 15), running(stories, 'b', 15)]).toEqual([3, 1]);
    // a/y takes its own from its sibling, and b keeps its guarantee.
    expect([running(stories, 'a/x', 25), running(stories, 'a/y', 25), running(stories, 'b', 25)]).toEqual([
      2, 1, 1,
    ]);
  });

  test('a queue above that is not stated is guaranteed what its children are', () => {
    const tree = [quota('a/x', 1), quota('a/y', 2), quota('b', 1)];
    const stories = run(tree, [...many('b', 4), ...many('a/x', 3, 10)], { hosts: [4] });
    // One for a/x, and two more that a/y does not use.
    expect([running(stories, 'a/x', 15), running(stories, 'b', 15)]).toEqual([3, 1]);
  });

  test('unknown queues are in a child of the root that is guaranteed nothing, or of the part of their path that is known', () => {
    const tree = [quota('a', 2), quota('a/x', 1)];
    const stories = run(tree, [...many('who', 1), ...many('', 1), ...many('a/new', 2, 10)], { hosts: [2] });
    expect(running(stories, 'a/new', 15)).toBe(2);
    const below = run(tree, [...many('a/new', 2), ...many('a/x', 1, 10), ...many('a/x/deeper', 1, 20)], {
      hosts: [2],
    });
    expect([running(below, 'a/new', 15), running(below, 'a/x', 15)]).toEqual([1, 1]);
    // a/x/deeper is in a/x, which has its guarantee already.
    expect(running(below, 'a/x/deeper', 25)).toBe(0);
  });

  test('leaves jobs alone that may not be stopped, and those without GPUs', () => {
    const tree = [quota('a', 1)];
    const stories = run(
      tree,
      [
        { name: 'b#fixed', at: 0, runs: 50, claim: { queue: 'b', isPreemptible: false } },
        { name: 'b#cpu', at: 0, runs: 60, gpus: 0, claim: { queue: 'b' } },
        ...many('a', 1, 10),
      ],
      { hosts: [1] },
    );
    expect(endsOf(stories)).toMatchObject({ 'b#fixed': 50, 'b#cpu': 60, 'a#10.0': 150 });
  });

  test('do not stop a job twice as large as what is above the guarantee', () => {
    const tree = [quota('a', 1), quota('b', 3)];
    const wide = { name: 'b#wide', at: 0, runs: 50, gpus: 4, claim: { queue: 'b' } };
    expect(run(tree, [wide, ...many('a', 1, 10)], { hosts: [4] }).get('b#wide')?.stops).toEqual([]);
  });

  test('stop no second job of a queue where that would end below its guarantee', () => {
    const tree = [quota('a', 2), quota('b', 2)];
    const fixed = { name: 'c#fixed', at: 0, runs: 50, claim: { queue: 'c', isPreemptible: false } };
    const wide = { name: 'a#wide', at: 10, runs: 5, gpus: 2, claim: { queue: 'a' } };
    const stories = run(tree, [fixed, ...many('b', 3), wide], { hosts: [4] });
    expect([running(stories, 'b', 20), running(stories, 'a', 20)]).toEqual([3, 0]);
    // At 50 the fixed one is gone, and one stop is enough.
    expect([running(stories, 'b', 52), running(stories, 'a', 52)]).toEqual([2, 1]);
  });

  test('put a queue with guarantee left first, even below one that borrows', () => {
    const tree = [quota('a', 2), quota('a/x', 1), quota('a/y', 1), quota('b', 2)];
    const jobs = [
      ...many('a/x', 3),
      ...many('b', 2),
      ...many('nobody', 1, 0, 10),
      ...many('b', 1, 1),
      ...many('a/y', 1, 2),
    ];
    const stories = run(tree, jobs, { hosts: [6], rules: { preemption: 'none' } });
    expect([running(stories, 'a/y', 11), running(stories, 'b', 11)]).toEqual([1, 2]);
  });

  test('give the fleet out anew by guarantee and weight under refill', () => {
    const tree = [quota('a', 3), quota('b', 1)];
    const stories = run(tree, [...many('b', 6), ...many('a', 6, 10)], {
      hosts: [6],
      rules: { preemption: 'refill', roundUs: 5e6 },
    });
    expect([running(stories, 'b', 11), running(stories, 'a', 11)]).toEqual([2, 4]);
  });

  test.each([
    [[quota('a', 1), quota('a', 2)], 'stated twice'],
    [[quota('a', 2, 1)], 'at least the 2 guaranteed'],
    [[quota('a', 1, 2, 0)], 'weight > 0'],
    [[quota('a//b', 1)], 'names joined by /'],
  ])('refuse what makes no sense: %j', (tree, message) => {
    expect(() => run(tree, [])).toThrow(message);
  });
});

/** A tree of two levels whose guarantees add up, on a number of GPUs that can honour them all. */
const trees = fc
  .record({
    leaves: fc.tuple(
      ...['a/x', 'a/y', 'b/x', 'c'].map((path) =>
        fc.tuple(fc.constant(path), fc.nat(2), fc.nat(3), fc.integer({ min: 1, max: 3 })),
      ),
    ),
    spare: fc.tuple(fc.nat(2), fc.nat(1)),
    top: fc.tuple(fc.nat(3), fc.nat(3)),
    over: fc.nat(3),
  })
  .map(({ leaves, spare, top, over }) => {
    const tree = leaves.map(([path, guaranteed, above, weight]) =>
      quota(path, guaranteed, guaranteed + above, weight),
    );
    const due = (parent: string) =>
      tree
        .filter(({ path }) => path.startsWith(parent))
        .reduce((sum, { guaranteedGpus }) => sum + guaranteedGpus, 0);
    const a = due('a/') + spare[0];
    const b = due('b/') + spare[1];
    tree.push(quota('a', a, a + top[0], 2), quota('b', b, b + top[1]));
    return { tree, gpus: Math.max(1, a + b + due('c') + over) };
  });

const QUEUES = ['a/x', 'a/y', 'b/x', 'c', 'a/other', 'nobody'];

const queued = (largest: number) =>
  fc.array(
    fc.record({
      queue: fc.constantFrom(...QUEUES),
      gpus: fc.integer({ min: 1, max: largest }),
      at: fc.nat(15),
      runs: fc.integer({ min: 1, max: 12 }),
      isPreemptible: fc.oneof(
        { weight: 4, arbitrary: fc.constant(true) },
        { weight: 1, arbitrary: fc.constant(false) },
      ),
    }),
    { maxLength: 22 },
  );

/** Paths of a queue and of those above it. */
const above = (queue: string) => queue.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'));

describe('Whatever comes, quotas', () => {
  test.each([
    ['evict', 'suspend'],
    ['refill', 'suspend'],
    ['none', 'suspend'],
    ['evict', 'checkpoint'],
    ['refill', 'checkpoint'],
    ['evict', 'kill'],
  ] as const)(
    'are never above a maximum and never taken below a guarantee, under %s by %s',
    (preemption, way) => {
      const checkpoint = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 2e6, restoreUs: 1e6 };
      let evictions = 0;
      fc.assert(
        fc.property(trees, queued(3), fc.boolean(), ({ tree, gpus }, drawn, twoHosts) => {
          const jobs = drawn.map(({ queue, isPreemptible, ...job }, i) => ({
            ...job,
            name: `${queue}#${i}`,
            claim: { queue, isPreemptible, checkpoint },
          }));
          const held = new Map<string, number>();
          const change = (queue: string, by: number) => {
            for (const path of above(queue)) held.set(path, (held.get(path) ?? 0) + by);
          };
          /** By job that is stopped or ends: what was left to each queue at that moment. */
          const leftAt = new Map<string, ReadonlyMap<string, number>>();
          const left = new Map<string, number>();
          const note = (name: string, by: number) => {
            for (const path of above(queueOf(name))) left.set(path, (left.get(path) ?? 0) + by);
            leftAt.set(name, new Map(left));
          };
          const gpusOf = (name: string) => jobs.find((job) => job.name === name)?.gpus as number;
          const queueOf = (name: string) => name.slice(0, name.indexOf('#'));
          run(tree, jobs, {
            hosts: twoHosts ? [Math.ceil(gpus / 2), Math.floor(gpus / 2)] : [gpus],
            rules: { preemption, way },
            policy: {
              ...quotas,
              create: (context) => {
                const inner = quotas.create(context);
                const { started, stopped } = inner;
                inner.started = (job, nowUs) => {
                  note(job.job.name, job.gpus);
                  started?.call(inner, job, nowUs);
                };
                inner.stopped = (job, nowUs) => {
                  note(job.job.name, -job.gpus);
                  stopped?.call(inner, job, nowUs);
                };
                return inner;
              },
            },
            observer: {
              placed: (_at, { name }) => {
                change(queueOf(name), gpusOf(name));
                for (const path of above(queueOf(name))) {
                  const max = tree.find((each) => each.path === path)?.maxGpus ?? Number.POSITIVE_INFINITY;
                  expect(held.get(path)).toBeLessThanOrEqual(max);
                }
              },
              finished: (_at, { name }) => change(queueOf(name), -gpusOf(name)),
              preempted: (_at, { name }, _parts, reason) => {
                evictions += 1;
                change(queueOf(name), -gpusOf(name));
                if (preemption !== 'evict') return;
                const gaining = above(queueOf(reason.slice('preempted-for:'.length)));
                for (const path of above(queueOf(name))) {
                  if (gaining.includes(path)) continue;
                  const due = tree.find((each) => each.path === path)?.guaranteedGpus ?? 0;
                  // When it was decided: while it saved its state others may have ended.
                  expect(leftAt.get(name)?.get(path)).toBeGreaterThanOrEqual(due);
                }
              },
            },
          });
        }),
        { numRuns: 150 },
      );
      expect(evictions > 0).toBe(preemption !== 'none');
    },
  );

  test('let no job of one GPU wait within its guarantee, while nobody else may refuse', () => {
    fc.assert(
      fc.property(trees, queued(1), ({ tree, gpus }, drawn) => {
        const jobs = drawn.map(({ queue, at, runs }, i) => ({
          name: `${queue}#${i}`,
          at,
          runs,
          claim: { queue },
        }));
        const stories = run(tree, jobs, { hosts: [gpus] });
        for (let now = 0; now <= 60; now++) {
          for (const { path, guaranteedGpus } of tree) {
            const inside = jobs.filter(({ claim }) => claim.queue === path);
            const has = running(stories, path, now);
            const wants = inside.filter(
              ({ name, at }) => at <= now && (stories.get(name)?.end ?? Number.POSITIVE_INFINITY) > now,
            ).length;
            if (!['a', 'b'].includes(path))
              expect(has).toBeGreaterThanOrEqual(Math.min(wants, guaranteedGpus));
          }
        }
        expect(
          [...stories.values()].every(
            ({ name, end }) =>
              end !== undefined ||
              tree.some(
                ({ path, maxGpus }) =>
                  maxGpus === 0 && above(name.slice(0, name.indexOf('#'))).includes(path),
              ),
          ),
        ).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
