import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { SweepOutcome } from '../../cli/sweep/executor.ts';
import { resultLines } from '../../cli/sweep/read-results.ts';
import { hasRedis, jobsLeft, plain, Slicewise, TestRedis, waitFor } from './redis-support.ts';

const POINTS = 40;
const SECRET = 'hidden-right';
const sweepOf = [
  ...['sweep', 'easy-backfill', '--grid', `policy.scheduling.depth=100..${99 + POINTS}:1`],
  ...['workload.synthetic.until=3d', 'experiment.horizon=3d', 'experiment.warmup=0s'].flatMap((each) => [
    '--set',
    each,
  ]),
];

describe.skipIf(!hasRedis)('slicewise sweep --redis', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slicewise-sweep-redis-'));
  const processes: Slicewise[] = [];
  let server: TestRedis;
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((each) => each.kill()));
    await server.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(args: readonly string[]): Slicewise {
    const process = new Slicewise(args, { SLICEWISE_REDIS_PASSWORD: SECRET });
    processes.push(process);
    return process;
  }

  function written(out: string): SweepOutcome[] {
    const outcomes: SweepOutcome[] = [];
    for (const { outcome } of resultLines(out)) if (outcome !== undefined) outcomes.push(outcome);
    return outcomes;
  }

  test('that is killed goes on and ends with the results of one process, and no secret in any file', async () => {
    server = await new TestRedis('--requirepass', SECRET).start();
    const [own, queued] = [join(folder, 'own'), join(folder, 'queued')];
    const alone = start([...sweepOf, '--in-process', '--out', own]);
    start(['worker', '--redis', server.url, '--concurrency', '1', '--silent', '1s']);
    const sweep = [...sweepOf, '--redis', server.url, '--out', queued];
    const first = start(sweep);
    await waitFor(() => hasFolder(queued) && written(queued).length >= 3);
    await first.kill();
    const before = written(queued).length;
    expect(before).toBeLessThan(POINTS);

    const second = start(sweep);
    expect([await second.ended(), second.text]).toEqual([0, expect.stringContaining('digest')]);
    expect(await alone.ended()).toBe(0);
    expect(plain(written(queued))).toEqual(plain(written(own)));
    expect(written(queued)).toHaveLength(POINTS);
    const digest = (text: string) => /digest \w+/.exec(text)?.[0];
    expect(digest(second.text)).toBe(digest(alone.text));
    expect(await jobsLeft(server.url.replace('//', `//:${SECRET}@`))).toEqual([]);
    for (const file of readdirSync(queued, { recursive: true, encoding: 'utf8' })) {
      const path = join(queued, file);
      if (statSync(path).isFile())
        expect([file, readFileSync(path, 'utf8').includes(SECRET)]).toEqual([file, false]);
    }
    expect(processes.filter(({ text }) => text.includes(SECRET))).toEqual([]);
  });
});

function hasFolder(path: string): boolean {
  return statSync(join(path, 'results'), { throwIfNoEntry: false }) !== undefined;
}
