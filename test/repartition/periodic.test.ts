import { describe, expect, test } from 'vitest';
import { endsOf, PERIODIC, runCards } from './card-run.ts';

const checkpoint = { intervalUs: Number.POSITIVE_INFINITY, saveUs: 2e6, restoreUs: 3e6 };
const HALVES = ['3g.20gb@0', '3g.20gb@4'];

// An A100 deletes a half in 0.21 s and the whole in 0.22 s, and creates the whole in 0.24 s (RL_MIG_scheduler).
describe('Layouts that are chosen for the present demand', () => {
  const jobs = [
    { name: 'small', at: 0, runs: 100, profile: '3g.20gb' },
    { name: 'large', at: 10, runs: 50, profile: '7g.40gb' },
  ];

  test('a job that a static layout never takes starts when its instance has been made', () => {
    const fixed = runCards({ layout: HALVES, jobs });
    expect(fixed.stories.get('large')?.rejected).toMatch(/^never-fits/);
    const run = runCards({ layout: HALVES, jobs, policy: PERIODIC });
    // The idle half goes at once, the other one when its job has ended.
    expect(run.layouts).toEqual([
      [10, 0, '3g.20gb@0'],
      [100, 0, ''],
      [100.45, 0, '7g.40gb@0'],
    ]);
    expect(endsOf(run)).toEqual({ small: 100, large: 150.45 });
    expect(run.counts).toMatchObject({ begun: 1, done: 1, created: 1, deleted: 2, stopped: 0, moved: 0 });
    // Three slices for 90 s, six for 0.45 s.
    expect(run.counts?.closedGpuUs).toBeCloseTo((90e6 * 3 + 0.45e6 * 6) / 7, 0);
  });

  test('an instance that is to go takes nobody in when its job ends', () => {
    const more = [
      { name: 'other', at: 0, runs: 50, profile: '3g.20gb' },
      { name: 'late', at: 20, runs: 10, profile: '3g.20gb' },
    ];
    const run = runCards({ layout: HALVES, jobs: [...jobs, ...more], policy: PERIODIC });
    expect(run.stories.get('large')?.placed[0]?.at).toBeCloseTo(100.45, 6);
    expect(run.stories.get('late')?.placed[0]?.at).toBeGreaterThan(150);
  });

  test('an idle instance that is to go takes nobody in who comes while another one is deleted', () => {
    const run = runCards({
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
    const run = runCards({
      layout: HALVES,
      jobs: [
        { name: 'small', at: 0, runs: 100, profile: '3g.20gb', claim: { checkpoint } },
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
    const run = runCards({ layout: HALVES, jobs: able, policy: { ...PERIODIC, running: 'save' } });
    const start = run.stories.get('large')?.placed[0]?.at as number;
    // 2 s to save, two deletions, one creation, in whichever order.
    expect(start).toBeCloseTo(10 + 2 + 0.42 + 0.24, 6);
    expect(run.stories.get('small')).toMatchObject({ lost: 0 });
    // The large one ends, the whole is deleted, a half is made; 3 s to read back, 90 s and a little left.
    const small = run.stories.get('small');
    expect(small?.placed).toHaveLength(2);
    const stopped = small?.stopped[0] as number;
    const workLeft = 100 - (stopped - 2);
    expect(small?.end).toBeCloseTo((small?.placed[1]?.at as number) + 3 + workLeft, 6);
    expect(run.counts).toMatchObject({ stopped: 1, lostGpuUs: 0 });
  });

  test.each([
    ['says so', { claim: { isPreemptible: false, checkpoint } }],
    ['is a session', { isSession: true, claim: { checkpoint } }],
  ])('a job is waited for that may not be interrupted because it %s', (_, more) => {
    const held = jobs.map((job) => (job.name === 'small' ? { ...job, ...more } : job));
    const run = runCards({ layout: HALVES, jobs: held, policy: { ...PERIODIC, running: 'stop' } });
    expect(run.stories.get('small')).toMatchObject({ stopped: [], moved: [], end: 100 });
    expect(run.stories.get('large')?.placed[0]?.at).toBeCloseTo(100.45, 6);
  });

  test('nothing is done where an instance stays for a job without end', () => {
    const endless = jobs.map((job) =>
      job.name === 'small' ? { ...job, runs: Number.POSITIVE_INFINITY, isSession: true } : job,
    );
    const run = runCards({
      layout: HALVES,
      jobs: endless,
      policy: { ...PERIODIC, everyUs: 60e6 },
      horizon: 1e4,
    });
    expect(run.layouts).toEqual([]);
    expect(run.waiting).toBe(1);
  });

  test('a job is carried to a free instance of another card where jobs move', () => {
    const run = runCards({
      hosts: [2],
      layout: HALVES,
      jobs: [
        { name: 'a', at: 0, runs: 100, profile: '3g.20gb', claim: { checkpoint } },
        { name: 'large', at: 10, runs: 50, profile: '7g.40gb' },
        { name: 'b', at: 0, runs: 5, profile: '3g.20gb' },
        { name: 'c', at: 0, runs: 300, profile: '3g.20gb' },
      ],
      policy: { ...PERIODIC, running: 'move' },
    });
    expect(run.stories.get('a')?.moved.map(({ gpu }) => gpu)).toEqual([1]);
    expect(run.counts).toMatchObject({ moved: 1, stopped: 0 });
    // Stands still for 5 s, and loses nothing.
    expect(run.stories.get('a')).toMatchObject({ end: 105, stopped: [] });
  });
});
