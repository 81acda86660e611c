import { describe, expect, test } from 'vitest';
import type { ClusterObserver } from '../../sim/cluster/changes.ts';
import type { Fleet } from '../../sim/cluster/fleet.ts';
import type { SharingConfig } from '../../sim/sharing/index.ts';
import { type CardOutcome, endsOf, PERIODIC, runCards } from './card-run.ts';

// Places that waiting jobs were promised, on cards that are kept from newcomers before the jobs can have them.

const EQUAL: SharingConfig = {
  ...{ mode: 'vgpu', scheduler: 'best-effort', sliceMs: null, series: 'Q' },
  sizes: 'equal',
};
const ONE_VF: SharingConfig = { mode: 'sriov', vfs: 1, scheduler: null, partition: null };
const ON_DEMAND = { kind: 'on-demand', creation: 'driver' } as const;

const ofMib = (memoryMib: number) => ({ kind: 'part', computeMilli: 0, memoryMib }) as const;
const several = (count: number, rest: { at: number; runs: number; slot?: ReturnType<typeof ofMib> }) =>
  Array.from({ length: count }, (_, i) => ({ name: `small ${i}`, ...rest }));

/** When and on which GPU a job began, each time. */
const starts = ({ stories }: CardOutcome, name: string) =>
  stories.get(name)?.placed.map(({ at, gpu }) => [at, gpu]);

/** Keeps newcomers off the first instance of GPU 0, or off its host, from when a job of that name comes until `open` does. */
function holding(fleet: Fleet): ClusterObserver {
  return {
    arrived: (_at, { name }) => {
      const layout = fleet.cards[0]?.layout;
      if (layout === undefined || layout.standing === null) return;
      const first = layout.geometry.placements.find(
        ({ index, start }) => start === 0 && ((layout.standing as number) & (1 << index)) !== 0,
      );
      if (name === 'hold') fleet.setInstances(0, layout.standing, 1 << (first?.index as number));
      if (name === 'close') fleet.setClosed(0, true, 'change');
      if (name === 'open') {
        fleet.setInstances(0, layout.standing, 0);
        fleet.setClosed(0, false, 'change');
      }
    },
  };
}

describe('What conservative backfilling has promised on a card that is cut anew', () => {
  // A V620 has 32 GiB: a function of 12 GiB is one of two, of 6 GiB one of four. To change their number takes 5 s.
  test('is lost where another number of virtual functions is to be made, and the job has one of these', () => {
    const run = runCards({
      model: 'Radeon Pro V620',
      sharing: ONE_VF,
      fill: 'conservative',
      jobs: [
        { name: 'a', at: 0, runs: 100, slot: ofMib(20 * 1024) },
        // Promised the whole card from 100 s on, which it does not need.
        { name: 'b', at: 10, runs: 50, slot: ofMib(12 * 1024) },
        ...several(4, { at: 20, runs: 100, slot: ofMib(6 * 1024) }),
      ],
      // Two functions serve the first of the queue and another; nobody is taken in from 60 s on.
      policy: { ...PERIODIC, atUnserved: false, everyUs: 60e6 },
    });
    expect(run.layouts[0]).toEqual([105, 0, '2 VFs']);
    expect(starts(run, 'b')).toEqual([[105, 0]]);
    expect(endsOf(run)).toMatchObject({ a: 100, b: 155, 'small 0': 205 });
    expect(run.waiting).toBe(0);
    expect(run.fleet.gpuFreeTotalMilli).toBe(1000);
  });

  test('is lost where the card is kept for another size of vGPU, at once, and nobody keeps it from its new size', () => {
    const run = runCards({
      model: 'L4',
      sharing: EQUAL,
      fill: 'conservative',
      jobs: [
        { name: 'a', at: 0, runs: 100, profile: 'L4-12Q' },
        { name: 'o', at: 0, runs: 150, profile: 'L4-12Q' },
        // Any vGPU will do: one of 12 GiB is promised from 100 s on.
        { name: 'b', at: 10, runs: 200, slot: ofMib(3 * 1024) },
        ...several(6, { at: 20, runs: 50, slot: ofMib(3 * 1024) }),
      ],
      policy: { ...PERIODIC, atUnserved: false, everyUs: 60e6 },
    });
    const sizes = ['b', 'small 0'].map((name) => run.stories.get(name)?.placed[0]);
    // From 60 s on it is kept for small ones, of which one has 1000 / 24 of the card, and turns when the last large one goes.
    expect(run.layouts[0]?.[0]).toBe(150);
    for (const each of sizes) expect(each).toMatchObject({ at: 150, slot: expect.not.stringMatching('12Q') });
    expect(endsOf(run)).toMatchObject({ b: 350, 'small 5': 200 });
  });

  test('is lost where the instance is held, and the job goes where it finds room first', () => {
    const jobs = [
      { name: 'a', at: 0, runs: 100, profile: '3g.20gb' },
      { name: 'o', at: 0, runs: 300, profile: '3g.20gb' },
      { name: 'p', at: 0, runs: 110, profile: '3g.20gb' },
      { name: 'q', at: 0, runs: 300, profile: '3g.20gb' },
      { name: 'b', at: 10, runs: 50, profile: '3g.20gb' },
      // Promised the place after it: at 110 s, and then at 160 s, when all that has changed is the card.
      { name: 'c', at: 20, runs: 50, profile: '3g.20gb' },
      { name: 'hold', at: 50, runs: 1, profile: '3g.20gb' },
    ];
    const setup = { hosts: [1, 1], layout: ['3g.20gb@0', '3g.20gb@4'], fill: 'conservative' } as const;
    const still = runCards({ ...setup, jobs });
    expect(starts(still, 'b')).toEqual([[100, 0]]);
    expect(starts(still, 'c')).toEqual([[110, 1]]);
    const held = runCards({ ...setup, jobs, observer: holding });
    expect(starts(held, 'b')).toEqual([[110, 1]]);
    expect(starts(held, 'c')).toEqual([[160, 1]]);
    // Where the instance is open again before, both start there and then, in the order of the queue.
    const opened = runCards({
      ...setup,
      jobs: [...jobs, { name: 'open', at: 105, runs: 1, profile: '3g.20gb' }],
      observer: holding,
    });
    expect(starts(opened, 'b')).toEqual([[105, 0]]);
    expect(starts(opened, 'c')).toEqual([[110, 1]]);
  });

  test('keeps nothing else meanwhile: others may use it until the job is to start elsewhere', () => {
    const full = ['3g.20gb@0', '3g.20gb@4'];
    const until = (name: string, runs: number) => ({ name, at: 0, runs, profile: '3g.20gb' });
    const jobs = [
      ...[until('a', 100), until('o', 500), until('p', 110), until('q', 500), until('r', 500)],
      // Has an instance of two cards each at 100 s, one of which is idle from the start.
      { name: 'both', at: 10, runs: 50, profile: '3g.20gb', gpus: 2 },
      { name: 'hold', at: 50, runs: 1000, profile: '3g.20gb' },
      { name: 'between', at: 52, runs: 55, profile: '3g.20gb' },
    ];
    const setup = { hosts: [3], layout: full, fill: 'conservative', jobs, horizon: 400 } as const;
    const still = runCards(setup);
    expect(starts(still, 'both')?.[0]).toEqual([100, 0]);
    expect(starts(still, 'between')).toEqual([[150, 0]]);
    // From 50 s on it is promised 110 s: until 107 s nobody needs the idle instance.
    const held = runCards({ ...setup, observer: holding });
    expect(starts(held, 'between')).toEqual([[52, 2]]);
    expect(starts(held, 'both')).toEqual([
      [110, 1],
      [110, 2],
    ]);
  });

  // One who came later must not have what a gang waits for while the card that it lacked is looked at.
  test.each(['conservative', 'easy'] as const)('is kept under %s while an idle card is looked at', (fill) => {
    const run = runCards({
      model: 'Radeon Pro V620',
      sharing: ONE_VF,
      hosts: [2],
      fill,
      jobs: [
        { name: 'a', at: 0, runs: 100, slot: ofMib(20 * 1024) },
        { name: 'both', at: 10, runs: 50, slot: ofMib(20 * 1024), gpus: 2 },
        { name: 'late', at: 20, runs: 500, slot: ofMib(20 * 1024) },
      ],
      policy: ON_DEMAND,
    });
    expect(starts(run, 'both')).toEqual([
      [100, 0],
      [100, 1],
    ]);
    expect(starts(run, 'late')).toEqual([[150, 0]]);
  });
});

describe('What a refill has promised', () => {
  const claim = {
    isPreemptible: true,
    checkpoint: { intervalUs: Number.POSITIVE_INFINITY, saveUs: 10e6, restoreUs: 0 },
  };
  const rules = { preemption: 'refill', way: 'checkpoint', roundUs: 20e6 } as const;

  test('is lost where the card has been split otherwise before those who still held a part of it have left', () => {
    const run = runCards({
      model: 'Radeon Pro V620',
      sharing: ONE_VF,
      hosts: [2],
      rules,
      jobs: [
        { name: 'a', at: 0, runs: 100, slot: ofMib(12 * 1024) },
        { name: 'both', at: 10, runs: 50, slot: ofMib(12 * 1024), gpus: 2 },
        { name: 'c', at: 20, runs: 500, slot: ofMib(12 * 1024), claim },
        ...several(4, { at: 30, runs: 100, slot: ofMib(6 * 1024) }),
      ],
      // At 100 s both cards are promised, and the second has to be saved from first: until 110 s. At 101 s four small
      // functions are worth more than one that `both` needs two of.
      policy: { ...PERIODIC, atUnserved: false, everyUs: 101e6 },
    });
    expect(run.stories.get('c')?.stopped[0]).toBe(110);
    expect(run.layouts[0]).toEqual([106, 0, '4 VFs']);
    // The next round finds the card as it is then.
    for (let i = 0; i < 4; i++) expect(starts(run, `small ${i}`)).toEqual([[120, 0]]);
    const [first] = starts(run, 'both') as [number, number][];
    expect((first as [number, number])[0]).toBeGreaterThan(110);
    expect(run.waiting).toBe(0);
  });

  test('leaves whoever runs on a card that is kept for another size, and ends', () => {
    const jobs = [
      { name: 'small', at: 0, runs: 100, profile: 'L4-4Q' },
      { name: 'large', at: 10, runs: 50, profile: 'L4-24Q' },
      { name: 'late', at: 20, runs: 30, profile: 'L4-4Q' },
    ];
    // Stopping takes no time, nor does cutting: jobs could have each other's card in turn for ever at one instant.
    const run = runCards({
      model: 'L4',
      sharing: EQUAL,
      jobs,
      rules: { preemption: 'refill', isSticky: false },
      policy: PERIODIC,
    });
    expect(run.stories.get('small')).toMatchObject({ stopped: [], end: 100 });
    expect(endsOf(run)).toEqual({ small: 100, large: 150, late: 180 });
  });

  test.each([
    ['is kept where nothing has come between', 'other', 110],
    // Open again at 125 s: the round of 140 s stops `c` anew, which saves until 150 s.
    ['is not begun on an instance that is held by then', 'hold', 150],
    // Nobody can have the room of `c` at 120 s, either.
    ['is not begun on a host that takes nobody in by then', 'close', 140],
  ])('%s', (_, name, at) => {
    const run = runCards({
      layout: ['3g.20gb@0', '3g.20gb@4'],
      hosts: [2],
      rules,
      jobs: [
        { name: 'x', at: 0, runs: 1000, profile: '3g.20gb@4' },
        { name: 'a', at: 0, runs: 100, profile: '3g.20gb@0' },
        { name: 'both', at: 10, runs: 50, profile: '3g.20gb@0', gpus: 2 },
        { name: 'c', at: 20, runs: 500, profile: '3g.20gb@0', claim },
        { name, at: 105, runs: 1, profile: '7g.40gb' },
        { name: 'open', at: 125, runs: 1, profile: '3g.20gb@4' },
      ],
      observer: holding,
      horizon: 400,
    });
    expect(run.stories.get('c')?.stopped[0]).toBe(110);
    expect((starts(run, 'both') as [number, number][])[0]?.[0]).toBe(at);
  });
});
