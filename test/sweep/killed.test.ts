import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readManifest } from '../../cli/sweep/manifest.ts';
import { readStored } from '../../cli/sweep/store.ts';
import { RandomStream } from '../../sim/kernel/random.ts';
import { slicewise } from '../cli/slicewise.ts';
import { SMALL_YAML } from '../cli/small-scenario.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';
import { rawRuns, SMALL_DESIGN } from './small-sweep.ts';

const folder = new TemporaryFolder();
/** Runs long enough to be hit: 36 of some 10 ms. */
const scenario = folder.write('s.yaml', SMALL_YAML.replace('tasks: 50', 'tasks: 800'));
const DESIGN = [scenario, ...SMALL_DESIGN, '--replications', '6'];
const RUNS = 36;

/** Bytes of all results so far. */
function written(at: string): number {
  const place = join(at, 'results');
  if (!existsSync(place)) return 0;
  return readdirSync(place).reduce((sum, name) => sum + statSync(join(place, name)).size, 0);
}

/** Starts a sweep and kills it some moments after it has begun to write. */
async function killed(at: string, how: readonly string[], afterMs: number): Promise<boolean> {
  const before = written(at);
  const child: ChildProcess = spawn(
    process.execPath,
    [resolve('bin/slicewise.mjs'), 'sweep', ...DESIGN, '--out', at, ...how],
    { stdio: 'ignore' },
  );
  let isOver = false;
  const gone = new Promise<void>((done) => child.on('close', () => done()));
  child.on('exit', () => {
    isOver = true;
  });
  while (!isOver && written(at) === before) await pause(2);
  await pause(afterMs);
  const wasRunning = !isOver;
  child.kill('SIGKILL');
  await gone;
  return wasRunning;
}

test('A sweep that is killed again and again has each run exactly once, as if nothing had happened', async () => {
  const whole = folder.at('whole');
  const alone = await slicewise('sweep', ...DESIGN, '--out', whole, '--in-process', '--json');
  expect(alone.code, alone.err).toBe(0);

  const at = folder.at('killed');
  const random = RandomStream.named(7, 'kills');
  const ways = [
    ['--workers', '2'],
    ['--in-process'],
    ['--workers', '1', '--sync', 'each'],
    ['--workers', '2'],
  ];
  let hits = 0;
  for (const how of ways) if (await killed(at, how, Math.floor(random.next() * 120))) hits += 1;
  expect(hits).toBeGreaterThan(0);
  const manifest = readManifest(at);
  const kept = readStored(at, manifest).outcomes.size;
  expect(kept).toBeGreaterThan(0);

  const last = await slicewise('sweep', ...DESIGN, '--out', at, '--workers', '2', '--json');
  expect(last.code, last.err).toBe(0);
  expect(last.err).toContain(`has ${kept} runs already, ${RUNS - kept} to do`);
  const summary = JSON.parse(last.out);
  expect(summary.digest).toBe(JSON.parse(alone.out).digest);
  expect(summary).toEqual(JSON.parse(alone.out));

  const byIndex = (place: string) =>
    rawRuns(place)
      .map(({ index, digest }) => [index, digest] as const)
      .sort(([a], [b]) => a - b);
  expect(byIndex(at)).toEqual(byIndex(whole));
  expect(byIndex(at).map(([index]) => index)).toEqual(Array.from({ length: RUNS }, (_, i) => i));
});

test('A signal ends a sweep in order: what has begun is written, and the process ends by that signal', async () => {
  const at = folder.at('stopped');
  const child = spawn(
    process.execPath,
    [resolve('bin/slicewise.mjs'), 'sweep', ...DESIGN, '--out', at, '--workers', '1'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<NodeJS.Signals | null>((done) =>
    child.on('close', (_code, signal) => done(signal)),
  );
  while (written(at) === 0) await pause(2);
  child.kill('SIGTERM');
  expect(await ended).toBe('SIGTERM');
  expect(err).toContain('the same command goes on');
  const { outcomes, damaged } = readStored(at, readManifest(at));
  expect(damaged).toEqual([]);
  expect(outcomes.size).toBeGreaterThan(0);
  expect(outcomes.size).toBeLessThan(RUNS);
  expect(readdirSync(join(at, 'locks'))).toEqual([]);
});
