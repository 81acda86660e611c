import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDuration } from '../../scenarios/importers/sacct/times.ts';
import { readTres } from '../../scenarios/importers/sacct/tres.ts';
import { readSacct, SACCT_FIELDS, type SacctOptions } from '../../scenarios/importers/sacct.ts';

const fixture = (name: string) =>
  readFileSync(fileURLToPath(new URL(`./fixtures/sacct/${name}`, import.meta.url)), 'utf8');
/** JSON has no undefined: keys without a value are left out, as they are in the file. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const FIXTURE_OPTIONS: SacctOptions = {
  utcOffsetMinutes: 60,
  shardsPerGpu: 4,
  gpuTypes: { a100: 'A100-SXM4-80GB' },
};

test('the fixture is read to its jobs and report', async () => {
  expect(plain(await readSacct([fixture('input.txt')], FIXTURE_OPTIONS))).toEqual(
    JSON.parse(fixture('expected.json')),
  );
});

test('sacct --parsable, whose lines end with a bar, and CRLF read the same', async () => {
  const lines = fixture('input.txt').split('\n');
  const expected = await readSacct([fixture('input.txt')], FIXTURE_OPTIONS);
  const barred = lines.map((line) => (line === '' ? '' : `${line}|`)).join('\r\n');
  const { jobs, report } = await readSacct([barred], FIXTURE_OPTIONS);
  expect(jobs).toEqual(expected.jobs);
  expect(report.notes).toEqual(expected.report.notes);
});

test('the fields to ask for are all known, and enough', async () => {
  const { report } = await readSacct([`${SACCT_FIELDS.replaceAll(',', '|')}\n`]);
  expect(report.refused).toBeUndefined();
  expect(report.notes).toEqual(['The file has a header and no jobs']);
});

/** A job with these fields, as one line under a header of them. */
async function jobOf(fields: Readonly<Record<string, string>>, options: SacctOptions = {}) {
  const all = { JobID: '7', Submit: '2024-01-01T00:00:00', ...fields };
  const { jobs, report } = await readSacct(
    [`${Object.keys(all).join('|')}\n${Object.values(all).join('|')}\n`],
    options,
  );
  return { job: jobs[0], report };
}

describe('GPUs', () => {
  test.each<[tres: string, count: number, milli: number, models: readonly string[]]>([
    ['cpu=8,gres/gpu=4,gres/gpu:v100-sxm2-32gb=4,gres/shard=0', 4, 1000, ['v100-sxm2-32gb']],
    ['gres/gpu:v100-sxm2-32gb=4,gres/gpu=4', 4, 1000, ['v100-sxm2-32gb']],
    ['gres/gpu:v100-sxm2-32gb=4', 4, 1000, ['v100-sxm2-32gb']],
    ['gres/gpu:t4=1,gres/gpu:l4=2', 3, 1000, ['t4', 'l4']],
    ['gres/gpu:t4=1,gres/gpu:l4=2,gres/gpu=5', 5, 1000, ['t4', 'l4']],
    ['gres/gpu:site_special=2', 2, 1000, ['site_special']],
    ['cpu=8,gres/gpumem=80G,gres/gpuutil=0,energy=5,license/x=3', 0, 0, []],
    ['gres/shard=2', 1, 250, []],
    ['gres/shard:a100=2,gres/shard=2', 1, 250, []],
    ['gres/shard=12', 2, 750, []],
    ['gres/mps=50', 1, 500, []],
    ['gres/mps=150', 2, 750, []],
    ['gres/gpu:1g.10gb=2', 2, 142, []],
    ['gres/gpu:a30_2g.12gb=1', 1, 500, ['a30']],
    ['gres/gpu:nvidia_a100_80gb_pcie_3g.40gb=1,gres/gpu=1', 1, 428, ['a100-pcie-80gb']],
  ])('%s are %i of %i thousandths, of %j', async (tres, count, milli, models) => {
    const { job, report } = await jobOf({ AllocTRES: tres }, { shardsPerGpu: 8 });
    expect(report.bad).toEqual([]);
    expect(job).toMatchObject({ gpuCount: count, gpuMilli: milli, models });
  });

  test.each<[tres: string, message: RegExp]>([
    ['gres/gpu=1,gres/shard=1', /one of gres\/gpu, gres\/shard and gres\/mps/],
    ['gres/shard=1', /the option shardsPerGpu/],
    ['gres/gpu:a100=1,gres/gpu:1g.5gb=1', /must not mix whole GPUs and MIG instances/],
    ['gres/gpu:1g.5gb=1,gres/gpu:2g.10gb=1', /one profile, has 1g.5gb, 2g.10gb/],
    ['gres/gpu:t4_1g.5gb=1', /must be a MIG profile of t4, is 1g.5gb/],
    ['gres/gpu=-1', /gres\/gpu must be a whole number/],
    ['gres/gpu', /must be a list of name=value/],
    ['cpu=1,,mem=4G', /must be a list of name=value/],
    ['mem=4X', /mem must be an amount/],
  ])('%s are refused with the reason', async (tres, message) => {
    const { job, report } = await jobOf({ AllocTRES: tres });
    expect(job).toBeUndefined();
    expect(report.bad).toEqual([
      { line: 2, column: 'alloctres', value: tres, message: expect.stringMatching(message) },
    ]);
  });

  test('types bind a job only where it asked for them, and amounts are those asked or got', async () => {
    const fields = {
      ReqTRES: 'cpu=4,gres/gpu=2,mem=8G,node=1',
      AllocTRES: 'cpu=64,gres/gpu:l4=4,gres/gpu=4,mem=500G,node=1',
    };
    expect((await jobOf(fields)).job).toMatchObject({ gpuCount: 4, cpuMilli: 64_000, models: [] });
    const asked = (await jobOf(fields, { amounts: 'requested' })).job;
    expect(asked).toMatchObject({ gpuCount: 2, cpuMilli: 4000, memoryMib: 8192, models: [] });
    const { job } = await jobOf({ ...fields, ReqTRES: 'gres/gpu:l4=4,gres/gpu=4' });
    expect(job).toMatchObject({ gpuCount: 4, models: ['l4'] });
  });
});

/** The same rule as a slow reader would have it: of each kind the plain entry, else the sum of the typed. */
function slowGpus(entries: readonly (readonly [string, number])[]): number {
  const untyped = entries.filter(([name]) => name === 'gres/gpu').at(-1);
  if (untyped !== undefined) return untyped[1];
  let sum = 0;
  for (const [name, count] of new Map(entries)) if (name.startsWith('gres/gpu:')) sum += count;
  return sum;
}

test('GPUs of any list of resources are those of the untyped entry, else the sum over types', () => {
  const name = fc.constantFrom(
    'cpu',
    'node',
    'billing',
    'gres/gpu',
    'gres/gpu:a',
    'gres/gpu:b',
    'gres/gpumem',
  );
  const entry = fc.tuple(name, fc.nat(9));
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 6 }), (entries) => {
      const reading = readTres(entries.map(([key, count]) => `${key}=${count}`).join(','));
      const gpus = slowGpus(entries);
      const typed = slowGpus(entries.filter(([key]) => key !== 'gres/gpu'));
      expect(reading.ok).toBe(typed <= gpus);
      if (reading.ok) expect(reading.tres.gpus).toBe(gpus);
    }),
    { numRuns: 1000, seed: 31 },
  );
});

describe('times', () => {
  test.each<[fields: Record<string, string>, duration: number | undefined]>([
    [{ State: 'COMPLETED', ElapsedRaw: '90' }, 90],
    [{ State: 'COMPLETED', Elapsed: '1-02:03:04' }, 93_784],
    [{ State: 'COMPLETED', Start: '2024-01-01T01:00:00', End: '2024-01-01T02:00:01' }, 3601],
    [{ Start: '2024-01-01T01:00:00', End: 'Unknown', Elapsed: '00:10:00' }, undefined],
    [{ State: 'RUNNING', Elapsed: '00:10:00' }, undefined],
    [{ State: 'PENDING', Start: 'Unknown', End: 'Unknown', ElapsedRaw: '0' }, undefined],
    [{ State: 'CANCELLED by 12', ElapsedRaw: '0' }, undefined],
    [{ State: 'CANCELLED by 12', ElapsedRaw: '0', AllocTRES: 'cpu=1' }, 0],
    [{ State: 'CANCELLED by 12', ElapsedRaw: '7' }, 7],
    [{ State: 'FAILED', ElapsedRaw: '0', AllocTRES: '' }, undefined],
    [{ State: 'FAILED', ElapsedRaw: '0' }, 0],
    [{ ElapsedRaw: '5' }, 5],
  ])('%j run for %s seconds', async (fields, duration) => {
    const { job, report } = await jobOf(fields);
    expect(report.bad).toEqual([]);
    expect(job?.durationSec).toBe(duration);
  });

  test('a zone in the text counts, and the offset of the site where there is none', async () => {
    const at = async (Submit: string) => (await jobOf({ Submit }, { utcOffsetMinutes: -480 })).job?.submitSec;
    const noon = Date.UTC(2024, 1, 29, 12) / 1000;
    expect(await at('2024-02-29T04:00:00')).toBe(noon);
    expect(await at('2024-02-29T12:00:00Z')).toBe(noon);
    expect(await at('2024-02-29T14:00:00+02:00')).toBe(noon);
    expect(await at(String(noon))).toBe(noon);
    expect(await at('2023-02-29T12:00:00')).toBeUndefined();
  });

  test.each<[fields: Record<string, string>, limit: number | undefined]>([
    [{ TimelimitRaw: '90' }, 5400],
    [{ TimelimitRaw: 'UNLIMITED' }, undefined],
    [{ TimelimitRaw: 'Partition_Limit', Timelimit: 'Partition_Limit' }, undefined],
    [{ Timelimit: '7-00:00:00' }, 604_800],
    [{ Timelimit: '01:30:00' }, 5400],
    [{ TimelimitRaw: '' }, undefined],
  ])('%j limit a job to %s seconds', async (fields, limit) => {
    const { job, report } = await jobOf(fields);
    expect(report.bad).toEqual([]);
    expect(job?.estimateSec).toBe(limit);
  });

  test('a duration written by the rule of sacct is read back', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), (sec) => {
        const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
        const days = sec >= 86_400 ? `${Math.floor(sec / 86_400)}-` : '';
        const text = `${days}${two((sec / 3600) % 24)}:${two((sec / 60) % 60)}:${two(sec % 60)}`;
        expect(readDuration(text)).toBe(sec);
      }),
    );
    for (const wrong of ['1:2', '24:00:00:00', '1-24:00:00', '00:60:00', '00:00:60', '-5', 'x']) {
      expect(readDuration(wrong)).toBeUndefined();
    }
  });
});

test.each([
  ['an empty file', '', /^is empty: need a header line/],
  ['a list without a header', '12|COMPLETED|2024\n', /must have the columns jobid, submit/],
  ['another separator', 'JobID,Submit\n1,2\n', /must have fields between "\|"/],
  ['a column twice', 'JobID|Submit|JobID\n', /has the column jobid twice/],
])('%s is refused with the reason', async (_what, text, reason) => {
  const { jobs, report } = await readSacct([text]);
  expect(jobs).toEqual([]);
  expect(report.refused).toMatch(reason);
});

test('options out of range are refused', async () => {
  await expect(readSacct([''], { utcOffsetMinutes: 841 })).rejects.toThrow(RangeError);
  await expect(readSacct([''], { shardsPerGpu: 0 })).rejects.toThrow(RangeError);
});

test('a list without resources says that no GPUs are known of', async () => {
  const { report } = await jobOf({ NCPUS: '4' });
  expect(report.notes[0]).toBe('There is neither AllocTRES nor ReqTRES: no job is known to have GPUs');
});

test('any bytes are taken or told, and never thrown', async () => {
  const lines = fixture('input.txt').split('\n');
  const cell = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom(
      '-1',
      '1e9',
      'None',
      'gres/gpu=1',
      'mem=9999999P',
      '9999999999',
      '2024-02-30T00:00:00',
      '=',
      ',',
    ),
  );
  const damaged = fc
    .tuple(fc.nat(lines.length - 1), fc.nat(17), cell)
    .map(([at, column, text]) =>
      Buffer.from(
        lines
          .with(at, (lines[at] ?? '').split('|').with(0, 'COMPLETED').toSpliced(column, 1, text).join('|'))
          .join('\n'),
      ),
    );
  await fc.assert(
    fc.asyncProperty(fc.oneof(damaged, fc.uint8Array({ maxLength: 300 })), async (bytes) => {
      const { jobs, report } = await readSacct([bytes], FIXTURE_OPTIONS);
      expect(report.kept + report.badCount).toBe(report.rows);
      if (report.refused === undefined) expect(jobs).toHaveLength(report.kept);
      expect(new Set(jobs.map(({ name }) => name)).size).toBe(jobs.length);
      for (const job of jobs) {
        expect(job.gpuMilli).toBeLessThanOrEqual(1000);
        expect(job.gpuMilli > 0).toBe(job.gpuCount > 0);
        expect(job.durationSec ?? 0).toBeGreaterThanOrEqual(0);
        expect(Number.isSafeInteger(job.cpuMilli) && Number.isSafeInteger(job.memoryMib)).toBe(true);
      }
    }),
    { numRuns: 500, seed: 32 },
  );
});
