import { describe, expect, test } from 'vitest';
import type { Fleet } from '../../sim/cluster/fleet.ts';
import type { Card, InstanceLayout } from '../../sim/sharing/index.ts';
import { type CardSetup, endsOf, PERIODIC, runCards } from './card-run.ts';
import { fullSpeedOn } from './full-speed.ts';

/** Runs jobs that are as fast as their slices are many: on a half 3/7, on the whole 1. */
const run7 = (setup: CardSetup) => runCards({ ...setup, isBySlices: true });

const checkpoint = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 2e6, restoreUs: 3e6 };
const HALVES = ['3g.20gb@0', '3g.20gb@4'];

// An A100 deletes a half in 0.21 s and the whole in 0.22 s, and creates the whole in 0.24 s (RL_MIG_scheduler).
describe('Layouts that are chosen for the present demand', () => {
  const jobs = [
    // 42 s of the whole card are 98 s of a half.
    { name: 'small', at: 0, runs: 42, profile: '3g.20gb' },
    { name: 'large', at: 10, runs: 50, profile: '7g.40gb' },
  ];

  test('a job that a static layout never takes starts when its instance has been made', () => {
    const fixed = run7({ layout: HALVES, jobs });
    expect(fixed.stories.get('large')?.rejected).toMatch(/^never-fits/);
    const run = run7({ layout: HALVES, jobs, policy: PERIODIC });
    // The idle half goes at once, the other one when its job has ended.
    expect(run.layouts).toEqual([
      [10, 0, '3g.20gb@0'],
      [98, 0, ''],
      [98.45, 0, '7g.40gb@0'],
    ]);
    expect(endsOf(run)).toEqual({ small: 98, large: 148.45 });
    expect(run.counts).toMatchObject({ begun: 1, done: 1, created: 1, deleted: 2, stopped: 0, moved: 0 });
    // Three slices for 88 s, six for 0.45 s.
    expect(run.counts?.closedGpuUs).toBeCloseTo((88e6 * 3 + 0.45e6 * 6) / 7, 0);
  });

  test('an instance that is to go takes nobody in when its job ends', () => {
    const more = [
      { name: 'other', at: 0, runs: 21, profile: '3g.20gb' },
      { name: 'late', at: 20, runs: 10, profile: '3g.20gb' },
    ];
    const run = run7({ layout: HALVES, jobs: [...jobs, ...more], policy: PERIODIC });
    expect(run.stories.get('large')?.placed[0]?.at).toBeCloseTo(98.45, 6);
    expect(run.stories.get('late')?.placed[0]?.at).toBeGreaterThan(148);
  });

  test('an idle instance that is to go takes nobody in who comes while another one is deleted', () => {
    const run = run7({
      layout: HALVES,
      jobs: [
        { name: 'large', at: 10, runs: 50, profile: '7g.40gb' },
        // The first half is being deleted from 10 s to 10.21 s, while the other one stands idle.
        { name: 'late', at: 10.1, runs: 30, profile: '3g.20gb' },
      ],
      policy: PERIODIC,
    });
    expect(run.layouts.slice(0, 3)).toEqual([
      [10, 0, expect.stringMatching(/^3g\.20gb@[04]$/)],
      [10.21, 0, ''],
      [10.66, 0, '7g.40gb@0'],
    ]);
    expect(run.stories.get('large')?.placed.map(({ at }) => at)).toEqual([10.66]);
    expect(run.stories.get('late')?.placed[0]?.at).toBeGreaterThan(60.66);
    expect(run.counts).toMatchObject({ madeAnew: 0 });
  });

  test('nor who comes while a job saves its state to make room', () => {
    const run = run7({
      layout: HALVES,
      jobs: [
        { name: 'small', at: 0, runs: 42, profile: '3g.20gb', claim: { checkpoint } },
        { name: 'large', at: 10, runs: 50, profile: '7g.40gb' },
        ...[10.1, 10.3, 11, 12].map((at) => ({ name: `late ${at}`, at, runs: 30, profile: '3g.20gb' })),
      ],
      policy: { ...PERIODIC, running: 'save' },
    });
    const start = run.stories.get('large')?.placed[0]?.at as number;
    expect(start).toBeCloseTo(10 + 2 + 0.42 + 0.24, 6);
    for (const [name, { placed }] of run.stories) {
      if (name.startsWith('late')) expect(placed[0]?.at).toBeGreaterThan(start + 50);
    }
  });

  test('a job that can save its state makes room where that is allowed, and goes on afterwards', () => {
    const able = jobs.map((job) => (job.name === 'small' ? { ...job, claim: { checkpoint } } : job));
    const run = run7({ layout: HALVES, jobs: able, policy: { ...PERIODIC, running: 'save' } });
    const start = run.stories.get('large')?.placed[0]?.at as number;
    // 2 s to save, two deletions, one creation, in whichever order.
    expect(start).toBeCloseTo(10 + 2 + 0.42 + 0.24, 6);
    expect(run.stories.get('small')).toMatchObject({ lost: 0 });
    // The large one ends, the whole is deleted, a half is made; 3 s to read back, 88 s and a little left.
    const small = run.stories.get('small');
    expect(small?.placed).toHaveLength(2);
    const stopped = small?.stopped[0] as number;
    const timeLeft = 98 - (stopped - 2);
    expect(small?.end).toBeCloseTo((small?.placed[1]?.at as number) + 3 + timeLeft, 6);
    expect(run.counts).toMatchObject({ stopped: 1, lostGpuUs: 0 });
  });

  test.each([
    ['says so', 98, { claim: { isPreemptible: false, checkpoint } }],
    // It lasts for its time, however fast it is.
    ['is a session', 42, { isSession: true, claim: { checkpoint } }],
  ])('a job is waited for that may not be interrupted because it %s', (_, end, more) => {
    const held = jobs.map((job) => (job.name === 'small' ? { ...job, ...more } : job));
    const run = run7({ layout: HALVES, jobs: held, policy: { ...PERIODIC, running: 'stop' } });
    expect(run.stories.get('small')).toMatchObject({ stopped: [], moved: [], end });
    expect(run.stories.get('large')?.placed[0]?.at).toBeCloseTo(end + 0.45, 6);
  });

  test('nothing is done where an instance stays for a job without end', () => {
    const endless = jobs.map((job) =>
      job.name === 'small' ? { ...job, runs: Number.POSITIVE_INFINITY, isSession: true } : job,
    );
    const run = run7({
      layout: HALVES,
      jobs: endless,
      policy: { ...PERIODIC, everyUs: 60e6 },
      horizon: 1e4,
    });
    expect(run.layouts).toEqual([]);
    expect(run.waiting).toBe(1);
  });

  test('a job is carried to a free instance of another card where jobs move', () => {
    const run = run7({
      hosts: [2],
      layout: HALVES,
      jobs: [
        { name: 'a', at: 0, runs: 126, profile: '3g.20gb', claim: { checkpoint } },
        { name: 'large', at: 10, runs: 50, profile: '7g.40gb' },
        { name: 'b', at: 0, runs: 3, profile: '3g.20gb' },
        { name: 'c', at: 0, runs: 42, profile: '3g.20gb' },
      ],
      policy: { ...PERIODIC, running: 'move' },
    });
    expect(run.stories.get('a')?.moved.map(({ gpu }) => gpu)).toEqual([1]);
    expect(run.counts).toMatchObject({ moved: 1, stopped: 0 });
    // 294 s of a half; stands still for 5 s, and loses nothing.
    expect(run.stories.get('a')).toMatchObject({ end: 299, stopped: [] });
  });
});

describe('Speeds of jobs on instances', () => {
  const always = { ...PERIODIC, running: 'save', atChange: true, horizonUs: 600e6 } as const;
  const any = { kind: 'part', computeMilli: 0, memoryMib: 1 } as const;
  const nowhere = Object.fromEntries(Object.keys(fullSpeedOn('A100-SXM4-40GB')).map((name) => [name, null]));
  /** As fast on four slices as on the whole. */
  const four = {
    ...nowhere,
    '1g.5gb': 0.1,
    '2g.10gb': 0.2,
    '3g.20gb': 0.5,
    '4g.20gb': 1,
    '7g.40gb': 1,
  };
  const three = { ...four, '3g.20gb': 0.9 };
  const layout = ['4g.20gb@0', '3g.20gb@4'];

  test('say which free instance a job gets, and who gets which of two', () => {
    const jobs = (['three', 'four'] as const).map((name) => ({
      name,
      at: 0,
      runs: 90,
      slot: any,
      speeds: name === 'four' ? four : three,
    }));
    // Without, each takes the smallest that is free.
    const small = runCards({ layout, jobs });
    expect(small.stories.get('three')?.placed[0]?.slot).toBe('3g.20gb@4');
    expect(runCards({ layout, jobs: jobs.toReversed() }).stories.get('three')?.placed[0]?.slot).toBe(
      '4g.20gb@0',
    );
    for (const order of [jobs, jobs.toReversed()]) {
      for (const fill of ['skip', 'block'] as const) {
        const run = runCards({ layout, jobs: order, policy: always, fill });
        expect(endsOf(run)).toEqual({ three: 100, four: 90 });
        expect(run.counts).toMatchObject({ begun: 0, stopped: 0 });
      }
    }
  });

  test('let a job go on where another has left a faster instance, if that is worth the stop', () => {
    const back = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 0, restoreUs: 30e6 };
    const run = (work: number, policy: NonNullable<CardSetup['policy']> = always) =>
      runCards({
        layout,
        jobs: [
          { name: 'first', at: 0, runs: 100, slot: any, speeds: { ...four, '3g.20gb': 0.4 } },
          { name: 'second', at: 0, runs: work, slot: any, speeds: four, claim: { checkpoint: back } },
        ],
        policy,
      });
    // At 100 s 50 s of its work are done. It reads back until 130 s and then does the other 150 s at full speed.
    const long = run(200);
    expect(long.stories.get('second')?.placed.map(({ at, slot }) => `${at} ${slot}`)).toEqual([
      '0 3g.20gb@4',
      '100 4g.20gb@0',
    ]);
    expect(endsOf(long)).toEqual({ first: 100, second: 280 });
    expect(long.counts).toMatchObject({ begun: 0, stopped: 1 });
    // 60 s of work would be done 20 s after the first one ends; 30 s at half speed are worth more than half of 20 s.
    expect(endsOf(run(60))).toEqual({ first: 100, second: 120 });
    // Nobody looks when a job ends, or nobody may be stopped.
    for (const other of [{ atChange: false }, { running: 'wait' } as const]) {
      expect(endsOf(run(200, { ...always, ...other }))).toEqual({ first: 100, second: 400 });
    }
    // The gain lasts at least as long as it takes: at half speed over 29 s it is less than 15 s of work.
    expect(endsOf(run(200, { ...always, horizonUs: 29e6 }))).toEqual({ first: 100, second: 400 });
  });

  test('a card is cut anew for a job that is faster then, and the job goes on there', () => {
    const back = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 0, restoreUs: 30e6 };
    const speeds = { ...nowhere, '3g.20gb': 0.5, '7g.40gb': 1 };
    const alone = runCards({
      layout: HALVES,
      jobs: [{ name: 'a', at: 0, runs: 500, profile: '', slot: any, speeds, claim: { checkpoint: back } }],
      policy: { ...always, gapUs: 100e6 },
    });
    // The idle half goes while it runs on at half speed, for 0.21 s; then it is stopped, and reads back for 30 s.
    expect(alone.stories.get('a')?.placed.map(({ slot }) => slot)).toEqual(['3g.20gb@0', '7g.40gb@0']);
    const start = alone.stories.get('a')?.placed[1]?.at as number;
    expect(start).toBeCloseTo(0.42 + 0.24, 6);
    expect(alone.stories.get('a')?.end).toBeCloseTo(start + 30 + 500 - 0.21 / 2, 6);
  });

  test('a job that can be stopped is waited for only if it ends sooner than a stop would cost', () => {
    const back = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 2e6, restoreUs: 3e6 };
    const run = (work: number) =>
      run7({
        layout: ['7g.40gb'],
        jobs: [
          { name: 'old', at: 0, runs: work, profile: '7g.40gb', claim: { checkpoint: back } },
          ...[0, 1].map((i) => ({ name: `half ${i}`, at: 50, runs: 30, profile: '3g.20gb' })),
        ],
        policy: { ...always, patienceUs: 1e6, everyUs: 60e6 },
      });
    // Two halves count twice 3/7 and more with each second. Saving takes 2 s, then the whole goes and a half comes.
    expect(run(200).counts).toMatchObject({ stopped: 1 });
    expect(run(54).counts).toMatchObject({ stopped: 0 });
  });
});

describe('A queue in which nobody starts before its first', () => {
  const small = (name: string, at: number, gpus = 1) => ({ name, at, runs: 30, profile: '3g.20gb', gpus });

  test.each([
    ['one wants two cards', [small('pair', 0, 2), small('c', 0), small('d', 0)]],
    ['many are small', [1, 2, 3, 4, 5, 6, 7, 8].map((i) => small(`s${i}`, 0))],
  ])('gets the layout for the first although those behind it count more together: %s', (_, behind) => {
    for (const atChange of [true, false]) {
      const run = runCards({
        hosts: [2],
        layout: HALVES,
        jobs: [{ name: 'large', at: 0, runs: 50, profile: '7g.40gb' }, ...behind],
        policy: { ...PERIODIC, atChange },
        fill: 'block',
      });
      // Both cards are idle: two deletions and a creation.
      expect(run.stories.get('large')?.placed.map(({ at }) => at)).toEqual([0.66]);
      expect(run.waiting).toBe(0);
      expect([...run.stories.values()].every(({ end }) => end !== undefined)).toBe(true);
    }
  });

  test('gets there also when the small ones have come first', () => {
    const run = runCards({
      layout: HALVES,
      jobs: [
        small('a', 0),
        small('b', 0),
        { name: 'large', at: 1, runs: 50, profile: '7g.40gb' },
        ...[2, 3, 4, 5, 6, 7].map((at) => small(`s${at}`, at)),
      ],
      policy: PERIODIC,
      fill: 'block',
    });
    // As a and b end at 30 s; both halves then go one after the other.
    expect(run.stories.get('large')?.placed.map(({ at }) => at)).toEqual([30.66]);
    expect(run.waiting).toBe(0);
  });
});

describe('While a card is being changed', () => {
  test('an instance of it on which a job stays is no place for the next', () => {
    const run = run7({
      hosts: [2],
      layout: ['7g.40gb'],
      prepare: (fleet) => fleet.setInstances(0, mixedLayout(fleet), 0),
      jobs: [
        { name: 'stays', at: 0, runs: Number.POSITIVE_INFINITY, profile: '3g.20gb', isSession: true },
        { name: 'a', at: 1, runs: 30, profile: '3g.20gb' },
        { name: 'b', at: 1.1, runs: 30, profile: '3g.20gb' },
      ],
      policy: { ...PERIODIC, atChange: true },
      horizon: 1000,
    });
    expect(run.stories.get('a')?.placed[0]?.gpu).toBe(0);
    // The other card is cut at once, while the first is still being changed: 0.22 s for the whole, then a half.
    expect(run.stories.get('b')?.placed[0]?.gpu).toBe(1);
    expect(run.stories.get('b')?.placed[0]?.at).toBeLessThan(2);
  });
});

/** A half, and a 2g and a 1g where the other could be. */
function mixedLayout(fleet: Fleet): number {
  const { geometry } = (fleet.cards[0] as Card).layout as InstanceLayout;
  return geometry.placements
    .filter(({ profile, start }) =>
      ['3g.20gb@0', '2g.10gb@4', '1g.5gb@6'].includes(`${profile.name}@${start}`),
    )
    .reduce((set, { index }) => set | (1 << index), 0);
}

test('who would come back first in a queue that keeps its order is not stopped for those behind it', () => {
  const back = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 1e6, restoreUs: 1e6 };
  const run = run7({
    layout: HALVES,
    jobs: [
      { name: 'half', at: 0, runs: 42, profile: '3g.20gb', claim: { checkpoint: back } },
      { name: 'large', at: 10, runs: 50, profile: '7g.40gb' },
    ],
    policy: { ...PERIODIC, running: 'save', atChange: true },
    fill: 'block',
  });
  // The card is cut when the half has ended, both of its own accord one after the other.
  expect(run.counts).toMatchObject({ stopped: 0 });
  expect(run.stories.get('half')?.end).toBeCloseTo(98, 6);
  expect(run.stories.get('large')?.end).toBeCloseTo(98 + 0.66 + 50, 6);
});
