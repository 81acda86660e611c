import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inProcess } from '../cli/in-process.ts';
import { NODE_HEADER, POD_HEADER, SMALL_YAML, TRACE_YAML } from '../cli/small-scenario.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';

const folder = new TemporaryFolder();
const out = folder.at('out');
mkdirSync(out);

/** Files of every kind; commands are pointed at any of them in any role. */
const files = [
  folder.write('small.yaml', SMALL_YAML.replace('tasks: 50', 'tasks: 5')),
  folder.write('fill.yaml', `${SMALL_YAML.replace('tasks: 50', 'tasks: 5')}experiment: { kind: fill }\n`),
  folder.write('traced.yaml', TRACE_YAML),
  folder.write('nodes.csv', `${NODE_HEADER}\nh1,8000,32768,2,A\nh2,8000,32768,0,\n`),
  folder.write(
    'pods.csv',
    `${POD_HEADER}\na,1000,1024,1,500,,0,100,0\nb,1,1,64,1000,B,1,9e9,2\nc,-1,,,,,,,\n`,
  ),
  folder.write('jobs.csv', 'job_id,num_gpu,submit_time,duration\n0,2,0,600000\n1,1,60000,1000\n2,x,,\n'),
  folder.write('itp.csv', 'job_id,submission_time,duration,num_gpu\nx,5,600,2\ny,65,60,1\n'),
  folder.write('jobs.swf', '; Version: 2\n1 0 10 100 4 -1 -1 4 200 -1 1 3 1 -1 1 1 -1 -1\n2 5 -1 50\n'),
  folder.write(
    'sacct.txt',
    'JobID|User|Submit|Start|End|State|AllocTRES\n1|u|2024-01-01T00:00:00|2024-01-01T00:00:05|2024-01-01T00:01:05|COMPLETED|cpu=4,mem=8G,gres/gpu=1\n',
  ),
  folder.write(
    'log.json',
    '[{"jobid":"a","vc":"v","user":"u","submitted_time":"2017-10-07 00:00:00","attempts":[{"start_time":"2017-10-07 00:00:00","end_time":"2017-10-07 00:10:00","detail":[{"ip":"m","gpus":["g0"]}]}]}]',
  ),
  folder.write('gavel.trace', 'A\tc\t-n\t1\t6000\t0\t1\nB\tc\t-n\t1\t40\t60\t2\n'),
  folder.write(
    'cluster.yaml',
    'gpu_cluster:\n  nodes:\n    - host: n\n      gpus: [ { type: A100-40GB } ]\n',
  ),
  folder.write(
    'cards.yaml',
    `gpu: A100-40GB
cards:
  - name: a
    instances:
      - { profile: 3g.20gb, start: 0, job: { name: t, preemptible: true, checkpoint: {}, remaining: 1h } }
      - { profile: 1g.5gb, start: 4, job: { name: n, migrate: 5s } }
target: { instances: { 4g.20gb: 1 } }
`,
  ),
  folder.write(
    'reach.json',
    '{"gpu":"A30","cards":[{"name":"a","instances":[{"profile":"1g.6gb","start":0,"job":{"name":"j"}}]}],"target":{"instances":{"4g.24gb":1}}}',
  ),
  folder.write('empty', ''),
  folder.write('binary', new Uint8Array([0, 255, 254, 10, 44, 34])),
  folder.path,
  folder.at('missing'),
];
const keys = [
  ...['seed', 'replications', 'name', 'description', 'apiVersion', 'fleet', 'fleet.hosts', 'fleet.hosts[0]'],
  ...['fleet.hosts[0].count', 'fleet.hosts.a.gpus', 'fleet.hosts.a.gpus.model', 'fleet.hosts[0].memory'],
  ...['workload', 'workload.synthetic.tasks', 'workload.synthetic.until', 'workload.synthetic.arrivals'],
  ...['workload.synthetic.arrivals.rate', 'workload.synthetic.classes', 'workload.synthetic.classes[1].gpus'],
  ...['workload.synthetic.classes.half.lifetime', 'workload.synthetic.classes.half.gpu', 'workload.typical'],
  ...[
    'workload.trace.pods',
    'fleet.trace.nodes',
    'fleet.trace.keep',
    'policy.queueing',
    'policy.scheduling',
    'policy.scheduling.fill',
    'policy.pools',
    'policy.placement',
    'policy.tieBreak',
    'policy.typicalShare',
  ],
  ...[
    'experiment',
    'experiment.kind',
    'experiment.target',
    'experiment.horizon',
    '__proto__.x',
    'a..b',
    '[0]',
    '',
  ],
];
const values = [
  ...[
    'null',
    '',
    '0',
    '1',
    '2',
    '-1',
    '1.5',
    '1e400',
    'true',
    '"',
    '[',
    '{}',
    '[]',
    '~',
    '.nan',
    '.inf',
    '0x10',
  ],
  ...[
    '7',
    '50%',
    '300m',
    '1GPU',
    '4GiB',
    '1us',
    '36500d',
    '2h',
    '600/h',
    'A',
    'A100',
    'fgd',
    'random',
    'shuffled',
  ],
  ...[
    'las',
    'easy',
    '{ fill: skip, preemption: evict, maxJobsPerUser: 1 }',
    '[{ name: p, hosts: [a], queueing: srtf }]',
    '{ kind: fill }',
    '{ kind: fill, order: file }',
    '{ kind: fill, target: 3 }',
    '{ kind: timed, warmup: 1d }',
  ],
  ...[
    '{ kind: constant, value: 0s }',
    '{ kind: pareto, min: 1d, shape: 0.1 }',
    '{ process: deterministic, rate: 1/s }',
  ],
  ...['pods.csv', 'nodes.csv', 'empty', 'missing', '{ model: B, count: 64 }', '\u0000', 'é', '\n', '💥'],
];
const oneOf = (list: readonly string[]) => fc.constantFrom(...list);
const place = oneOf(['a', 'b', 'result.json', 'deep/er', 'a/below', '.', ''].map((name) => join(out, name)));
const number = oneOf(['0', '1', '2', '3', '-1', '1.5', 'x', '', '9007199254740991', '9007199254740992']);
const setting = fc.tuple(oneOf(keys), oneOf(values)).map(([key, value]) => ['--set', `${key}=${value}`]);
const option = fc.oneof(
  { weight: 4, arbitrary: setting },
  number.map((n) => ['--seed', n]),
  oneOf(['0', '1', '2', '-1', 'x']).map((n) => ['--replications', n]),
  place.map((path) => ['--out', path]),
  place.map((path) => ['--decisions', path]),
  place.map((path) => ['--events', path]),
  oneOf(['--json', '--strict', '--help', '--nonsense', '--', '-']).map((flag) => [flag]),
);
const importing = fc
  .tuple(
    oneOf(files),
    oneOf(files),
    fc.option(oneOf(files)),
    fc.option(oneOf(values)),
    fc.option(oneOf(['1', '2', '50%', '0', '200%', 'x', ''])),
    fc.option(place),
  )
  .map(([nodes, pods, typical, fill, keep, to]) => [
    ...['import', 'openb', '--nodes', nodes, '--pods', pods],
    ...(typical === null ? [] : ['--typical', typical]),
    ...(fill === null ? [] : ['--fill', fill]),
    ...(keep === null ? [] : ['--keep', keep]),
    // Always into the folder of this test: there is no other place that these options name.
    ...(to === null ? [] : ['--out', to]),
  ]);
const formats = [
  'philly',
  'philly-subset',
  'itp',
  'gavel',
  'gavel-continuous',
  'muri',
  'swf',
  'sacct',
  'kubernetes',
];
const importOption = fc.oneof(
  oneOf(['0', '1', '2', '-1', 'x', '']).map((n) => ['--hosts', n]),
  oneOf(['1', '8', '65', '']).map((n) => ['--gpus-per-host', n]),
  oneOf(['V100', 'V100,K80', '', '\n']).map((gpu) => ['--gpu', gpu]),
  oneOf(values).map((value) => ['--name', value]),
  oneOf(files).map((path) => ['--throughputs', path]),
  oneOf(files).map((path) => ['--cluster', path]),
  oneOf(['2.4/h', '0/h', 'x']).map((rate) => ['--rate', rate]),
  oneOf(['gpus', 'cores', 'x']).map((what) => ['--processors-are', what]),
  oneOf(['--strict', '--help', '--nonsense']).map((flag) => [flag]),
  place.map((path) => ['--out', path]),
);
const importingJobs = fc
  .tuple(
    oneOf([...formats, ...formats, 'gpu-cluster', 'x']),
    fc.option(oneOf(files)),
    fc.array(importOption, { maxLength: 3 }),
  )
  .map(([format, file, options]) => ['import', format, ...(file === null ? [] : [file]), ...options.flat()]);
/** Each kind of file in its own format, so that some of it succeeds. */
const importingOwn = fc
  .tuple(
    fc.constantFrom<readonly [string, string]>(
      ['muri', 'jobs.csv'],
      ['itp', 'itp.csv'],
      ['swf', 'jobs.swf'],
      ['sacct', 'sacct.txt'],
      ['philly', 'log.json'],
      ['gavel', 'gavel.trace'],
    ),
    fc.array(importOption, { maxLength: 2 }),
  )
  .map(([[format, file], options]) => ['import', format, folder.at(file), '--hosts', '2', ...options.flat()]);
const running = fc
  .tuple(
    oneOf(['run', 'run', 'check']),
    fc.oneof(oneOf(files.slice(0, 3)), oneOf(files.slice(0, 3)), oneOf(files)),
    fc.array(option, { maxLength: 3 }),
  )
  .map(([command, file, options]) => [command, file, ...options.flat()]);

const repartitioning = fc
  .tuple(
    fc.oneof(oneOf([folder.at('cards.yaml'), folder.at('reach.json')]), oneOf(files)),
    fc.array(
      fc.oneof(
        number.map((n) => ['--states', n]),
        oneOf(['--json', '--json', '--help', '--nonsense', '--']).map((flag) => [flag]),
      ),
      { maxLength: 2 },
    ),
  )
  .map(([file, options]) => ['repartition', file, ...options.flat()]);
/** A job of the small scenario, most often, and any text. */
const job = oneOf([
  'task-0000000',
  'task-0000001',
  'task-0000002',
  'task-0000004',
  'task-0000005',
  'a',
  '',
  '💥',
]);
const explaining = fc
  .tuple(
    fc.oneof(oneOf([files[0] as string, files[2] as string]), oneOf(files)),
    job,
    fc.array(
      fc.oneof(
        { weight: 2, arbitrary: setting },
        oneOf(['0s', '1m', '2h', '36500d', '-1s', '1', 'x', '']).map((at) => ['--at', at]),
        number.map((n) => ['--most', n]),
        number.map((n) => ['--seed', n]),
        oneOf(['--json', '--help', '--nonsense']).map((flag) => [flag]),
      ),
      { maxLength: 3 },
    ),
  )
  .map(([file, name, options]) => ['explain', file, name, ...options.flat()]);
const describing = fc
  .array(oneOf(['--of', 'scenario', 'repartition', 'x', '']), { maxLength: 3 })
  .map((words) => ['schema', ...words]);

test('whatever is asked, the answer is a result or a list of problems, and no unfinished file is left', async () => {
  let done = 0;
  let refused = 0;
  const check = async (args: string[]) => {
    const { code, out: text, err } = await inProcess(args);
    if (code === 0) {
      done += 1;
      expect(text + err).not.toBe('');
      expect(text).not.toMatch(/NaN|undefined/);
    } else {
      refused += 1;
      expect(code).toBe(2);
      expect(text).toBe('');
      expect(err).not.toMatch(/\n {2}\n|undefined|\[object/);
    }
    const left = readdirSync(out, { recursive: true }).filter((name) => String(name).includes('.tmp-'));
    expect(left).toEqual([]);
  };
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        running,
        running,
        importing,
        importingJobs,
        importingOwn,
        repartitioning,
        explaining,
        describing,
      ),
      check,
    ),
    {
      numRuns: 2500,
    },
  );
  // Neither side may be so rare that nothing is tested.
  expect(Math.min(done, refused)).toBeGreaterThan(200);
});
