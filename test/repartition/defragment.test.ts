import { describe, expect, test } from 'vitest';
import { DEFRAGMENT, endsOf, runCards } from './card-run.ts';

const claim = { checkpoint: { intervalUs: Number.POSITIVE_INFINITY, saveUs: 2e6, restoreUs: 3e6 } };

describe('Running jobs that move to make room', () => {
  // Each card keeps one 3g from 20 s on, so that no whole card is free although seven slices and more are.
  const jobs = [
    { name: 'a', at: 0, runs: 1000, profile: '3g.20gb', claim },
    { name: 'x', at: 0, runs: 20, profile: '3g.20gb' },
    { name: 'b', at: 0, runs: 1000, profile: '3g.20gb', claim },
    { name: 'large', at: 30, runs: 600, profile: '7g.40gb' },
  ];

  test('a job that would wait for an end starts after one move', () => {
    const still = runCards({ hosts: [2], layout: null, jobs });
    expect(still.stories.get('large')?.placed[0]?.at).toBe(1000);
    const run = runCards({ hosts: [2], layout: null, jobs, policy: DEFRAGMENT });
    expect(run.stories.get('large')?.placed[0]?.at).toBe(35);
    expect(run.counts).toMatchObject({ moved: 1, stopped: 0, done: 1 });
    expect(run.counts?.stunGpuUs).toBeCloseTo((5e6 * 3) / 7, 0);
    const ends = endsOf(run);
    expect([ends.a, ends.b].sort()).toEqual([1000, 1005]);
    expect(ends.large).toBe(635);
  });

  test.each([
    ['the gain is too small for the cost', { ...DEFRAGMENT, gainPerCost: 1e6 }, {}],
    ['the jobs may not be interrupted', DEFRAGMENT, { isPreemptible: false }],
  ])('nobody moves where %s', (_, policy, more) => {
    const held = jobs.map((job) => ({ ...job, claim: { ...claim, ...more } }));
    const run = runCards({ hosts: [2], layout: null, jobs: held, policy });
    expect(run.counts?.moved).toBe(0);
    expect(run.stories.get('large')?.placed[0]?.at).toBe(1000);
  });
});
