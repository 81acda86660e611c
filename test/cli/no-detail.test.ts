import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RunResult } from '../../sim/index.ts';
import { inProcess } from './in-process.ts';
import { SMALL_YAML } from './small-scenario.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();
const small = folder.write('small.yaml', SMALL_YAML);
const promising = folder.write('promising.yaml', `${SMALL_YAML}objectives:\n  - p95(slowdown) < 3\n`);

const resultOf = async (...args: readonly string[]) =>
  JSON.parse((await inProcess(['run', small, '--json', ...args])).out) as RunResult;

test('run --no-detail leaves detail out, says so, and gives the same digest and metrics', async () => {
  const full = await resultOf();
  const plain = await resultOf('--no-detail');
  expect(plain.digest).toBe(full.digest);
  for (const [name, metric] of Object.entries(plain.metrics))
    expect(metric, name).toEqual(full.metrics[name]);
  expect(plain).toMatchObject({ detail: false, overlays: ['metrics.detail=false'] });
  expect(plain.scenario).toMatchObject({ metrics: { detail: false } });
  for (const part of ['waterfall', 'alerts', 'statistics'] as const) expect(plain).not.toHaveProperty(part);
  expect(full).toHaveProperty('waterfall');
  expect(full).not.toHaveProperty('detail');
});

test('the summary and the report say in one line that it was left out', async () => {
  const run = await inProcess(['run', small, '--no-detail', '--out', folder.at('plain')]);
  expect(run.code).toBe(0);
  expect(run.out.match(/Detail was left out/g)).toHaveLength(1);
  const report = await inProcess(['report', folder.at('plain'), '--out', folder.at('plain')]);
  expect(report.code).toBe(0);
  const markdown = readFileSync(folder.at('plain', 'report.md'), 'utf8');
  expect(markdown.match(/Detail was left out/g)).toHaveLength(1);
  expect(markdown).not.toContain('## Where the GPU-hours went');
});

test('an objective that needs detail is refused before anything runs: exit code 2', async () => {
  const run = await inProcess(['run', promising, '--no-detail']);
  expect(run.code).toBe(2);
  expect(run.err).toContain('slowdown.p95 needs detail');
  expect((await inProcess(['run', promising])).code).not.toBe(2);
});
