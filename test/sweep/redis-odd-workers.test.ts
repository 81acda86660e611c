import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import type { RunOne, SweepOutcome, SweepRun } from '../../cli/sweep/executor.ts';
import { redisExecutor } from '../../cli/sweep/redis/executor.ts';
import { PREFIX, queueName, runJob } from '../../cli/sweep/redis/job.ts';
import { HEARTBEAT_MS, heartbeat, present, refuse } from '../../cli/sweep/redis/presence.ts';
import { redisServer } from '../../cli/sweep/redis/server.ts';
import { workForRedis } from '../../cli/sweep/redis/worker.ts';
import { runOne } from '../../cli/sweep/run-one.ts';
import { packageVersion } from '../../cli/version.ts';
import {
  alone,
  contextOf,
  coordinator,
  hasRedis,
  jobsLeft,
  OwnWorker,
  PATIENCE_MS,
  plain,
  smallRuns,
  TestRedis,
} from './redis-support.ts';

describe.skipIf(!hasRedis)('a sweep over Redis', () => {
  const workers: OwnWorker[] = [];
  let server: TestRedis;
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((each) => each.end()));
    await server.remove();
  });

  async function outcomesOf(runs: ReturnType<typeof smallRuns>, answer: RunOne): Promise<SweepOutcome[]> {
    server = await new TestRedis().start();
    workers.push(new OwnWorker(server.url, packageVersion, answer));
    const outcomes: SweepOutcome[] = [];
    for await (const outcome of coordinator(server.url).run(runs, contextOf(runs))) outcomes.push(outcome);
    return outcomes;
  }

  test('offers runs again whose outcome the queue did not get, and writes down after some times that it never did', async () => {
    const runs = smallRuns(4);
    const begun = new Map<number, number>();
    const outcomes = await outcomesOf(runs, async (run, context) => {
      const times = (begun.get(run.index) ?? 0) + 1;
      begun.set(run.index, times);
      if (run.index === 1 && times <= 2) throw new Error('connection was cut');
      if (run.index === 2) throw new Error('never fits');
      // What has no digest is no outcome.
      if (run.index === 3 && times === 1) return { status: 'done' } as SweepOutcome;
      return runOne(run, context);
    });
    const expected = await alone(runs);
    const { id, index } = expected[2] as SweepOutcome;
    const error = 'the queue did not take its outcome: never fits';
    expected[2] = { id, index, status: 'failed', error, elapsedMs: 0 };
    expect(plain(outcomes)).toEqual(plain(expected));
    expect([...begun].sort(([a], [b]) => a - b)).toEqual([
      [0, 1],
      [1, 3],
      [2, 6],
      [3, 2],
    ]);
    expect(await jobsLeft(server.url)).toEqual([]);
  });

  test('lets a worker end that was idle but for runs that do not fit', async () => {
    server = await new TestRedis().start();
    const [run] = smallRuns(1);
    const job = await runJob(run as SweepRun, contextOf([run as SweepRun]));
    const client = new Redis(server.url, { maxRetriesPerRequest: null });
    const queue = new Queue(queueName(packageVersion), { connection: client, prefix: PREFIX });
    await queue.add('run', { ...job, scenarioHash: 'of another build' }, { jobId: 'a.b' });
    const work = await workForRedis({
      server: redisServer(server.url),
      timeoutMs: PATIENCE_MS,
      version: packageVersion,
      concurrency: 1,
      idleExitMs: 3_000,
      silentMs: 30_000,
      runOne,
      signal: new AbortController().signal,
      note: () => {},
    });
    expect(work).toMatchObject({ done: 0, failed: 0 });
    expect(work.refused).toBeGreaterThan(0);
    await queue.close();
    client.disconnect();
  });

  test('gives up at once on a run whose workers are lost again and again', async () => {
    let times = 0;
    const outcomes = await outcomesOf(smallRuns(1), async () => {
      times += 1;
      // What BullMQ says of one whose lock ran out too often.
      throw new Error('job stalled more than allowable limit');
    });
    expect(outcomes).toMatchObject([{ status: 'failed', error: expect.stringContaining('more memory') }]);
    expect(times).toBe(1);
  });

  test('knows a run by what it asked for, not by what the answer says', async () => {
    const runs = smallRuns(3);
    const outcomes = await outcomesOf(runs, async (run, context) => ({
      ...(await runOne(run, context)),
      id: 'another',
      index: 99,
    }));
    expect(plain(outcomes)).toEqual(plain(await alone(runs)));
  });

  test('goes on while one worker that fits is left, and tells why another does not', async () => {
    server = await new TestRedis().start();
    const client = new Redis(server.url);
    const runs = smallRuns(12);
    const context = contextOf(runs);
    // Of an earlier call, when something was not right yet.
    await refuse(client, context.sweepId, 'earlier', 'stale reason');
    workers.push(new OwnWorker(server.url));
    const notes: string[] = [];
    const outcomes: SweepOutcome[] = [];
    for await (const outcome of coordinator(server.url, notes, undefined, 3).run(runs, context)) {
      outcomes.push(outcome);
      if (outcomes.length !== 3) continue;
      await heartbeat(client, 'workers', { id: 'odd', version: packageVersion });
      await refuse(client, context.sweepId, 'odd', 'pods.csv is another file');
      // By then it looks who is there again.
      await sleep(HEARTBEAT_MS);
    }
    client.disconnect();
    expect(plain(outcomes)).toEqual(plain(await alone(runs)));
    expect(notes).toEqual(['a worker left runs to others: pods.csv is another file']);
  });

  test('counts only those as present who have been heard of lately', async () => {
    server = await new TestRedis().start();
    const client = new Redis(server.url);
    const [here, gone] = ['here', 'gone'].map((id) => ({ id, version: '1.2.3' })) as [Worker, Worker];
    await heartbeat(client, 'workers', here);
    await heartbeat(client, 'workers', gone);
    const score = Number(await client.zscore('slicewise:workers', '1.2.3 gone'));
    await client.zadd('slicewise:workers', score - 60_000, '1.2.3 gone');
    expect(await present(client, 'workers')).toEqual([here]);
    client.disconnect();
  });

  test('has no more than so many bytes of scenarios in the server, whatever their number', async () => {
    const runs = smallRuns(12);
    server = await new TestRedis().start();
    workers.push(new OwnWorker(server.url));
    const executor = redisExecutor({
      server: redisServer(server.url, {}),
      timeoutMs: PATIENCE_MS,
      windowBytes: 2.5 * JSON.stringify(runs[0]).length,
      note: () => {},
    });
    let most = 0;
    const outcomes: SweepOutcome[] = [];
    for await (const outcome of executor.run(runs, contextOf(runs))) {
      outcomes.push(outcome);
      most = Math.max(most, (await jobsLeft(server.url)).filter((key) => !key.endsWith(':lock')).length);
    }
    expect(plain(outcomes)).toEqual(plain(await alone(runs)));
    // Those that were yielded last are still there until the next is asked for.
    expect(most).toBeLessThanOrEqual(6);
  });

  test('is refused by a server that throws keys away when its memory is full', async () => {
    server = await new TestRedis('--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru').start();
    const running = coordinator(server.url).run([], contextOf([]))[Symbol.asyncIterator]();
    await expect(running.next()).rejects.toMatchObject({
      problems: [{ message: expect.stringContaining('maxmemory-policy allkeys-lru') }],
    });
  });
});

type Worker = Parameters<typeof heartbeat>[2];
