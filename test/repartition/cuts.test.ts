import { describe, expect, test } from 'vitest';
import type { ClusterObserver } from '../../sim/cluster/changes.ts';
import type { SharingConfig } from '../../sim/sharing/index.ts';
import { type CardSetup, endsOf, PERIODIC, runCards } from './card-run.ts';

const checkpoint = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 2e6, restoreUs: 3e6 };
const VGPU = { mode: 'vgpu', scheduler: 'best-effort', sliceMs: null, series: 'Q' } as const;
const EQUAL: SharingConfig = { ...VGPU, sizes: 'equal' };
const MIXED: SharingConfig = { ...VGPU, sizes: 'mixed' };
const FOUR_VFS: SharingConfig = { mode: 'sriov', vfs: 4, scheduler: null, partition: null };
const ON_DEMAND = { kind: 'on-demand', creation: 'driver' } as const;

const starts = (run: ReturnType<typeof runCards>, name: string) =>
  run.stories.get(name)?.placed.map(({ at }) => at);

/** Reasons told of the job that should start next, in their order. */
function withReasons(setup: CardSetup) {
  const reasons: string[] = [];
  const observer = (): ClusterObserver => ({
    blocked: (at, { name }, reason) => reasons.push(`${at / 1e6} ${name} ${reason}`),
  });
  return { run: runCards({ ...setup, observer }), reasons };
}

// An L4 has 24 vGPUs of 1 GiB, 6 of 4, 2 of 12, 1 of 24; the books count 1000/6 = 166 thousandths for one of 4 GiB.
describe('Cards in equal-size mode whose size is chosen for the present demand', () => {
  const jobs = [
    { name: 'small', at: 0, runs: 100, profile: 'L4-4Q' },
    { name: 'large', at: 10, runs: 50, profile: 'L4-24Q' },
    { name: 'late', at: 20, runs: 200, profile: 'L4-4Q' },
  ];
  const setup = { model: 'L4', sharing: EQUAL, jobs } as const;

  test('a card that is kept for another size takes nobody of the old one in, and turns when it is empty', () => {
    // By itself the card stays locked to 4 GiB as long as one of them overlaps the other.
    expect(endsOf(runCards(setup))).toEqual({ small: 100, late: 220, large: 270 });
    const { run, reasons } = withReasons({ ...setup, policy: PERIODIC });
    expect(endsOf(run)).toEqual({ small: 100, large: 150, late: 350 });
    expect(run.layouts).toEqual([
      [100, 0, '1 x 24 GiB'],
      [150, 0, '6 x 4 GiB'],
    ]);
    expect(run.counts).toMatchObject({ begun: 2, done: 2, stopped: 0, moved: 0, created: 0, deleted: 0 });
    // Five places stood empty from 10 s to 100 s.
    expect(run.counts?.closedGpuUs).toBeCloseTo(0.83 * 90e6, 0);
    expect(run.counts?.stepUs).toMatchObject({ wait: 90e6, change: 0 });
    expect(reasons).toEqual([
      '10 large gpu-room:vgpu-size-lock',
      '100 late gpu-room:vgpu-size-lock',
      '150 late gpu-room:cut-anew',
    ]);
  });

  test('a job that can save its state makes room where that is allowed, and goes on afterwards', () => {
    const able = jobs
      .slice(0, 2)
      .map((job) => (job.name === 'small' ? { ...job, claim: { checkpoint } } : job));
    const run = runCards({ ...setup, jobs: able, policy: { ...PERIODIC, running: 'save' } });
    expect(starts(run, 'large')).toEqual([12]);
    // Starts again at 62 s, 3 s to read back, 90 s left.
    expect(starts(run, 'small')).toEqual([0, 62]);
    expect(endsOf(run)).toEqual({ large: 62, small: 155 });
    expect(run.stories.get('small')).toMatchObject({ stopped: [12], lost: 0 });
    expect(run.counts).toMatchObject({ stopped: 1, lostGpuUs: 0 });
    expect(run.counts?.stepUs).toMatchObject({ wait: 0, drain: 2e6 });
  });

  test('a job that cannot save is stopped only where that is allowed, and loses what it has done', () => {
    const two = jobs.slice(0, 2);
    const saved = runCards({ ...setup, jobs: two, policy: { ...PERIODIC, running: 'save' } });
    expect(saved.stories.get('small')).toMatchObject({ stopped: [], end: 100 });
    const run = runCards({ ...setup, jobs: two, policy: { ...PERIODIC, running: 'stop' } });
    expect(run.stories.get('small')).toMatchObject({ stopped: [10], lost: 10, end: 160 });
    expect(run.counts?.lostGpuUs).toBeCloseTo(0.166 * 10e6, 0);
  });

  test.each([
    ['says so', { claim: { isPreemptible: false, checkpoint } }],
    ['is a session', { isSession: true, claim: { checkpoint } }],
  ])('a job is waited for that may not be interrupted because it %s', (_, more) => {
    for (const running of ['save', 'stop', 'move'] as const) {
      const held = jobs.map((job) => (job.name === 'small' ? { ...job, ...more } : job));
      const run = runCards({ ...setup, hosts: [1], jobs: held, policy: { ...PERIODIC, running } });
      expect(run.stories.get('small')).toMatchObject({ stopped: [], moved: [], end: 100 });
      expect(starts(run, 'large')).toEqual([100]);
    }
  });

  test('nothing is done where a job without end keeps the size', () => {
    const endless = jobs.map((job) =>
      job.name === 'small' ? { ...job, runs: Number.POSITIVE_INFINITY, isSession: true } : job,
    );
    const run = runCards({ ...setup, jobs: endless, policy: { ...PERIODIC, everyUs: 60e6 }, horizon: 1e4 });
    expect(run.layouts).toEqual([]);
    // The free places stay open for their size.
    expect(starts(run, 'late')).toEqual([20]);
    expect(run.waiting).toBe(1);
  });

  test.each([
    ['by saving its state', null, 5],
    // V100 on vSphere 7.0: 1.67 s and 1.19 s a GiB.
    ['live', 'vsphere-7.0', 1.67 + 1.19 * 12],
  ])('a job moves %s to a free place of its type on another card', (_, migratePath, stun) => {
    const claim = migratePath === null ? { checkpoint } : {};
    const run = runCards({
      ...setup,
      hosts: [2],
      jobs: [
        { name: 'a', at: 0, runs: 100, profile: 'L4-12Q', claim },
        { name: 'b', at: 0, runs: 5, profile: 'L4-12Q' },
        { name: 'c', at: 0, runs: 300, profile: 'L4-12Q', claim },
        { name: 'large', at: 10, runs: 50, profile: 'L4-24Q' },
      ],
      policy: { ...PERIODIC, running: 'move', migratePath },
    });
    expect(run.stories.get('a')?.moved).toEqual([{ at: 10, gpu: 1, slot: 'L4-12Q' }]);
    expect(run.stories.get('a')?.stopped).toEqual([]);
    expect(run.stories.get('a')?.end).toBeCloseTo(100 + stun, 6);
    expect((starts(run, 'large') as number[])[0]).toBeCloseTo((run.stories.get('a')?.end as number) - 90, 6);
    expect(run.counts).toMatchObject({ moved: 1, stopped: 0 });
    expect(run.fleet.gpuFreeTotalMilli).toBe(2000);
  });

  test('while a card is waited for, more demand for what it is calls the change off', () => {
    const run = runCards({
      ...setup,
      jobs: [
        { name: 'small', at: 0, runs: 100, profile: 'L4-4Q' },
        { name: 'half', at: 10, runs: 50, profile: 'L4-12Q' },
        // Six of 166 thousandths are more than one of 500.
        ...[0, 1, 2, 3, 4].map((i) => ({ name: `more ${i}`, at: 20, runs: 30, profile: 'L4-4Q' })),
      ],
      policy: PERIODIC,
    });
    for (const i of [0, 1, 2, 3, 4]) expect(starts(run, `more ${i}`)).toEqual([20]);
    expect(starts(run, 'half')).toEqual([100]);
    expect(run.counts).toMatchObject({ stopped: 0 });
    expect(run.counts?.begun).toBeGreaterThan(run.counts?.done as number);
  });

  test('an idle card is turned rather than one whose jobs would have to leave', () => {
    const run = runCards({
      ...setup,
      hosts: [2],
      jobs: [
        { name: 'a', at: 0, runs: 100, profile: 'L4-12Q' },
        { name: 'b', at: 0, runs: 100, profile: 'L4-12Q' },
        { name: 'c', at: 0, runs: 20, profile: 'L4-12Q' },
        { name: 'large', at: 30, runs: 50, profile: 'L4-24Q' },
      ],
      prepare: (fleet) => {
        const cut = fleet.cards[1]?.cut?.cuts(
          [],
          [fleet.cards[1].cut.kinds.findIndex((k) => k.name === '12 GiB')],
        );
        fleet.setCut(1, cut?.[0] ?? null, false);
      },
      policy: { ...PERIODIC, running: 'stop' },
    });
    expect(run.layouts).toEqual([[30, 1, '1 x 24 GiB']]);
    expect(endsOf(run)).toEqual({ a: 100, b: 100, c: 20, large: 80 });
    expect(run.counts).toMatchObject({ stopped: 0, closedGpuUs: 0 });
  });
});

describe('Tenants of a card that is to be another', () => {
  test('leave all at once, after those that have to be waited for', () => {
    const slow = { ...checkpoint, saveUs: 4e6 };
    const jobs = [
      { name: 'desk', at: 0, runs: 60, profile: 'L4-4Q', isSession: true },
      { name: 'x', at: 0, runs: 500, profile: 'L4-4Q', claim: { checkpoint } },
      { name: 'y', at: 0, runs: 500, profile: 'L4-4Q', claim: { checkpoint: slow } },
      { name: 'large', at: 10, runs: 50, profile: 'L4-24Q' },
    ];
    const run = runCards({ model: 'L4', sharing: EQUAL, jobs, policy: { ...PERIODIC, running: 'save' } });
    expect(run.stories.get('desk')).toMatchObject({ end: 60, stopped: [] });
    expect(run.stories.get('x')?.stopped).toEqual([62]);
    expect(run.stories.get('y')?.stopped).toEqual([64]);
    expect(starts(run, 'large')).toEqual([64]);
    // Back at 114 s, 3 s to read back, 440 s left.
    expect(endsOf(run)).toMatchObject({ x: 114 + 3 + 440, y: 114 + 3 + 440 });
    expect(run.counts?.stepUs).toMatchObject({ wait: 50e6, drain: 4e6 });
  });
});

describe('Cards in mixed-size mode whose places are chosen for the present demand', () => {
  const setup = { model: 'L4', sharing: MIXED } as const;

  test('only tenants whose places are in the way leave, and new places are taken as they come free', () => {
    const jobs = [
      // 8 GiB at 0, then 4 GiB where they keep the largest size: the half from 12 GiB loses its place to one of them.
      { name: 'a', at: 0, runs: 300, profile: 'L4-8Q' },
      { name: 'b', at: 0, runs: 40, profile: 'L4-4Q' },
      { name: 'c', at: 0, runs: 90, profile: 'L4-4Q' },
      { name: 'd', at: 0, runs: 200, profile: 'L4-4Q' },
      { name: 'large', at: 10, runs: 50, profile: 'L4-12Q' },
      { name: 'late', at: 45, runs: 10, profile: 'L4-4Q' },
    ];
    const run = runCards({ ...setup, jobs, policy: PERIODIC });
    const half = run.stories.get('large')?.placed[0];
    expect(half?.slot).toMatch(/^L4-12Q@(0|12)$/);
    expect(run.counts).toMatchObject({ stopped: 0, moved: 0 });
    // It starts when the last of those has left whose places overlap its own, and no sooner.
    const begin = Number(half?.slot.split('@')[1]);
    const inTheWay = ['a', 'b', 'c', 'd'].filter((name) => {
      const start = Number(run.stories.get(name)?.placed[0]?.slot.split('@')[1]);
      const size = name === 'a' ? 8 : 4;
      return start < begin + 12 && begin < start + size;
    });
    expect(half?.at).toBe(Math.max(...inTheWay.map((name) => run.stories.get(name)?.end as number)));
    expect(run.waiting).toBe(0);
  });

  test('room that no new place needs stays open, and kept places do not go to other sizes', () => {
    const jobs = [
      { name: 'a', at: 0, runs: 100, profile: 'L4-12Q' },
      { name: 'b', at: 0, runs: 60, profile: 'L4-4Q' },
      { name: 'c', at: 0, runs: 30, profile: 'L4-4Q' },
      { name: 'other half', at: 10, runs: 50, profile: 'L4-12Q' },
      { name: 'small', at: 35, runs: 10, profile: 'L4-4Q' },
    ];
    const still = runCards({ ...setup, jobs });
    expect(starts(still, 'small')).toEqual([35]);
    const run = runCards({ ...setup, jobs, policy: { ...PERIODIC, everyUs: 10e6 } });
    expect(starts(run, 'other half')).toEqual([60]);
    expect((starts(run, 'small') as number[])[0]).toBeGreaterThanOrEqual(100);
    expect(run.layouts[0]).toEqual([60, 0, expect.stringMatching(/^12 GiB@0, 12 GiB@12$/)]);
  });
});

describe('Numbers of virtual functions that follow the demand', () => {
  const small = { kind: 'part', computeMilli: 0, memoryMib: 6144 } as const;
  const large = { kind: 'part', computeMilli: 0, memoryMib: 20 * 1024 } as const;
  const setup = { model: 'Radeon Pro V620', sharing: FOUR_VFS } as const;

  test('a fixed number never takes what no function of it holds', () => {
    const run = runCards({ ...setup, jobs: [{ name: 'large', at: 10, runs: 50, slot: large }] });
    expect(run.stories.get('large')?.rejected).toBe('never-fits:gpu-room:vf-memory');
  });

  // To remove the functions and to make others takes 5 s, a figure that is assumed.
  test('on demand an idle card becomes what serves the next job and most of those behind it', () => {
    const jobs = [
      { name: 'large', at: 10, runs: 50, slot: large },
      ...[0, 1, 2].map((i) => ({ name: `small ${i}`, at: 20, runs: 30, slot: small })),
      { name: 'alone', at: 110, runs: 30, slot: large },
      { name: 'last', at: 120, runs: 30, slot: small },
    ];
    const run = runCards({ ...setup, jobs, policy: ON_DEMAND });
    expect(run.layouts).toEqual([
      [15, 0, '1 VF'],
      [70, 0, '4 VFs'],
      [115, 0, '1 VF'],
    ]);
    expect(starts(run, 'large')).toEqual([15]);
    for (const i of [0, 1, 2]) expect(starts(run, `small ${i}`)).toEqual([70]);
    // For one job alone the whole card does as it is.
    expect(starts(run, 'last')).toEqual([145]);
    expect(run.counts).toMatchObject({ begun: 3, done: 3, created: 6, deleted: 9, closedGpuUs: 15e6 });
    expect(run.counts?.stepUs.change).toBe(15e6);
  });

  test('on demand nobody who runs is in the way of anybody', () => {
    const jobs = [
      { name: 'small', at: 0, runs: 100, slot: small, claim: { checkpoint } },
      { name: 'large', at: 10, runs: 50, slot: large },
      { name: 'late', at: 90, runs: 20, slot: small },
    ];
    const run = runCards({ ...setup, jobs, policy: ON_DEMAND });
    expect(starts(run, 'late')).toEqual([90]);
    expect(starts(run, 'large')).toEqual([115]);
    expect(run.stories.get('small')).toMatchObject({ stopped: [], end: 100 });
  });

  test('periodic choice holds the card, waits for its guests, and makes the functions anew', () => {
    const jobs = [
      { name: 'small', at: 0, runs: 100, slot: small },
      { name: 'large', at: 10, runs: 50, slot: large },
      { name: 'late', at: 20, runs: 30, slot: small },
    ];
    const { run, reasons } = withReasons({ ...setup, jobs, policy: PERIODIC });
    expect(run.layouts).toEqual([[105, 0, '1 VF']]);
    expect(endsOf(run)).toEqual({ small: 100, large: 155, late: 185 });
    // Three functions for 90 s, and the whole card for 5 s.
    expect(run.counts?.closedGpuUs).toBeCloseTo(0.75 * 90e6 + 5e6, 0);
    expect(run.counts?.stepUs).toMatchObject({ wait: 90e6, change: 5e6 });
    expect(reasons.slice(0, 2)).toEqual(['10 large gpu-room:vf-memory', '10 large gpu-room:cut-anew']);
  });

  test('a guest that would take the new function itself is waited for and not stopped', () => {
    const jobs = [
      { name: 'small', at: 0, runs: 100, slot: small, claim: { checkpoint } },
      { name: 'large', at: 10, runs: 50, slot: large },
    ];
    const run = runCards({ ...setup, jobs, policy: { ...PERIODIC, running: 'stop' } });
    expect(run.stories.get('small')).toMatchObject({ stopped: [], end: 100 });
    expect(starts(run, 'large')).toEqual([105]);
  });

  test('a full card loses nothing by a wait, so nobody is stopped', () => {
    const jobs = [
      { name: 'large', at: 0, runs: 200, slot: large, claim: { checkpoint } },
      ...[0, 1, 2, 3].map((i) => ({ name: `small ${i}`, at: 10, runs: 100, slot: small })),
    ];
    const policy = { ...PERIODIC, everyUs: 60e6, patienceUs: 30e6, running: 'save' } as const;
    const run = runCards({ ...setup, sharing: { ...FOUR_VFS, vfs: 1 }, jobs, policy });
    // At 60 s the four count twice as much as at first, 2000 to 1000: without that the first of them would have it alone.
    expect(run.stories.get('large')).toMatchObject({ stopped: [], end: 200 });
    for (const i of [0, 1, 2, 3]) expect(starts(run, `small ${i}`)).toEqual([205]);
    expect(run.counts).toMatchObject({ begun: 1, done: 1, created: 4, deleted: 1, closedGpuUs: 5e6 });
  });
});
