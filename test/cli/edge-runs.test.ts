import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../sim/index.ts';
import { inProcess } from './in-process.ts';
import { NODE_HEADER, POD_HEADER, SMALL_YAML, TRACE_YAML } from './small-scenario.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();
const small = folder.write('small.yaml', SMALL_YAML);

async function result(file: string, ...settings: readonly string[]): Promise<RunResult> {
  const sets = settings.flatMap((setting) => ['--set', setting]);
  const run = await inProcess(['run', file, '--json', ...sets]);
  expect(run.code, run.err).toBe(0);
  return JSON.parse(run.out) as RunResult;
}

test('a run that ends before the first arrival has no jobs and no waits, and measures an idle fleet', async () => {
  const { metrics } = await result(small, 'experiment={ kind: timed, horizon: 1us }');
  expect(metrics['jobs.arrived']?.value).toBe(0);
  expect(metrics['wait.mean']).toMatchObject({ value: null, n: 0 });
  expect(metrics['gpu.allocated.mean']?.value).toBe(0);
  expect(metrics['time.end']?.value).toBe(1e-6);
});

test('jobs that take no time start, end and leave nothing allocated', async () => {
  const nothing = '{ kind: constant, value: 0s }';
  const { metrics } = await result(
    small,
    `workload.synthetic.classes[0].lifetime=${nothing}`,
    `workload.synthetic.classes[1].lifetime=${nothing}`,
  );
  expect(metrics['jobs.completed']?.value).toBe(50);
  expect(metrics['completion.max']?.value).toBe(0);
  expect(metrics['gpu.allocated.peak']?.value).toBe(0);
});

test('a job that would end after the end of the clock keeps running, and those behind it wait', async () => {
  const { metrics, notes } = await result(
    small,
    'workload.synthetic.classes.half.lifetime={ kind: pareto, min: 36500d, shape: 0.01 }',
  );
  const count = (state: string) => metrics[`jobs.${state}`]?.value ?? Number.NaN;
  expect(count('running')).toBeGreaterThan(0);
  expect(count('waiting')).toBeGreaterThan(0);
  expect(count('completed') + count('running') + count('waiting')).toBe(50);
  expect(notes.join()).toContain('still waiting at the end');
});

describe('a list that asks for far more than there is', () => {
  test('taken as given, all of it arrives, and the curves end at a thousand times the capacity', async () => {
    folder.write('nodes.csv', `${NODE_HEADER}\nh1,64000,32768,1,A\n`);
    const rows = Array.from({ length: 3000 }, (_, i) => `t${i},1,1,${i < 20 ? 1 : 64},1000,,,,`);
    folder.write('pods.csv', `${POD_HEADER}\n${rows.join('\n')}\n`);
    const traced = folder.write('traced.yaml', TRACE_YAML);
    const { metrics, series } = await result(traced, 'experiment={ kind: fill, order: file }');
    expect(metrics['jobs.arrived']?.value).toBe(3000);
    expect(metrics['gpu.requestedMilli']?.value).toBe(20_000 + 2980 * 64_000);
    expect(series.fill?.allocatedPct[100]).toBe(100);
    const last = series.fill?.arrivedPct.at(-1) ?? 0;
    expect(last).toBeLessThanOrEqual(100_000);
    expect(last).toBeGreaterThan(90_000);
  });
});

test('the largest seed is a seed like any other', async () => {
  const { seeds, digest } = await result(small, 'seed=9007199254740991');
  expect(seeds).toEqual([9_007_199_254_740_991]);
  expect(digest).not.toBe((await result(small, 'seed=9007199254740990')).digest);
});
