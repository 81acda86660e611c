import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { inProcess } from '../cli/in-process.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';

const folder = new TemporaryFolder();
const fixture = (path: string) =>
  readFileSync(fileURLToPath(new URL(`./fixtures/${path}`, import.meta.url)), 'utf8');
const swf = folder.write('log.swf', fixture('swf/input.swf'));
const sacct = folder.write('jobs.txt', fixture('sacct/input.txt'));
const cluster = folder.write('cluster.json', fixture('kubernetes/input.json'));

/** What an import writes beside its input, and the run of it. */
async function imported(name: string, ...args: string[]) {
  const out = folder.at(`${name}.yaml`);
  const { code, err } = await inProcess(['import', ...args, '--out', out]);
  expect({ code, err }).toMatchObject({ code: 0 });
  return { scenario: parse(readFileSync(out, 'utf8')), err, run: await inProcess(['run', out]) };
}

describe('slicewise import swf', () => {
  test('takes the fleet from the header, and what it writes runs', async () => {
    const { scenario, err, run } = await imported('swf', 'swf', '--jobs', swf);
    expect(scenario.fleet.hosts).toMatchObject([{ count: 4, gpus: { count: 8 } }]);
    expect(scenario.workload.trace).toEqual({
      format: 'swf',
      jobs: 'log.swf',
      strict: false,
      processorsAre: 'gpus',
    });
    expect(err).toContain('swf: 5 jobs, 4 of them with run times, on 4 hosts with 32 GPUs\n');
    expect(err).toContain(':25 user: must be a whole number');
    expect(run.err).not.toMatch(/Error/);
    expect(run.code).toBe(0);
    expect(run.out).toContain('4 arrived, 4 completed');
  });

  test('cores with a GPU for every two of them give hosts cores', async () => {
    const args = ['--processors', 'cores', '--cores-per-gpu', '2', '--hosts', '1', '--gpu', 'T4'];
    const { scenario, run } = await imported('cores', 'swf', '--jobs', swf, ...args);
    expect(scenario.fleet.hosts).toMatchObject([{ count: 1, cpu: 16, gpus: { model: 'T4', count: 8 } }]);
    expect(run.out).toContain('4 arrived, 4 completed');
  });

  test.each([
    [['--cores-per-gpu', '2'], 'needs --processors cores'],
    [['--hosts', '0'], 'must be a whole number from 1 to 1000000'],
    [['--strict'], '6 of 11 rows are wrong'],
    [['--processors', 'people'], 'gpus, cores'],
  ])('%j are refused', async (args, message) => {
    const { code, err, out } = await inProcess(['import', 'swf', '--jobs', swf, ...args]);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(out).toBe('');
  });

  test('a file that says nothing of the machine needs --hosts', async () => {
    const bare = folder.write('bare.swf', '1 0 5 3600 8 -1 -1 8 7200 2048 1 3 1 12 1 3 -1 -1\n');
    const { code, err } = await inProcess(['import', 'swf', '--jobs', bare]);
    expect(code).toBe(2);
    expect(err).toContain('--hosts: is missing');
  });
});

describe('slicewise import sacct', () => {
  const types = ['--gpu-type', 'a100=A100-SXM4-80GB', '--gpu-type', 'v100=V100-SXM2-32GB'];

  test('takes models and offsets, and what it writes runs', async () => {
    const args = ['--hosts', '2', '--utc-offset', '+01:00', '--shards-per-gpu', '4', ...types];
    const { scenario, err, run } = await imported('sacct', 'sacct', '--jobs', sacct, ...args);
    expect(scenario.workload.trace).toEqual({
      format: 'sacct',
      jobs: 'jobs.txt',
      strict: false,
      utcOffsetMinutes: 60,
      shardsPerGpu: 4,
      gpuTypes: { a100: 'A100-SXM4-80GB', v100: 'V100-SXM2-32GB' },
    });
    expect(scenario.fleet.hosts[0].gpus).toEqual({ model: 'A100-SXM4-80GB', count: 8 });
    expect(err).toContain("the site's local time, taken as UTC+01:00");
    expect(err).toContain('1 job take other models than A100-SXM4-80GB (a100-sxm4-40gb)');
    expect(err).toContain('sacct: 10 jobs, 6 of them with run times, on 2 hosts with 16 GPUs\n');
    expect(run.err).not.toMatch(/Error/);
    expect(run.out).toContain('6 arrived, 5 completed');
  });

  test.each<[args: readonly string[], message: string]>([
    [[], '--hosts: is missing'],
    [['--hosts', '2', '--utc-offset', '15'], 'must be hours and minutes from -14:00 to +14:00'],
    [['--hosts', '2', '--gpu-type', 'a100'], 'must be TYPE=MODEL'],
    [['--hosts', '2', '--out', sacct], 'must not overwrite an input'],
  ])('%j are refused', async (args, message) => {
    const { code, err } = await inProcess(['import', 'sacct', '--jobs', sacct, ...args]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe('slicewise import kubernetes', () => {
  test('writes nodes less what their daemons ask for, and what it writes runs', async () => {
    const { scenario, err, run } = await imported('kubernetes', 'kubernetes', cluster);
    expect(scenario.fleet.hosts[0]).toEqual({
      name: 'whole-0',
      cpu: 127.6,
      memory: '1054800MiB',
      gpus: { model: 'a100-sxm4-80gb', count: 7 },
    });
    expect(scenario.fleet.hosts).toHaveLength(6);
    expect(err).toContain('4 nodes share GPUs (mps, time-slicing, mig)');
    expect(err).toContain('kubernetes: 6 hosts with 17 GPUs, 6 pods, 4 of them not over\n');
    expect(err).toContain('cluster.json:101 items[7].status.allocatable.cpu: must be an amount of cores');
    expect(run.err).not.toMatch(/Error/);
    expect(run.code).toBe(0);
  });

  test('nodes may come from a file of their own', async () => {
    const { items } = JSON.parse(fixture('kubernetes/input.json')) as { items: { kind: string }[] };
    const of = (kind: string) =>
      JSON.stringify({ kind: 'List', items: items.filter((item) => item.kind === kind) });
    const nodes = folder.write('nodes.json', of('Node'));
    const pods = folder.write('pods.json', of('Pod'));
    const { scenario, err } = await imported('split', 'kubernetes', pods, '--nodes', nodes);
    expect(scenario.workload.trace).toEqual({ format: 'kubernetes', jobs: 'pods.json', strict: false });
    expect(err).toContain('without their nodes those on shared GPUs ask for whole ones');
    const alone = await inProcess(['import', 'kubernetes', pods]);
    expect(alone.code).toBe(2);
    expect(alone.err).toContain('has no usable node (other files: --nodes)');
  });

  test.each([
    ['no such file', ['missing.json'], 'missing.json'],
    ['a strict import', [cluster, '--strict'], '4 of 17 rows are wrong'],
    ['its own input as output', [cluster, '--out', cluster], 'must not overwrite an input'],
  ])('%s is refused', async (_what, args, message) => {
    const { code, err, out } = await inProcess(['import', 'kubernetes', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(out).toBe('');
  });
});
