import { describe, expect, test } from 'vitest';
import { loadSolver } from '../../cli/load-solver.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { priority } from '../../sim/policies/queueing/priority.ts';
import { timeSharePolicy } from '../../sim/policies/time-share/index.ts';
import { guardOf, type SmallJob } from '../queueing/pool-run.ts';
import { guest, type LicensedRun, pool, runLicensed } from './desks.ts';

const startsOf = (run: ReturnType<typeof runLicensed>) =>
  Object.fromEntries([...run.stories].map(([name, { starts }]) => [name, starts.map(({ at }) => at)]));
const endsOf = (run: ReturnType<typeof runLicensed>) =>
  Object.fromEntries([...run.stories].map(([name, { end }]) => [name, end]));
const waiting = (entitled: number) => pool({ entitled, whenNone: 'wait' as const });
/** C-series: the licences of workstations are not for them. */
const free = (name: string, at: number, runs: number) => guest(name, at, runs, 'A10-24C');

describe.each(['easy', 'conservative'] as const)(
  'Backfilling (%s) with two licences and cards to spare',
  (fill) => {
    const run = (jobs: readonly SmallJob[], more: Partial<LicensedRun> = {}) =>
      runLicensed({ jobs, pools: [waiting(2)], rules: { fill }, guard: guardOf(fill), ...more });
    const pair = (name: string, at: number, runs: number) => ({ ...guest(name, at, runs), workers: [1, 1] });

    test('lets those past the first in line who have given their licence back when it needs that', () => {
      const found = run([
        guest('a', 0, 100),
        pair('head', 10, 10),
        guest('short', 20, 50),
        // There is a licence from 70 s on, and it would be back at 101 s, one second late.
        guest('late', 72, 29),
        guest('just', 73, 27),
        free('free', 76, 1000),
      ]);
      expect(startsOf(found)).toEqual({
        a: [0],
        head: [100],
        short: [20],
        late: [110],
        just: [73],
        free: [76],
      });
    });

    test('waits for whoever runs longer than estimated', () => {
      const found = run([
        guest('a', 0, 100, 'A10-24Q', { estimate: 50 }),
        pair('head', 10, 10),
        guest('b', 20, 25),
      ]);
      expect(startsOf(found)).toEqual({ a: [0], head: [100], b: [20] });
    });

    test('promises nothing while no server answers, and keeps nobody out for it', () => {
      const found = run([guest('a', 20, 100), free('b', 30, 100)], { outages: [[[10, 500]]] });
      expect(startsOf(found)).toEqual({ a: [510], b: [30] });
    });

    test('turns those away who are not to wait, and does not wait for them', () => {
      const found = run([guest('a', 0, 100), guest('b', 0, 100), pair('c', 10, 10), guest('d', 20, 10)], {
        pools: [pool({ entitled: 2, whenNone: 'reject' })],
      });
      expect(found.story('c').rejected).toBe('licence');
      expect(found.story('d').rejected).toBe('licence');
      expect(endsOf(found)).toMatchObject({ a: 100, b: 100 });
    });

    test('counts a GPU with a licence once, however many are on it', () => {
      const ai = pool({ whenNone: 'wait', covers: ['NVIDIA AI Enterprise'], metric: 'gpu' });
      const half = (name: string, at: number, runs: number) => guest(name, at, runs, 'A10-12C');
      const found = run([half('a', 0, 100), guest('whole', 5, 10, 'A10-24C'), half('b', 10, 40)], {
        pools: [ai],
        cards: [2],
      });
      // b shares the licensed card; the other card has none, so that the whole one waits for both to leave.
      expect(found.story('b').starts[0]?.at).toBe(10);
      expect(found.story('whole').starts[0]?.at).toBe(found.story('a').end);
    });
  },
);

test.each([
  { runs: 90, easy: [20, 110], conservative: [20, 110] },
  // Until 220 s it leaves the first in line its two of three, and the second one short.
  { runs: 200, easy: [20, 220], conservative: [120, 110] },
])(
  'Conservative backfilling keeps licences for all who wait, EASY for the first alone: $runs s',
  (expected) => {
    for (const fill of ['easy', 'conservative'] as const) {
      const found = runLicensed({
        jobs: [
          { ...guest('a', 0, 100), workers: [1, 1] },
          { ...guest('head', 10, 10), workers: [1, 1] },
          { ...guest('second', 11, 10), workers: [1, 1, 1] },
          guest('long', 20, expected.runs),
        ],
        pools: [waiting(3)],
        rules: { fill },
        guard: guardOf(fill),
      });
      const [long, second] = expected[fill];
      expect(startsOf(found)).toEqual({ a: [0], head: [100], second: [second], long: [long] });
    }
  },
);

describe('Who is stopped for another gives its licence back, and has to have one to go on', () => {
  const urgent = (name: string, at: number, runs: number) =>
    guest(name, at, runs, 'A10-24Q', { claim: { priority: 1 } });
  const run = (jobs: readonly SmallJob[], more: Partial<LicensedRun> = {}) =>
    runLicensed({
      jobs,
      pools: [waiting(1)],
      policy: priority,
      rules: { preemption: 'evict', way: 'suspend' },
      ...more,
    });

  test.each(['evict', 'refill'] as const)('at once under suspend (%s)', (preemption) => {
    const found = run([free('free', 0, 500), guest('low', 0, 100), urgent('high', 10, 20)], {
      rules: { preemption, way: 'suspend' },
    });
    expect(endsOf(found)).toEqual({ free: 500, low: 120, high: 30 });
    expect(found.story('free').stops).toEqual([]);
    expect(Math.max(...found.told.map(({ inUse }) => inUse))).toBe(1);
    expect(found.told.every(({ lacking }) => lacking.growth === 0)).toBe(true);
  });

  test.each(['evict', 'refill'] as const)('when it has saved its state (%s)', (preemption) => {
    const checkpoint = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 5e6, restoreUs: 3e6 };
    const found = run([guest('low', 0, 100, 'A10-24Q', { claim: { checkpoint } }), urgent('high', 10, 20)], {
      rules: { preemption, way: 'checkpoint' },
    });
    // low saves until 15 s and has it until then; high 15 to 35 s; low reads for 3 s and has 90 s left.
    expect(startsOf(found)).toEqual({ low: [0, 35], high: [15] });
    expect(endsOf(found)).toEqual({ low: 128, high: 35 });
  });

  test('also where its room is on another host', () => {
    const found = run([guest('low', 0, 100), urgent('high', 10, 20)], { cards: [1, 1] });
    expect(found.story('low').stops).toEqual([10]);
    expect(startsOf(found)).toEqual({ low: [0, 30], high: [10] });
  });

  test('and is stopped, not moved, as who moves keeps its licence', () => {
    const found = run([guest('low', 0, 100), urgent('high', 10, 20)], {
      cards: [1, 1],
      rules: { preemption: 'evict', way: 'migrate' },
    });
    expect(found.story('low').stops).toEqual([10]);
    expect(found.story('high').starts).toHaveLength(1);
    expect(found.story('high').starts[0]?.at).toBe(10);
  });

  test('nobody is stopped where that would give no licence', () => {
    // The one licence is out until the lease of who left while no server answered has ended.
    const found = run([guest('gone', 0, 300), free('n', 400, 2000), urgent('high', 700, 100)], {
      outages: [[[250, 350]]],
    });
    expect(found.story('n').stops).toEqual([]);
    expect(startsOf(found)).toMatchObject({ high: [1200] });
  });

  test.each(['evict', 'refill'] as const)(
    'and waits for one, where newcomers are turned away (%s)',
    (preemption) => {
      const found = run([guest('low', 0, 100), urgent('high', 10, 20), guest('new', 12, 20)], {
        pools: [pool({ whenNone: 'reject' })],
        rules: { preemption, way: 'suspend' },
      });
      expect(found.story('new').rejected).toBe('licence');
      expect(endsOf(found)).toMatchObject({ low: 120, high: 30 });
    },
  );

  test.each([true, false])(
    'nobody who runs is stopped for want of one while no server answers (sticky: %s)',
    (isSticky) => {
      const jobs = [guest('a', 0, 3000), guest('b', 0, 3000), guest('c', 400, 100)];
      const found = run([...jobs, free('f1', 300, 10), free('f2', 1400, 10)], {
        pools: [waiting(2)],
        policy: fifo,
        rules: { preemption: 'refill', way: 'suspend', fill: 'skip', isSticky },
        outages: [[[250, 2000]]],
        restrictions: [],
      });
      // Their leases end at 1200 s, and they go on without.
      expect(endsOf(found)).toMatchObject({ a: 3000, b: 3000 });
      expect(found.story('a').stops).toEqual([]);
      expect(found.story('b').stops).toEqual([]);
      expect(startsOf(found)).toMatchObject({ c: [3000], f1: [300], f2: [1400] });
    },
  );
});

describe('Where GPU time is divided', () => {
  const solver = loadSolver();
  test('those who need the same licence have it in turn', async () => {
    const timeShare = {
      divider: timeSharePolicy('max-min').create({ solver: await solver, costs: [1] }),
      view: 'known' as const,
      order: 'pairs' as const,
      reviewUs: 0,
      weights: {},
      random: new RandomStreams(1).stream('time-share-order'),
    };
    const found = runLicensed({
      jobs: [guest('a', 0, 100), guest('b', 0, 100), free('n', 0, 50)],
      pools: [waiting(1)],
      rules: { preemption: 'refill', way: 'suspend', roundUs: 10e6, timeShare },
      horizon: 1000,
    });
    const { a, b, n } = endsOf(found);
    expect(n).toBe(50);
    // 20 rounds of 10 s, in turn: one ends in the last but one, the other in the last.
    expect([a!, b!].sort((x, y) => x - y)).toEqual([190, 200]);
    expect(Math.max(...found.told.map(({ inUse }) => inUse))).toBe(1);
  });

  test('who is not to wait is turned away unless it ran before', async () => {
    const timeShare = {
      divider: timeSharePolicy('max-min').create({ solver: await solver, costs: [1] }),
      view: 'known' as const,
      order: 'pairs' as const,
      reviewUs: 0,
      weights: {},
      random: new RandomStreams(1).stream('time-share-order'),
    };
    const found = runLicensed({
      jobs: [guest('a', 0, 100), guest('b', 0, 100), free('n', 0, 50)],
      pools: [pool({ whenNone: 'reject' })],
      rules: { preemption: 'refill', way: 'suspend', roundUs: 10e6, timeShare },
      horizon: 1000,
    });
    expect(endsOf(found)).toMatchObject({ a: 100, n: 50 });
    expect(found.story('b').rejected).toBe('licence');
  });
});
