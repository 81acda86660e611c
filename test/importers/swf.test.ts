import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importProblems } from '../../scenarios/importers/import-report.ts';
import type { JobRow } from '../../scenarios/importers/job-row.ts';
import { readSwf } from '../../scenarios/importers/swf.ts';

const fixture = (name: string) =>
  readFileSync(fileURLToPath(new URL(`./fixtures/swf/${name}`, import.meta.url)), 'utf8');
/** JSON has no undefined: keys without a value are left out, as they are in the file. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('the fixture is read to its jobs, header and report', async () => {
  expect(plain(await readSwf([fixture('input.swf')]))).toEqual(JSON.parse(fixture('expected.json')));
});

test('the same comes of the file in pieces of any size', async () => {
  const bytes = Buffer.from(fixture('input.swf'));
  const whole = await readSwf([bytes]);
  for (const size of [1, 7, 64, 300]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    );
    expect(await readSwf(pieces)).toEqual(whole);
  }
});

const LINE = '1 0 5 3600 8 -1 -1 6 7200 2048 1 3 1 12 1 3 -1 -1';

describe('what the processors are', () => {
  test('is GPUs unless it is said to be cores', async () => {
    const { jobs } = await readSwf([LINE]);
    expect(jobs[0]).toMatchObject({ gpuCount: 6, gpuMilli: 1000, cpuMilli: 0, memoryMib: 12 });
  });

  test('cores alone have no GPU', async () => {
    const { jobs } = await readSwf([LINE], { processorsAre: 'cores' });
    expect(jobs[0]).toMatchObject({ gpuCount: 0, gpuMilli: 0, cpuMilli: 6000 });
  });

  test('cores with a GPU for every four of them have the last one rounded up', async () => {
    const { jobs } = await readSwf([LINE], { processorsAre: 'cores', processorsPerGpu: 4 });
    expect(jobs[0]).toMatchObject({ gpuCount: 2, gpuMilli: 1000, cpuMilli: 6000 });
  });

  test('options that mean nothing are refused', async () => {
    await expect(readSwf([LINE], { processorsPerGpu: 4 })).rejects.toThrow('needs processorsAre cores');
    await expect(readSwf([LINE], { processorsAre: 'cores', processorsPerGpu: 0 })).rejects.toThrow(
      RangeError,
    );
  });
});

test.each([
  ['an empty file', '', /^has no job: need lines of 18 columns/],
  ['comments alone', '; MaxNodes: 4\n', /^has no job/],
  ['another format', 'id,submit,run\n1,2,3\n', /^has no line of the format/],
])('%s is refused with what is needed', async (_what, text, reason) => {
  const { jobs, report } = await readSwf([text]);
  expect(jobs).toEqual([]);
  expect(report.refused).toMatch(reason);
});

test('a strict import takes all or nothing', async () => {
  const { jobs, report } = await readSwf([`${LINE}\n${LINE}\n`], { strict: true });
  expect(jobs).toEqual([]);
  expect(importProblems(report, 'a.swf')).toEqual([
    { path: 'a.swf', message: '1 of 2 rows are wrong, and a strict import takes all or nothing' },
    { path: 'a.swf:2 job number', value: '1', message: 'must be unique; line 1 has it too' },
  ]);
});

/** Jobs as the format can state them. */
const known = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const seconds = fc.integer({ min: 0, max: 4e9 }).map((half) => half / 2);
const number = fc.integer({ min: 0, max: 1e9 });
const swfJob = fc.record({
  submitSec: seconds,
  durationSec: known(seconds),
  gpuCount: fc.integer({ min: 1, max: 100_000 }),
  estimateSec: known(seconds.filter((sec) => sec > 0)),
  user: known(number).map((user) => (user === undefined ? '' : String(user))),
  queue: known(number).map((queue) => (queue === undefined ? '' : String(queue))),
  kind: known(number).map((kind) => (kind === undefined ? '' : String(kind))),
});
type SwfJob = Pick<
  JobRow,
  'submitSec' | 'durationSec' | 'gpuCount' | 'estimateSec' | 'user' | 'queue' | 'kind'
>;

/** A line of the format for a job; with `given` its processors are those that it was allocated. */
function swfLine(job: SwfJob, id: number, given: boolean, blank: string): string {
  const processors = given ? [job.gpuCount, -1] : [-1, job.gpuCount];
  return [
    ...[id, job.submitSec, 0, job.durationSec ?? -1, processors[0], -1, -1, processors[1]],
    ...[job.estimateSec ?? -1, -1, 1, job.user || -1, -1, job.kind || -1, job.queue || -1, -1, -1, -1],
  ].join(blank);
}

test('jobs written as lines of the format are read back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(swfJob, fc.boolean(), fc.constantFrom(' ', '\t', '    ')), { maxLength: 20 }),
      fc.constantFrom('\n', '\r\n', '\n\n'),
      async (written, lineEnd) => {
        const text = written.map(([job, given, blank], i) => swfLine(job, i + 1, given, blank)).join(lineEnd);
        const { jobs, report } = await readSwf([text]);
        expect(report.bad).toEqual([]);
        expect(jobs.map(({ name }) => name)).toEqual(written.map((_, i) => String(i + 1)));
        jobs.forEach((job, i) => {
          expect(job).toMatchObject(written[i]?.[0] as SwfJob);
        });
      },
    ),
    { numRuns: 300, seed: 21 },
  );
});

test('any bytes are taken or told, and never thrown', async () => {
  const lines = fixture('input.swf').split('\n');
  const damaged = fc
    .tuple(fc.nat(lines.length - 1), fc.string({ unit: 'binary', maxLength: 40 }))
    .map(([at, text]) => Buffer.from(lines.toSpliced(at, 1, text).join('\n')));
  await fc.assert(
    fc.asyncProperty(fc.oneof(damaged, fc.uint8Array({ maxLength: 300 })), async (bytes) => {
      const { jobs, report } = await readSwf([bytes]);
      expect(report.kept + report.badCount).toBe(report.rows);
      if (report.refused === undefined) expect(jobs).toHaveLength(report.kept);
      for (const { durationSec, submitSec, gpuCount } of jobs) {
        expect(submitSec).toBeGreaterThanOrEqual(0);
        expect(gpuCount).toBeGreaterThanOrEqual(1);
        expect(durationSec ?? 0).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 500, seed: 22 },
  );
});
