import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readGavel } from '../../scenarios/importers/gavel.ts';
import { type GavelThroughputs, readGavelThroughputs } from '../../scenarios/importers/gavel-throughputs.ts';
import { JOB_FORMATS, type JobReadOptions, jobFormat } from '../../scenarios/importers/job-formats.ts';
import type { ImportedJobs } from '../../scenarios/importers/job-row.ts';
import { readMuriCluster } from '../../scenarios/importers/muri-cluster.ts';
import { JOB_FORMAT_NAMES } from '../../sim/scenario/names.ts';

const FIXTURES = fileURLToPath(new URL('./fixtures/', import.meta.url));

function fixture(name: string): { readonly input: Buffer; readonly expected: unknown } {
  const input = readdirSync(FIXTURES + name).find((file) => file.startsWith('input.')) ?? 'input';
  return {
    input: readFileSync(`${FIXTURES}${name}/${input}`),
    expected: JSON.parse(readFileSync(`${FIXTURES}${name}/expected.json`, 'utf8')),
  };
}

/** As JSON has it: without keys of no value. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

async function throughputs(): Promise<GavelThroughputs> {
  return (await readGavelThroughputs([fixture('gavel-throughputs').input])).throughputs as GavelThroughputs;
}

/** Fixture, format, options. */
const CASES: readonly (readonly [string, string, JobReadOptions & { readonly speeds?: true }])[] = [
  ['philly', 'philly', {}],
  ['philly-subset', 'philly-subset', {}],
  ['philly-local', 'philly-subset', {}],
  ['itp', 'itp', {}],
  ['muri', 'muri', {}],
  ['gavel', 'gavel', { speeds: true }],
  ['gavel-ten', 'gavel', { speeds: true }],
  ['gavel-continuous', 'gavel-continuous', { arrivalsPerHour: 2 }],
];

async function optionsOf({ speeds, ...options }: (typeof CASES)[number][2]): Promise<JobReadOptions> {
  return speeds === undefined ? options : { ...options, throughputs: await throughputs() };
}

test('the list of formats is that of the scenario document, in its order', () => {
  expect(JOB_FORMATS.map((format) => format.name)).toEqual([...JOB_FORMAT_NAMES]);
  expect(() => jobFormat('cvs')).toThrow('known are philly, ');
});

describe('fixtures', () => {
  test.each(CASES)('%s: jobs and report are those worked out by hand', async (name, format, options) => {
    const { input, expected } = fixture(name);
    const read = await jobFormat(format).read([input], await optionsOf(options));
    expect(plain(read)).toEqual(expected);
  });

  test.each(CASES)('%s: where the file is cut into pieces does not matter', async (name, format, options) => {
    const { input, expected } = fixture(name);
    const resolved = await optionsOf(options);
    for (const size of [1, 2, 7, 64]) {
      const pieces = Array.from({ length: Math.ceil(input.length / size) }, (_, i) =>
        input.subarray(i * size, (i + 1) * size),
      );
      expect(plain(await jobFormat(format).read(pieces, resolved))).toEqual(expected);
    }
  });

  test.each(CASES)('%s: strict takes nothing, and says why', async (name, format, options) => {
    const resolved = await optionsOf(options);
    const read = await jobFormat(format).read([fixture(name).input], { ...resolved, strict: true });
    expect(read.jobs).toEqual([]);
    expect(read.report.refused).toMatch(/^\d+ of \d+ rows are wrong/);
  });

  test('throughputs: speeds alone, in pairs and spread, and what is wrong by its path', async () => {
    const { input, expected } = fixture('gavel-throughputs');
    const { throughputs: table, report } = await readGavelThroughputs([input]);
    expect(plain({ workerTypes: table?.workerTypes, report })).toEqual(expected);
    const a = { model: 'A', scaleFactor: 1 };
    const b = { model: 'B (batch size 8)', scaleFactor: 1 };
    const b2 = { ...b, scaleFactor: 2 };
    expect(table?.alone('v100', a)).toBe(10);
    expect(table?.pair('v100', a, b)).toEqual([6, 2]);
    expect(table?.pair('v100', b, a)).toEqual([2, 6]);
    expect(table?.pair('v100', a, a)).toEqual([0, 0]);
    expect(table?.pair('k80', a, b)).toBeUndefined();
    expect(table?.speedByModel(a)).toEqual({ v100: 1, k80: 0.25 });
    expect(table?.speedByModel(a, { reference: 'k80' })).toEqual({ v100: 4, k80: 1 });
    expect(table?.speedByModel(b)).toEqual({ v100: 1, k80: 0 });
    expect(table?.speedByModel(b, { reference: 'k80' })).toBeUndefined();
    expect([table?.alone('v100', b2), table?.alone('v100', b2, true)]).toEqual([8, 6]);
    expect(table?.alone('v100', { model: 'C', scaleFactor: 1 })).toBeUndefined();
    expect(table?.kinds('k80')).toEqual([a, b]);
  });
});

describe('refusals', () => {
  const refused = async (format: string, text: string, options: JobReadOptions = {}) =>
    (await jobFormat(format).read([text], options)).report.refused;

  test.each([
    ['philly', '', 'is empty: need a JSON array'],
    ['philly', ' {"jobs": []}', 'line 1: must be a JSON array, [...], got "{"jobs": []}"'],
    ['philly', '\n[]\n]', 'line 3: must end with the array, got "]"'],
    ['philly', '[\n{"a": "}', 'the file ends before its array does, inside the item that starts on line 2'],
    ['philly-subset', 'a,b\n1,2', 'must have the columns submit_s, duration_s, num_gpus; it has a, b'],
    ['philly-subset', 'timestamp,num_gpus\n', 'must have the columns duration; it has timestamp, num_gpus'],
    ['itp', 'job_id;submission_time\n1;2', 'separated by ";"'],
    ['gavel', 'a\tb\tc\n', 'line 1: must have 7 or 10 fields separated by tabs; has 3'],
    ['gavel', '\n\n', 'is empty: need rows of 7 or 10 fields'],
    ['gavel-continuous', 'job_id\n', 'needs the mean number of arrivals per hour'],
    ['muri', 'job_id,num_gpu,submit_time\n', 'must have the columns duration'],
  ])('%s of %j: %s', async (format, text, reason) => {
    expect(await refused(format, text)).toContain(reason);
  });

  test('an empty array is a log without jobs', async () => {
    expect(await jobFormat('philly').read([' [ ] '], {})).toMatchObject({
      jobs: [],
      report: { rows: 0, refused: undefined },
    });
  });

  test.each([
    ['', 'is not JSON'],
    ['[]', 'must be a JSON mapping'],
    ['{"v100": 3}', 'v100: must be a mapping'],
    ['{"v100": {}}', 'has no usable throughput'],
  ])('throughputs of %j: %s', async (text, reason) => {
    const { throughputs: table, report } = await readGavelThroughputs([text]);
    expect(table).toBeUndefined();
    expect(report.refused).toContain(reason);
  });

  test('a .trace without throughputs has no run times, and says so', async () => {
    const { jobs, report } = await readGavel([fixture('gavel').input]);
    expect(jobs.map((job) => job.durationSec)).toEqual(jobs.map(() => undefined));
    expect(report.notes.at(-1)).toContain('without a throughputs file');
  });

  test('a cluster file of several kinds of hosts, and one with a bad row', async () => {
    const header = 'num_switch,num_node_p_switch,num_gpu_p_node,num_cpu_p_node,mem_p_node\r\n';
    const { specs, report } = await readMuriCluster([
      `${header}2,32,4,64,256\r\n1,4,8,128,\r\n0,1,1,1,1\r\n`,
    ]);
    expect(specs).toMatchObject([
      { switches: 2, hostsPerSwitch: 32, gpusPerHost: 4, cpusPerHost: 64, memoryGb: 256 },
      { switches: 1, hostsPerSwitch: 4, gpusPerHost: 8, cpusPerHost: 128, memoryGb: undefined },
    ]);
    expect(report.bad).toEqual([
      { line: 4, column: 'num_switch', value: '0', message: 'must be a whole number from 1 to 1000000' },
    ]);
  });
});

describe('files that are damaged', () => {
  /** Numbers that a scenario can take, and a report that adds up. */
  function expectSound({ jobs, report }: ImportedJobs): void {
    expect(report.kept + report.badCount).toBe(report.rows);
    expect(jobs.length).toBe(report.refused === undefined ? report.kept : 0);
    for (const job of jobs) {
      expect(Number.isSafeInteger(job.gpuCount) && job.gpuCount >= 1).toBe(true);
      expect(job.submitSec >= 0 && job.submitSec <= 9e9).toBe(true);
      expect(job.durationSec === undefined || (job.durationSec >= 0 && job.durationSec <= 9e9)).toBe(true);
    }
    for (const bad of report.bad) expect(bad.message).toMatch(/^must /);
  }

  test('random bytes never throw, in any format, nor in the throughputs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 4 }), async (pieces) => {
        for (const format of JOB_FORMATS) {
          const { jobs, report } = await format.read(pieces, { arrivalsPerHour: 1 });
          expect(jobs).toEqual([]);
          expect(report.kept).toBe(0);
        }
        expect((await readGavelThroughputs(pieces)).report.refused).toMatch(/./);
      }),
      { numRuns: 300 },
    );
  });

  test.each(CASES)(
    '%s: with bytes changed, cut out or put in, what is read is still sound',
    async (name, format, options) => {
      const { input } = fixture(name);
      const resolved = await optionsOf(options);
      const damage = fc.record({
        at: fc.nat(input.length),
        cut: fc.nat(12),
        put: fc.oneof(
          fc.uint8Array({ maxLength: 6 }),
          fc
            .constantFrom('"', '[', ']', '{', '\n', ',', '\t', '-', '0', '1e9', '9'.repeat(20), 'NaN', '\\')
            .map((text) => new TextEncoder().encode(text)),
        ),
      });
      let read = 0;
      let bad = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (damages) => {
          let bytes: Uint8Array = input;
          for (const { at, cut, put } of damages)
            bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]);
          const imported = await jobFormat(format).read([bytes], resolved);
          expectSound(imported);
          read += imported.jobs.length;
          bad += imported.report.badCount;
        }),
        { numRuns: 300 },
      );
      // Neither side may be so rare that nothing is tested.
      expect(Math.min(read, bad)).toBeGreaterThan(100);
    },
  );
});
