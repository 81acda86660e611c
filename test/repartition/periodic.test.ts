import { describe, expect, test } from 'vitest';
import { endsOf, PERIODIC, runCards } from './card-run.ts';

const saves = { checkpoint: { intervalUs: Number.POSITIVE_INFINITY, saveUs: 2e6, restoreUs: 3e6 } };
const HALVES = ['3g.20gb@0', '3g.20gb@4'];

describe('Layouts that are chosen for the present demand', () => {
  const late = [
    { name: 'small', at: 0, runs: 100, profile: '3g.20gb' },
    { name: 'large', at: 10, runs: 50, profile: '7g.40gb' },
  ];

  test('a job waits for ever under a static layout, and starts when its instance has been made', () => {
    const fixed = runCards({ layout: HALVES, jobs: late, horizon: 1e6 });
    expect(fixed.stories.get('large')?.rejected).toMatch(/^never-fits/);
    const changed = runCards({ layout: HALVES, jobs: late, policy: PERIODIC });
    // Waits for the small one, deletes both halves (0.21 s each), creates the whole (0.24 s).
    const start = changed.stories.get('large')?.placed[0]?.at as number;
    console.log(JSON.stringify([...changed.stories]), changed.layouts, changed.counts);
    expect(start).toBeGreaterThan(100);
  });
});
