import { expect, test } from 'vitest';
import type { RunResult } from '../../sim/index.ts';
import { inProcess } from './in-process.ts';
import { SMALL_YAML } from './small-scenario.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();

/** 97.5 % quantile of Student's t by degrees of freedom, from a printed table. */
const STUDENT: Readonly<Record<number, number>> = { 1: 12.7062, 2: 4.30265, 3: 3.18245 };

async function result(...settings: readonly string[]): Promise<RunResult> {
  const run = await inProcess(['run', folder.write('small.yaml', SMALL_YAML), '--json', ...settings]);
  expect(run.code, run.err).toBe(0);
  return JSON.parse(run.out) as RunResult;
}

test.each([
  { experiment: '{ kind: timed, horizon: 3h }', count: 4 },
  { experiment: '{ kind: fill }', count: 3 },
])(
  'replications of $experiment are the runs of their seeds, and their means and intervals follow',
  async ({ experiment, count }) => {
    const settings = ['--set', `experiment=${experiment}`, '--set', 'policy.placement=random'];
    const all = await result(...settings, '--seed', '20', '--replications', String(count));
    const seeds = Array.from({ length: count }, (_, i) => 20 + i);
    const single: RunResult[] = [];
    for (const seed of seeds) single.push(await result(...settings, '--seed', String(seed)));

    expect(all.seeds).toEqual(seeds);
    expect(all.digests).toEqual(single.map((each) => each.digest));
    expect(new Set(all.digests).size).toBe(count);
    for (const [name, { value, ci95, n, unit }] of Object.entries(all.metrics)) {
      // A reason nobody met in one of the runs counts there as 0 jobs.
      const values = single
        .map((each) => each.metrics[name]?.value ?? (unit === 'jobs' ? 0 : null))
        .filter((each) => each !== null);
      expect([name, n]).toEqual([name, values.length]);
      if (values.length < 2) continue;
      const mean = values.reduce((sum, each) => sum + each, 0) / n;
      const variance = values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (n - 1);
      const half = (STUDENT[n - 1] as number) * Math.sqrt(variance / n);
      const scale = Math.max(1, Math.abs(mean));
      expect((value as number) / scale).toBeCloseTo(mean / scale, 10);
      expect((ci95?.[0] as number) / scale).toBeCloseTo((mean - half) / scale, 4);
      expect((ci95?.[1] as number) / scale).toBeCloseTo((mean + half) / scale, 4);
    }
    const { fill } = all.series;
    expect(fill === undefined).toBe(experiment.includes('timed'));
    fill?.allocatedPct.forEach((cell, column) => {
      const cells = single
        .map((each) => each.series.fill?.allocatedPct[column] ?? null)
        .filter((each) => each !== null);
      if (cells.length === 0) expect(cell).toBeNull();
      else expect(cell).toBeCloseTo(cells.reduce((sum, each) => sum + each, 0) / cells.length, 9);
    });
    for (const { reason, kind, jobs } of all.explanations) {
      if (kind === 'waited') continue;
      const each = single.map((one) =>
        one.explanations
          .filter((e) => e.reason === reason && e.kind === kind)
          .reduce((sum, e) => sum + (e.jobs ?? 0), 0),
      );
      expect(jobs).toBeCloseTo(each.reduce((sum, n) => sum + n, 0) / count, 9);
    }
  },
);
