import { afterEach, describe, expect, test, vi } from 'vitest';
import type { UsageError } from '../../cli/errors.ts';
import { formatProblems } from '../../cli/problems.ts';
import { openRedis } from '../../cli/sweep/redis/connection.ts';
import { redisServer } from '../../cli/sweep/redis/server.ts';
import { contextOf, coordinator, hasRedis, OwnWorker, smallRuns, TestRedis } from './redis-support.ts';

const USER = 'hidden-user';
const SECRET = 'hidden-right';

describe.skipIf(!hasRedis)('a user of the server that may do', () => {
  let server: TestRedis;
  afterEach(() => server.remove());

  async function as(...rules: readonly string[]): Promise<string> {
    server = await new TestRedis('--user', USER, 'on', `>${SECRET}`, ...rules).start();
    return server.url.replace('redis://', `redis://${USER}:${SECRET}@`);
  }

  test('all with keys of the product can work and sweep', async () => {
    const url = await as('~slicewise:*', '+@all');
    const worker = new OwnWorker(url);
    const runs = smallRuns(2);
    const done: string[] = [];
    for await (const { status } of coordinator(url).run(runs, contextOf(runs))) done.push(status);
    expect(done).toEqual(['done', 'done']);
    expect(await worker.end()).toEqual({ done: 2, failed: 0, refused: 0 });
  });

  test.each([
    ['no scripts', ['~slicewise:*', '+@all', '-eval', '-evalsha']],
    ['nothing that waits for a run', ['~slicewise:*', '+@all', '-bzpopmin']],
    ['nothing that a script needs', ['~slicewise:*', '+@all', '-lpush', '-rpoplpush', '-zadd']],
    ['nothing with keys of the product', ['~other:*', '+@all']],
  ])('%s is told that, and the worker ends', async (_, rules) => {
    const worker = new OwnWorker(await as(...rules));
    const error = await worker.ended().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'UsageError',
      problems: [{ message: expect.stringMatching(/^the user may not run the commands/) }],
    });
    expect(formatProblems(error as UsageError)).not.toContain('hidden');
  });

  test("anything can be closed while the queue connects, and nobody is told of it in a library's words", async () => {
    server = await new TestRedis().start();
    const link = await openRedis(redisServer(server.url, {}), 5_000, () => {});
    const complaints = vi.spyOn(console, 'error').mockImplementation(() => {});
    try {
      // As the queue makes its connections, and stops listening to them before they are closed.
      const other = link.client.duplicate({ lazyConnect: true, port: 1, retryStrategy: () => null });
      await expect(other.connect()).rejects.toThrow();
      expect(complaints.mock.calls).toEqual([]);
    } finally {
      complaints.mockRestore();
      link.close();
    }
  });
});
