import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { loadScenario } from '../../cli/load-scenario.ts';
import type { SweepOutcome, SweepRun } from '../../cli/sweep/executor.ts';
import { jobId, misfit, type RunJob, runJob } from '../../cli/sweep/redis/job.ts';
import { packageVersion } from '../../cli/version.ts';
import {
  contextOf,
  coordinator,
  hasRedis,
  OwnWorker,
  PATIENCE_MS,
  smallRuns,
  TestRedis,
  waitFor,
} from './redis-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'slicewise-misfit-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const [run] = smallRuns(1) as [SweepRun];
const sweep = { sweepId: 'a'.repeat(32), version: '1.2.3', folder: tmpdir() };
/** As it comes out of a queue. */
const sent = (job: RunJob) => JSON.parse(JSON.stringify(job)) as RunJob;

/** A run that reads a trace of two tasks and a fleet of one host. */
function runWithTrace(): SweepRun {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'pods.csv'),
    'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\np1,1000,1024,1,500,\np2,1000,1024,1,500,\n',
  );
  const written = {
    apiVersion: 'slicewise/v1',
    name: 'two-pods',
    fleet: {
      hosts: [{ name: 'node', cpu: 64, memory: '256GiB', gpus: { model: 'A100-SXM4-40GB', count: 4 } }],
    },
    workload: { trace: { format: 'openb', pods: 'pods.csv' } },
    policy: { placement: 'best-fit' },
    experiment: { kind: 'fill', target: 1 },
  };
  const file = join(folder, 'scenario.json');
  writeFileSync(file, JSON.stringify(written));
  const { document } = loadScenario(file);
  return { id: 'b'.repeat(32), index: 0, document, seed: 1 };
}

describe('a worker looks at a run before it begins, and', () => {
  test('takes every scenario of the catalogue as the coordinator sent it', async () => {
    const names = readdirSync('scenarios/catalog').flatMap((file) => /^(.*)\.yaml$/.exec(file)?.[1] ?? []);
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      const { document, folder: itsFolder } = loadScenario(name);
      const { whatIf: _variants, ...plain } = document as Record<string, unknown>;
      const job = await runJob({ ...run, document: plain }, { ...sweep, folder: itsFolder });
      expect([name, await misfit(sent(job), '1.2.3')]).toEqual([name, undefined]);
    }
  });

  test('refuses another version, and a scenario that reads differently', async () => {
    const job = sent(await runJob(run, sweep));
    expect(await misfit(job, '1.2.4')).toBe('the sweep is of version 1.2.3, this worker of 1.2.4');
    const changed = { ...job, run: { ...job.run, seed: job.run.seed + 1 } };
    expect(await misfit(changed, '1.2.3')).toMatch(/^the scenario reads differently here/);
    const broken = { ...job, run: { ...job.run, document: { ...job.run.document, seeed: 1 } } };
    expect(await misfit(broken, '1.2.3')).toMatch(/^the scenario does not validate here: .*seeed/);
  });

  test('refuses a trace file that is another one, or is not there', async () => {
    const job = sent(await runJob(runWithTrace(), { ...sweep, folder }));
    expect(Object.keys(job.files)).toEqual(['pods.csv']);
    expect(await misfit(job, '1.2.3')).toBeUndefined();
    writeFileSync(join(folder, 'pods.csv'), 'name,cpu_milli,memory_mib,num_gpu,gpu_milli\np1,1,1,1,500\n');
    expect(await misfit(job, '1.2.3')).toMatch(
      /^pods.csv in .* is not the file that the sweep was begun with/,
    );
    const other = await runJob(job.run, { ...sweep, folder });
    expect(jobId(other)).not.toBe(jobId(job));
    rmSync(join(folder, 'pods.csv'));
    expect(await misfit(job, '1.2.3')).toBe(
      `cannot read ${join(folder, 'pods.csv')}: no such file or folder`,
    );
  });
});

describe.skipIf(!hasRedis)('over Redis', () => {
  const workers: OwnWorker[] = [];
  let server: TestRedis;
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((each) => each.end()));
    await server.remove();
  });

  test('a worker of another version leaves the runs to one that fits, and both sides say so', async () => {
    server = await new TestRedis().start();
    const runs = smallRuns(3);
    const other = new OwnWorker(server.url, '9.9.9');
    workers.push(other);
    const notes: string[] = [];
    const outcomes: SweepOutcome[] = [];
    const sweeping = (async () => {
      for await (const outcome of coordinator(server.url, notes).run(runs, contextOf(runs)))
        outcomes.push(outcome);
    })();
    await waitFor(() => notes.length > 0 && other.notes.length > 1);
    expect(outcomes).toEqual([]);
    expect(notes).toEqual([
      `no worker of version ${packageVersion} is there, only of 9.9.9: start one of the same version`,
    ]);
    expect(other.notes[1]).toMatch(
      new RegExp(
        `^left sweep \\w{12} to other workers: it is of version ${packageVersion}, this worker of 9.9.9$`,
      ),
    );
    workers.push(new OwnWorker(server.url));
    await sweeping;
    expect(outcomes.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
    expect(await workers.shift()?.end()).toEqual({ done: 0, failed: 0, refused: 0 });
  });

  test(
    'the sweep ends with a reason when every worker has refused its runs',
    async () => {
      server = await new TestRedis().start();
      const runs = [runWithTrace()];
      const sweeping = coordinator(server.url)
        .run(runs, { ...contextOf(runs), folder })
        [Symbol.asyncIterator]();
      const next = sweeping.next();
      const client = new Redis(server.url);
      await waitFor(async () => (await client.keys('slicewise:runs-*:wait')).length === 1);
      client.disconnect();
      writeFileSync(join(folder, 'pods.csv'), 'name,cpu_milli,memory_mib,num_gpu,gpu_milli\np1,1,1,1,500\n');
      workers.push(new OwnWorker(server.url));
      await expect(next).rejects.toMatchObject({
        name: 'UsageError',
        message: 'no worker can do the runs',
        problems: [{ message: expect.stringContaining('is not the file that the sweep was begun with') }],
      });
    },
    PATIENCE_MS,
  );
});
