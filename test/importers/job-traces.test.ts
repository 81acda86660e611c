import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readGavel, readGavelContinuous } from '../../scenarios/importers/gavel.ts';
import { type GavelThroughputs, readGavelThroughputs } from '../../scenarios/importers/gavel-throughputs.ts';
import { readItp } from '../../scenarios/importers/itp.ts';
import type { ImportedJobs } from '../../scenarios/importers/job-row.ts';
import { readMuri } from '../../scenarios/importers/muri.ts';
import { readMuriCluster } from '../../scenarios/importers/muri-cluster.ts';
import { readPhillySubset } from '../../scenarios/importers/philly-subset.ts';
import { needsTraces, traceFile, traceStream } from './trace-folders.ts';

/** Every row is taken, nothing is remarked. */
function expectWhole({ jobs, report }: ImportedJobs): void {
  expect(report).toMatchObject({ refused: undefined, badCount: 0, bad: [] });
  expect(jobs).toHaveLength(report.rows);
}

function gpuSeconds({ jobs }: ImportedJobs): number {
  return jobs.reduce((sum, job) => sum + job.gpuCount * (job.durationSec ?? Number.NaN), 0);
}

describe('ITP', () => {
  test('the ten clusters have the published 69,351 jobs and 1,632,719.7 GPU-hours', async (context) => {
    needsTraces(context, 'itp');
    const files = readdirSync(traceFile('itp')).filter((name) => /^cluster\d+\.csv$/.test(name));
    let jobs = 0;
    let seconds = 0;
    for (const file of files) {
      const read = await readItp(traceStream('itp', file));
      expectWhole(read);
      jobs += read.jobs.length;
      seconds += gpuSeconds(read);
    }
    expect(files).toHaveLength(10);
    expect(jobs).toBe(69_351);
    expect(seconds / 3600).toBeCloseTo(1_632_719.7, 1);
  });

  test('the file with deadlines has a kind and a deadline for each of its 195 jobs', async (context) => {
    needsTraces(context, 'itp');
    const read = await readItp(traceStream('itp', '195job.csv'));
    expectWhole(read);
    expect(read.jobs).toHaveLength(195);
    expect(read.jobs[0]).toMatchObject({
      name: 'bdd640fb-0667-1ad1-1c80-317fa3b1799d',
      submitSec: 3_715_485,
      kind: 'deepspeech2',
      deadlineSec: 3_716_178,
      durationSec: 1075,
      gpuCount: 1,
    });
    expect(read.jobs.every((job) => (job.deadlineSec ?? 0) >= job.submitSec && job.kind !== '')).toBe(true);
  });
});

test('the flattened Philly log has 82,247 jobs, of 15 virtual clusters', async (context) => {
  needsTraces(context, 'philly');
  const read = await readPhillySubset(traceStream('philly', 'philly_jobs_subset.csv'));
  expectWhole(read);
  expect(read.jobs).toHaveLength(82_247);
  expect(read.jobs[0]).toMatchObject({
    name: 'line-2',
    submitSec: 37_841,
    durationSec: 2_240_194,
    gpuCount: 8,
    queue: '7f04ca',
  });
  expect(new Set(read.jobs.map((job) => job.queue)).size).toBe(15);
  expect(read.jobs.filter((job) => job.gpuCount === 128)).toHaveLength(3);
});

describe('Muri', () => {
  test('the testbed trace has 400 jobs, in milliseconds', async (context) => {
    needsTraces(context, 'muri');
    const read = await readMuri(traceStream('muri', 'testbed', 'cluster_trace.csv'));
    expectWhole(read);
    expect(read.jobs).toHaveLength(400);
    expect(read.jobs[1]).toMatchObject({
      name: '1',
      submitSec: 1534,
      durationSec: 281,
      gpuCount: 8,
      kind: 'vgg16',
      priority: 1,
    });
  });

  test('submission and run times are those of the published results, which are in seconds', async (context) => {
    needsTraces(context, 'muri');
    const { jobs } = await readMuri(traceStream('muri', 'testbed', 'cluster_trace.csv'));
    const [header, ...rows] = readFileSync(traceFile('muri', 'testbed', 'result_SRTF_job.csv'), 'utf8')
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(','));
    const at = (name: string) => header?.indexOf(name) ?? -1;
    const byName = new Map(jobs.map((job) => [job.name, job]));
    expect(rows).toHaveLength(400);
    for (const row of rows) {
      const job = byName.get(row[at('job_id')] ?? '');
      expect(job?.gpuCount).toBe(Number(row[at('num_gpu')]));
      expect(job?.submitSec).toBeCloseTo(Number(row[at('submit_time')]), 6);
      expect(job?.durationSec).toBeCloseTo(Number(row[at('duration')]), 6);
    }
  });

  test.for(['1', '2', '4'])(
    'simulator trace %s and its copy at time 0 have the same work',
    async (n, context) => {
      needsTraces(context, 'muri');
      const given = await readMuri(traceStream('muri', 'simulator', `trace${n}.csv`));
      const atOnce = await readMuri(traceStream('muri', 'simulator', `trace${n}_pr.csv`));
      expectWhole(given);
      expectWhole(atOnce);
      expect(gpuSeconds(given)).toBe(gpuSeconds(atOnce));
      expect(atOnce.jobs.every((job) => job.submitSec === 0)).toBe(true);
    },
  );

  test('the cluster file has one switch of 8 hosts with 8 GPUs', async (context) => {
    needsTraces(context, 'muri');
    const { specs } = await readMuriCluster(traceStream('muri', 'testbed', 'n8g8.csv'));
    expect(specs).toEqual([
      {
        name: 'line-2',
        switches: 1,
        hostsPerSwitch: 8,
        gpusPerHost: 8,
        cpusPerHost: 92,
        memoryGb: 350,
      },
    ]);
  });
});

describe('Gavel', () => {
  const throughputs = async (): Promise<GavelThroughputs> => {
    const read = await readGavelThroughputs(traceStream('gavel', 'simulation_throughputs.json'));
    expect(read.report).toMatchObject({ refused: undefined, badCount: 0, rows: 492 });
    return read.throughputs as GavelThroughputs;
  };

  test.for<[string, number]>([
    ['max_min_fairness.trace', 96],
    ['minimize_makespan.trace', 100],
    ['msr_seed0/0e4a51.trace', 1181],
    ['msr_seed0/103959.trace', 986],
    ['msr_seed0/2869ce.trace', 533],
    ['msr_seed0/7f04ca.trace', 972],
    ['msr_seed0/e13805.trace', 607],
  ])('%s has %i jobs; those whose size was measured get their times', async ([file, count], context) => {
    needsTraces(context, 'gavel');
    const table = await throughputs();
    const plain = await readGavel(traceStream('gavel', file));
    expectWhole(plain);
    expect(plain.jobs).toHaveLength(count);
    expect(plain.jobs.every((job) => job.durationSec === undefined)).toBe(true);
    const { jobs, report } = await readGavel(traceStream('gavel', file), { throughputs: table });
    const unmeasured = plain.jobs.filter(
      (job) => !table.alone('v100', { model: job.kind, scaleFactor: job.gpuCount }),
    );
    expect(report.badCount).toBe(unmeasured.length);
    expect(jobs).toHaveLength(count - unmeasured.length);
    for (const job of jobs) {
      expect(job.durationSec).toBeGreaterThan(0);
      expect(job.speedByModel?.v100).toBe(1);
    }
  });

  test.for(['single', 'multi'])(
    'the %s-GPU arrivals last as long by their steps as the file says',
    async (which, context) => {
      needsTraces(context, 'gavel');
      const file = `continuous_${which}_gpu_seed0.csv`;
      const table = await throughputs();
      const written = await readGavelContinuous(traceStream('gavel', file), { arrivalsPerHour: 2 });
      const computed = await readGavelContinuous(traceStream('gavel', file), {
        arrivalsPerHour: 2,
        throughputs: table,
      });
      expectWhole(written);
      expectWhole(computed);
      expect(written.jobs).toHaveLength(6000);
      for (const [index, job] of written.jobs.entries()) {
        const other = computed.jobs[index];
        expect((other?.durationSec ?? 0) / (job.durationSec ?? 0)).toBeCloseTo(1, 5);
        expect(other?.submitSec).toBe(job.submitSec);
      }
      // 6,000 gaps of mean half an hour: a sum with a standard deviation of 1.3 %.
      expect((written.jobs.at(-1)?.submitSec ?? 0) / (6000 * 1800)).toBeCloseTo(1, 1);
    },
  );

  test('the table of pairs that was derived from the throughputs agrees with them', async (context) => {
    needsTraces(context, 'gavel');
    const table = await throughputs();
    expect(table.workerTypes).toEqual(['k80', 'p100', 'v100']);
    expect(table.kinds('v100')).toHaveLength(83);
    const lines = readFileSync(traceFile('gavel', 'throughput_pairs.csv'), 'utf8').trim().split(/\r?\n/);
    for (const line of lines.slice(1)) {
      const [type, modelA, modelB, scale, ...speeds] = line.split(',') as [
        string,
        string,
        string,
        ...string[],
      ];
      const kind = (model: string) => ({ model, scaleFactor: Number(scale) });
      const [aloneA, aloneB, ownA, ownB] = speeds.map(Number);
      const pair = table.pair(type, kind(modelA), kind(modelB));
      expect(table.alone(type, kind(modelA))).toBeCloseTo(aloneA as number, 3);
      expect(table.alone(type, kind(modelB))).toBeCloseTo(aloneB as number, 3);
      expect(pair?.[0]).toBeCloseTo(ownA as number, 3);
      expect(pair?.[1]).toBeCloseTo(ownB as number, 3);
    }
    expect(lines.length).toBeGreaterThan(500);
  });

  test('some kinds do not run on a K80, and spread GPUs are a table of their own', async (context) => {
    needsTraces(context, 'gavel');
    const table = await throughputs();
    const speeds = table.kinds('v100').map((kind) => [kind, table.speedByModel(kind)] as const);
    const notThere = speeds.filter(([, speed]) => speed?.k80 === 0);
    expect(notThere).toHaveLength(3);
    expect(speeds.every(([, speed]) => speed?.v100 === 1 && (speed?.p100 ?? 0) > 0)).toBe(true);
    const spread = { model: 'ResNet-50 (batch size 16)', scaleFactor: 8 };
    expect(table.alone('v100', spread, true)).not.toBe(table.alone('v100', spread));
  });
});
