import { Redis } from 'ioredis';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SweepOutcome } from '../../cli/sweep/executor.ts';
import { RandomStream } from '../../sim/kernel/random.ts';
import {
  alone,
  CutProxy,
  contextOf,
  coordinator,
  hasRedis,
  jobsLeft,
  OwnWorker,
  plain,
  type Slicewise,
  smallRuns,
  TestRedis,
  waitFor,
  worker,
} from './redis-support.ts';

const runs = smallRuns(90);
/** What one process alone finds. */
let expected: readonly SweepOutcome[];
beforeAll(async () => {
  if (hasRedis) expected = await alone(runs);
});
const fewer = runs.slice(0, 40);

describe.skipIf(!hasRedis)('a sweep over Redis whose workers are killed', () => {
  const workers: Slicewise[] = [];
  let server: TestRedis;
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((each) => each.kill()));
    await server.remove();
  });

  test('has every outcome once, equal to that of one process, when 3 of 7 workers are killed', async () => {
    server = await new TestRedis().start();
    for (let i = 0; i < 4; i++) workers.push(worker(server.url));
    const random = RandomStream.named(7, 'kills');
    // For each that is killed a new one comes: 7 in all.
    const killAfter = new Set(Array.from({ length: 3 }, (_, i) => 10 + 25 * i + random.int(15)));
    const outcomes: SweepOutcome[] = [];
    for await (const outcome of coordinator(server.url).run(runs, contextOf(runs))) {
      outcomes.push(outcome);
      if (!killAfter.has(outcomes.length)) continue;
      const [victim] = workers.splice(random.int(workers.length), 1);
      await victim?.kill();
      workers.push(worker(server.url));
    }
    expect(plain(outcomes)).toEqual(plain(expected));
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(runs.length);
    expect(await jobsLeft(server.url)).toEqual([]);
  });
});

describe.skipIf(!hasRedis)('a sweep whose server is killed and started again in its midst', () => {
  const workers: Slicewise[] = [];
  let server: TestRedis;
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((each) => each.kill()));
    await server.remove();
  });

  async function restartedAfter(count: number, notes: string[]): Promise<SweepOutcome[]> {
    workers.push(worker(server.url), worker(server.url));
    const outcomes: SweepOutcome[] = [];
    for await (const outcome of coordinator(server.url, notes).run(fewer, contextOf(fewer))) {
      outcomes.push(outcome);
      if (outcomes.length !== count) continue;
      await server.kill();
      await server.start();
    }
    return outcomes;
  }

  test('goes on where it was when the server keeps a log on its disk', async () => {
    server = await new TestRedis('--appendonly', 'yes', '--appendfsync', 'always').start();
    const notes: string[] = [];
    const outcomes = await restartedAfter(15, notes);
    expect(plain(outcomes)).toEqual(plain(expected.slice(0, fewer.length)));
    expect(notes.join('\n')).not.toContain('no longer in the server');
    expect(notes.join('\n')).toContain('is back');
    expect(await jobsLeft(server.url)).toEqual([]);
  });

  test('puts back what is lost when the server keeps nothing', async () => {
    server = await new TestRedis().start();
    const notes: string[] = [];
    const outcomes = await restartedAfter(15, notes);
    expect(plain(outcomes)).toEqual(plain(expected.slice(0, fewer.length)));
    expect(notes.join('\n')).toMatch(
      /\d+ runs? (is|are) no longer in the server: lost by it, or .*; put back/,
    );
    expect(await jobsLeft(server.url)).toEqual([]);
  });
});

describe.skipIf(!hasRedis)('the coordinator of a sweep over Redis', () => {
  const workers: OwnWorker[] = [];
  const proxies: CutProxy[] = [];
  let server: TestRedis;
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((each) => each.end()));
    await Promise.all(proxies.splice(0).map((each) => each.cut()));
    await server.remove();
  });

  async function proxied(): Promise<CutProxy> {
    const proxy = await new CutProxy(server.port).open();
    proxies.push(proxy);
    return proxy;
  }

  /** Jobs of sweeps that have one outcome or wait for it. */
  async function finished(): Promise<number> {
    const client = new Redis(server.url);
    const sizes = await Promise.all(
      (await client.keys('slicewise:runs-*:completed')).map((key) => client.zcard(key)),
    );
    client.disconnect();
    return sizes.reduce((sum, each) => sum + each, 0);
  }

  test('that died and begins again collects what workers finished meanwhile, and repeats nothing', async () => {
    server = await new TestRedis().start();
    const context = contextOf(fewer);
    const proxy = await proxied();
    workers.push(new OwnWorker(server.url));
    // What a coordinator that is killed leaves behind: a broken connection, and 10 outcomes that were written.
    const written: SweepOutcome[] = [];
    const first = coordinator(proxy.url).run(fewer, context)[Symbol.asyncIterator]();
    while (written.length < 10) written.push((await first.next()).value as SweepOutcome);
    await proxy.cut();
    await waitFor(async () => (await finished()) >= 25);

    const have = new Set(written.map(({ id }) => id));
    const rest = fewer.filter(({ id }) => !have.has(id));
    for await (const outcome of coordinator(server.url).run(rest, context)) written.push(outcome);
    expect(plain(written)).toEqual(plain(expected.slice(0, fewer.length)));
    expect(await jobsLeft(server.url)).toEqual([]);
    expect(await workers.pop()?.end()).toEqual({ done: fewer.length, failed: 0, refused: 0 });
  });

  test('never has more runs in the server than its window', async () => {
    server = await new TestRedis().start();
    workers.push(new OwnWorker(server.url));
    const window = 7;
    let most = 0;
    const outcomes: SweepOutcome[] = [];
    for await (const outcome of coordinator(server.url, [], undefined, window).run(fewer, contextOf(fewer))) {
      outcomes.push(outcome);
      // A run whose lock is a key of its own counts once.
      const jobs = (await jobsLeft(server.url)).filter((key) => !key.endsWith(':lock'));
      most = Math.max(most, jobs.length);
    }
    expect(outcomes).toHaveLength(fewer.length);
    // What was yielded last is still there until the next is asked for.
    expect(most).toBeLessThanOrEqual(2 * window);
    expect(most).toBeGreaterThan(1);
  });

  test('goes on after a connection that was lost for a moment, and gives up with one clear line', async () => {
    server = await new TestRedis().start();
    const proxy = await proxied();
    workers.push(new OwnWorker(server.url));
    const notes: string[] = [];
    // A small window: there are never so many results ahead that nobody needs the server.
    const running = coordinator(proxy.url, notes, 3_000, 3)
      .run(fewer, contextOf(fewer))
      [Symbol.asyncIterator]();
    const outcomes: SweepOutcome[] = [];
    const next = async () => outcomes.push((await running.next()).value as SweepOutcome);
    for (let i = 0; i < 5; i++) await next();
    await proxy.cut();
    await proxy.open();
    for (let i = 0; i < 10; i++) await next();
    expect(notes.join('\n')).toMatch(/lost the connection to redis:.*\n.*is back/);
    await proxy.cut();
    await expect(
      (async () => {
        while (outcomes.length < fewer.length) await next();
      })(),
    ).rejects.toMatchObject({
      name: 'UsageError',
      message: `lost the connection to redis://127.0.0.1:${proxy.port}/0`,
      problems: [
        {
          path: '--redis-timeout',
          message: 'the server has not answered for 3 s: nobody listens there (connection refused)',
        },
      ],
    });
  });

  test('that is asked to stop takes back what nobody has begun', async () => {
    server = await new TestRedis().start();
    const stop = new AbortController();
    const none: SweepOutcome[] = [];
    const running = (async () => {
      for await (const outcome of coordinator(server.url).run(fewer, contextOf(fewer, stop.signal)))
        none.push(outcome);
    })();
    await waitFor(async () => (await jobsLeft(server.url)).length === fewer.length);
    stop.abort();
    await running;
    expect(none).toEqual([]);
    expect(await jobsLeft(server.url)).toEqual([]);
  });
});
