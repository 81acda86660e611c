import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { loadScenario } from '../../cli/load-scenario.ts';
import type { RunOne, SweepExecutor, SweepOutcome } from '../../cli/sweep/executor.ts';
import { inProcess } from '../../cli/sweep/in-process.ts';
import { planSweep, type SweepPlan } from '../../cli/sweep/plan.ts';
import { runOne } from '../../cli/sweep/run-one.ts';
import { stateDesign } from '../../cli/sweep/state-design.ts';
import { packageVersion } from '../../cli/version.ts';
import { NODE_HEADER, POD_HEADER, TRACE_YAML } from '../cli/small-scenario.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';
import { coordinator, hasRedis, OwnWorker, TestRedis } from './redis-support.ts';
import { rawRuns, runInto } from './small-sweep.ts';

const folder = new TemporaryFolder();

const pods = (...milli: readonly number[]) =>
  `${POD_HEADER}\n${milli.map((each, i) => `p${i},1000,1024,1,${each},,${i},${100 * (i + 1)},${i}\n`).join('')}`;
const BEFORE = pods(500, 500);
const AFTER = pods(500, 900, 1000);

/** A scenario and its traces in a folder of their own. */
function place(name: string): string {
  const at = folder.at(name);
  mkdirSync(at);
  writeFileSync(join(at, 's.yaml'), TRACE_YAML);
  writeFileSync(join(at, 'nodes.csv'), `${NODE_HEADER}\nn1,8000,32768,2,A100\n`);
  for (const file of ['a.csv', 'b.csv']) writeFileSync(join(at, file), BEFORE);
  return at;
}

/** Two runs of each of two traces. */
function planOf(at: string): SweepPlan {
  const stated = stateDesign({ grid: ['workload.trace.pods=a.csv,b.csv'] }, []);
  return planSweep(loadScenario(join(at, 's.yaml')), stated, 2, 100, []);
}

/** An executor during which something happens after its first outcome. */
const withChange = (executor: SweepExecutor, change: () => void): SweepExecutor => ({
  name: executor.name,
  async *run(runs, context) {
    let isFirst = true;
    for await (const outcome of executor.run(runs, context)) {
      if (isFirst) change();
      isFirst = false;
      yield outcome;
    }
  },
});

const digests = (at: string) =>
  rawRuns(at)
    .toSorted((a, b) => a.index - b.index)
    .map(({ index, digest }) => [index, digest]);

describe('A trace that changes while its sweep runs', () => {
  test('ends it in this process before a run of the new contents; put back, the sweep goes on', async () => {
    const at = place('here');
    const plan = planOf(at);
    await runInto(join(at, 'whole'), plan);
    const out = join(at, 'out');
    // As another process would find it: what the run before has read is not at hand.
    const fresh = place('here-again');
    const again = planOf(fresh);
    const change = () => writeFileSync(join(fresh, 'b.csv'), AFTER);
    const sweep = runInto(out, again, { executor: withChange(inProcess, change) });
    await expect(sweep).rejects.toMatchObject({
      name: 'OtherTraces',
      problems: [
        { path: join(fresh, 'b.csv'), message: expect.stringMatching(/^has changed: its SHA-256 was/) },
      ],
    });
    expect(digests(out)).toEqual(digests(join(at, 'whole')).slice(0, 2));
    writeFileSync(join(fresh, 'b.csv'), BEFORE);
    await runInto(out, again);
    expect(digests(out)).toEqual(digests(join(at, 'whole')));
  });

  test('to something that cannot be read, or is gone, leaves no failed runs behind', async () => {
    for (const [i, spoil] of [
      (path: string) => writeFileSync(path, 'no,such,columns\n1,2,3\n'),
      (path: string) => spawnSync('rm', [path]),
    ].entries()) {
      const at = place(`spoilt${i}`);
      const plan = planOf(at);
      const out = join(at, 'out');
      const executor = withChange(inProcess, () => spoil(join(at, 'b.csv')));
      await expect(runInto(out, plan, { executor })).rejects.toMatchObject({ name: 'OtherTraces' });
      expect(rawRuns(out).map(({ index }) => index)).toEqual([0, 1]);
    }
  });

  test('does not end runs that have read it before', async () => {
    const at = place('kept');
    const plan = planOf(at);
    const out = join(at, 'out');
    const executor = withChange(inProcess, () => writeFileSync(join(at, 'a.csv'), AFTER));
    expect(await runInto(out, plan, { executor })).toHaveLength(4);
    const [first, second, third, fourth] = digests(out).map(([, digest]) => digest);
    expect([third, fourth]).toEqual([first, second]);
  });

  test('and is refused by its own contents is a failed run, as often as it is tried', async () => {
    const at = place('refused');
    writeFileSync(join(at, 'b.csv'), 'no,such,columns\n1,2,3\n');
    const told = await runInto(join(at, 'out'), planOf(at));
    expect(told.map(({ status }) => status)).toEqual(['done', 'done', 'failed', 'failed']);
  });

  test.each([
    ['--in-process', []],
    ['--workers', ['1']],
  ])('is noticed by what was read, be it the first time (%s)', async (how, value) => {
    const at = place(`pipe${how}`);
    const pipe = join(at, 'b.csv');
    spawnSync('rm', [pipe]);
    expect(spawnSync('/bin/sh', ['-c', 'mkfifo "$0"', pipe]).status).toBe(0);
    const out = join(at, 'out');
    const child = spawn(
      process.execPath,
      [
        ...[resolve('bin/slicewise.mjs'), 'sweep', join(at, 's.yaml'), '--out', out],
        ...['--grid', 'workload.trace.pods=a.csv,b.csv', how, ...value],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const ended = new Promise<number | null>((done) => child.on('close', done));
    // A pipe says one thing when the sweep is planned, and another when the run reads it.
    await writeFile(pipe, BEFORE);
    const outOfTheWay = new Promise<void>((done) => {
      const wait = () => (existsSync(join(out, 'manifest.json')) ? done() : setTimeout(wait, 5));
      wait();
    });
    await outOfTheWay;
    await writeFile(pipe, AFTER);
    expect(await ended).toBe(2);
    expect(err).toContain(`${pipe}: has changed`);
    expect(rawRuns(out).map(({ index }) => index)).toEqual([0]);
  });
});

describe.skipIf(!hasRedis)('A trace that changes while its sweep runs over Redis', () => {
  const workers: OwnWorker[] = [];
  let server: TestRedis;
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((each) => each.end()));
    await server.remove();
  });

  test('after a worker has looked at it makes the worker leave the run, and the sweep end', async () => {
    server = await new TestRedis().start();
    const at = place('queue');
    const plan = planOf(at);
    const late: RunOne = (run, context) => {
      if (run.index >= 2) writeFileSync(join(at, 'b.csv'), AFTER);
      return runOne(run, context);
    };
    workers.push(new OwnWorker(server.url, packageVersion, late));
    const out = join(at, 'out');
    await expect(runInto(out, plan, { executor: coordinator(server.url) })).rejects.toMatchObject({
      message: 'no worker can do the runs',
      problems: [{ message: expect.stringContaining('b.csv') }],
    });
    expect(rawRuns(out).map(({ index }) => index)).toEqual([0, 1]);
    expect(workers[0]?.notes[1]).toMatch(
      /left the runs .* to other workers: .*b.csv has changed: its SHA-256/,
    );
    expect(await workers[0]?.end()).toMatchObject({ done: 2, failed: 0 });
  });

  test('is not what later runs are sent with', async () => {
    server = await new TestRedis().start();
    const at = place('sent');
    const plan = planOf(at);
    writeFileSync(join(at, 'b.csv'), AFTER);
    workers.push(new OwnWorker(server.url));
    const out = join(at, 'out');
    await expect(runInto(out, plan, { executor: coordinator(server.url) })).rejects.toMatchObject({
      message: 'no worker can do the runs',
    });
    expect(rawRuns(out).map(({ index }) => index)).toEqual([0, 1]);
  });

  test('is read anew by a worker that did runs of an earlier sweep', async () => {
    server = await new TestRedis().start();
    const at = place('anew');
    workers.push(new OwnWorker(server.url));
    const sweep = async (name: string): Promise<readonly SweepOutcome[]> =>
      await runInto(join(at, name), planOf(at), { executor: coordinator(server.url) });
    await sweep('first');
    for (const file of ['a.csv', 'b.csv']) writeFileSync(join(at, file), AFTER);
    const outcomes = await sweep('second');
    expect(outcomes.map(({ status }) => status)).toEqual(['done', 'done', 'done', 'done']);
    const other = place('anew-alone');
    for (const file of ['a.csv', 'b.csv']) writeFileSync(join(other, file), readFileSync(join(at, file)));
    await runInto(join(other, 'out'), planOf(other));
    expect(digests(join(at, 'second'))).toEqual(digests(join(other, 'out')));
    expect(digests(join(at, 'second'))).not.toEqual(digests(join(at, 'first')));
  });
});
