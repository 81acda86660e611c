import { afterEach, describe, expect, test, vi } from 'vitest';
import { OtherTraces } from '../../cli/executors/kept-traces.ts';
import { runOne } from '../../cli/sweep/run-one.ts';
import { packageVersion } from '../../cli/version.ts';
import {
  contextOf,
  coordinator,
  hasRedis,
  OwnWorker,
  smallRuns,
  TestRedis,
  waitFor,
} from './redis-support.ts';

const DAY_MS = 24 * 3_600_000;

describe.skipIf(!hasRedis)('a worker whose clock is ahead by days', () => {
  let server: TestRedis;
  afterEach(async () => {
    vi.restoreAllMocks();
    await server.remove();
  });

  test('leaves a run to others who can take it as soon as it is gone', async () => {
    server = await new TestRedis().start();
    let release: () => void = () => {};
    const busy = new Promise<void>((resolve) => {
      release = resolve;
    });
    const right = new OwnWorker(server.url, packageVersion, async (run, context) => {
      await busy;
      return runOne(run, context);
    });
    const runs = smallRuns(2);
    const done: string[] = [];
    const sweeping = (async () => {
      for await (const { status } of coordinator(server.url).run(runs, contextOf(runs))) done.push(status);
    })();
    await waitFor(() => right.begun === 1);
    const now = Date.now.bind(Date);
    vi.spyOn(Date, 'now').mockImplementation(() => now() + 3 * DAY_MS);
    const ahead = new OwnWorker(server.url, packageVersion, async () => {
      throw new OtherTraces('pods.csv', 'is another file');
    });
    await waitFor(() => ahead.notes.some((text) => text.startsWith('left the runs')));
    expect((await ahead.end()).refused).toBeGreaterThan(0);
    vi.restoreAllMocks();
    release();
    await sweeping;
    expect(done).toEqual(['done', 'done']);
    await right.end();
  });
});
