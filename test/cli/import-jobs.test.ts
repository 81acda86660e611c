import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadTraces } from '../../cli/load-traces.ts';
import { normalizeScenario } from '../../sim/index.ts';
import { needsTraces, traceFile } from '../importers/trace-folders.ts';
import { inProcess } from './in-process.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();
const cli = (...args: string[]) => inProcess(['import', ...args]);

const files = {
  philly: folder.write(
    'log.json',
    JSON.stringify([
      job('a', '2017-10-07 00:00:00', '2017-10-07 00:10:00', 2),
      job('b', '2017-10-07 00:01:00', '2017-10-07 00:31:00', 12),
    ]),
  ),
  'philly-subset': folder.write('subset.csv', 'submit_s,duration_s,num_gpus,vc\n0,600,2,a\n60,1800,1,b\n'),
  itp: folder.write(
    'itp.csv',
    'job_id,submission_time,duration,num_gpu,deadline\nx,5,600,2,900\ny,65,60,1,\n',
  ),
  gavel: folder.write('small.trace', 'A\tc\t-n\t1\t6000\t0\t1\nB\tc\t-n\t1\t40\t60\t2\n'),
  'gavel-continuous': folder.write(
    'continuous.csv',
    'job_id,arrival_unit,model,scale_factor,total_steps,v100_duration_s\n0,0,A,1,6000,600\n1,0.5,B,2,40,4\n',
  ),
  muri: folder.write(
    'muri.csv',
    'job_id,num_gpu,submit_time,duration,model_name,priority\n0,2,0,600000,vgg,1\n1,1,60000,1000,,\n',
  ),
};
const speeds = folder.write(
  'speeds.json',
  JSON.stringify({
    v100: { "('A', 1)": { null: 10 }, "('B', 2)": { null: 10 } },
    k80: { "('A', 1)": { null: 2.5 }, "('B', 2)": { null: 0 } },
  }),
);
const cluster = folder.write(
  'n2g4.csv',
  'num_switch,num_node_p_switch,num_gpu_p_node,num_cpu_p_node,mem_p_node\n2,2,4,92,350\n',
);

function job(jobid: string, start_time: string, end_time: string, gpus: number) {
  const detail = [{ ip: 'm1', gpus: Array.from({ length: gpus }, (_, i) => `gpu${i}`) }];
  return {
    jobid,
    vc: 'v',
    user: 'u',
    submitted_time: start_time,
    attempts: [{ start_time, end_time, detail }],
  };
}

/** What a written scenario hands to the simulator. */
async function tasksOf(path: string) {
  const checked = normalizeScenario(parse(readFileSync(path, 'utf8')));
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return loadTraces(checked.scenario, dirname(path));
}

describe('slicewise import of recorded jobs', () => {
  test.each<[keyof typeof files, readonly string[]]>([
    ['philly', ['--hosts', '2']],
    [
      'philly-subset',
      ['--hosts', '2', '--gpus-per-host', '4', '--gpu', 'P100', '--cpu', '20', '--memory', '64GiB'],
    ],
    ['itp', ['--hosts', '1', '--strict', '--name', 'mine']],
    ['gavel', ['--hosts', '1', '--gpu', 'V100,K80', '--throughputs', speeds]],
    ['gavel-continuous', ['--hosts', '1', '--rate', '2.4/h']],
    ['gavel-continuous', ['--hosts', '1', '--rate', '2.4/h', '--throughputs', speeds]],
    ['muri', ['--cluster', cluster]],
    ['muri', ['--hosts', '1', '--time-unit', 's']],
  ])('%s %j writes a scenario that runs', async (format, options) => {
    const path = folder.at(`${format}-${options.length}.yaml`);
    const imported = await cli(format, '--jobs', files[format], ...options, '--out', path);
    expect(imported).toMatchObject({ code: 0, out: '' });
    expect(imported.err).toContain(`${format}: 2 jobs, 2 of them with run times, on `);
    expect(imported.err).toContain(`Written: ${path}\nTry next: slicewise run ${path}\n`);
    const run = await inProcess(['run', path]);
    expect(run.err).not.toContain('skipped');
    expect(run.code).toBe(0);
    expect(run.out).toContain('2 arrived');
  });

  test('the fleet of a cluster file has a group for each switch', async () => {
    const { out } = await cli('muri', '--jobs', files.muri, '--cluster', cluster);
    const group = { count: 2, cpu: 92, memory: '350GB', gpus: { model: 'V100', count: 4 } };
    expect(parse(out).fleet.hosts).toEqual([
      { name: 'switch-1', ...group },
      { name: 'switch-2', ...group },
    ]);
  });

  test('paths are written from where the scenario lies', async () => {
    mkdirSync(folder.at('deep'));
    const path = folder.at('deep', 'g.yaml');
    await cli('gavel', '--jobs', files.gavel, '--hosts', '1', '--throughputs', speeds, '--out', path);
    expect(parse(readFileSync(path, 'utf8')).workload.trace).toEqual({
      format: 'gavel',
      jobs: '../small.trace',
      strict: false,
      throughputs: '../speeds.json',
    });
  });

  test('work in steps without throughputs fills the fleet', async () => {
    const { out, err } = await cli('gavel', '--jobs', files.gavel, '--hosts', '1');
    expect(parse(out).experiment).toEqual({ kind: 'fill', order: 'file' });
    expect(err).toContain('has no run times');
  });

  test('bad rows are told by line, and refuse the file where strict', async () => {
    const bad = folder.write('bad.csv', 'submit_s,duration_s,num_gpus,vc\n0,600,2,a\n60,-1,1,b\n');
    const lenient = await cli('philly-subset', '--jobs', bad, '--hosts', '1');
    expect(lenient.code).toBe(0);
    expect(lenient.err).toContain(`${bad}:3 duration_s: must be a number from 0 to 9000000000, got "-1"`);
    const strict = await cli('philly-subset', '--jobs', bad, '--hosts', '1', '--strict');
    expect(strict).toMatchObject({ code: 2, out: '' });
    expect(strict.err).toContain(`${bad}:3 duration_s: must be`);
  });

  test.each<[string, readonly string[], string]>([
    ['no fleet', ['itp', '--jobs', files.itp], '--hosts: is missing'],
    [
      'two fleets',
      ['muri', '--jobs', files.muri, '--hosts', '1', '--cluster', cluster],
      'must not be given beside --cluster',
    ],
    [
      'a model without name',
      ['itp', '--jobs', files.itp, '--hosts', '1', '--gpu', 'A,'],
      '--gpu: must be names',
    ],
    [
      'a rate without unit',
      ['gavel-continuous', '--jobs', files['gavel-continuous'], '--hosts', '1', '--rate', '2'],
      '--rate: must be a rate',
    ],
    [
      'a wrong size of hosts',
      ['itp', '--jobs', files.itp, '--hosts', '1', '--memory', 'lots'],
      'fleet.hosts[0].memory: must be a quantity',
    ],
    ['an empty path', ['itp', '--jobs', '', '--hosts', '1'], '--jobs: must be a path'],
    [
      'an input as output',
      ['gavel', '--jobs', files.gavel, '--hosts', '1', '--throughputs', speeds, '--out', speeds],
      'must not overwrite an input',
    ],
    ['a file that is not there', ['itp', '--jobs', folder.at('no.csv'), '--hosts', '1'], 'cannot be read'],
    [
      'throughputs that are none',
      ['gavel', '--jobs', files.gavel, '--hosts', '1', '--throughputs', files.itp],
      'is not JSON',
    ],
    [
      'a file of another format',
      ['itp', '--jobs', files.muri, '--hosts', '1'],
      'must have the columns submission_time',
    ],
  ])('%s is refused', async (_case, args, message) => {
    const { code, out, err } = await cli(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  test.each(['0', '1.5', 'x', '1000001'])('--hosts %s is refused', async (hosts) => {
    expect((await cli('itp', '--jobs', files.itp, '--hosts', hosts)).code).toBe(2);
  });
});

describe('Recorded jobs as the simulator gets them', () => {
  test('Philly: user, queue, and GPUs that may lie on several hosts', async () => {
    const path = folder.at('p.yaml');
    await cli('philly', '--jobs', files.philly, '--hosts', '2', '--out', path);
    const { traces, inputs } = await tasksOf(path);
    const request = { cpuMilli: 0, memoryMib: 0, gpuMilli: 1000, models: [] };
    expect(traces.tasks).toEqual([
      {
        name: 'a',
        request: { ...request, gpuCount: 2 },
        arrivalSec: 1_507_359_600,
        durationSec: 600,
        tenant: 'u',
        queue: 'v',
        spansHosts: true,
      },
      {
        name: 'b',
        request: { ...request, gpuCount: 12 },
        arrivalSec: 1_507_359_660,
        durationSec: 1800,
        tenant: 'u',
        queue: 'v',
        spansHosts: true,
      },
    ]);
    expect(inputs).toMatchObject([{ path: 'log.json', rows: 2, kept: 2, skipped: 0 }]);
  });

  test('Gavel: seconds on a V100, speeds by the models of the fleet, and none where it does not run', async () => {
    const path = folder.at('gv.yaml');
    const fleet = ['--hosts', '1', '--gpu', 'Tesla V100-SXM2-16GB,K80,T4'];
    await cli('gavel', '--jobs', files.gavel, ...fleet, '--throughputs', speeds, '--out', path);
    const { traces, notes, inputs } = await tasksOf(path);
    expect(traces.tasks).toMatchObject([
      {
        name: 'line-1',
        durationSec: 600,
        kind: 'A',
        request: { gpuCount: 1, models: [] },
        speedByModel: { 'Tesla V100-SXM2-16GB': 1, K80: 0.25 },
      },
      {
        name: 'line-2',
        durationSec: 4,
        kind: 'B',
        request: { gpuCount: 2, models: ['Tesla V100-SXM2-16GB', 'T4'] },
        speedByModel: { 'Tesla V100-SXM2-16GB': 1 },
        spansHosts: true,
      },
    ]);
    expect(notes).toEqual([
      'speeds.json: has no speeds for T4: taken as the catalogue has them, or as equal',
    ]);
    expect(inputs.map((input) => input.path)).toEqual(['speeds.json', 'small.trace']);
  });

  test('Muri and ITP: kind, priority, deadline', async () => {
    const [muri, itp] = [folder.at('m.yaml'), folder.at('i.yaml')];
    await cli('muri', '--jobs', files.muri, '--hosts', '1', '--out', muri);
    await cli('itp', '--jobs', files.itp, '--hosts', '1', '--out', itp);
    expect((await tasksOf(muri)).traces.tasks?.[0]).toMatchObject({
      durationSec: 600,
      kind: 'vgg',
      priority: 1,
    });
    expect((await tasksOf(itp)).traces.tasks).toMatchObject([{ deadlineSec: 900 }, { name: 'y' }]);
  });

  test('a window and a limit are noted, and one without jobs is refused', async () => {
    const path = folder.at('w.yaml');
    await cli('itp', '--jobs', files.itp, '--hosts', '1', '--out', path);
    const limited = await inProcess(['run', path, '--set', 'workload.trace.limit=1']);
    expect(limited.err).toContain('itp.csv: took 1 of 2 jobs (from, until, limit)');
    expect(limited.out).toContain('1 arrived');
    const none = await inProcess(['run', path, '--set', 'workload.trace.from=1d']);
    expect(none.code).toBe(2);
    expect(none.err).toContain('itp.csv: has 2 jobs and none of them between from and until');
  });

  test('steps without throughputs cannot be replayed, and the message says what helps', async () => {
    const path = folder.at('s.yaml');
    await cli('gavel', '--jobs', files.gavel, '--hosts', '1', '--throughputs', speeds, '--out', path);
    const { code, err } = await inProcess(['run', path, '--set', 'workload.trace.throughputs=null']);
    expect(code).toBe(2);
    expect(err).toContain('no job has both a submission and a run time');
    expect(err).toContain('name a throughputs file');
  });

  test('results do not go over the files that the scenario reads', async () => {
    const path = folder.at('o.yaml');
    await cli('gavel', '--jobs', files.gavel, '--hosts', '1', '--throughputs', speeds, '--out', path);
    for (const file of [files.gavel, speeds]) {
      const { code, err } = await inProcess(['run', path, '--events', file]);
      expect(code).toBe(2);
      expect(err).toContain('must not overwrite a trace of the scenario');
    }
  });

  test('a list whose mix is expected is read in the format of the trace', async () => {
    const path = folder.at('t.yaml');
    await cli('itp', '--jobs', files.itp, '--hosts', '1', '--out', path);
    const checked = normalizeScenario({
      ...parse(readFileSync(path, 'utf8')),
      workload: { trace: { format: 'itp', jobs: 'itp.csv' }, typical: 'itp.csv' },
    });
    if (!checked.ok) throw new Error('not valid');
    const { traces } = await loadTraces(checked.scenario, folder.path);
    expect(traces.typical).toMatchObject([{ gpuCount: 2 }, { gpuCount: 1 }]);
  });

  test('the Muri testbed trace imports on its own cluster', async (context) => {
    needsTraces(context, 'muri');
    const path = folder.at('testbed.yaml');
    const given = ['--jobs', traceFile('muri', 'testbed', 'cluster_trace.csv')];
    const { code, err } = await cli(
      'muri',
      ...given,
      '--cluster',
      traceFile('muri', 'testbed', 'n8g8.csv'),
      '--out',
      path,
    );
    expect(code).toBe(0);
    expect(err).toContain('muri: 400 jobs, 400 of them with run times, on 8 hosts with 64 GPUs');
    expect(existsSync(path)).toBe(true);
    expect((await tasksOf(path)).traces.tasks).toHaveLength(400);
  });
});
